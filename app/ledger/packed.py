"""Is it safe to open a workbook: its parts are unpacked here first, bounded, and thrown away.

What a zip file says of its own sizes may be a lie, and a sheet with two cells may claim a
million rows of sixteen thousand columns, so both are measured and not believed.
"""

import re
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO, Final
from zipfile import ZIP_DEFLATED, ZIP_STORED, BadZipFile, ZipFile, ZipInfo

from app.ledger.bounds import (
    WORKBOOK_BYTES_MAX,
    WORKBOOK_CELLS_MAX,
    WORKBOOK_INFLATED_BYTES_MAX,
    WORKBOOK_PARTS_MAX,
    WORKBOOK_RATIO_MAX,
)
from app.ledger.refusal import FileRefusedError

_BLOCK_BYTES: Final = 1024 * 1024
_SMALL_BYTES: Final = 1024 * 1024
"""Below this size no ratio is looked at: small parts repeat themselves a lot."""

_WORKBOOK: Final = "xl/workbook.xml"
_OTHER_WORKBOOKS: Final = frozenset({"xl/workbook.bin", "content.xml"})
"""Parts of .xlsb and .ods files, whose readers are not guarded here."""

_LOCAL_HEADER_BYTES: Final = 30
_PLACE: Final = re.compile(rb"""(?<![\w:])r\s*=\s*["']([^"'<>]*)["']""")
_PLAIN_PLACES: Final = re.compile(rb"(?:[A-Za-z]{0,3}[0-9]{1,7}<)*+")
_ROW: Final = re.compile(rb"[0-9]+")
_COLUMN: Final = re.compile(rb"[A-Za-z]+")
_CELLS_BEGIN: Final = b"sheetData"
_OVERLAP_BYTES: Final = 64
_LETTERS: Final = 26


def check_packed(path: Path) -> None:
    """Raise `FileRefusedError` for a workbook that is broken, or too large once unpacked."""
    if path.stat().st_size > WORKBOOK_BYTES_MAX:
        message = f"A workbook may have {WORKBOOK_BYTES_MAX:,} bytes: save it as CSV."
        raise FileRefusedError("workbook_too_large", message)
    try:
        with ZipFile(path) as archive, path.open("rb") as file:
            _check_parts(archive.infolist(), file)
    except (BadZipFile, zlib.error, EOFError, NotImplementedError, ValueError) as error:
        raise FileRefusedError("workbook_broken", "The workbook's zip file is broken.") from error


def _check_parts(parts: list[ZipInfo], file: BinaryIO) -> None:
    names = {part.filename for part in parts}
    if _WORKBOOK not in names or names & _OTHER_WORKBOOKS:
        message = "The file is a zip archive, but no .xlsx workbook: save it as .xlsx or CSV."
        raise FileRefusedError("not_a_workbook", message)
    if len(parts) > WORKBOOK_PARTS_MAX:
        raise _bomb(f"has more than {WORKBOOK_PARTS_MAX:,} parts")
    if sum(part.file_size for part in parts) > WORKBOOK_INFLATED_BYTES_MAX:
        raise _bomb(f"is larger than {WORKBOOK_INFLATED_BYTES_MAX:,} bytes")
    left = WORKBOOK_INFLATED_BYTES_MAX
    for part in parts:
        if part.flag_bits & 1 or part.compress_type not in {ZIP_STORED, ZIP_DEFLATED}:
            raise BadZipFile("encrypted, or packed in a way that workbooks do not use")
        ratio = part.file_size / max(part.compress_size, 1)
        if part.file_size > _SMALL_BYTES and ratio > WORKBOOK_RATIO_MAX:
            raise _bomb(f"is more than {WORKBOOK_RATIO_MAX} times its packed size")
        left -= _Part(part, file, left).measure()


def _bomb(what: str) -> FileRefusedError:
    message = f"The workbook, once unpacked, {what}: save it as CSV."
    return FileRefusedError("workbook_bomb", message)


class _Part:
    """One part of a workbook, unpacked block by block."""

    def __init__(self, part: ZipInfo, file: BinaryIO, bytes_max: int) -> None:
        self._part = part
        self._file = file
        self._bytes_max = bytes_max
        self._tail = b""
        self._is_sheet = False
        self._rows = 1
        self._columns = 1

    def measure(self) -> int:
        """Give the part's true size in bytes."""
        size = 0
        for block in self._blocks():
            size += len(block)
            if size > min(self._bytes_max, self._part.file_size):
                raise _bomb("is larger than it says")
            self._look_at_places(block)
        return size

    def _blocks(self) -> Iterator[bytes]:
        part = self._part
        self._file.seek(part.header_offset)
        header = self._file.read(_LOCAL_HEADER_BYTES)
        if len(header) < _LOCAL_HEADER_BYTES or header[:4] != b"PK\x03\x04":
            raise BadZipFile("no header where the directory says")
        names = int.from_bytes(header[26:28], "little") + int.from_bytes(header[28:30], "little")
        self._file.seek(names, 1)
        packed_left = part.compress_size
        unpacker = zlib.decompressobj(-zlib.MAX_WBITS)
        while packed_left and not unpacker.eof:
            packed = self._file.read(min(_BLOCK_BYTES, packed_left))
            if not packed:
                raise BadZipFile("ends too early")
            packed_left -= len(packed)
            if part.compress_type == ZIP_STORED:
                yield packed
                continue
            yield from _unpacked(unpacker, packed)

    def _look_at_places(self, block: bytes) -> None:
        """Refuse a sheet by the farthest row and column that it names."""
        searched = self._tail + block
        self._tail = searched[-_OVERLAP_BYTES:]
        self._is_sheet = self._is_sheet or _CELLS_BEGIN in searched
        if not self._is_sheet:
            return
        places = b"".join(place + b"<" for place in _PLACE.findall(searched))
        if not _PLAIN_PLACES.fullmatch(places):
            # Numbers that overflow would let the sheet's reader ask for all memory there is.
            raise BadZipFile("a cell at no place")
        self._rows = max(self._rows, *map(int, _ROW.findall(places)), 1)
        columns = map(_column_number, set(_COLUMN.findall(places)))
        self._columns = max(self._columns, *columns, 1)
        if self._rows * self._columns > WORKBOOK_CELLS_MAX:
            raise _bomb(f"has a sheet of more than {WORKBOOK_CELLS_MAX:,} cells")


def _unpacked(unpacker: "zlib._Decompress", packed: bytes) -> Iterator[bytes]:
    while packed and not unpacker.eof:
        yield unpacker.decompress(packed, _BLOCK_BYTES)
        packed = unpacker.unconsumed_tail


def _column_number(letters: bytes) -> int:
    number = 0
    for letter in letters.upper():
        number = number * _LETTERS + letter - ord("A") + 1
    return number
