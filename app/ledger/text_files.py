"""Text files as rows of cells, read line by line with every length bounded."""

import csv
from collections.abc import Iterator
from functools import partial
from io import TextIOWrapper
from itertools import islice
from pathlib import Path
from typing import BinaryIO, Final

from app.ledger.bounds import CELL_CHARS_MAX, HEADER_LINES_MAX, LINE_CHARS_MAX
from app.ledger.encodings import Encoding
from app.ledger.headings import HeadRows
from app.ledger.refusal import FileRefusedError
from app.ledger.rows import CellsOrFlaw, Flaw

_UNCLOSED: Final = "unexpected end of data"
_TOO_LONG: Final = "field larger"


class TextFile:
    """An open text file. `done` says how many bytes of it have been read."""

    def __init__(self, path: Path, encoding: Encoding) -> None:
        self._raw: BinaryIO = path.open("rb")
        self._text = TextIOWrapper(
            self._raw, encoding=encoding.name, errors=encoding.errors, newline=""
        )
        self._next_line = partial(self._text.readline, LINE_CHARS_MAX)

    @property
    def done(self) -> int:
        return 0 if self._raw.closed else self._raw.tell()

    def close(self) -> None:
        self._text.close()

    def lines(self) -> Iterator[str]:
        """Give the lines; raises `FileRefusedError` for one too long or in no encoding."""
        number = 0
        try:
            for number, line in enumerate(iter(self._next_line, ""), 1):
                if len(line) >= LINE_CHARS_MAX and line[-1] not in "\r\n":
                    message = f"The line is longer than {LINE_CHARS_MAX:,} characters."
                    raise FileRefusedError("line_too_long", message, number)
                yield line
        except UnicodeError:
            message = "The line has bytes that are no characters in the file's encoding."
            raise FileRefusedError("undecodable", message, number + 1) from None


class CsvRows:
    """The rows of a CSV file with their lines, a row that is no CSV as a flaw."""

    def __init__(self, path: Path, encoding: Encoding, delimiter: str) -> None:
        self._encoding = encoding
        self._file = TextFile(path, encoding)
        self._delimiter = delimiter

    @property
    def done(self) -> int:
        return self._file.done

    def close(self) -> None:
        self._file.close()

    def __iter__(self) -> Iterator[CellsOrFlaw]:
        return map(_without_nul, self._rows()) if self._encoding.has_nul else self._rows()

    def _rows(self) -> Iterator[CellsOrFlaw]:
        # strict: a quotation mark that is never closed would swallow rows in silence.
        reader = csv.reader(self._file.lines(), delimiter=self._delimiter, strict=True)
        line = 0
        while True:
            try:
                for cells in reader:
                    yield line + 1, cells
                    line = reader.line_num
            except csv.Error as error:
                yield _not_csv(error, line + 1, reader.line_num)
                line = reader.line_num
            else:
                return


def _not_csv(error: csv.Error, first: int, last: int) -> Flaw:
    """Give the flaw of a row that is no CSV; raises where all that follows is in doubt."""
    reason = str(error)
    if reason.startswith(_TOO_LONG):
        message = f"A cell is longer than {CELL_CHARS_MAX:,} characters; is a quotation mark lost?"
        raise FileRefusedError("cell_too_long", message, first)
    if reason == _UNCLOSED:
        message = "The quotation mark that opens a cell here is never closed."
        raise FileRefusedError("quote_unclosed", message, first)
    lines = f"Lines {first} to {last} are" if last > first else "The line is"
    message = f"{lines} no CSV: after a closing quotation mark comes something else."
    return Flaw(first, None, "csv_malformed", message)


def _without_nul(row: CellsOrFlaw) -> CellsOrFlaw:
    if isinstance(row, Flaw) or not any("\0" in cell for cell in row[1]):
        return row
    return Flaw(row[0], None, "nul_byte", "Must not contain a NUL byte.")


def head_rows(path: Path, encoding: Encoding, delimiter: str) -> HeadRows:
    """Give the first rows, cut by this delimiter, as far as they are CSV."""
    rows = CsvRows(path, encoding, delimiter)
    found: list[tuple[int, list[str]]] = []
    try:
        found.extend(row for row in islice(rows, HEADER_LINES_MAX) if not isinstance(row, Flaw))
    except FileRefusedError as error:
        if error.code in {"quote_unclosed", "cell_too_long"}:
            return found
        raise
    finally:
        rows.close()
    return found
