"""Sheets of Excel workbooks as rows of cells, each cell as the text that a CSV would have."""

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from itertools import islice
from pathlib import Path
from typing import Final

from python_calamine import CalamineError, CalamineSheet, CalamineWorkbook

from app.ledger.bounds import CELL_CHARS_MAX, HEADER_LINES_MAX
from app.ledger.headings import HeadRows
from app.ledger.packed import check_packed
from app.ledger.refusal import FileRefusedError, shown
from app.ledger.rows import CellsOrFlaw, Flaw, StoredNumber

Stored = int | float | str | bool | time | date | datetime | timedelta
"""What a cell of a workbook may be."""

EXACT_MAX: Final = 10**15
"""Excel keeps 15 digits; a longer number is not what was typed."""


def sheet_of(path: Path, name: str | None) -> tuple[CalamineSheet, str]:
    """Give the sheet of this name, or the first, with a note; raises `FileRefusedError`."""
    check_packed(path)
    try:
        # From the open file, not its path: a path's ending would choose another reader.
        with path.open("rb") as file, CalamineWorkbook.from_filelike(file) as book:
            sheet, count = _chosen(book, name), len(book.sheet_names)
    except (CalamineError, OSError, ValueError) as error:
        raise FileRefusedError("workbook_broken", "The workbook cannot be read.") from error
    return sheet, f"Read as an Excel workbook, sheet {shown(sheet.name)} ({count} in all)."


class SheetRows:
    """The rows of one sheet with their row numbers; `done` counts those read."""

    def __init__(self, sheet: CalamineSheet) -> None:
        self._sheet = sheet
        self.done = 0

    def close(self) -> None:
        """Nothing is open: the sheet is in memory."""

    def __iter__(self) -> Iterator[CellsOrFlaw]:
        first = (self._sheet.start or (0, 0))[0] + 1
        for line, stored in enumerate(self._sheet.iter_rows(), first):
            self.done += 1
            cells = [_text(value) for value in stored]
            if None in cells:
                message = "A number has more than the 15 digits Excel keeps: store it as text."
                yield Flaw(line, None, "number_not_exact", message)
            elif any(cell is not None and len(cell) > CELL_CHARS_MAX for cell in cells):
                yield Flaw(line, None, "cell_too_long", f"Has over {CELL_CHARS_MAX:,} characters.")
            else:
                yield line, [cell for cell in cells if cell is not None]

    def head(self) -> HeadRows:
        """Give the first rows."""
        rows = islice(self, HEADER_LINES_MAX)
        return [row for row in rows if not isinstance(row, Flaw)]


def _chosen(book: CalamineWorkbook, sheet: str | None) -> CalamineSheet:
    if not book.sheet_names:
        raise FileRefusedError("sheet_missing", "The workbook has no sheet.")
    if sheet is None:
        return book.get_sheet_by_index(0)
    if sheet not in book.sheet_names:
        listed = ", ".join(shown(name) for name in book.sheet_names)
        raise FileRefusedError("sheet_missing", f"There is no such sheet. Found: {listed}.")
    return book.get_sheet_by_name(sheet)


def _text(value: Stored) -> str | None:
    """Give a cell as text: a number plain with a point, a day as ISO has it. None: not exact."""
    match value:
        case str():
            return value
        case bool():
            return "true" if value else "false"
        case int() | float():
            return _number(value)
        case datetime() | date() | time():
            return value.isoformat()
        case timedelta():
            return str(value)


def _number(value: float) -> str | None:
    # Excel computes in binary and shows 15 digits; those are the number that its user sees.
    if abs(value) >= EXACT_MAX:
        return None
    plain = f"{Decimal(f'{value:.15g}'):f}"
    return StoredNumber(plain.rstrip("0").rstrip(".") if "." in plain else plain)
