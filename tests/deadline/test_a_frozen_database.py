"""The database takes what it is sent and answers nothing: a 503 by the deadline, no outcome."""

import asyncio
import time
from collections.abc import AsyncIterator
from typing import Any

import asyncpg
import httpx2
import pytest
from deadline.freezing import frozen
from deadline.watching import CONNECTIONS, locked, until_quiet, until_waiting, written
from support.service import Service, a_service, asked

from app.embedded import EmbeddedPostgres
from app.settings import Settings

TIMES_THE_DEADLINE = 2.5
"""How late an answer may be on a busy machine."""

TRIES_MAX = 50

ORDER = {"amount": "10.00", "currency": "EUR"}
ITEM = {"kind": "invoice", "amount": "10.00", "currency": "EUR"}
LIMIT = {"amount": "10.00", "currency": "EUR"}

REQUESTS: dict[str, tuple[str, str, Any]] = {
    "check": ("POST", "/v1/checks", asked("C1", "SO-1", "60.00")),
    "preview": ("POST", "/v1/checks/preview", asked("C1", "SO-1", "60.00")),
    "batch": ("POST", "/v1/checks/batch", {"checks": [asked("C1", "SO-1", "60.00")]}),
    "read check": ("GET", "/v1/checks/chk_1", None),
    "give back": ("DELETE", "/v1/checks/chk_1/reservation", None),
    "order": ("PUT", "/v1/customers/C1/orders/SO-1", ORDER),
    "cancel": ("DELETE", "/v1/customers/C1/orders/SO-1", None),
    "item": ("PUT", "/v1/customers/C1/open-items/RE-1", ITEM),
    "limit": ("PUT", "/v1/accounts/C1/limit", LIMIT),
    "account": ("GET", "/v1/accounts/C1", None),
    "policy": ("PUT", "/v1/policies/standard", {}),
    "customer": ("PUT", "/v1/customers/C2", {"name": "C2", "currency": "EUR"}),
}


@pytest.fixture
async def hurried(settings: Settings) -> AsyncIterator[Service]:
    # A service that may take its time furnishes, so that only what is tested is in a hurry.
    async with a_service(settings.model_copy(update={"deadline_s": 20.0})) as patient:
        await patient.customer("C1", limit="100.00")
    async with a_service(settings) as service:
        yield service


async def _timed(service: Service, name: str, **headers: str) -> tuple[httpx2.Response, float]:
    method, path, body = REQUESTS[name]
    began_s = time.monotonic()
    answer = await service.client.request(method, path, json=body, headers=headers)
    return answer, time.monotonic() - began_s


async def _at_last(service: Service, ref: str) -> Any:
    """Ask again while the answer is a 503, as callers do; gives the first other answer."""
    answer = await service.client.post("/v1/checks", json=asked("C1", ref, "1.00"))
    for _ in range(TRIES_MAX):
        if answer.status_code != 503:
            break
        answer = await service.client.post("/v1/checks", json=asked("C1", ref, "1.00"))
    assert answer.status_code == 200, answer.text
    return answer.json()


async def _warmed(service: Service) -> None:
    """Have every connection know the statements, so that each is sent in one go from now on."""

    async def once(number: int) -> None:
        customer = f"/v1/customers/W{number}"
        headers = {"Idempotency-Key": f"w{number}"}
        body = asked(f"W{number}", "SO-1", "1.00")
        await service.client.put(customer, json={"name": "W", "currency": "EUR"})
        await service.client.post("/v1/checks", json=body, headers=headers)
        await service.client.put(f"{customer}/orders/SO-1", json=ORDER)
        await service.client.put(f"{customer}/open-items/RE-1", json=ITEM)

    for round_number in range(3):
        await asyncio.gather(*(once(10 * round_number + number) for number in range(4)))


@pytest.mark.parametrize("name", sorted(set(REQUESTS) - {"batch"}))
async def test_a_request_is_answered_503_by_its_deadline(
    hurried: Service, own_server: EmbeddedPostgres, settings: Settings, name: str
) -> None:
    with frozen(own_server):
        answer, took_s = await _timed(hurried, name)

    code = "check_unavailable" if REQUESTS[name][1].startswith("/v1/checks") else "unavailable"
    assert (answer.status_code, answer.json()["code"], answer.headers["retry-after"]) == (
        503,
        code,
        "1",
    )
    assert took_s < settings.deadline_s * TIMES_THE_DEADLINE


async def test_a_request_with_a_key_has_one_deadline_too(
    hurried: Service, own_server: EmbeddedPostgres, settings: Settings
) -> None:
    with frozen(own_server):
        answer, took_s = await _timed(hurried, "check", **{"Idempotency-Key": "k1"})

    assert (answer.status_code, answer.json()["code"]) == (503, "check_unavailable")
    assert took_s < settings.deadline_s * TIMES_THE_DEADLINE


async def test_a_check_of_a_batch_gets_no_outcome(
    hurried: Service, own_server: EmbeddedPostgres, settings: Settings
) -> None:
    with frozen(own_server):
        answer, took_s = await _timed(hurried, "batch")

    assert [(i["status"], i["code"]) for i in answer.json()["items"]] == [
        (503, "check_unavailable")
    ]
    assert took_s < settings.deadline_s * TIMES_THE_DEADLINE


async def test_a_transaction_that_freezes_half_way_is_given_up_by_the_deadline(
    hurried: Service,
    own_server: EmbeddedPostgres,
    settings: Settings,
    connection: "asyncpg.Connection[asyncpg.Record]",
) -> None:
    before = await written(connection)
    async with locked(settings.database_url, "C1"):
        asking = asyncio.ensure_future(_timed(hurried, "order"))
        await until_waiting(connection)
        with frozen(own_server):
            answer, took_s = await asking

    assert (answer.status_code, answer.json()["code"]) == (503, "unavailable")
    assert took_s < settings.deadline_s * TIMES_THE_DEADLINE
    await until_quiet(connection)
    assert await written(connection) == before


async def test_what_was_sent_to_a_frozen_database_is_not_done_when_it_thaws(
    hurried: Service,
    own_server: EmbeddedPostgres,
    connection: "asyncpg.Connection[asyncpg.Record]",
) -> None:
    await _warmed(hurried)
    before = await written(connection)
    with frozen(own_server):
        for name in ("check", "order", "item", "limit"):
            await _timed(hurried, name)
    await until_quiet(connection)

    assert await written(connection) == before


async def test_the_service_goes_on_without_a_restart_once_the_database_does(
    hurried: Service, own_server: EmbeddedPostgres
) -> None:
    with frozen(own_server):
        during, _ = await _timed(hurried, "check")
    after = await _at_last(hurried, "SO-1")

    assert (during.status_code, after["outcome"]) == (503, "pass")


async def test_a_key_is_free_again_once_the_database_goes_on(
    hurried: Service,
    own_server: EmbeddedPostgres,
    connection: "asyncpg.Connection[asyncpg.Record]",
) -> None:
    await _warmed(hurried)
    key = {"Idempotency-Key": "k1"}
    with frozen(own_server):
        during, _ = await _timed(hurried, "check", **key)
    await until_quiet(connection)
    after, _ = await _timed(hurried, "check", **key)

    assert (during.status_code, after.status_code) == (503, 200)


async def test_forty_time_outs_leak_no_connection(
    hurried: Service,
    own_server: EmbeddedPostgres,
    settings: Settings,
    connection: "asyncpg.Connection[asyncpg.Record]",
) -> None:
    with frozen(own_server):
        for _ in range(4):
            answers = await asyncio.gather(*(_timed(hurried, "check") for _ in range(10)))
            assert {answer.status_code for answer, _ in answers} == {503}
    pool = hurried.app.state.desk.database._pool  # noqa: SLF001 - whether it leaks is the question
    assert pool.get_size() - pool.get_idle_size() == 0

    names = [f"SO-{number}" for number in range(20)]
    answers = await asyncio.gather(*(_at_last(hurried, name) for name in names))
    assert [answer["outcome"] for answer in answers] == ["pass"] * len(names)
    await until_quiet(connection)
    assert await connection.fetchval(CONNECTIONS) <= settings.connections_max
