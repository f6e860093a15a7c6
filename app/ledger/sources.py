"""What kind of file it is, by its content: a workbook, NDJSON, or CSV with some delimiter."""

from collections.abc import Iterator, Mapping
from contextlib import closing
from pathlib import Path
from stat import S_ISREG
from typing import Final, Protocol

from app.ledger.bounds import FILE_BYTES_MAX
from app.ledger.encodings import Encoding, encoding_of
from app.ledger.headings import HeadRows
from app.ledger.options import Options
from app.ledger.refusal import FileRefusedError
from app.ledger.rows import CellsOrFlaw
from app.ledger.text_files import CsvRows, TextFile, head_rows
from app.ledger.workbook import SheetRows, sheet_of

_DELIMITERS: Final = (";", ",", "\t", "|")
_UNENDED: Final = "The last line has no line end: if the file was cut off, its last cell was too."
_ZIP: Final = b"PK\x03\x04"


class Rows(Protocol):
    """A file's rows, once through. `done` says how far, in the unit of `Source.size`."""

    def __iter__(self) -> Iterator[CellsOrFlaw]: ...

    def close(self) -> None: ...

    @property
    def done(self) -> int: ...


class Source(Protocol):
    """A file of rows, which may be gone through more than once. `size` is in bytes or rows."""

    @property
    def notes(self) -> tuple[str, ...]: ...

    @property
    def size(self) -> int: ...

    def heads(self) -> Mapping[str, HeadRows]:
        """Give the first rows, cut by each delimiter that may be the right one."""

    def rows(self, delimiter: str) -> Rows:
        """Give all rows, cut by this delimiter."""


class CsvSource:
    """A text file of cells with a delimiter between them."""

    def __init__(self, path: Path, encoding: Encoding, delimiter: str | None) -> None:
        self._path = path
        self._encoding = encoding
        self._delimiters = (delimiter,) if delimiter else _DELIMITERS
        self.notes = (encoding.note,) if _is_ended(path) else (encoding.note, _UNENDED)
        self.size = path.stat().st_size

    def heads(self) -> Mapping[str, HeadRows]:
        return {mark: head_rows(self._path, self._encoding, mark) for mark in self._delimiters}

    def rows(self, delimiter: str) -> CsvRows:
        return CsvRows(self._path, self._encoding, delimiter)


class SheetSource:
    """One sheet of a workbook."""

    def __init__(self, path: Path, sheet: str | None) -> None:
        self._sheet = sheet_of(path, sheet)
        self.notes = self._sheet.notes
        self.size = (self._sheet.cells.end or (-1, 0))[0] + 1

    def heads(self) -> Mapping[str, HeadRows]:
        return {"": SheetRows(self._sheet).head()}

    def rows(self, delimiter: str) -> SheetRows:
        del delimiter
        return SheetRows(self._sheet)


class NdjsonSource:
    """A text file with one JSON object on each line."""

    def __init__(self, path: Path, encoding: Encoding) -> None:
        self._path = path
        self._encoding = encoding
        self.note = f"{encoding.note[:-1]}, as NDJSON."
        self.size = path.stat().st_size

    def open(self) -> TextFile:
        return TextFile(self._path, self._encoding)


def source_of(path: Path, options: Options) -> CsvSource | SheetSource | NdjsonSource:
    """Say what a file is, looking at its content alone; raises `FileRefusedError`."""
    _check_size(path)
    with path.open("rb") as file:
        is_packed = file.read(len(_ZIP)) == _ZIP
    if is_packed:
        return SheetSource(path, options.sheet)
    encoding = encoding_of(path, options.encoding)
    first = _first_char(path, encoding)
    if first == "[":
        message = "The file is a JSON array: write one object on each line instead (NDJSON)."
        raise FileRefusedError("json_array", message, 1)
    if first != "{":
        return CsvSource(path, encoding, options.delimiter)
    if not encoding.name.startswith("utf"):
        raise FileRefusedError("undecodable", f"NDJSON is UTF-8. {encoding.note}")
    return NdjsonSource(path, encoding)


def _check_size(path: Path) -> None:
    try:
        status = path.stat()
    except OSError as error:
        raise FileRefusedError("file_missing", f"{path.name}: {error.strerror}.") from None
    if not S_ISREG(status.st_mode):
        raise FileRefusedError("file_missing", f"{path.name} is no file.")
    if status.st_size > FILE_BYTES_MAX:
        message = f"A file may have {FILE_BYTES_MAX:,} bytes: split it."
        raise FileRefusedError("file_too_large", message)


def _is_ended(path: Path) -> bool:
    """Say whether the last line ends, whatever the encoding."""
    with path.open("rb") as file:
        file.seek(max(0, path.stat().st_size - 2))
        return not {*file.read()}.isdisjoint(b"\r\n")


def _first_char(path: Path, encoding: Encoding) -> str:
    with closing(TextFile(path, encoding)) as file:
        for line in file.lines():
            if text := line.strip():
                return text[0]
    raise FileRefusedError("file_empty", "The file has nothing in it.")
