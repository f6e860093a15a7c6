"""One pass through a file: rows of cells, or lines of NDJSON, as what they state."""

from collections.abc import Callable, Iterator
from typing import Final, Protocol

from app.ledger.documents import document_reader
from app.ledger.fields import States
from app.ledger.items import item_reader
from app.ledger.layout import Layout
from app.ledger.ndjson import ndjson_row
from app.ledger.rows import CellError, Document, Flaw, ItemRow, LeftOut
from app.ledger.sources import Rows
from app.ledger.text_files import TextFile

Found = ItemRow | Document | Flaw | LeftOut
ReadRow = Callable[[int, list[str]], ItemRow | Document | LeftOut]

_BLANK: Final = LeftOut("blank line")


class Reading(Protocol):
    """What a file's rows state, once through. `done` says how far, as the table's `size` does."""

    def __iter__(self) -> Iterator[Found]: ...

    def close(self) -> None: ...

    @property
    def done(self) -> int: ...


class RowReading:
    """The rows below the headings."""

    def __init__(self, rows: Rows, layout: Layout) -> None:
        self._rows = rows
        self._heading_line = layout.fit.line
        self._width = layout.width
        is_items = layout.profile.states is States.OPEN_ITEMS
        self._read: ReadRow = (item_reader if is_items else document_reader)(layout)
        self._customer_at, self._customers = layout.at("customer"), layout.refs("customer")

    @property
    def done(self) -> int:
        return self._rows.done

    def close(self) -> None:
        self._rows.close()

    def __iter__(self) -> Iterator[Found]:
        read, width, heading_line = self._read, self._width, self._heading_line
        for row in self._rows:
            if isinstance(row, Flaw):
                yield row
                continue
            line, cells = row
            if line <= heading_line:
                continue
            width_found = len(cells)
            is_of_another_width = width_found != width
            try:
                if is_of_another_width:
                    _shape(cells, width)
                # Stands for every column that the file does not have.
                cells.append("")
                found = read(line, cells)
                if is_of_another_width and isinstance(found, LeftOut) and found.customer:
                    # A text cut in two may be what fills the column that says "cleared".
                    raise _misfit(width_found, width)
                yield found
            except CellError as error:
                if not any(map(str.strip, cells)):
                    yield _BLANK
                elif is_of_another_width:
                    # Nobody knows which cell is the customer's: one before it may be lost, or cut
                    # in two, and an empty one behind the last column hide that.
                    yield error.at(line)
                else:
                    yield self._flaw(error, line, cells)

    def _flaw(self, error: CellError, line: int, cells: list[str]) -> Flaw:
        try:
            return error.at(line, self._customers[cells[self._customer_at]])
        except CellError:
            return error.at(line)


def _shape(cells: list[str], width: int) -> None:
    """Cut empty cells behind the last column off; raises `CellError` for any other."""
    if not any(cells[width:]):
        del cells[width:]
    if len(cells) != width:
        raise _misfit(len(cells), width)


def _misfit(found: int, width: int) -> CellError:
    code = "cells_too_many" if found > width else "cells_too_few"
    return CellError(code, f"Has {found} cells where the headings are {width}.")


class NdjsonReading:
    """The lines of an NDJSON file."""

    def __init__(self, file: TextFile) -> None:
        self._file = file

    @property
    def done(self) -> int:
        return self._file.done

    def close(self) -> None:
        self._file.close()

    def __iter__(self) -> Iterator[Found]:
        for line, text in enumerate(self._file.lines(), 1):
            try:
                yield ndjson_row(line, text) if text.strip() else _BLANK
            except CellError as error:
                yield error.at(line)
