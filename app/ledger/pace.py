"""Pace: an import goes fast while nobody else asks, and gently beside checks.

A large parcel costs the least per row, but keeps its accounts locked and the database busy for a
tenth of a second and more. Beside checks that would be their slowest answer, so that parcels are
small then and come one at a time.
"""

import asyncio
import time
from collections import deque
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from app.desk.work import Work
from app.storage.activity import is_service_at_work
from app.storage.database import StorageUnavailableError

ROWS_FAST = 4_000
"""How many rows a parcel has while nobody else asks."""

ROWS_GENTLE = 400
"""The same beside checks."""

PLACES = 3
"""How many parcels are under way at a time while nobody else asks; else it is one."""

PAUSE = 1.0
"""How long a pause follows a parcel beside checks, in times of what the parcel took."""

LOOK_S = 0.25
"""How often it is looked whether the service was asked anything since."""

LOOKS = 8
BUSY_LOOKS = 5
"""How many of the last looks must have found somebody: more than one who watches the progress."""


@dataclass(slots=True)
class Pace:
    """How many rows go into a parcel, and how many parcels are under way."""

    work: Work
    _found: deque[bool] = field(default_factory=lambda: deque(maxlen=LOOKS))
    _place: asyncio.Lock = field(default_factory=asyncio.Lock)

    @property
    def is_gentle(self) -> bool:
        """Whether others are served first at the moment."""
        return sum(self._found) >= BUSY_LOOKS

    @property
    def rows(self) -> int:
        """How many rows the next parcel has."""
        return ROWS_GENTLE if self.is_gentle else ROWS_FAST

    def note(self, *, found: bool) -> None:
        """Note whether a look found somebody; the last looks count."""
        self._found.append(found)

    @asynccontextmanager
    async def place(self) -> AsyncIterator[None]:
        """Wait until a parcel may be taken, and hold its place during the block."""
        if not self.is_gentle:
            yield
            return
        async with self._place:
            began_s = time.monotonic()
            yield
            await asyncio.sleep(PAUSE * (time.monotonic() - began_s))

    @asynccontextmanager
    async def watching(self) -> AsyncIterator[None]:
        """Look again and again whether somebody else asks, as long as the block runs.

        It begins gently where somebody did in the last seconds.
        """
        self._found += [await self._look(LOOKS * LOOK_S)] * BUSY_LOOKS
        watch = asyncio.create_task(self._watch())
        try:
            yield
        finally:
            watch.cancel()
            await asyncio.wait([watch])

    async def _watch(self) -> None:
        while True:
            await asyncio.sleep(LOOK_S)
            self.note(found=await self._look(LOOK_S))

    async def _look(self, within_s: float) -> bool:
        try:
            return await self.work.reading(lambda c: is_service_at_work(c, within_s))
        except StorageUnavailableError:
            return True  # no time to press a database that gives no answer
