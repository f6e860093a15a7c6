"""Deadlocks, serialization failures and a full pool: tried again, then 503, never an outcome."""

import asyncio
from collections import Counter

import asyncpg
from deadline.watching import locked, until_waiting
from support.service import a_service, asked

from app.settings import Settings

DEADLOCKS = "SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()"


async def test_the_victim_of_a_deadlock_tries_again(
    patient_sessions: Settings, connection: "asyncpg.Connection[asyncpg.Record]"
) -> None:
    settings = patient_sessions.model_copy(update={"deadline_s": 20.0})
    async with a_service(settings) as service:
        for ref in ("A", "B"):
            await service.customer(ref)
        moved = {"name": "A", "currency": "EUR", "account": "B"}
        other = await asyncpg.connect(settings.database_url)
        # Only the service looks for deadlocks in time, so that it is the one that is ended.
        await other.execute("SET deadlock_timeout = '60s'")
        async with other.transaction():
            await other.execute("SELECT 1 FROM credit_account WHERE ref = 'B' FOR UPDATE")
            moving = asyncio.ensure_future(service.client.put("/v1/customers/A", json=moved))
            await until_waiting(connection)
            await other.execute("SELECT 1 FROM credit_account WHERE ref = 'A' FOR UPDATE")
        answer = await moving
        await other.close()

    assert (answer.status_code, answer.json()["account"]) == (200, "B")
    await connection.execute("SELECT pg_stat_clear_snapshot()")
    assert await connection.fetchval(DEADLOCKS) == 1


async def test_a_row_that_stays_locked_is_a_503_and_no_outcome(settings: Settings) -> None:
    async with a_service(settings) as service:
        await service.customer("C1")
        async with locked(settings.database_url, "C1"):
            held = await service.client.post("/v1/checks", json=asked("C1", "SO-1", "1.00"))
        free = await service.client.post("/v1/checks", json=asked("C1", "SO-1", "1.00"))

    assert (held.status_code, held.json()["code"]) == (503, "check_unavailable")
    assert (free.status_code, free.json()["outcome"]) == (200, "pass")


async def test_serialization_failures_never_become_an_outcome(
    settings: Settings, connection: "asyncpg.Connection[asyncpg.Record]"
) -> None:
    database = await connection.fetchval("SELECT current_database()")
    await connection.execute(
        f"ALTER DATABASE {database} SET default_transaction_isolation = 'serializable'"
    )
    settings = settings.model_copy(update={"deadline_s": 20.0, "acquire_timeout_s": 10.0})
    async with a_service(settings) as one, a_service(settings) as other:
        await one.customer("C1", limit="10.00")
        answers = await asyncio.gather(
            *(
                service.client.post("/v1/checks", json=asked("C1", f"SO-{n}-{name}", "1.00"))
                for n in range(8)
                for name, service in (("one", one), ("other", other))
            ),
            *(
                service.client.put(
                    f"/v1/customers/C1/open-items/RE-{n}-{name}",
                    json={"kind": "credit_note", "amount": "0.01", "currency": "EUR"},
                )
                for n in range(8)
                for name, service in (("one", one), ("other", other))
            ),
        )
        account = await one.account("C1")

    assert {answer.status_code for answer in answers} <= {200, 503}
    outcomes = Counter(
        answer.json()["outcome"]
        for answer in answers
        if answer.status_code == 200 and "outcome" in answer.json()
    )
    granted = outcomes["pass"] + outcomes["warning"]
    assert account["exposure"]["reservations"] == f"{granted}.00"
    # Each credit note is one cent, so that at most ten orders fit, and none of them is refused.
    assert granted <= 10
    assert (outcomes["hold"] > 0) == (granted == 10) or outcomes["hold"] == 0


async def test_a_full_pool_is_waited_for_and_then_a_503(settings: Settings) -> None:
    settings = settings.model_copy(
        update={"connections_min": 1, "connections_max": 1, "lock_timeout_s": 0.25}
    )
    async with a_service(settings) as service:
        for ref in ("C1", "C2"):
            await service.customer(ref)
        async with locked(settings.database_url, "C1"):
            stuck, waiting = await asyncio.gather(
                service.client.post("/v1/checks", json=asked("C1", "SO-1", "1.00")),
                service.client.post("/v1/checks", json=asked("C2", "SO-1", "1.00")),
            )
        after = await service.check("C2", "SO-1", "1.00")

    assert stuck.status_code == 503
    # It got the only connection in between, or none in time; it never got a business answer.
    assert waiting.status_code == 503 or waiting.json()["outcome"] == "pass"
    assert after["outcome"] == "pass"


async def test_a_pool_that_is_full_for_a_moment_only_delays(settings: Settings) -> None:
    settings = settings.model_copy(
        update={"connections_min": 1, "connections_max": 1, "acquire_timeout_s": 0.35}
    )
    async with a_service(settings) as service:
        for number in range(10):
            await service.customer(f"C{number}")
        answers = await asyncio.gather(
            *(service.check(f"C{number}", "SO-1", "1.00") for number in range(10))
        )

    assert [answer["outcome"] for answer in answers] == ["pass"] * 10


async def test_a_statement_that_is_taken_is_not_refused_because_its_source_cannot_be_marked(
    settings: Settings, connection: "asyncpg.Connection[asyncpg.Record]"
) -> None:
    async with a_service(settings) as service:
        await service.customer("C1")
    async with a_service(settings) as service:
        other = await asyncpg.connect(settings.database_url)
        async with other.transaction():
            await other.execute("SELECT 1 FROM source FOR UPDATE")
            item = {"kind": "invoice", "amount": "1.00", "currency": "EUR"}
            answer = await service.client.put("/v1/customers/C1/open-items/RE-1", json=item)
        await other.close()

    assert answer.status_code == 200
    assert await connection.fetchval("SELECT count(*) FROM open_item") == 1
