"""An import goes gently while checks are asked, and fast again afterwards."""

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from imports.lists import Command, items, written
from support.service import Service
from support.tables import Connection

from app.ledger.pace import LOOK_S, LOOKS, ROWS_FAST, ROWS_GENTLE, Pace
from app.settings import Settings
from app.wiring import wired_importer

PATIENCE_S = 30.0
OFTEN_S = 0.02

LARGEST_PARCEL = """
    SELECT max(count) FROM (SELECT count(*) FROM open_item GROUP BY xmin::text) AS parcels
"""
"""How many items were written in one transaction at most."""


@pytest.fixture
async def pace(settings: Settings) -> AsyncIterator[Pace]:
    """The pace of an import that has just begun."""
    work = wired_importer(settings).work
    await work.database.open()
    pace = Pace(work)
    async with pace.watching():
        yield pace
    await work.database.close()


async def test_it_is_gentle_while_checks_are_asked_and_fast_afterwards(
    pace: Pace, service: Service
) -> None:
    await service.customer("C1")
    await _until(lambda: not pace.is_gentle)
    assert pace.rows == ROWS_FAST
    async with _again_and_again(lambda: service.preview("C1", "SO-1", "1.00"), OFTEN_S):
        await _until(lambda: pace.is_gentle)
        assert pace.rows == ROWS_GENTLE
    await _until(lambda: not pace.is_gentle)


@pytest.mark.parametrize(
    ("looks", "is_gentle"),
    [([True, False, False, False], False), ([True, False], False), ([True, True, False], True)],
)
def test_now_and_then_a_request_does_not_slow_it(
    settings: Settings, looks: list[bool], *, is_gentle: bool
) -> None:
    pace = Pace(wired_importer(settings).work)
    for _ in range(LOOKS):
        for found in looks:
            pace.note(found=found)
    assert pace.is_gentle is is_gentle


async def test_parcels_that_are_gentle_come_one_at_a_time(pace: Pace, service: Service) -> None:
    await service.customer("C1")
    await _until(lambda: not pace.is_gentle)
    at_once: list[int] = []
    under_way = 0

    async def one() -> None:
        nonlocal under_way
        async with pace.place():
            under_way += 1
            at_once.append(under_way)
            await asyncio.sleep(0.01)
            under_way -= 1

    await asyncio.gather(one(), one(), one())
    async with _again_and_again(lambda: service.preview("C1", "SO-1", "1.00"), OFTEN_S):
        await _until(lambda: pace.is_gentle)
        await asyncio.gather(one(), one(), one())
    assert at_once == [1, 2, 3, 1, 1, 1]


async def test_parcels_are_small_beside_checks(
    command: Command, service: Service, connection: Connection, tmp_path: Path
) -> None:
    each = 50
    customers = [f"C{number}" for number in range(100)]
    lines = [{"put": "customer", "customer": c, "name": c, "currency": "EUR"} for c in customers]
    await service.ledger(*lines)
    path = written(tmp_path, items(customers, each))

    await asyncio.sleep(LOOKS * LOOK_S)
    alone = await asyncio.to_thread(command, path)
    largest_alone = await connection.fetchval(LARGEST_PARCEL)
    again = written(tmp_path, items(customers, each, amount="11.00"))
    async with _again_and_again(lambda: service.preview("C1", "SO-1", "1.00"), OFTEN_S):
        beside = await asyncio.to_thread(command, again)
    largest_beside = await connection.fetchval(LARGEST_PARCEL)

    assert (alone.returncode, beside.returncode) == (0, 0)
    assert largest_alone >= ROWS_FAST - 2 * each
    assert largest_beside <= ROWS_GENTLE + each


@asynccontextmanager
async def _again_and_again(
    ask: Callable[[], Awaitable[Any]], pause_s: float
) -> AsyncIterator[None]:
    """Ask with such pauses, as long as the block runs."""

    async def asking() -> None:
        while True:
            await ask()
            await asyncio.sleep(pause_s)

    task = asyncio.create_task(asking())
    try:
        yield
    finally:
        task.cancel()
        await asyncio.wait([task])
        assert task.cancelled(), task.exception()


async def _until(holds: Callable[[], bool]) -> None:
    limit_s = time.monotonic() + PATIENCE_S
    while not holds():
        assert time.monotonic() < limit_s
        await asyncio.sleep(LOOK_S)
