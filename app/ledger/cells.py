"""Cells as values: refs, currencies, days, whole numbers, flags, texts.

Each reader belongs to one column and is a dictionary from what a cell says to what it means, so
that a form met before costs one look-up; what is met first is checked in `__missing__`.
"""

import re
from collections.abc import Callable
from typing import Final, Generic, TypeVar

from iso4217 import Currency as IsoCurrency

from app.credit.money import Currency
from app.ledger.bounds import CACHED_FORMS_MAX, CELL_CHARS_MAX
from app.ledger.rows import CellError

Value = TypeVar("Value")

REF_LENGTH_MAX: Final = 64
VERSION_MAX: Final = 2**53

PLAIN_REF: Final = re.compile(f"[!-<>-~](?:[ -~]{{0,{REF_LENGTH_MAX - 2}}}[!-~])?")
"""A ref that needs no second look; a formula's equals sign does."""

PLAIN_NUMBER: Final = re.compile(f"(?=[^0-9A-Za-z]*[0-9A-Za-z]){PLAIN_REF.pattern}")
"""The same of a document's number."""

_LETTER_OR_DIGIT: Final = re.compile("[0-9A-Za-z]")

CURRENCIES: Final = {
    iso.code: Currency(iso.code, iso.exponent) for iso in IsoCurrency if iso.exponent is not None
}

# They begin as formulas do and have a NUL, so that no cell of a file is one of them.
NOT_COMPUTED: Final = "=\0"
AN_ERROR: Final = "=\0\0"
NOT_EXACT: Final = "=\0\0\0"
TOO_LONG: Final = "=\0\0\0\0"

_UNREAD: Final = {
    NOT_COMPUTED: (
        "formula_not_computed",
        "Its formula has no computed value: open the workbook where it is computed, and save it.",
    ),
    AN_ERROR: ("formula_error", "Is an error such as #DIV/0!, and no value."),
    NOT_EXACT: (
        "number_not_exact",
        "A number has more than the 15 digits Excel keeps: store it as text.",
    ),
    TOO_LONG: ("cell_too_long", f"Has over {CELL_CHARS_MAX:,} characters."),
}
"""What stands for cells of a workbook that have no value, with why."""

_PRINTABLE: Final = re.compile("[ -~]*")
_WHOLE: Final = re.compile("[0-9]{1,16}")
_YES: Final = frozenset({"true", "yes", "1", "x", "ja", "wahr"})
_NO: Final = frozenset({"false", "no", "0", "nein", "falsch"})


class Reader(dict[str, Value], Generic[Value]):
    """The forms of one column. `reader[cell]` gives the value or raises `CellError`."""

    def __init__(self, meaning: Callable[[str], Value], column: str) -> None:
        super().__init__()
        self._meaning = meaning
        self._column = column

    def __missing__(self, cell: str) -> Value:
        try:
            value = self._meaning(cell)
        except CellError as error:
            error.column = self._column
            raise
        if len(self) >= CACHED_FORMS_MAX:
            self.clear()
        self[cell] = value
        return value


def refuse_odd(cell: str) -> None:
    """Raise `CellError` for what is wrong in any column: a formula, or damaged text."""
    if cell in _UNREAD:
        raise CellError(*_UNREAD[cell])
    if cell.lstrip().startswith("="):
        raise CellError("formula", "Must be a value; formulas are not worked out.")
    if "\0" in cell:
        raise CellError("nul_byte", "Must not contain a NUL byte.")
    if any("\ud800" <= char <= "\udfff" for char in cell):
        raise CellError("undecodable", "Has a byte that the file's encoding does not know.")


def ref(cell: str) -> str:
    """Give a ref as the API takes it: 1 to 64 printable ASCII characters, no space at an end."""
    if PLAIN_REF.fullmatch(cell):
        return cell
    refuse_odd(cell)
    if not cell:
        raise CellError("ref_empty", "Must not be empty.")
    if len(cell) > REF_LENGTH_MAX:
        raise CellError("ref_too_long", f"Must have at most {REF_LENGTH_MAX} characters.")
    if not _PRINTABLE.fullmatch(cell):
        raise CellError("ref_not_printable_ascii", "Must be printable ASCII only.")
    raise CellError("ref_space_at_end", "Must not start or end with a space.")


def number(cell: str) -> str:
    """Give a document's number: marks alone, such as the * of a row of totals, are none."""
    if _LETTER_OR_DIGIT.search(cell):
        return cell
    message = "Must have a letter or a digit: marks alone, as in a row of totals, are no number."
    raise CellError("ref_without_letter_or_digit", message)


def trimmed_ref(cell: str) -> str:
    """Give a ref without the spaces that reports pad their columns with."""
    return ref(cell.strip())


def unpadded_ref(cell: str) -> str:
    """Give a number without leading zeros, as a dialog shows what a table stores; else a ref."""
    text = cell.strip()
    return ref(text.lstrip("0") or text) if text.isdecimal() else ref(text)


def exact_currency(cell: str) -> Currency:
    """Give the currency of an ISO 4217 code, written as the API takes it."""
    found = CURRENCIES.get(cell)
    if found is None:
        refuse_odd(cell)
        raise CellError("currency_unknown", "Must be a currency code of ISO 4217, such as EUR.")
    return found


def currency(cell: str) -> Currency:
    """Give the currency of an ISO 4217 code in any case, padded or not."""
    return exact_currency(cell.strip().upper())


def whole(cell: str) -> int | None:
    """Give a whole number such as a version; an empty cell says nothing."""
    text = cell.strip()
    if not text:
        return None
    if not _WHOLE.fullmatch(text) or int(text) > VERSION_MAX:
        refuse_odd(cell)
        raise CellError("whole_number_malformed", "Must be a whole number from 0 to 2^53.")
    return int(text)


def flag(cell: str) -> bool | None:
    """Give true or false, also as Excel and spoken forms write them; empty says nothing."""
    text = cell.strip().casefold()
    if not text:
        return None
    if text in _YES or text in _NO:
        return text in _YES
    refuse_odd(cell)
    raise CellError("flag_malformed", "Must be true or false.")


def text(cell: str) -> str | None:
    """Give a text; empty says nothing."""
    refuse_odd(cell)
    return cell.strip() or None


def or_nothing(meaning: Callable[[str], Value]) -> Callable[[str], Value | None]:
    """Let an empty cell say nothing."""
    return lambda cell: meaning(cell) if cell.strip() else None
