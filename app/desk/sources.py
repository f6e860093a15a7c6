"""How fresh the data are: when a source last stated items, orders or limits."""

import time
from contextlib import suppress
from dataclasses import dataclass

from app.desk.work import Work
from app.storage import sources
from app.storage.database import StorageUnavailableError

DEFAULT = "default"
"""The source of statements that name none."""

MARK_INTERVAL_S = 1.0
"""How often a busy source is marked; one row for all accounts must not be written at each
statement, and a mark that is a second old makes data look older, never fresher."""


@dataclass(slots=True)
class Sources:
    """Marks sources as having stated something."""

    work: Work
    _marked_at_s: float = float("-inf")

    async def mark_stated(self) -> None:
        """Note, once the statements are committed, that the source spoke just now.

        They are taken whether or not that can be noted.
        """
        now_s = time.monotonic()
        if now_s - self._marked_at_s < MARK_INTERVAL_S:
            return
        # What was stated is committed already; without the mark it looks older than it is.
        with suppress(StorageUnavailableError):
            await self.work.reading(lambda connection: sources.mark_stated(connection, DEFAULT))
            self._marked_at_s = now_s
