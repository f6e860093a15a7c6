"""Sources: what each has said of itself, how fresh that makes the data, and who is silent."""

import time
from contextlib import suppress
from dataclasses import dataclass, field

from app.desk.calendar import Calendar
from app.desk.unknown import SourceUnknownError
from app.desk.work import Work
from app.storage import sources
from app.storage.database import StorageUnavailableError
from app.storage.sources import Mark, SourceState

__all__ = ["PLAIN_MARK", "Mark", "SourceState", "Sources"]

PLAIN_MARK = Mark()
"""A statement that names no source, and says no more."""

MARK_INTERVAL_S = 1.0
"""How often a busy source is marked; one row for all accounts must not be written at each
statement, and a mark that is a second old makes data look older, never fresher."""

NEVER_S: float = float("-inf")

KEPT_MAX = 1_000
"""Of how many sources the last mark is kept in memory; the oldest go first."""


@dataclass(frozen=True, slots=True)
class Sources:
    """Marks sources as having stated something, and tells how they stand."""

    work: Work
    calendar: Calendar
    _marked_at_s: dict[str, float] = field(default_factory=dict)

    async def mark_stated(self, mark: Mark = PLAIN_MARK) -> None:
        """Note, once the statements are committed, what their source has said.

        They are taken whether or not that can be noted.
        """
        if mark.says_nothing:
            return
        now_s = time.monotonic()
        if mark.is_plain and now_s - self._last_mark_s(mark.source) < MARK_INTERVAL_S:
            return
        # What was stated is committed already; without the mark it looks older than it is, and
        # a body looks missing that may come again.
        with suppress(StorageUnavailableError):
            await self.work.reading(
                lambda connection: sources.mark_stated(connection, mark, self.calendar.fixed_now)
            )
            self._keep(mark.source, now_s)

    def _last_mark_s(self, source: str) -> float:
        return self._marked_at_s.get(source, NEVER_S)

    def _keep(self, source: str, now_s: float) -> None:
        self._marked_at_s.pop(source, None)
        if len(self._marked_at_s) >= KEPT_MAX:
            del self._marked_at_s[next(iter(self._marked_at_s))]
        self._marked_at_s[source] = now_s

    async def watch(self, source: str, interval_minutes: int | None) -> bool:
        """Set how often a source is expected to speak, `None` for no matter; `True` when new."""
        return await self.work.writing(
            lambda connection: sources.watch(
                connection, source, interval_minutes, self.calendar.fixed_now
            )
        )

    async def source(self, name: str) -> SourceState:
        """Give how a source stands; raises `SourceUnknownError`."""
        found = await self.work.reading(
            lambda connection: sources.find(connection, name, self.calendar.fixed_now)
        )
        if found is None:
            raise SourceUnknownError(name)
        return found

    async def listed(self, *, after: str, limit: int) -> list[SourceState]:
        """Give sources by name, those after `after`."""
        return await self.work.reading(
            lambda connection: sources.listed(
                connection, after=after, limit=limit, fixed_now=self.calendar.fixed_now
            )
        )
