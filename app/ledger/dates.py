"""Days as files write them. A profile lists its forms; none is guessed where two would fit."""

import re
from collections.abc import Callable, Sequence
from datetime import date
from types import MappingProxyType
from typing import Final

from app.ledger.cells import refuse_odd
from app.ledger.rows import CellError

YEARS: Final = range(1900, 10_000)
_CENTURY: Final = 2000

_Y4, _Y2, _MM, _DD = "(?P<y>[0-9]{4})", "(?P<y>[0-9]{2})", "(?P<m>[0-9]{2})", "(?P<d>[0-9]{2})"
_M, _D = "(?P<m>[0-9]{1,2})", "(?P<d>[0-9]{1,2})"
_TIME: Final = "(?:[T ][0-9:.]+(?:Z|[+-][0-9:]+)?)?"

FORMS: Final = MappingProxyType(
    {
        "YYYY-MM-DD": re.compile(f"{_Y4}-{_MM}-{_DD}{_TIME}"),
        "YYYYMMDD": re.compile(f"{_Y4}{_MM}{_DD}"),
        "YYYY/MM/DD": re.compile(f"{_Y4}/{_M}/{_D}"),
        "DD.MM.YYYY": re.compile(rf"{_D}\.{_M}\.{_Y4}"),
        "DD.MM.YY": re.compile(rf"{_D}\.{_M}\.{_Y2}"),
        "DD-MM-YYYY": re.compile(f"{_D}-{_M}-{_Y4}"),
        "DD/MM/YYYY": re.compile(f"{_D}/{_M}/{_Y4}"),
        "MM/DD/YYYY": re.compile(f"{_M}/{_D}/{_Y4}"),
        "MM/DD/YY": re.compile(f"{_M}/{_D}/{_Y2}"),
    }
)
"""Every form a profile may list. A time of day after an ISO date is left off."""

EXCHANGEABLE: Final = frozenset({"DD/MM/YYYY", "MM/DD/YYYY"})
"""Forms that fit the same text: a file must show which it has, or an option says so."""

_EXACT: Final = re.compile(f"{_Y4}-{_MM}-{_DD}")
_NO_DAY: Final = re.compile("[0./ -]*")


def exact_day(cell: str) -> date:
    """Give a day that is written as the API has it, YYYY-MM-DD."""
    match = _EXACT.fullmatch(cell)
    found = _day(match) if match else None
    if found is None:
        refuse_odd(cell)
        raise CellError("date_malformed", "Must be a date such as 2026-11-22.")
    return found


def day_reader(forms: Sequence[str]) -> Callable[[str], date | None]:
    """Give what reads a cell in one of these forms; empty and 00.00.0000 are no day."""
    patterns = [FORMS[form] for form in dict.fromkeys(forms)]

    def day(cell: str) -> date | None:
        text = cell.strip()
        for pattern in patterns:
            if match := pattern.fullmatch(text):
                return _day(match)
        if _NO_DAY.fullmatch(text):
            return None
        refuse_odd(cell)
        raise CellError("date_malformed", f"Must be a date such as {forms[0]}.")

    return day


def _day(match: re.Match[str]) -> date | None:
    year, month, day = int(match["y"]), int(match["m"]), int(match["d"])
    if not (year or month or day) and len(match["y"]) > len("26"):
        return None
    if len(match["y"]) == len("26"):
        year += _CENTURY
    try:
        found = date(year, month, day)
    except ValueError:
        raise CellError("date_malformed", "There is no such day.") from None
    if year not in YEARS:
        raise CellError("date_out_of_range", "Must be in the years 1900 to 9999.")
    return found
