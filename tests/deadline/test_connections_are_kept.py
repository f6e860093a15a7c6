"""A request that is given up gives its connection back: a busy time opens no new ones."""

import asyncio
import gc
from collections.abc import AsyncIterator
from contextlib import suppress
from typing import Any

import asyncpg
import pytest
from deadline.watching import locked, until_gone
from support.service import a_service, asked

from app.settings import Settings
from app.storage import database
from app.storage.connects import Connects

SESSIONS = "SELECT sessions FROM pg_stat_database WHERE datname = current_database()"
HOLDS = 3
ROUNDS = 8
CUSTOMERS = [f"C{number}" for number in range(6)]


@pytest.fixture
def _a_server_may_take_its_time(monkeypatch: pytest.MonkeyPatch) -> None:
    """Judge no machine: one that is busy enough may need longer than the usual wait."""
    monkeypatch.setattr(database, "RETRIEVE_S", 60.0)


@pytest.mark.usefixtures("_a_server_may_take_its_time")
async def test_requests_that_are_given_up_open_no_new_connections(
    settings: Settings, connection: "asyncpg.Connection[asyncpg.Record]"
) -> None:
    hasty = {"connections_max": HOLDS, "deadline_s": 0.15, "lock_timeout_s": 5.0}
    async with a_service(settings.model_copy(update={"deadline_s": 20.0})) as patient:
        for ref in CUSTOMERS:
            await patient.customer(ref, account="GROUP", limit="1000.00")
    await until_gone(connection)
    before = await _sessions(connection)
    async with a_service(settings.model_copy(update=hasty)) as service:
        async with locked(settings.database_url, "GROUP"):
            for number in range(ROUNDS):
                checks = [asked(ref, f"SO-{number}", "1.00") for ref in CUSTOMERS]
                answers = await asyncio.gather(
                    *(service.client.post("/v1/checks", json=check) for check in checks)
                )
                assert {answer.status_code for answer in answers} == {503}
        # What was kept still works, however many tries that takes in such a hurry.
        last = asked("C1", "SO-99", "1.00")
        async with asyncio.timeout(60):
            while (await service.client.post("/v1/checks", json=last)).status_code != 200:
                continue
    await until_gone(connection)
    after = await _sessions(connection)

    locker = 1
    assert after - before <= HOLDS + locker


async def test_a_server_that_takes_too_long_costs_a_connection_and_leaves_no_failure(
    database_url: str, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(database, "RETRIEVE_S", 0.001)
    storage = database.Database(database_url, database.Limits(1, 1, acquire_timeout_s=0.001))
    await storage.open()
    for _ in range(3):
        with suppress(TimeoutError, database.StorageUnavailableError):
            async with asyncio.timeout(0.05), storage.connection() as lent:
                await lent.execute("SELECT pg_sleep(10)")
    monkeypatch.setattr(database, "RETRIEVE_S", 60.0)
    async with asyncio.timeout(60):
        while not await _answers(storage):
            continue
    await storage.close()
    gc.collect()
    assert "never retrieved" not in caplog.text


async def test_a_session_that_ended_before_it_is_given_up_leaves_no_failure(
    database_url: str,
    connection: "asyncpg.Connection[asyncpg.Record]",
    caplog: pytest.LogCaptureFixture,
) -> None:
    storage = database.Database(database_url, database.Limits(1, 1))
    await storage.open()
    with suppress(asyncio.CancelledError):
        async with storage.transaction() as lent:
            ended = asyncio.Event()
            lent.add_termination_listener(lambda _: ended.set())
            await connection.execute("SELECT pg_terminate_backend($1)", lent.get_server_pid())
            async with asyncio.timeout(60):
                await ended.wait()
            raise asyncio.CancelledError
    await storage.close()
    gc.collect()
    assert "never retrieved" not in caplog.text


async def _answers(storage: database.Database) -> bool:
    """Say whether the one connection can be had; it may still be on its way back."""
    try:
        async with storage.connection() as lent:
            return bool(await lent.fetchval("SELECT true"))
    except database.StorageUnavailableError:
        return False


async def _sessions(connection: "asyncpg.Connection[asyncpg.Record]") -> int:
    """Give how many sessions there were on this database, as of now."""
    await connection.execute("SELECT pg_stat_clear_snapshot()")
    return int(await connection.fetchval(SESSIONS))


@pytest.fixture
async def connects() -> AsyncIterator[Connects]:
    connects = Connects()
    yield connects
    await connects.close()


async def test_a_connection_that_comes_too_late_is_there_for_the_next(
    connects: Connects, database_url: str
) -> None:
    first = await _given_up(connects, database_url)
    opened = await connects.connect(database_url)
    assert opened is first.result()
    assert await opened.fetchval("SELECT 1") == 1
    other = await connects.connect(database_url)
    assert other is not opened
    await asyncio.gather(opened.close(), other.close())


async def test_one_that_was_closed_meanwhile_is_not_given(
    connects: Connects, database_url: str
) -> None:
    late = await _given_up(connects, database_url)
    await asyncio.wait([late])
    await late.result().close()
    opened = await connects.connect(database_url)
    assert opened is not late.result()
    assert await opened.fetchval("SELECT 1") == 1
    await opened.close()


async def test_what_nobody_took_is_closed(database_url: str) -> None:
    connects = Connects()
    under_way = await _given_up(connects, database_url)
    done = await _given_up(connects, database_url)
    await asyncio.wait([done])
    await connects.close()
    assert under_way.cancelled() or under_way.result().is_closed()
    assert done.result().is_closed()


async def _given_up(connects: Connects, url: str) -> Any:
    """Ask for a connection, give up at once, and give the task that still opens it."""
    asking = asyncio.create_task(connects.connect(url))
    await asyncio.sleep(0)
    asking.cancel()
    await asyncio.wait([asking])
    assert asking.cancelled()
    return connects.late[-1]
