"""All that a request does shares one deadline, a batch has one of its own, and both are kept."""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import asyncpg
import httpx2
import pytest
from deadline.freezing import frozen
from deadline.watching import locked, until_quiet, until_waiting
from support.service import Service, a_service, asked

from app.desk.failures import StorageUnavailableError
from app.desk.work import Deadline, Work, one_deadline, sparing
from app.embedded import EmbeddedPostgres
from app.settings import Settings
from app.storage import idempotency
from app.storage.database import Connection, Database, Limits

TIMES_ONE_DEADLINE = 1.5
"""How late an answer may be on a busy machine; two deadlines in turn would be later."""

TIMES_THE_BATCH = 2.5
"""The same for a batch, whose checks one by one would take ten times as long."""

KEY = {"Idempotency-Key": "k1"}
ENTRIES = 20
AGE = "UPDATE idempotency_key SET claimed_until = clock_timestamp() - interval '1 second'"


@pytest.fixture
def slow(patient_sessions: Settings) -> Settings:
    """A deadline so long that what a busy machine adds is small beside it."""
    return patient_sessions.model_copy(update={"deadline_s": 2.0})


@pytest.fixture
def brief(settings: Settings) -> Settings:
    """A batch may take as long as two checks that get no answer."""
    return settings.model_copy(update={"batch_deadline_s": 2 * settings.deadline_s})


@asynccontextmanager
async def _furnished(settings: Settings) -> AsyncIterator[Service]:
    async with a_service(settings.model_copy(update={"deadline_s": 20.0})) as patient:
        for ref in ("C1", "C2"):
            await patient.customer(ref, limit="1000.00")
    async with a_service(settings) as service:
        yield service


async def _check(service: Service) -> tuple[httpx2.Response, float]:
    began_s = time.monotonic()
    body = asked("C1", "SO-1", "60.00")
    answer = await service.client.post("/v1/checks", json=body, headers=KEY)
    return answer, time.monotonic() - began_s


async def _batch(service: Service, customers: list[str], **headers: str) -> tuple[Any, float]:
    checks = [
        asked(customer, f"SO-{n}", "1.00") | {"correlation_id": f"{n}"}
        for n, customer in enumerate(customers)
    ]
    began_s = time.monotonic()
    answer = await service.client.post(
        "/v1/checks/batch", json={"checks": checks}, headers=headers
    )
    assert answer.status_code == 200, answer.text
    return answer.json()["items"], time.monotonic() - began_s


async def test_a_key_that_cannot_be_freed_takes_no_deadline_of_its_own(
    slow: Settings,
    own_server: EmbeddedPostgres,
    connection: "asyncpg.Connection[asyncpg.Record]",
) -> None:
    async with _furnished(slow) as service, locked(slow.database_url, "C1"):
        asking = asyncio.ensure_future(_check(service))
        await until_waiting(connection)
        # The key is claimed by now; the check freezes, and so would the freeing of the key.
        with frozen(own_server):
            answer, took_s = await asking

    assert (answer.status_code, answer.json()["code"]) == (503, "check_unavailable")
    assert took_s < slow.deadline_s * TIMES_ONE_DEADLINE


async def test_an_answer_whose_key_cannot_be_kept_in_time_is_sent_and_found_by_the_retry(
    slow: Settings,
    connection: "asyncpg.Connection[asyncpg.Record]",
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async def never_store(*_args: object, **_named: object) -> None:
        await asyncio.sleep(60)

    async with _furnished(slow) as service:
        with monkeypatch.context() as failing:
            failing.setattr(idempotency, "store", never_store)
            first, took_s = await _check(service)
        at_once, _ = await _check(service)
        await connection.execute(AGE)
        later, _ = await _check(service)

    assert (first.status_code, first.json()["outcome"]) == (200, "pass")
    assert took_s < slow.deadline_s * TIMES_ONE_DEADLINE
    assert (at_once.status_code, at_once.json()["code"]) == (409, "idempotency_key_in_use")
    assert (later.content, later.headers["idempotent-replayed"]) == (first.content, "true")


async def test_a_check_that_missed_its_deadline_leaves_its_key_time_to_be_freed(
    slow: Settings, connection: "asyncpg.Connection[asyncpg.Record]"
) -> None:
    async with _furnished(slow) as service:
        async with locked(slow.database_url, "C1"):
            missed, took_s = await _check(service)
        await until_quiet(connection)
        again, _ = await _check(service)

    assert (missed.status_code, missed.json()["code"]) == (503, "check_unavailable")
    assert took_s < slow.deadline_s * TIMES_ONE_DEADLINE
    assert (again.status_code, again.json()["outcome"]) == (200, "pass")


async def test_a_batch_on_a_frozen_database_is_answered_by_its_own_deadline(
    brief: Settings, own_server: EmbeddedPostgres
) -> None:
    async with _furnished(brief) as service:
        with frozen(own_server):
            items, took_s = await _batch(service, ["C1"] * ENTRIES)

    told = [(item["correlation_id"], item["status"], item["code"]) for item in items]
    assert told == [(f"{n}", 503, "check_unavailable") for n in range(ENTRIES)]
    assert took_s < brief.batch_deadline_s * TIMES_THE_BATCH


async def test_what_a_batch_decided_before_the_freezing_keeps_its_answer(
    brief: Settings,
    own_server: EmbeddedPostgres,
    connection: "asyncpg.Connection[asyncpg.Record]",
) -> None:
    patient = brief.model_copy(update={"statement_timeout_s": 30.0, "lock_timeout_s": 20.0})
    async with _furnished(patient) as service, locked(patient.database_url, "C2"):
        customers = ["C1", "C2"] + ["C1"] * ENTRIES
        asking = asyncio.ensure_future(_batch(service, customers, **KEY))
        await until_waiting(connection)
        with frozen(own_server):
            items, took_s = await asking

    told = [item.get("outcome", item.get("code")) for item in items]
    assert told == ["pass"] + ["check_unavailable"] * (ENTRIES + 1)
    assert took_s < patient.batch_deadline_s * TIMES_THE_BATCH
    await until_quiet(connection)
    assert await connection.fetchval("SELECT array_agg(order_ref) FROM decision") == ["SO-0"]


async def test_one_check_without_an_answer_does_not_keep_the_others_of_its_batch_from_theirs(
    brief: Settings,
) -> None:
    roomy = brief.model_copy(update={"batch_deadline_s": 20.0})
    async with _furnished(roomy) as service:
        async with locked(roomy.database_url, "C2"):
            items, _ = await _batch(service, ["C1", "C2", "C1"], **KEY)
        again, _ = await _batch(service, ["C1", "C2", "C1"], **KEY)

    told = [item.get("outcome", item.get("code")) for item in items]
    assert told == ["pass", "check_unavailable", "pass"]
    # What was left undone is no answer to keep: the same key gets it done.
    assert [item["outcome"] for item in again] == ["pass"] * 3
    assert [again[0], again[2]] == [items[0], items[2]]


@asynccontextmanager
async def _work(settings: Settings) -> AsyncIterator[Work]:
    database = Database(settings.database_url, Limits(statement_timeout_s=30.0))
    await database.open()
    try:
        yield Work(database, budget_s=20.0)
    finally:
        await database.close()


async def _sleep(connection: Connection) -> None:
    await connection.execute("SELECT pg_sleep(0.6)")


async def test_actions_under_one_deadline_share_its_time(settings: Settings) -> None:
    async with _work(settings) as work:
        began_s = time.monotonic()
        with one_deadline(1.0):
            await work.reading(_sleep)
            with pytest.raises(StorageUnavailableError):
                await work.reading(_sleep)
            took_s = time.monotonic() - began_s
            with pytest.raises(StorageUnavailableError):
                await work.tried(_never)
        await work.reading(_sleep)

    assert took_s < TIMES_ONE_DEADLINE


async def _never(_deadline: Deadline) -> None:
    raise AssertionError("nothing is begun after the deadline")


async def test_an_action_is_told_the_soonest_deadline_that_binds_it(settings: Settings) -> None:
    async def left_s(deadline: Deadline) -> float:
        return deadline.left_s

    async with _work(settings) as work:
        alone_s = await work.tried(left_s)
        with one_deadline(8.0):
            shared_s = await work.tried(left_s)
            with sparing(one_in=2):
                spared_s = await work.tried(left_s)
            with one_deadline(16.0), one_deadline(None):
                inner_s = await work.tried(left_s)
        with one_deadline(None), sparing(one_in=2):
            free_s = await work.tried(left_s)

    told = [alone_s, shared_s, spared_s, inner_s, free_s]
    assert told == pytest.approx([20.0, 8.0, 4.0, 8.0, 20.0], abs=1.0)


async def test_a_long_transaction_may_work_something_out_between_its_statements(
    settings: Settings,
) -> None:
    async def thinks(connection: Connection) -> str:
        await connection.execute("SELECT")
        await asyncio.sleep(0.6)
        return str(await connection.fetchval("SELECT 'done'"))

    database = Database(settings.database_url, Limits(statement_timeout_s=0.2))
    await database.open()
    with pytest.raises(StorageUnavailableError):
        await Work(database, budget_s=20.0).writing(thinks)
    patient = Work(database, budget_s=20.0, statement_timeout_s=30.0)
    assert await patient.writing(thinks) == "done"
    await database.close()
