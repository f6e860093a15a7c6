"""Sheets of Excel workbooks as rows of cells, each cell as the text that a CSV would have."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from itertools import islice
from pathlib import Path
from typing import Final

from python_calamine import CalamineError, CalamineSheet, CalamineWorkbook

from app.ledger.bounds import CELL_CHARS_MAX, HEADER_LINES_MAX
from app.ledger.cells import NOT_EXACT, TOO_LONG
from app.ledger.formulas import Formulas, formulas_of
from app.ledger.headings import HeadRows
from app.ledger.packed import check_packed
from app.ledger.refusal import FileRefusedError, shown
from app.ledger.rows import StoredNumber

Stored = int | float | str | bool | time | date | datetime | timedelta
"""What a cell of a workbook may be."""

EXACT_MAX: Final = 10**15
"""Excel keeps 15 digits; a longer number is not what was typed."""


@dataclass(frozen=True, slots=True)
class Sheet:
    """A sheet in memory, with what is to be said of it."""

    cells: CalamineSheet
    formulas: Formulas
    notes: tuple[str, ...]


def sheet_of(path: Path, name: str | None) -> Sheet:
    """Give the sheet of this name, or the first; raises `FileRefusedError`."""
    check_packed(path)
    try:
        # From the open file, not its path: a path's ending would choose another reader.
        with path.open("rb") as file, CalamineWorkbook.from_filelike(file) as book:
            sheet, count = _chosen(book, name), len(book.sheet_names)
    except (CalamineError, OSError, ValueError) as error:
        raise FileRefusedError("workbook_broken", "The workbook cannot be read.") from error
    formulas = formulas_of(path, sheet.name)
    note = f"Read as an Excel workbook, sheet {shown(sheet.name)} ({count} in all)."
    return Sheet(sheet, formulas, (note, *formulas.note()))


class SheetRows:
    """The rows of one sheet with their row numbers; `done` counts those read."""

    def __init__(self, sheet: Sheet) -> None:
        self._sheet = sheet.cells
        self._unread = sheet.formulas.unread
        self.done = 0

    def close(self) -> None:
        """Nothing is open: the sheet is in memory."""

    def __iter__(self) -> Iterator[tuple[int, list[str]]]:
        # Rows are given from the sheet's first, columns from the first that has anything in it.
        left_of = (self._sheet.start or (0, 0))[1]
        for line, stored in enumerate(self._sheet.iter_rows(), 1):
            self.done += 1
            cells = [_text(value) for value in stored]
            for column, why in self._unread.get(line, {}).items():
                if left_of < column <= left_of + len(cells):
                    cells[column - left_of - 1] = why
            yield line, cells

    def head(self) -> HeadRows:
        """Give the first rows."""
        return list(islice(self, HEADER_LINES_MAX))


def _chosen(book: CalamineWorkbook, sheet: str | None) -> CalamineSheet:
    if not book.sheet_names:
        raise FileRefusedError("sheet_missing", "The workbook has no sheet.")
    if sheet is None:
        return book.get_sheet_by_index(0)
    if sheet not in book.sheet_names:
        listed = ", ".join(shown(name) for name in book.sheet_names)
        raise FileRefusedError("sheet_missing", f"There is no such sheet. Found: {listed}.")
    return book.get_sheet_by_name(sheet)


def _text(value: Stored) -> str:
    """Give a cell as text: a number plain with a point, a day as ISO has it."""
    match value:
        case str():
            return value if len(value) <= CELL_CHARS_MAX else TOO_LONG
        case bool():
            return "true" if value else "false"
        case int() | float():
            return _number(value)
        case datetime() | date() | time():
            return value.isoformat()
        case timedelta():
            return str(value)


def _number(value: float) -> str:
    # Excel computes in binary and shows 15 digits; those are the number that its user sees.
    if abs(value) >= EXACT_MAX:
        return NOT_EXACT
    plain = f"{Decimal(f'{value:.15g}'):f}"
    return StoredNumber(plain.rstrip("0").rstrip(".") if "." in plain else plain)
