"""Working on the database: by a deadline, and again after a passing failure."""

import asyncio
import random
import time
from collections.abc import Awaitable, Callable, Iterator
from contextlib import AbstractAsyncContextManager, contextmanager, nullcontext
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Self, TypeVar

from app.storage.database import Connection, Database, StorageUnavailableError

ATTEMPTS = 3
"""How often an action is tried. Trying again is safe: each finds what the last one left."""

PAUSE_S = 0.01
"""The longest pause before the second attempt, in seconds; it doubles after that."""

T = TypeVar("T")

Turn = Callable[[], AbstractAsyncContextManager[None]]
"""What must be entered before an attempt begins: the place in a queue."""


@dataclass(frozen=True, slots=True, order=True)
class Deadline:
    """The instant of the monotonic clock by which an answer is due, in seconds."""

    at_s: float

    @classmethod
    def within(cls, limit_s: float) -> Self:
        """Give the deadline that is so many seconds from now."""
        return cls(time.monotonic() + limit_s)

    @property
    def left_s(self) -> float:
        """How much time is left, in seconds; below zero once it has passed."""
        return self.at_s - time.monotonic()

    def by_clock(self, now: datetime) -> datetime:
        """Give the deadline by another clock, which shows `now` at this moment."""
        return now + timedelta(seconds=self.left_s)


_shared: ContextVar[Deadline | None] = ContextVar("shared_deadline", default=None)


@contextmanager
def one_deadline(limit_s: float | None) -> Iterator[None]:
    """Give all actions of the block one deadline together, within which each keeps its own.

    `None` sets none, and a block inside another never gets more time than that one has left.
    """
    token = _shared.set(_shared.get() if limit_s is None else _soonest(limit_s))
    try:
        yield
    finally:
        _shared.reset(token)


@contextmanager
def sparing(*, one_in: int) -> Iterator[None]:
    """Leave one part in so many of what is left of the deadline to what comes after the block."""
    shared = _shared.get()
    with one_deadline(None if shared is None else shared.left_s * (one_in - 1) / one_in):
        yield


def _soonest(limit_s: float) -> Deadline:
    own, shared = Deadline.within(limit_s), _shared.get()
    return own if shared is None else min(own, shared)


@dataclass(frozen=True, slots=True)
class Work:
    """How actions reach the database, and how long one may take with all its attempts.

    Inside a block of `one_deadline` an action is bounded by what is left of that as well.
    `statement_timeout_s` allows statements in transactions longer than the session does.
    """

    database: Database
    budget_s: float
    statement_timeout_s: float | None = None

    async def reading(self, action: Callable[[Connection], Awaitable[T]]) -> T:
        """Run an action whose statements each stand for themselves."""

        async def attempt(_deadline: Deadline) -> T:
            async with self.database.connection() as connection:
                return await action(connection)

        return await self.tried(attempt)

    async def at_one_instant(self, action: Callable[[Connection], Awaitable[T]]) -> T:
        """Run an action that only reads, all of it as the database is at one instant."""

        async def attempt(_deadline: Deadline) -> T:
            async with self.database.transaction(
                statement_timeout_s=self.statement_timeout_s, snapshot=True
            ) as connection:
                return await action(connection)

        return await self.tried(attempt)

    async def writing(
        self, action: Callable[[Connection], Awaitable[T]], turn: Turn = nullcontext
    ) -> T:
        """Run an action in one transaction, committed before this returns.

        `turn` is waited for before a connection is taken, so that who waits holds none.
        """

        async def attempt(_deadline: Deadline) -> T:
            async with (
                turn(),
                self.database.transaction(
                    statement_timeout_s=self.statement_timeout_s
                ) as connection,
            ):
                return await action(connection)

        return await self.tried(attempt)

    async def rehearsing(self, action: Callable[[Connection], Awaitable[T]]) -> T:
        """Run an action in a transaction of which nothing stays."""

        async def attempt(_deadline: Deadline) -> T:
            async with self.database.transaction(
                statement_timeout_s=self.statement_timeout_s, undone=True
            ) as connection:
                return await action(connection)

        return await self.tried(attempt)

    async def tried(self, attempt: Callable[[Deadline], Awaitable[T]]) -> T:
        """Give what the attempt gives; raises `StorageUnavailableError` when none succeeds.

        A deadlock, a serialization failure, a full pool and a lost connection are tried again;
        so an answer lost at the commit is found by the next attempt, not made a second time.
        """
        deadline = _soonest(self.budget_s)
        if deadline.left_s <= 0:
            raise StorageUnavailableError("the deadline has passed")
        try:
            async with asyncio.timeout(deadline.left_s):
                return await self._attempts(attempt, deadline)
        except TimeoutError as error:
            raise StorageUnavailableError("the deadline has passed") from error

    async def _attempts(
        self, attempt: Callable[[Deadline], Awaitable[T]], deadline: Deadline
    ) -> T:
        for number in range(1, ATTEMPTS):
            try:
                return await attempt(deadline)
            except StorageUnavailableError:
                await asyncio.sleep(random.uniform(0, PAUSE_S * 2**number))  # noqa: S311
        return await attempt(deadline)
