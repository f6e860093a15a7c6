"""Connections lost around the commit: the retry finds one decision and one reservation."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import asyncpg
import httpx2
import pytest
from support.service import Service, a_service, asked

from app.settings import Settings
from app.storage import decisions
from app.storage.database import Connection, Database, StorageUnavailableError

LOCK_ROW = "SELECT 1 FROM credit_account WHERE ref = 'C1' FOR UPDATE"
END_WAITING = """
    SELECT pg_terminate_backend(pid) FROM pg_stat_activity
    WHERE application_name = 'creditgate' AND datname = current_database()
      AND wait_event_type = 'Lock'
"""
COUNTS = """
    SELECT (SELECT count(*) FROM decision),
           (SELECT count(*) FROM sales_order WHERE reserved_minor > 0),
           (SELECT reservations_minor FROM credit_account WHERE ref = 'C1'),
           (SELECT seq FROM credit_account WHERE ref = 'C1'),
           (SELECT max(seq) FROM decision)
"""
record_once = decisions.record
transaction_once = Database.transaction


@asynccontextmanager
async def _ready(settings: Settings, **changed: float) -> AsyncIterator[Service]:
    async with a_service(settings.model_copy(update=changed)) as service:
        await service.customer("C1", limit="15.00")
        yield service


async def _check(service: Service, **headers: str) -> httpx2.Response:
    return await service.client.post(
        "/v1/checks", json=asked("C1", "SO-1", "10.00"), headers=headers
    )


async def _counts(connection: "asyncpg.Connection[asyncpg.Record]") -> tuple[Any, ...]:
    row = await connection.fetchrow(COUNTS)
    assert row is not None
    return tuple(row.values())


async def test_a_backend_that_is_ended_during_the_write_is_made_up_for_within_the_request(
    settings: Settings, connection: "asyncpg.Connection[asyncpg.Record]"
) -> None:
    patient = dict.fromkeys(("deadline_s", "lock_timeout_s", "statement_timeout_s"), 20.0)
    async with _ready(settings, **patient) as service:
        holder = await asyncpg.connect(settings.database_url)
        async with holder.transaction():
            await holder.execute(LOCK_ROW)
            asking = asyncio.ensure_future(_check(service))
            async with asyncio.timeout(20):
                while not await connection.fetchval(END_WAITING):  # noqa: ASYNC110 - it waits for Postgres
                    await asyncio.sleep(0.005)
        await holder.close()
        answer = await asking
        again = await _check(service)

    assert (answer.status_code, answer.json()["outcome"]) == (200, "pass")
    assert (again.content, again.headers["idempotent-replayed"]) == (answer.content, "true")
    count, reserved, total_minor, seq, last = await _counts(connection)
    assert (count, reserved, total_minor, seq) == (1, 1, 10_00, last)


@pytest.mark.parametrize("headers", [{}, {"Idempotency-Key": "key-1"}])
async def test_an_answer_lost_after_the_commit_is_found_by_the_next_attempt(
    settings: Settings,
    connection: "asyncpg.Connection[asyncpg.Record]",
    monkeypatch: pytest.MonkeyPatch,
    headers: dict[str, str],
) -> None:
    losses = iter([True])

    async def record_and_lose(lent: Connection, entry: decisions.DecisionEntry) -> bool:
        written = await record_once(lent, entry)
        if next(losses, False):
            raise ConnectionResetError
        return written

    monkeypatch.setattr(decisions, "record", record_and_lose)
    async with _ready(settings) as service:
        answer = await _check(service, **headers)

    # Within one request, the second attempt finds the decision of the first.
    assert (answer.status_code, answer.json()["outcome"]) == (200, "pass")
    count, reserved, total_minor, seq, last = await _counts(connection)
    assert (count, reserved, total_minor, seq) == (1, 1, 10_00, last)


@pytest.mark.parametrize("headers", [{}, {"Idempotency-Key": "key-1"}])
async def test_answers_lost_after_every_attempt_are_a_503_that_the_retry_resolves(
    settings: Settings,
    connection: "asyncpg.Connection[asyncpg.Record]",
    monkeypatch: pytest.MonkeyPatch,
    headers: dict[str, str],
) -> None:
    async def record_and_lose(lent: Connection, entry: decisions.DecisionEntry) -> bool:
        await record_once(lent, entry)
        await asyncio.sleep(60)
        return True

    async with _ready(settings, deadline_s=0.8) as service:
        with monkeypatch.context() as losing:
            losing.setattr(decisions, "record", record_and_lose)
            lost = await _check(service, **headers)
        found = await _check(service, **headers)

    assert (lost.status_code, lost.json()["code"]) == (503, "check_unavailable")
    assert (found.status_code, found.json()["outcome"]) == (200, "pass")
    assert found.headers["idempotent-replayed"] == "true"
    count, reserved, total_minor, seq, last = await _counts(connection)
    assert (count, reserved, total_minor, seq) == (1, 1, 10_00, last)


async def test_a_claim_whose_commit_was_lost_is_known_by_the_next_attempt(
    settings: Settings,
    connection: "asyncpg.Connection[asyncpg.Record]",
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    losses = iter([True])

    @asynccontextmanager
    async def commit_and_lose(database: Database, **options: Any) -> AsyncIterator[Connection]:
        async with transaction_once(database, **options) as lent:
            yield lent
        if next(losses, False):
            raise StorageUnavailableError

    async with _ready(settings) as service:
        monkeypatch.setattr(Database, "transaction", commit_and_lose)
        answer = await _check(service, **{"Idempotency-Key": "key-1"})
        again = await _check(service, **{"Idempotency-Key": "key-1"})

    assert next(losses, None) is None, "the claim's commit was lost"
    assert (answer.status_code, answer.json()["outcome"]) == (200, "pass")
    assert (again.content, again.headers["idempotent-replayed"]) == (answer.content, "true")
    count, reserved, total_minor, seq, last = await _counts(connection)
    assert (count, reserved, total_minor, seq) == (1, 1, 10_00, last)


async def test_a_claim_of_another_request_is_not_taken_for_ones_own(
    settings: Settings, connection: "asyncpg.Connection[asyncpg.Record]"
) -> None:
    async with _ready(settings) as service:
        await _check(service, **{"Idempotency-Key": "key-1"})
        await connection.execute("UPDATE idempotency_key SET status = NULL, claim_token = NULL")
        answer = await _check(service, **{"Idempotency-Key": "key-1"})

    assert (answer.status_code, answer.json()["code"]) == (409, "idempotency_key_in_use")
