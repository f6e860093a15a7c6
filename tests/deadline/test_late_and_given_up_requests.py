"""A request whose deadline has passed, or whose client has gone, leaves nothing half done."""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import Any

import asyncpg
import pytest
from deadline.watching import locked, until_quiet, until_waiting, written
from support.service import Service, a_service, asked

from app.settings import Settings

EUR = {"currency": "EUR"}
Writer = Callable[[Service], Awaitable[Any]]

WRITERS: dict[str, Writer] = {
    "check": lambda s: s.client.post("/v1/checks", json=asked("C1", "SO-2", "10.00")),
    "next revision": lambda s: s.client.post(
        "/v1/checks", json=asked("C1", "SO-1", "20.00", revision=2)
    ),
    "confirm": lambda s: s.client.put(
        "/v1/customers/C1/orders/SO-1", json={"amount": "30.00"} | EUR
    ),
    "cancel": lambda s: s.client.delete("/v1/customers/C1/orders/SO-1"),
    "item": lambda s: s.client.put(
        "/v1/customers/C1/open-items/RE-1", json={"kind": "invoice", "amount": "5.00"} | EUR
    ),
    "limit": lambda s: s.client.put("/v1/accounts/C1/limit", json={"amount": "50.00"} | EUR),
    "ledger": lambda s: s.client.post(
        "/v1/ledger",
        content=b'{"put":"order","customer":"C1","ref":"SO-5","amount":"1.00","currency":"EUR"}',
        headers={"Content-Type": "application/x-ndjson"},
    ),
}


async def _furnish(settings: Settings) -> None:
    async with a_service(settings.model_copy(update={"deadline_s": 20.0})) as service:
        await service.customer("C1", limit="100.00")
        await service.check("C1", "SO-1", "30.00")


@pytest.mark.parametrize("name", sorted(WRITERS))
async def test_a_request_whose_deadline_has_passed_writes_nothing_then_or_later(
    patient_sessions: Settings, connection: "asyncpg.Connection[asyncpg.Record]", name: str
) -> None:
    # The row is held and given back unchanged, so that nothing but the clock refuses the write.
    await _furnish(patient_sessions)
    patient = patient_sessions.model_copy(update={"bulk_deadline_s": patient_sessions.deadline_s})
    async with a_service(patient) as service:
        before = await written(connection)
        async with locked(patient.database_url, "C1"):
            answer = await WRITERS[name](service)
        await until_quiet(connection)

    # A ledger says line by line what was not taken.
    assert answer.status_code == (200 if name == "ledger" else 503)
    assert name != "ledger" or answer.json()["refused"] == answer.json()["lines"]
    assert await written(connection) == before


@pytest.mark.parametrize("name", sorted(set(WRITERS) - {"ledger"}))
async def test_a_client_that_gives_up_leaves_all_or_nothing(
    patient_sessions: Settings, connection: "asyncpg.Connection[asyncpg.Record]", name: str
) -> None:
    await _furnish(patient_sessions)
    async with a_service(patient_sessions.model_copy(update={"deadline_s": 20.0})) as service:
        async with locked(patient_sessions.database_url, "C1"):
            asking = asyncio.ensure_future(WRITERS[name](service))
            await until_waiting(connection)
            asking.cancel()
            with suppress(asyncio.CancelledError):
                await asking
        await until_quiet(connection)
        again = await WRITERS[name](service)

        assert again.status_code == 200
        rows = await connection.fetch(
            "SELECT order_ref, revision, count(*) FROM decision GROUP BY 1, 2"
        )
        assert {row["count"] for row in rows} == {1}
        account = await service.account("C1")
        numbers = await connection.fetch(
            "SELECT seq FROM decision UNION ALL SELECT seq FROM journal ORDER BY seq"
        )
        assert [row["seq"] for row in numbers] == list(range(1, account["seq"] + 1))
        reserved = await connection.fetchval(
            "SELECT sum(reserved_minor)::bigint = (SELECT reservations_minor FROM credit_account)"
            " FROM sales_order"
        )
        assert reserved
