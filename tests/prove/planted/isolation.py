"""Defects of isolation: a replica that lags, and a serialization failure taken for an answer."""

import asyncio
import os
from dataclasses import dataclass, field, replace
from typing import Any

import asyncpg
from prove.planted.defect import Defect, swap

from app.desk.checks import Answered, Checks, Task
from app.storage import decisions, positions
from app.storage.database import Connection

LAG_S = 0.05
SEQ = "SELECT seq FROM credit_account WHERE ref = $1"


def serialization_failure_as_hold() -> None:
    """Write at REPEATABLE READ, and answer hold where Postgres raises 40001."""

    async def repeatable(connection: Connection, entry: decisions.DecisionEntry) -> bool:
        if connection.is_in_transaction():
            return bool(await record(connection, entry))
        async with connection.transaction(isolation="repeatable_read"):
            return bool(await record(connection, entry))

    async def guessed(self: Checks, connection: Connection, task: Task) -> Answered | None:
        try:
            answered: Answered | None = await attempt(self, connection, task)
        except asyncpg.SerializationError:
            customer = task.ask.customer
            held = f'{{"id":"chk_0","outcome":"hold","account_seq":0,"customer":"{customer}"}}'
            return Answered(held, replayed=False)
        return answered

    record = swap(decisions, "record", repeatable)
    attempt = swap(Checks, "_attempt", guessed)


@dataclass(slots=True)
class _Replica:
    """A connection that stays in one snapshot for a while: what it reads lags behind."""

    connection: Any = None
    taken_at_s: float = 0.0
    turn: asyncio.Lock = field(default_factory=asyncio.Lock)

    async def caught_up(self) -> Any:
        """Give the connection in a snapshot that is at most so old."""
        now_s = asyncio.get_running_loop().time()
        if self.connection is None or self.connection.is_closed():
            self.connection = await asyncpg.connect(os.environ["CREDITGATE_DATABASE_URL"])
        elif now_s - self.taken_at_s < LAG_S:
            return self.connection
        else:
            await self.connection.execute("ROLLBACK")
        await self.connection.execute("BEGIN ISOLATION LEVEL REPEATABLE READ")
        self.taken_at_s = now_s
        return self.connection


def replica_read() -> None:
    """Read the position from a replica, and the number for the guard where it is written."""
    replica = _Replica()

    async def lagging(connection: Connection, question: positions.Question) -> positions.Reading:
        async with replica.turn:
            reading: positions.Reading = await read(await replica.caught_up(), question)
        if reading.account is None:
            return reading
        seq = await connection.fetchval(SEQ, question.account)
        return replace(reading, account=replace(reading.account, seq=seq))

    read = swap(positions, "read", lagging)


DEFECTS = (
    Defect("40001 answered as hold", serialization_failure_as_hold, "O4",
           ("hot account held briefly",), replicas=2),
    Defect("replica read", replica_read, "O2", replicas=2),
)  # fmt: skip
