"""Where in a body an error lies: from pydantic's location to a JSON Pointer.

A location also names the members of a union that were tried, and such a name may be that of a
field as well: ("limit", "amount", "amount") can be the field `amount` of the kind `amount`.
What was seen at the place decides which steps are real.
"""

import re
from collections.abc import Callable, Iterable, Iterator
from itertools import islice
from typing import Final

READINGS_MAX: Final = 256
NOWHERE: Final = object()

_PLAIN_NAME: Final = re.compile(r"[A-Za-z0-9_.-]{1,64}")

Path = tuple[str | int, ...]


def safe_pointer(path: Iterable[str | int]) -> str:
    """A JSON Pointer, cut off before a name that is too odd to be repeated."""
    pointer = ""
    for step in path:
        if not _PLAIN_NAME.fullmatch(str(step)):
            break
        pointer += f"/{step}"
    return pointer


def real_path(location: Path, body: object, *, fit: Callable[[object], int]) -> Path:
    """The reading of the location whose value fits best; of equals, the one most literal."""
    readings = islice(_readings(location, body), READINGS_MAX)
    path, _ = max(readings, key=lambda reading: fit(reading[1]))
    return path


def inside(value: object, step: str | int) -> object:
    match value:
        case dict():
            return value.get(step, NOWHERE)
        case list() if isinstance(step, int) and step < len(value):
            return value[step]
        case _:
            return NOWHERE


def _readings(location: Path, value: object) -> Iterator[tuple[Path, object]]:
    if not location:
        yield (), value
        return
    step, *rest = location
    found = inside(value, step)
    if found is not NOWHERE:
        for path, last in _readings(tuple(rest), found):
            yield (step, *path), last
    yield from _readings(tuple(rest), value)
