"""What JSON may say that we do not take, and where in a document it says so."""

import json
import math
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

from app.api.problems import FieldError, safe_pointer

DEPTH_MAX: Final = 32
INTEGER_MAX: Final = 2**63 - 1
NUMBER_TEXT_MAX: Final = 24
"""The longest text of a double in its shortest form: -1.2345678901234567e-308."""

_UNSAFE_TEXT: Final = re.compile("[\0\ud800-\udfff]")

Path = tuple[str | int, ...]


@dataclass(frozen=True, slots=True)
class Flaw:
    code: str
    message: str


OUT_OF_RANGE: Final = Flaw("number_out_of_range", "Is beyond the numbers that are accepted.")
_NOT_A_NUMBER: Final = Flaw("not_a_number", "NaN and Infinity are not JSON.")
_DUPLICATE_KEY: Final = Flaw("duplicate_key", "This name occurs twice in its object.")
_UNSAFE_CHARACTER: Final = Flaw("unsafe_character", "Has a NUL character or a lone surrogate.")
TOO_DEEP: Final = Flaw("too_deep", f"Is nested deeper than {DEPTH_MAX} levels.")


def whole_number(text: str) -> int | Flaw:
    if len(text) > NUMBER_TEXT_MAX:
        return OUT_OF_RANGE
    value = int(text)
    return value if -INTEGER_MAX <= value <= INTEGER_MAX else OUT_OF_RANGE


def fraction(text: str) -> float | Flaw:
    if len(text) > NUMBER_TEXT_MAX:
        return OUT_OF_RANGE
    value = float(text)
    vanished = value == 0 and re.search("[1-9]", re.split("[eE]", text)[0])
    return OUT_OF_RANGE if math.isinf(value) or vanished else value


def first_flaw(text: str) -> FieldError | None:
    """Read the document once more, keeping what the quick reading throws away, and search it."""
    waiting: list[tuple[Path, Any]] = [((), _KEEPING_ALL.decode(text))]
    while waiting:
        path, value = waiting.pop()
        flaw = _flaw_of(value, depth=len(path))
        if flaw is not None:
            return FieldError(safe_pointer(path), flaw.code, flaw.message)
        waiting.extend(reversed(list(_children(path, value))))
    return None


class _Pairs(list[tuple[str, Any]]):
    """An object with all its names, the repeated ones too."""


_KEEPING_ALL: Final = json.JSONDecoder(
    object_pairs_hook=_Pairs,
    parse_int=whole_number,
    parse_float=fraction,
    parse_constant=lambda _: _NOT_A_NUMBER,
)


def _flaw_of(value: object, *, depth: int) -> Flaw | None:
    match value:
        case Flaw():
            return value
        case str() if _UNSAFE_TEXT.search(value):
            return _UNSAFE_CHARACTER
        case list() if depth >= DEPTH_MAX:
            return TOO_DEEP
        case _:
            return None


def _children(path: Path, value: object) -> Iterator[tuple[Path, object]]:
    match value:
        case _Pairs():
            yield from _members(path, value)
        case list():
            yield from (((*path, index), item) for index, item in enumerate(value))
        case _:
            pass


def _members(path: Path, pairs: _Pairs) -> Iterator[tuple[Path, object]]:
    seen = set[str]()
    for name, member in pairs:
        place = (*path, name)
        if _UNSAFE_TEXT.search(name):
            yield path, _UNSAFE_CHARACTER
        yield place, _DUPLICATE_KEY if name in seen else member
        seen.add(name)
