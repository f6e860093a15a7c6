"""Amounts as files write them, given as minor units; a minus may stand before or behind."""

import re
from collections.abc import Callable
from enum import StrEnum
from typing import Final

from app.credit.money import (
    AmountTooLargeError,
    Currency,
    TooManyDecimalsError,
    minor_units,
)
from app.ledger.cells import refuse_odd
from app.ledger.rows import CellError, StoredNumber


class DecimalMark(StrEnum):
    """What stands before the decimals. `guess`: the file's own amounts must show it."""

    POINT = "point"
    COMMA = "comma"
    GUESS = "guess"


ReadAmount = Callable[[str, Currency], int]
"""Gives a cell's minor units, negative ones too, in the row's currency; raises `CellError`."""

_EXACT: Final = re.compile(r"(?:0|[1-9][0-9]{0,17})(?:\.[0-9]{1,4})?")
_SHORT_CHARS: Final = 12
"""A whole part shorter than this is, with up to four decimals, below the largest amount."""

_SPACES: Final = " \N{NO-BREAK SPACE}\N{NARROW NO-BREAK SPACE}'\N{RIGHT SINGLE QUOTATION MARK}"
# The hyphen stands last: within brackets it would span a range.
_MINUS: Final = "\N{MINUS SIGN}-"


def _pattern(mark: str, group: str) -> re.Pattern[str]:
    separators = f"[{re.escape(group)}{_SPACES}]"
    whole = f"[0-9]{{1,18}}|[0-9]{{1,3}}(?:{separators}[0-9]{{2,3}})*{separators}[0-9]{{3}}"
    return re.compile(
        rf"(?P<before>[+{_MINUS}]?) ?(?P<whole>{whole}|)(?:{re.escape(mark)}"
        rf"(?P<decimals>[0-9]{{0,12}}))? ?(?P<behind>[{_MINUS}]?)"
    )


_PATTERNS: Final = {
    DecimalMark.POINT: _pattern(".", ","),
    DecimalMark.COMMA: _pattern(",", "."),
}
_NOT_DIGITS: Final = re.compile("[^0-9]")


def exact_amount(cell: str, currency: Currency) -> int:
    """Give an amount that is written as the API has it: 1250.00, without sign or separator."""
    whole, _, decimals = cell.partition(".")
    if (
        len(decimals) == currency.exponent
        and len(whole) < _SHORT_CHARS
        and whole.isdecimal()
        and decimals.isdecimal()
        and cell.isascii()
        and (whole[0] != "0" or whole == "0")
    ):
        return int(whole + decimals)
    if not _EXACT.fullmatch(cell):
        refuse_odd(cell)
        raise CellError(
            "amount_malformed",
            "Must be a plain decimal number such as 1250.00, without sign or separator.",
        )
    return _minor(cell, currency)


def amount_reader(mark: DecimalMark) -> ReadAmount:
    """Give what reads amounts with this decimal mark."""
    texts, stored = _PATTERNS[mark], _PATTERNS[DecimalMark.POINT]

    def amount(cell: str, currency: Currency) -> int:
        text = cell.strip()
        if not text:
            raise CellError("amount_missing", "Must not be empty.")
        pattern = stored if isinstance(cell, StoredNumber) else texts
        in_brackets = text[0] == "(" and text[-1] == ")"
        match = pattern.fullmatch(text[1:-1] if in_brackets else text)
        if match is None or not (match["whole"] or match["decimals"]):
            refuse_odd(cell)
            raise CellError("amount_malformed", f"Must be a number with a decimal {mark}.")
        minuses = (match["before"] in _MINUS and match["before"] != "") + bool(match["behind"])
        if minuses + in_brackets > 1:
            raise CellError("amount_malformed", "Must have one minus, before or behind.")
        minor = _unsigned(match, currency)
        return -minor if minuses or in_brackets else minor

    return amount


def _unsigned(match: re.Match[str], currency: Currency) -> int:
    whole, decimals = match["whole"] or "0", match["decimals"] or ""
    if not whole.isdecimal():
        whole = _NOT_DIGITS.sub("", whole)
    if len(decimals) > currency.exponent:
        # Reports pad with zeros: 1250.0000 is 1250.00, and nothing is rounded.
        decimals = decimals.rstrip("0")
    return _minor(f"{whole}.{decimals}", currency)


def _minor(text: str, currency: Currency) -> int:
    try:
        return minor_units(text, currency)
    except TooManyDecimalsError:
        many = f"{currency.exponent} decimals" if currency.exponent else "no decimals"
        raise CellError("too_many_decimals", f"{currency.code} has {many}.") from None
    except AmountTooLargeError:
        message = "Must be at most 10^15 of the currency's smallest unit."
        raise CellError("amount_too_large", message) from None
