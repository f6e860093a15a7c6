"""NDJSON files: the lines of `POST /v1/ledger`, open items typed where they are plain."""

import json
import re
from typing import Any, Final

from app.credit.item import ItemKind
from app.ledger.amounts import exact_amount
from app.ledger.cells import REF_LENGTH_MAX, VERSION_MAX, Reader, exact_currency, refuse_odd
from app.ledger.dates import exact_day
from app.ledger.rows import CellError, Document, ItemRow

_PLAIN: Final = frozenset(
    {"put", "customer", "ref", "kind", "amount", "currency", "issued_on", "due_on", "order"}
    | {"version"}
)
PLAIN_REF: Final = re.compile(f"[!-~](?:[ -~]{{0,{REF_LENGTH_MAX - 2}}}[!-~])?")
"""A ref that needs no second look; here an equals sign begins no formula."""

_DAYS: Final = Reader(exact_day, "date")


def ndjson_row(line: int, text: str) -> ItemRow | Document:
    """Give a line as a typed item if it is a plain one, otherwise as it stands.

    Raises `CellError` for a line that is no JSON object.
    """
    document = _document(text)
    if document.get("put") == "open_item" and document.keys() <= _PLAIN:
        try:
            return _item(line, document)
        except (KeyError, ValueError):
            # The API's own model says what is wrong, in its own words.
            return Document(line, document)
    return Document(line, document)


def _document(text: str) -> dict[str, Any]:
    if not text.isascii():
        refuse_odd(text)
    try:
        document = json.loads(text, parse_constant=_no_constant, object_pairs_hook=_said_once)
    except CellError:
        raise
    except (ValueError, RecursionError):
        raise CellError("json_malformed", "Must be one JSON object on one line.") from None
    if not isinstance(document, dict):
        raise CellError("json_malformed", "Must be one JSON object on one line.")
    return document


def _said_once(members: list[tuple[str, object]]) -> dict[str, object]:
    document = dict(members)
    if len(document) < len(members):
        raise CellError("duplicate_key", "A name occurs twice in its object.")
    return document


def _no_constant(name: str) -> object:
    raise ValueError(name)


def _item(line: int, document: dict[str, Any]) -> ItemRow:
    currency = exact_currency(_text(document["currency"]))
    minor = exact_amount(_text(document["amount"]), currency)
    if not minor:
        raise ValueError("an item that is zero")
    order, issued_on, due_on = map(document.get, ("order", "issued_on", "due_on"))
    return ItemRow(
        line,
        _ref(document["customer"]),
        _ref(document["ref"]),
        ItemKind(document["kind"]),
        minor,
        currency.code,
        None if issued_on is None else _DAYS[_text(issued_on)],
        None if due_on is None else _DAYS[_text(due_on)],
        None if order is None else _ref(order),
        _version(document.get("version")),
    )


def _text(value: object) -> str:
    if isinstance(value, str):
        return value
    raise ValueError("no text")


def _ref(value: object) -> str:
    text = _text(value)
    if not PLAIN_REF.fullmatch(text):
        raise ValueError("no plain ref")
    return text


def _version(value: object) -> int | None:
    if value is None:
        return None
    if isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= VERSION_MAX:
        return value
    raise ValueError("no version")
