"""JSON that every parser reads the same way, or a problem that says where it is not."""

import json
import re
from typing import Any, Final, NoReturn

from app.api.body.flaws import DEPTH_MAX, TOO_DEEP, Flaw, first_flaw, fraction, whole_number
from app.api.problems import FieldError, Problem, ProblemError

_BYTE_ORDER_MARK: Final = b"\xef\xbb\xbf"
_CONTAINERS: Final = frozenset({dict, list})
_SUSPICIOUS_ESCAPE: Final = re.compile(rb"\\u(?:0000|[dD][89a-fA-F])")


def parse_json(raw: bytes) -> object:
    """Give the one JSON document in these bytes.

    Refused with a pointer (`malformed_json`, 422): anything but UTF-8, a byte order mark, a name
    that occurs twice in an object, NaN and infinities, numbers beyond 64 bits or 20 digits, NUL
    and lone surrogates, nesting deeper than 32, and anything after the document.
    """
    text = _decoded(raw)
    try:
        document, flaw = _read(text, raw)
    except json.JSONDecodeError as error:
        _refuse("syntax", f"Is not JSON; the mistake is at character {error.pos}.")
    except RecursionError:
        _refuse(TOO_DEEP.code, TOO_DEEP.message)
    if flaw is not None:
        raise ProblemError(Problem.MALFORMED_JSON, errors=[flaw])
    return document


class _FlawFoundError(Exception):
    """There is a flaw; where it is, a second and slower reading finds out."""


def _decoded(raw: bytes) -> str:
    if not raw:
        _refuse("empty", "Is empty.")
    if raw.startswith(_BYTE_ORDER_MARK):
        _refuse("byte_order_mark", "Starts with a byte order mark; send plain UTF-8.")
    try:
        return raw.decode()
    except UnicodeDecodeError as error:
        _refuse("invalid_utf8", f"Is not UTF-8; the mistake is at byte {error.start}.")


def _refuse(code: str, message: str) -> NoReturn:
    raise ProblemError(Problem.MALFORMED_JSON, errors=[FieldError("", code, message)]) from None


def _read(text: str, raw: bytes) -> tuple[object, FieldError | None]:
    try:
        document = _STRICT.decode(text)
    except _FlawFoundError:
        return None, first_flaw(text)
    doubtful = _SUSPICIOUS_ESCAPE.search(raw) or _is_deep(raw, document)
    return document, first_flaw(text) if doubtful else None


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    members = dict(pairs)
    if len(members) != len(pairs):
        raise _FlawFoundError
    return members


def _whole_number(text: str) -> int:
    value = whole_number(text)
    if isinstance(value, Flaw):
        raise _FlawFoundError
    return value


def _fraction(text: str) -> float:
    value = fraction(text)
    if isinstance(value, Flaw):
        raise _FlawFoundError
    return value


def _constant(_: str) -> NoReturn:
    raise _FlawFoundError


_STRICT: Final = json.JSONDecoder(
    object_pairs_hook=_unique,
    parse_int=_whole_number,
    parse_float=_fraction,
    parse_constant=_constant,
)


def _is_deep(raw: bytes, document: object) -> bool:
    """Few brackets cannot nest deeply; a body with many is walked, one level at a time."""
    if raw.count(b"[") + raw.count(b"{") <= DEPTH_MAX:
        return False
    level = [document]
    for _ in range(DEPTH_MAX):
        level = [child for parent in level for child in _containers_in(parent)]
    return bool(level)


def _containers_in(value: object) -> list[object]:
    match value:
        case dict():
            return [member for member in value.values() if type(member) in _CONTAINERS]
        case list():
            return [item for item in value if type(item) in _CONTAINERS]
        case _:
            return []
