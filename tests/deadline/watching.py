"""What the tests look at from a connection of their own."""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import asyncpg

WAITS_FOR_LOCK = """
    SELECT count(*) >= {number} FROM pg_stat_activity
    WHERE application_name LIKE 'creditgate%' AND datname = current_database()
      AND wait_event_type = 'Lock'
"""
AT_WORK = """
    SELECT count(*) FROM pg_stat_activity
    WHERE application_name = 'creditgate' AND datname = current_database() AND state <> 'idle'
"""
CONNECTIONS = """
    SELECT count(*) FROM pg_stat_activity
    WHERE application_name = 'creditgate' AND datname = current_database()
"""
WRITTEN = """
    SELECT (SELECT count(*) FROM decision), (SELECT count(*) FROM hold),
           (SELECT count(*) FROM sales_order), (SELECT count(*) FROM open_item),
           (SELECT sum(seq) FROM credit_account), (SELECT sum(limit_minor) FROM credit_account),
           (SELECT sum(reservations_minor + orders_minor) FROM credit_account)
"""
LOCK_ROW = "SELECT 1 FROM credit_account WHERE ref = $1 FOR UPDATE"
PATIENCE_S = 20.0


@asynccontextmanager
async def locked(database_url: str, account: str) -> AsyncIterator[None]:
    """Hold the account's row, unchanged, as long as the block runs."""
    holder = await asyncpg.connect(database_url)
    try:
        async with holder.transaction():
            await holder.execute(LOCK_ROW, account)
            yield
    finally:
        await holder.close()


async def until_waiting(watch: "asyncpg.Connection[asyncpg.Record]", *, number: int = 1) -> None:
    """Return once the service waits for so many locks."""
    await _until(watch, WAITS_FOR_LOCK.format(number=number))


async def until_quiet(watch: "asyncpg.Connection[asyncpg.Record]") -> None:
    """Return once no backend of the service works on anything any more."""
    await _until(watch, f"SELECT ({AT_WORK}) = 0")


async def until_gone(watch: "asyncpg.Connection[asyncpg.Record]") -> None:
    """Return once the service has no connection left; what it did is in the statistics then."""
    await _until(watch, f"SELECT ({CONNECTIONS}) = 0")


async def written(watch: "asyncpg.Connection[asyncpg.Record]") -> tuple[object, ...]:
    """Give what there is: were anything written, some of these figures would differ."""
    row = await watch.fetchrow(WRITTEN)
    assert row is not None
    return tuple(row.values())


async def _until(watch: "asyncpg.Connection[asyncpg.Record]", question: str) -> None:
    limit_s = time.monotonic() + PATIENCE_S
    while not await watch.fetchval(question):
        assert time.monotonic() < limit_s, question
        await asyncio.sleep(0.005)
