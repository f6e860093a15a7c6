"""Who waits for a busy account does not keep others from theirs."""

import asyncio

import asyncpg
import pytest
from deadline.watching import locked, until_waiting
from support.service import Service, a_service

from app.settings import Settings

WAITING = 30


@pytest.mark.parametrize("what", ["orders", "checks"])
async def test_writers_on_one_locked_account_hold_one_connection_between_them(
    settings: Settings, connection: "asyncpg.Connection[asyncpg.Record]", what: str
) -> None:
    few = settings.model_copy(
        update={"connections_max": 3, "deadline_s": 8.0, "lock_timeout_s": 6.0}
    )
    async with a_service(few.model_copy(update={"statement_timeout_s": 7.0})) as service:
        for ref in ("BUSY", "OTHER"):
            await service.customer(ref, limit="1000.00")
        async with locked(few.database_url, "BUSY"):
            waiting = [asyncio.ensure_future(_write(service, what, n)) for n in range(WAITING)]
            await until_waiting(connection)
            others = [await service.check("OTHER", f"SO-{n}", "1.00") for n in range(10)]
            assert not any(writer.done() for writer in waiting)
        await asyncio.gather(*waiting)

    assert [answer["outcome"] for answer in others] == ["pass"] * 10


async def _write(service: Service, what: str, number: int) -> None:
    if what == "orders":
        await service.order("BUSY", f"SO-{number}", "1.00")
    else:
        await service.check("BUSY", f"SO-{number}", "1.00")
