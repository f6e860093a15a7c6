"""Figures for operations: read when somebody asks, and kept for a moment."""

import asyncio
import time
from dataclasses import dataclass, field

from app.desk.work import Work
from app.storage import sources
from app.storage.database import StorageUnavailableError
from app.telemetry.feeds import FeedFigures

KEPT_S = 5.0
"""How long what was read is given again: whoever asks often, without a key, costs one reading."""

NEVER_S: float = float("-inf")


@dataclass(slots=True)
class Figures:
    """Gives the figures of the data, at most `KEPT_S` old.

    Where there is no mail server (`mails`), facts that nobody was mailed wait for nothing.
    """

    work: Work
    mails: bool
    _kept: FeedFigures | None = None
    _read_at_s: float = NEVER_S
    _turn: asyncio.Lock = field(default_factory=asyncio.Lock)

    async def of_feeds(self) -> FeedFigures | None:
        """Give how the sources stand, `None` while the database gives no answer."""
        async with self._turn:
            if time.monotonic() - self._read_at_s >= KEPT_S:
                self._kept = await self._read()
                self._read_at_s = time.monotonic()
            return self._kept

    async def _read(self) -> FeedFigures | None:
        try:
            return await self.work.reading(lambda c: sources.figures(c, mails=self.mails))
        except StorageUnavailableError:
            return None
