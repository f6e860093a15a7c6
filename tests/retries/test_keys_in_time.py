"""Keys while the first request runs, after it has failed, after it died, and after their time."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any

import asyncpg
import httpx2
from support.service import Service, a_service, asked

from app.settings import Settings

KEY = {"Idempotency-Key": "key-1"}
LOCK_ROW = "SELECT 1 FROM credit_account WHERE ref = 'C1' FOR UPDATE"
IS_CLAIMED = "SELECT count(*) FROM idempotency_key WHERE status IS NULL"
DECISIONS = "SELECT count(*) FROM decision"
RESERVED = "SELECT reservations_minor FROM credit_account WHERE ref = 'C1'"
AGE = "UPDATE idempotency_key SET {} = clock_timestamp() - interval '1 second'"

Connection = asyncpg.Connection


async def _check(service: Service, **order: Any) -> httpx2.Response:
    body = asked("C1", "SO-1", "10.00", **order)
    return await service.client.post("/v1/checks", json=body, headers=KEY)


async def _preview(service: Service, amount: str = "10.00") -> httpx2.Response:
    body = asked("C1", "SO-1", amount)
    return await service.client.post("/v1/checks/preview", json=body, headers=KEY)


async def _until(question: Callable[[], Awaitable[bool]]) -> None:
    async with asyncio.timeout(20):
        while not await question():  # noqa: ASYNC110 - it is the database that is waited for
            await asyncio.sleep(0.005)


@asynccontextmanager
async def _running(
    settings: Settings, connection: "Connection[asyncpg.Record]"
) -> AsyncIterator[tuple[Service, "asyncio.Task[httpx2.Response]"]]:
    """Give a service whose first check waits for the account's row, which the test holds."""
    patient = settings.model_copy(
        update={"deadline_s": 20.0, "lock_timeout_s": 20.0, "statement_timeout_s": 20.0}
    )
    async with a_service(patient) as service:
        await service.customer("C1", limit="100.00")
        holder = await asyncpg.connect(settings.database_url)
        try:
            async with holder.transaction():
                await holder.execute(LOCK_ROW)
                first = asyncio.ensure_future(_check(service))

                async def claimed() -> bool:
                    return bool(await connection.fetchval(IS_CLAIMED))

                await _until(claimed)
                yield service, first
        finally:
            await holder.close()


async def test_a_key_whose_first_request_still_runs_is_in_use(
    settings: Settings, connection: "Connection[asyncpg.Record]"
) -> None:
    async with _running(settings, connection) as (service, first):
        same = await _check(service)
        other = await _check(service, revision=2)
        assert not first.done()
    # The row is free again only now.
    assert (same.status_code, same.json()["code"]) == (409, "idempotency_key_in_use")
    assert int(same.headers["retry-after"]) > 0
    assert (other.status_code, other.json()["code"]) == (422, "idempotency_key_reused")


async def test_the_retry_finds_the_answer_once_the_first_request_is_done(
    settings: Settings, connection: "Connection[asyncpg.Record]"
) -> None:
    patient = settings.model_copy(
        update={"deadline_s": 20.0, "lock_timeout_s": 20.0, "statement_timeout_s": 20.0}
    )
    async with a_service(patient) as service:
        await service.customer("C1", limit="100.00")
        holder = await asyncpg.connect(settings.database_url)
        async with holder.transaction():
            await holder.execute(LOCK_ROW)
            first = asyncio.ensure_future(_check(service))

            async def claimed() -> bool:
                return bool(await connection.fetchval(IS_CLAIMED))

            await _until(claimed)
        answer = await first
        again = await _check(service)
        await holder.close()

    assert (answer.status_code, again.content) == (200, answer.content)
    assert again.headers["idempotent-replayed"] == "true"


async def test_many_at_once_under_one_key_are_one_check(
    settings: Settings, connection: "Connection[asyncpg.Record]"
) -> None:
    roomy = settings.model_copy(update={"acquire_timeout_s": 10.0, "deadline_s": 20.0})
    async with a_service(roomy) as service:
        await service.customer("C1", limit="100.00")
        answers = await asyncio.gather(*(_check(service) for _ in range(20)))

    assert {answer.status_code for answer in answers} <= {200, 409}
    assert len({answer.content for answer in answers if answer.status_code == 200}) == 1
    assert await connection.fetchval(DECISIONS) == 1
    assert await connection.fetchval(RESERVED) == 10_00


async def test_an_expired_key_is_free_for_other_content(
    service: Service, connection: "Connection[asyncpg.Record]"
) -> None:
    await service.customer("C1", limit="100.00")
    await _preview(service)
    await connection.execute(AGE.format("expires_at"))

    other = await _preview(service, "20.00")

    assert (other.status_code, other.json()["order"]["amount"]) == (200, "20.00")
    assert "idempotent-replayed" not in other.headers


async def test_a_key_is_kept_for_the_time_that_is_set(
    settings: Settings, connection: "Connection[asyncpg.Record]"
) -> None:
    async with a_service(settings.model_copy(update={"key_keep_s": 0.3})) as service:
        await service.customer("C1", limit="100.00")
        first = await _preview(service)

        async def is_free() -> bool:
            return "idempotent-replayed" not in (await _preview(service)).headers

        await _until(is_free)

    assert first.status_code == 200
    assert await connection.fetchval("SELECT count(*) FROM idempotency_key") == 1


async def test_an_order_revision_is_never_forgotten_with_its_key(
    service: Service, connection: "Connection[asyncpg.Record]"
) -> None:
    await service.customer("C1", limit="100.00")
    first = await _check(service)
    await connection.execute(AGE.format("expires_at"))

    again = await _check(service)
    conflict = await service.client.post("/v1/checks", json=asked("C1", "SO-1", "11.00"))

    assert (again.content, again.headers["idempotent-replayed"]) == (first.content, "true")
    assert (conflict.status_code, conflict.json()["code"]) == (409, "order_revision_conflict")
    assert await connection.fetchval(RESERVED) == 10_00


async def test_a_refusal_frees_the_key(service: Service) -> None:
    await service.customer("C1", limit="100.00")
    await service.check("C1", "SO-1", "99.00")

    refused = await _check(service)
    bad = await service.client.post("/v1/checks", json={"customer": "C1"}, headers=KEY)
    taken = await _check(service, revision=2)

    assert (refused.status_code, bad.status_code, taken.status_code) == (409, 422, 200)
    assert "idempotent-replayed" not in taken.headers


async def test_a_503_frees_the_key(
    settings: Settings, connection: "Connection[asyncpg.Record]"
) -> None:
    async with a_service(settings.model_copy(update={"lock_timeout_s": 0.05})) as service:
        await service.customer("C1", limit="100.00")
        holder = await asyncpg.connect(settings.database_url)
        async with holder.transaction():
            await holder.execute(LOCK_ROW)
            failed = await _check(service)
        await holder.close()
        again = await _check(service)

    assert (failed.status_code, failed.json()["code"]) == (503, "check_unavailable")
    assert again.status_code == 200
    assert "idempotent-replayed" not in again.headers
    assert await connection.fetchval(DECISIONS) == 1


async def test_the_retry_of_a_claimer_that_died_acts_and_finds_its_traces(
    service: Service, connection: "Connection[asyncpg.Record]"
) -> None:
    await service.customer("C1", limit="100.00")
    first = await _check(service)
    # As if the process had died after its commit and before it kept the answer.
    await connection.execute("UPDATE idempotency_key SET status = NULL, answer = NULL")
    at_once = await _check(service)
    await connection.execute(AGE.format("claimed_until"))
    later = await _check(service)

    assert (at_once.status_code, at_once.json()["code"]) == (409, "idempotency_key_in_use")
    assert (later.content, later.headers["idempotent-replayed"]) == (first.content, "true")
    assert await connection.fetchval(DECISIONS) == 1
    assert await connection.fetchval(RESERVED) == 10_00


async def test_a_claim_that_has_lapsed_is_still_of_the_same_content(
    service: Service, connection: "Connection[asyncpg.Record]"
) -> None:
    await service.customer("C1", limit="100.00")
    await _check(service)
    await connection.execute("UPDATE idempotency_key SET status = NULL, answer = NULL")
    await connection.execute(AGE.format("claimed_until"))

    other = await _check(service, revision=2)

    assert (other.status_code, other.json()["code"]) == (422, "idempotency_key_reused")
