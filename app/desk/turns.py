"""Taking turns: who writes on one account queues up, first come first served, in this process.

Without it checks would race each other, lose, and read again, and statements that wait for the
account's row would each hold a connection that others need. Between processes the database
decides; an account's queue makes that rare, and no account waits for another.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field


@dataclass(slots=True)
class _Queue:
    lock: asyncio.Lock = field(default_factory=asyncio.Lock)
    waiting: int = 0


@dataclass(slots=True)
class Turns:
    """One queue per account that somebody is at; none is kept for an account at rest."""

    _queues: dict[str, _Queue] = field(default_factory=dict)

    @asynccontextmanager
    async def taken(self, account: str) -> AsyncIterator[None]:
        """Wait for the account's turn, and give it on at the end of the block."""
        queue = self._queues.setdefault(account, _Queue())
        queue.waiting += 1
        try:
            async with queue.lock:
                yield
        finally:
            queue.waiting -= 1
            if not queue.waiting:
                del self._queues[account]
