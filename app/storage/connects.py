"""New connections: one that comes too late for whoever asked for it is there for the next.

Opening a connection takes longest when the machine is busiest. If each were dropped as soon as
its request gives up, a busy service could go on opening connections and never have one.
"""

import asyncio
from dataclasses import dataclass, field
from typing import Any, TypeAlias

import asyncpg

Opened: TypeAlias = "asyncpg.Connection[asyncpg.Record]"


@dataclass(slots=True)
class Connects:
    """Opens connections for a pool, which never asks for more at a time than it may hold."""

    late: list[asyncio.Task[Opened]] = field(default_factory=list)
    """Those that nobody waits for at the moment."""

    async def connect(self, *args: Any, **options: Any) -> Opened:  # noqa: ANN401
        """Open a connection, or give one that was opened for somebody who gave up."""
        opening = self._taken_over() or asyncio.create_task(asyncpg.connect(*args, **options))
        try:
            return await asyncio.shield(opening)
        except asyncio.CancelledError:
            self.late.append(opening)
            raise

    def _taken_over(self) -> asyncio.Task[Opened] | None:
        while self.late:
            opening = self.late.pop(0)
            if not opening.done() or _is_open(opening):
                return opening
        return None

    async def close(self) -> None:
        """Close what nobody took."""
        while self.late:
            opening = self.late.pop()
            opening.cancel()
            await asyncio.wait([opening])
            if _is_open(opening):
                opening.result().terminate()


def _is_open(opened: asyncio.Task[Opened]) -> bool:
    if opened.cancelled() or opened.exception() is not None:
        return False
    return not opened.result().is_closed()
