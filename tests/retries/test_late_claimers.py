"""A request that comes back to its key too late finds it in other hands, and leaves it there."""

import asyncio
from collections.abc import Callable, Coroutine
from dataclasses import dataclass, field
from typing import Any

import asyncpg
import httpx2
import pytest
from support.service import Service, a_service, asked

from app.settings import Settings
from app.storage import decisions, idempotency
from app.storage.database import StorageUnavailableError

KEY = {"Idempotency-Key": "key-1"}
LAPSE = "UPDATE idempotency_key SET claimed_until = clock_timestamp() - interval '1 second'"
KEPT = "SELECT array_agg(status) FROM idempotency_key"

Statement = Callable[..., Coroutine[Any, Any, Any]]


@dataclass(frozen=True, slots=True)
class Held:
    """Holds the first call of a statement back until it is let go; the others pass."""

    statement: Statement
    reached: asyncio.Event = field(default_factory=asyncio.Event)
    let_go: asyncio.Event = field(default_factory=asyncio.Event)

    async def until_reached(self) -> None:
        async with asyncio.timeout(20):
            await self.reached.wait()

    async def __call__(self, *args: object, **named: object) -> object:
        if not self.reached.is_set():
            self.reached.set()
            await self.let_go.wait()
        return await self.statement(*args, **named)


@pytest.fixture
def patient(settings: Settings) -> Settings:
    return settings.model_copy(update={"deadline_s": 20.0})


async def _ask(service: Service, path: str) -> httpx2.Response:
    return await service.client.post(path, json=asked("C1", "SO-1", "10.00"), headers=KEY)


async def test_a_late_answer_does_not_take_the_place_of_the_next_claimers(
    patient: Settings,
    connection: "asyncpg.Connection[asyncpg.Record]",
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    held = Held(idempotency.store)
    monkeypatch.setattr(idempotency, "store", held)
    async with a_service(patient) as service:
        await service.customer("C1", limit="100.00")
        late = asyncio.ensure_future(_ask(service, "/v1/checks/preview"))
        await held.until_reached()
        await connection.execute(LAPSE)
        # The account has moved on, so that the next claimer's answer is another one.
        await service.item("C1", "RE-1", "5.00")
        following = await _ask(service, "/v1/checks/preview")
        held.let_go.set()
        first = await late
        again = await _ask(service, "/v1/checks/preview")

    # The late answer is true and is sent; only the key is no longer its own.
    assert (first.status_code, following.status_code) == (200, 200)
    assert first.content != following.content
    assert again.content == following.content


@pytest.mark.parametrize("next_is_done", [True, False])
async def test_a_late_failure_does_not_free_the_next_claimers_key(
    patient: Settings,
    connection: "asyncpg.Connection[asyncpg.Record]",
    monkeypatch: pytest.MonkeyPatch,
    *,
    next_is_done: bool,
) -> None:
    async def record_nothing(*_args: object) -> bool:
        raise StorageUnavailableError

    held_free, held_store = Held(idempotency.free), Held(idempotency.store)
    monkeypatch.setattr(idempotency, "free", held_free)
    monkeypatch.setattr(idempotency, "store", held_store)
    async with a_service(patient) as service:
        await service.customer("C1", limit="100.00")
        with monkeypatch.context() as failing:
            failing.setattr(decisions, "record", record_nothing)
            late = asyncio.ensure_future(_ask(service, "/v1/checks"))
            await held_free.until_reached()
        await connection.execute(LAPSE)
        following = asyncio.ensure_future(_ask(service, "/v1/checks"))
        await held_store.until_reached()
        if next_is_done:
            held_store.let_go.set()
            await following
        held_free.let_go.set()
        failed = await late
        kept = await connection.fetchval(KEPT)
        held_store.let_go.set()
        answer = await following

    assert (failed.status_code, answer.status_code) == (503, 200)
    assert kept == [200 if next_is_done else None]
    assert await connection.fetchval(KEPT) == [200]
