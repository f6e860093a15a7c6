"""Formulas in a sheet: how many there are, and which cells have no value that can be taken.

The sheet's reader gives what was computed last, or nothing where nothing was, and does not say
which; so the sheet's XML is looked through here, as a stream.
"""

import re
import zlib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final
from xml.parsers.expat import ExpatError, ParserCreate
from zipfile import BadZipFile, ZipFile

from app.ledger.bounds import UNCOMPUTED_MAX
from app.ledger.cells import AN_ERROR, NOT_COMPUTED
from app.ledger.refusal import FileRefusedError

_BLOCK_BYTES: Final = 1024 * 1024
_OVERLAP_BYTES: Final = 2
_SIGNS: Final = (b"<f", b":f", b'"e"', b"'e'")
"""What stands where a formula or an error does, and seldom elsewhere."""

_WORKBOOK: Final = "xl/workbook.xml"
_RELATIONS: Final = "xl/_rels/workbook.xml.rels"
_PLACE: Final = re.compile("([A-Za-z]{1,3})([0-9]{1,7})")
_LETTERS: Final = 26

Start = Callable[[str, dict[str, str]], None]


@dataclass(slots=True)
class Formulas:
    """How many cells hold formulas, and what stands for those without a value.

    `unread` has the sheet's rows and columns, which count from 1.
    """

    count: int = 0
    unread: dict[int, dict[int, str]] = field(default_factory=dict)

    def note(self) -> Iterator[str]:
        """Say that values were computed by somebody else."""
        if self.count:
            yield f"{self.count:,} cells hold formulas; their last computed value was taken."


def formulas_of(path: Path, sheet: str) -> Formulas:
    """Look through a sheet of a workbook that was found safe to open.

    Raises `FileRefusedError` for one whose parts do not fit together, or that was not computed.
    """
    try:
        with ZipFile(path) as archive:
            book = _Book()
            _parse(_blocks(archive, _WORKBOOK), book.start)
            relations = _Relations()
            _parse(_blocks(archive, _RELATIONS), relations.start)
            part = _part_of(archive, relations.targets[book.sheets[sheet]])
            if not _is_to_be_looked_at(_blocks(archive, part)):
                return Formulas()
            found = _Sheet(has_guesses=book.has_guesses)
            _parse(_blocks(archive, part), found.start, found)
            return found.formulas
    except (BadZipFile, zlib.error, EOFError, ExpatError, KeyError, ValueError) as error:
        raise FileRefusedError("workbook_broken", "The workbook cannot be read.") from error


def _blocks(archive: ZipFile, part: str) -> Iterator[bytes]:
    with archive.open(part) as file:
        while block := file.read(_BLOCK_BYTES):
            yield block


def _part_of(archive: ZipFile, target: str) -> str:
    """Give the part that a relation of the workbook leads to, however it is written."""
    plain = target.replace("\\", "/").lstrip("/").casefold()
    parts = {part.casefold(): part for part in archive.namelist()}
    return parts[plain if plain.startswith("xl/") else f"xl/{plain}"]


def _is_to_be_looked_at(blocks: Iterator[bytes]) -> bool:
    """Say whether there is anything like a formula or an error: most sheets have none."""
    tail = b""
    for block in blocks:
        if any(sign in tail + block for sign in _SIGNS):
            return True
        tail = block[-_OVERLAP_BYTES:]
    return False


def _parse(blocks: Iterator[bytes], start: Start, sheet: "_Sheet | None" = None) -> None:
    parser = ParserCreate()
    parser.buffer_text = True
    parser.StartElementHandler = start
    parser.StartDoctypeDeclHandler = _refuse_types
    if sheet is not None:
        parser.EndElementHandler = sheet.end
        parser.CharacterDataHandler = sheet.text
    for block in blocks:
        parser.Parse(block, False)
    parser.Parse(b"", True)


def _refuse_types(*_: object) -> None:
    raise ValueError("workbooks define no types, and entities may grow without end")


class _Book:
    """The sheets by name, with the relation that leads to each.

    `has_guesses`: its writer leaves the computing to whoever opens it, and has put zeros.
    """

    def __init__(self) -> None:
        self.sheets: dict[str, str] = {}
        self.has_guesses = False

    def start(self, name: str, said: Mapping[str, str]) -> None:
        name = _local(name)
        if name == "sheet":
            self.sheets[said["name"]] = next(
                (value for key, value in said.items() if key.endswith(":id")), ""
            )
        elif name == "calcPr":
            self.has_guesses = said.get("fullCalcOnLoad") in {"1", "true"}


class _Relations:
    def __init__(self) -> None:
        self.targets: dict[str, str] = {}

    def start(self, name: str, said: Mapping[str, str]) -> None:
        if _local(name) == "Relationship":
            self.targets[said["Id"]] = said["Target"]


class _Sheet:
    """A sheet's cells, one after another."""

    def __init__(self, *, has_guesses: bool) -> None:
        self.formulas = Formulas()
        self._has_guesses = has_guesses
        self._row = self._since_place = self._unread = 0
        self._place = ""
        self._kind = ""
        self._value = ""
        self._is_formula = self._is_value = False

    def start(self, name: str, said: Mapping[str, str]) -> None:
        name = _local(name)
        if name == "c":
            # Most cells are never asked where they are.
            place = said.get("r", "")
            self._place = place or self._place
            self._since_place = 0 if place else self._since_place + 1
            self._kind, self._value, self._is_formula = said.get("t", "n"), "", False
        elif name == "row":
            self._row = int(said.get("r", self._row + 1))
            self._place, self._since_place = "", 0
        elif name == "f":
            self._is_formula = True
        elif name == "v":
            self._is_value = True

    def text(self, text: str) -> None:
        if self._is_value and len(self._value) <= 1:
            self._value += text.strip()

    def end(self, name: str) -> None:
        name = _local(name)
        if name == "v":
            self._is_value = False
        elif name == "c" and (self._is_formula or self._kind == "e"):
            self._end_cell()

    def _end_cell(self) -> None:
        self.formulas.count += self._is_formula
        if self._kind == "e":
            self._leave(AN_ERROR)
        elif not self._is_computed():
            self._leave(NOT_COMPUTED)

    def _is_computed(self) -> bool:
        # An empty text is a value; a zero is none where a program has put it in place of one.
        if self._kind == "str":
            return True
        return bool(self._value) and not (self._has_guesses and self._value == "0")

    def _leave(self, why: str) -> None:
        self._unread += 1
        if self._unread > UNCOMPUTED_MAX:
            message = f"Over {UNCOMPUTED_MAX:,} cells have no computed value: compute and save it."
            raise FileRefusedError("formula_not_computed", message, self._row)
        row, column = _place_of(self._place) if self._place else (self._row, 0)
        self.formulas.unread.setdefault(row, {})[column + self._since_place] = why


def _local(name: str) -> str:
    """Give an element's name without its prefix, which most programs leave out."""
    return name if ":" not in name else name.rpartition(":")[2]


def _place_of(place: str) -> tuple[int, int]:
    """Give row and column of a place such as B2, counted from 1."""
    match = _PLACE.fullmatch(place)
    if match is None:
        raise ValueError("a cell at no place")
    column = 0
    for letter in match[1].upper():
        column = column * _LETTERS + ord(letter) - ord("A") + 1
    return int(match[2]), column
