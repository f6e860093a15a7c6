"""What a file's own cells show about its decimal mark and the order of day and month.

Where they show nothing, and two readings would fit, the file is refused: an option says which.
"""

import re
from collections.abc import Iterable
from typing import Final

from app.ledger.amounts import DecimalMark
from app.ledger.dates import EXCHANGEABLE
from app.ledger.headings import Fit
from app.ledger.options import Options
from app.ledger.refusal import FileRefusedError, shown
from app.ledger.rows import CellsOrFlaw, Flaw, StoredNumber

_AMOUNTS: Final = ("amount", "debit", "credit", "invoiced")
_DAYS: Final = ("issued_on", "due_on", "ship_date", "valid_until")
_MARKS: Final = re.compile("[.,]")
_GROUPS: Final = re.compile(r"[\s'\N{RIGHT SINGLE QUOTATION MARK}]")
_NUMBER: Final = re.compile(r"[-+( ]*([0-9][0-9.,]*|[.,][0-9]+)[-) ]*")
_AMBIGUOUS: Final = re.compile("[1-9][0-9]{0,2}[.,][0-9]{3}")
_SLASHED: Final = re.compile("([0-9]{1,2})/([0-9]{1,2})/[0-9]{4}")
_MONTHS: Final = 12
_OF_MARK: Final = {".": DecimalMark.POINT, ",": DecimalMark.COMMA}
_OTHER: Final = {".": ",", ",": "."}


def decimal_of(
    fit: Fit, options: Options, rows: Iterable[CellsOrFlaw]
) -> tuple[DecimalMark, str | None]:
    """Give the decimal mark, with a note if it was found out; raises `FileRefusedError`."""
    stated = options.decimal or fit.profile.decimal
    if fit.profile.exact or stated is not DecimalMark.GUESS:
        return stated, None
    doubt: tuple[int, str] | None = None
    for line, cell in _cells(fit, rows, _AMOUNTS):
        mark = decimal_mark_of(cell)
        if mark is not None:
            return mark, f"Decimal {mark}, because of {shown(cell.strip())} in line {line}."
        if doubt is None and _AMBIGUOUS.fullmatch(cell.strip("-+() ")):
            doubt = (line, cell.strip())
    if doubt is None:
        return DecimalMark.POINT, "No amount is written with a decimal mark."
    message = (
        f"{shown(doubt[1])} may have three decimals or a thousands separator, and no amount of "
        'the file shows which: state the option decimal, "point" or "comma".'
    )
    raise FileRefusedError("decimal_ambiguous", message, doubt[0])


def decimal_mark_of(cell: str) -> DecimalMark | None:
    """Give the decimal mark that an amount shows: 1.234,5 and 1.234.567 have commas."""
    match = _NUMBER.fullmatch(_GROUPS.sub("", cell))
    marks = _MARKS.findall(match[1]) if match else []
    if match is None or not marks or _AMBIGUOUS.fullmatch(match[1]):
        return None
    last = marks[-1]
    if len(set(marks)) == 1 and len(marks) > 1:
        return _OF_MARK[_OTHER[last]]
    return _OF_MARK[last]


def dates_of(
    fit: Fit, options: Options, rows: Iterable[CellsOrFlaw]
) -> tuple[tuple[str, ...], str | None]:
    """Give the forms of the dates, with a note where day and month had to be told apart."""
    if options.dates is not None:
        return (options.dates,), None
    forms = fit.profile.dates
    if not set(forms) >= EXCHANGEABLE:
        return forms, None
    doubt: int | None = None
    for line, cell in _cells(fit, rows, _DAYS):
        if match := _SLASHED.fullmatch(cell.strip()):
            first, second = int(match[1]), int(match[2])
            if (first > _MONTHS) != (second > _MONTHS):
                wrong = "MM/DD/YYYY" if first > _MONTHS else "DD/MM/YYYY"
                right = tuple(form for form in forms if form != wrong)
                (shows,) = EXCHANGEABLE - {wrong}
                return right, f"Dates as {shows}, because of {cell.strip()} in line {line}."
            if first != second and doubt is None:
                doubt = line
    if doubt is None:
        return forms, None
    message = (
        "No date of the file shows whether the day or the month comes first: state the option "
        "dates, DD/MM/YYYY or MM/DD/YYYY."
    )
    raise FileRefusedError("dates_ambiguous", message, doubt)


def _cells(
    fit: Fit, rows: Iterable[CellsOrFlaw], fields: tuple[str, ...]
) -> Iterable[tuple[int, str]]:
    """Give the texts in these fields' columns; a workbook's own numbers show nothing."""
    places = [fit.columns[field] for field in fields if field in fit.columns]
    for row in rows:
        if isinstance(row, Flaw) or row[0] <= fit.line:
            continue
        line, cells = row
        for place in places:
            if place < len(cells) and cells[place] and not isinstance(cells[place], StoredNumber):
                yield line, cells[place]
