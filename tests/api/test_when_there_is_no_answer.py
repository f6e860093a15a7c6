"""What cannot be decided is a 503, never an outcome; and it gets better by itself."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager

import asyncpg
import httpx2
import pytest
from support.service import KEY, Service, a_service, asked, refusal
from support.tables import Connection, dump, require_sound

from app.embedded import EmbeddedPostgres
from app.settings import Settings
from app.storage import schema

ITEM = {"kind": "invoice", "amount": "1.00", "currency": "EUR"}


@pytest.fixture
def own_postgres() -> Iterator[EmbeddedPostgres]:
    """A server that a test may kill."""
    with EmbeddedPostgres({"fsync": "off"}) as server:
        yield server


async def test_a_killed_database_is_no_answer_and_one_that_is_back_answers_again(
    own_postgres: EmbeddedPostgres,
) -> None:
    url = own_postgres.url()
    await asyncio.to_thread(schema.migrate, url)
    settings = Settings.model_validate({"database_url": url, "api_key": KEY})
    async with a_service(settings) as service:
        await service.customer("C1", limit="100.00")
        first = await service.check("C1", "SO-1", "60.00")

        own_postgres.kill()
        for _ in range(12):
            await nothing_is_decided(service)
        assert (await service.client.get("/livez")).status_code == 200

        own_postgres.restart()
        assert await answered_in_the_end(service) == first
        assert (await service.check("C1", "SO-2", "50.00"))["outcome"] == "hold"


async def nothing_is_decided(service: Service) -> None:
    check, preview, batch = (
        await service.client.post("/v1/checks", json=asked("C1", "SO-1", "60.00")),
        await service.client.post("/v1/checks/preview", json=asked("C1", "SO-1", "60.00")),
        await service.client.post(
            "/v1/checks/batch", json={"checks": [asked("C1", "SO-1", "60.00")]}
        ),
    )
    statement = await service.client.put("/v1/customers/C1/open-items/I1", json=ITEM)
    bulk = await service.send_ledger({"put": "open_item", "customer": "C1", "ref": "I1"} | ITEM)
    for response in (check, preview):
        assert refusal(response) == (503, "check_unavailable", [])
    assert [item["code"] for item in batch.json()["items"]] == ["check_unavailable"]
    for response in (statement, bulk, await service.client.get("/readyz")):
        assert refusal(response) == (503, "unavailable", [])
    assert {r.headers["retry-after"] for r in (check, preview, statement, bulk)} == {"1"}


async def answered_in_the_end(service: Service) -> object:
    """Ask until the database has recovered; connections that died may each cost one try."""
    for _ in range(200):
        response = await service.client.post("/v1/checks", json=asked("C1", "SO-1", "60.00"))
        if response.status_code == 200:
            return response.json()
        assert refusal(response) == (503, "check_unavailable", [])
        await asyncio.sleep(0.05)
    raise AssertionError("the service never answered again")


@asynccontextmanager
async def locked(connection: Connection) -> AsyncIterator[None]:
    """Hold the account's row as another transaction would."""
    async with connection.transaction():
        await connection.execute("SELECT FROM credit_account WHERE ref = 'C1' FOR UPDATE")
        yield


async def send(client: httpx2.AsyncClient, what: str) -> httpx2.Response:
    match what:
        case "check":
            return await client.post("/v1/checks", json=asked("C1", "SO-9", "1.00"))
        case "item":
            return await client.put("/v1/customers/C1/open-items/I9", json=ITEM)
        case "order":
            body = {"amount": "1.00", "currency": "EUR"}
            return await client.put("/v1/customers/C1/orders/SO-9", json=body)
        case "limit":
            body = {"amount": "1.00", "currency": "EUR"}
            return await client.put("/v1/accounts/C1/limit", json=body)
        case _:
            body = {"name": "C1 Ltd", "currency": "EUR"}
            return await client.put("/v1/customers/C1", json=body)


WRITERS = ("check", "item", "order", "limit", "customer")


@pytest.mark.parametrize("what", WRITERS)
async def test_an_account_that_stays_locked_is_no_answer_and_nothing_is_written(
    settings: Settings, connection: Connection, database_url: str, what: str
) -> None:
    hasty = settings.model_copy(update={"lock_timeout_s": 0.05})
    async with a_service(hasty) as service:
        await service.customer("C1")
        before = await dump(connection)
        other = await asyncpg.connect(database_url)
        async with locked(other):
            response = await send(service.client, what)
        await other.close()
        code = "check_unavailable" if what == "check" else "unavailable"
        assert refusal(response) == (503, code, [])
        assert await dump(connection) == before
        assert (await send(service.client, what)).is_success
        await require_sound(connection)


async def test_a_preview_and_a_reading_wait_for_no_lock(
    settings: Settings, connection: Connection
) -> None:
    async with a_service(settings) as service:
        await service.customer("C1")
        async with locked(connection):
            assert (await service.preview("C1", "SO-1", "1.00"))["outcome"] == "pass"
            assert (await service.account("C1"))["headroom"] == "1000.00"


async def test_a_pool_without_a_free_connection_is_no_answer(settings: Settings) -> None:
    narrow = {"connections_min": 1, "connections_max": 1, "acquire_timeout_s": 0.05}
    async with a_service(settings.model_copy(update=narrow)) as service:
        await service.customer("C1")
        async with service.app.state.desk.database.connection():
            check = await send(service.client, "check")
            item = await send(service.client, "item")
        assert refusal(check) == (503, "check_unavailable", [])
        assert refusal(item) == (503, "unavailable", [])
        assert (await send(service.client, "check")).json()["outcome"] == "pass"


async def test_a_statement_that_takes_too_long_is_no_answer(
    settings: Settings, connection: Connection
) -> None:
    hasty = {"statement_timeout_s": 0.05, "lock_timeout_s": 5.0}
    async with a_service(settings.model_copy(update=hasty)) as service:
        await service.customer("C1")
        async with locked(connection):
            response = await send(service.client, "check")
        assert refusal(response) == (503, "check_unavailable", [])
