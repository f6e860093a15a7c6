"""Which encoding a text file has. The whole file is looked at, so that nothing is found late."""

import codecs
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from app.ledger.refusal import FileRefusedError

_BLOCK_BYTES: Final = 1024 * 1024
_MARKS: Final = (
    (codecs.BOM_UTF8, "utf-8-sig", "UTF-8, as its byte order mark says"),
    (codecs.BOM_UTF16_LE, "utf-16", "UTF-16, as its byte order mark says"),
    (codecs.BOM_UTF16_BE, "utf-16", "UTF-16, as its byte order mark says"),
)
_OTHER_FILES: Final = (
    (b"\xd0\xcf\x11\xe0", "an old or password-protected Excel file: save it as .xlsx"),
    (b"\x1f\x8b", "compressed with gzip: unpack it"),
    (b"%PDF", "a PDF: export the list as CSV or Excel"),
)


_KNOWN: Final = {
    "utf-8": "utf-8-sig",
    "utf-16": "utf-16",
    "utf-16-le": "utf-16-le",
    "utf-16-be": "utf-16-be",
    "windows-1252": "cp1252",
    "windows-1250": "cp1250",
    "iso-8859-1": "iso8859-1",
    "iso-8859-15": "iso8859-15",
    "cp850": "cp850",
}
"""What an option may state, with the codec's name."""


@dataclass(frozen=True, slots=True)
class Encoding:
    """How bytes become text. `note` is for people; `has_nul` sends every row to a closer look."""

    name: str
    note: str
    has_nul: bool = False

    @property
    def errors(self) -> str:
        """Keep a byte that is no character, so that its cell is refused and never replaced."""
        return "strict" if self.name.startswith("utf-16") else "surrogateescape"


def encoding_of(path: Path, stated: str | None) -> Encoding:
    """Find a text file's encoding, or take the one stated; raises `FileRefusedError`."""
    with path.open("rb") as file:
        start = file.read(4)
    for magic, what in _OTHER_FILES:
        if start.startswith(magic):
            raise FileRefusedError("not_text", f"The file is {what}.")
    if stated is not None:
        return _stated(path, stated)
    for mark, name, note in _MARKS:
        if start.startswith(mark):
            has_nul = name != "utf-16" and _Survey(path).has_nul
            return Encoding(name, f"Read as {note}.", has_nul)
    if start.count(b"\0") > 1:
        message = "The file is not text, or it is UTF-16 without a mark: state the encoding."
        raise FileRefusedError("not_text", message)
    return _Survey(path).encoding()


def _stated(path: Path, name: str) -> Encoding:
    known = _KNOWN.get(name.lower())
    if known is None:
        message = f"The encoding stated is unknown; known are {', '.join(_KNOWN)}."
        raise FileRefusedError("encoding_unknown", message)
    has_nul = not known.startswith("utf-16") and _Survey(path).has_nul
    return Encoding(known, f"Read as {name.lower()}, as stated.", has_nul)


class _Survey:
    """One pass over the bytes: is it UTF-8 throughout, and are there NUL bytes."""

    def __init__(self, path: Path) -> None:
        self.has_nul = self.is_ascii = False
        self._bad_line: int | None = None
        self._had_utf8 = False
        self._decoder = codecs.getincrementaldecoder("utf-8")()
        self._read(path)

    def _read(self, path: Path) -> None:
        line, is_ascii, has_nul = 1, True, False
        with path.open("rb") as file:
            while block := file.read(_BLOCK_BYTES):
                has_nul = has_nul or b"\0" in block
                is_ascii = is_ascii and block.isascii()
                if not is_ascii:
                    self._decode(block, line)
                line += block.count(b"\n")
        if not is_ascii:
            self._decode(b"", line)
        self.is_ascii, self.has_nul = is_ascii, has_nul

    def _decode(self, block: bytes, line: int) -> None:
        if self._bad_line is not None:
            return
        try:
            text = self._decoder.decode(block, final=not block)
        except UnicodeDecodeError as error:
            before = error.object[: error.start]
            self._had_utf8 = self._had_utf8 or not before.isascii()
            self._bad_line = line + before.count(b"\n")
        else:
            self._had_utf8 = self._had_utf8 or not text.isascii()

    def encoding(self) -> Encoding:
        """Give the encoding that the bytes allow."""
        if self._bad_line is None:
            name = "ASCII" if self.is_ascii else "UTF-8"
            return Encoding("utf-8", f"Read as {name}.", self.has_nul)
        if self._had_utf8:
            message = (
                "The file is UTF-8 up to here and something else after: mend it, or state the "
                "encoding to have the rows with such bytes refused."
            )
            raise FileRefusedError("encoding_mixed", message, self._bad_line)
        note = f"Read as Windows-1252, because line {self._bad_line} is not UTF-8."
        return Encoding("cp1252", note, self.has_nul)
