"""A release that nobody has used by the end of its last day is over, and its hold says so."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from holds.desk import CLERK, Desk, over_the_limit
from holds.desk_of_credit import look, states
from support.service import Service, a_service
from support.tables import Connection, require_sound

from app.settings import Settings

NOON = datetime(2026, 11, 23, 11, tzinfo=UTC)
LAST_DAY = "2026-11-24"
# By the clock of Berlin.
OVER = datetime(2026, 11, 24, 23, tzinfo=UTC)
DUE = "SELECT holds_due_at FROM credit_account WHERE ref = 'C1'"


async def released(service: Service, ref: str = "SO-1", **more: Any) -> str:
    """Have an order released until the end of the last day; gives its hold."""
    async with over_the_limit(service) as desk:
        hold = await desk.held(ref)
        await (await desk.person("credit")).release(hold, **({"until": LAST_DAY} | more))
        await look(service)
    return hold


async def test_its_account_is_looked_at_at_that_instant_and_it_is_over(
    settings: Settings, connection: Connection
) -> None:
    async with a_service(settings, fixed_now=NOON) as service:
        hold = await released(service)
        assert await connection.fetchval(DUE) == OVER
    async with a_service(settings, fixed_now=OVER - timedelta(seconds=1)) as service:
        await look(service)
        assert await states(service) == [("SO-1", "released")]
    async with a_service(settings, fixed_now=OVER) as service:
        await look(service)
        traced = await service.get(f"/v1/holds/{hold}")
        await look(service)

        assert traced == await service.get(f"/v1/holds/{hold}")
        assert (traced["state"], traced["version"]) == ("expired", 3)
        assert traced["release"]["released_by"] == CLERK
        event = traced["history"][-1]
        assert (event["action"], event["by"]) == ("expire", None)
        assert event["before"] == traced["history"][-2]["after"]
        assert event["after"] == event["before"] | {"state": "expired"}
        assert await connection.fetchval(DUE) is None
        assert (await service.check("C1", "SO-1", "100.00", revision=2))["outcome"] == "hold"
    await require_sound(connection)


async def stated(service: Service) -> None:
    await service.order("C1", "SO-1", "100.00")


async def invoiced(service: Service) -> None:
    await service.item("C1", "RE-1", "100.00", order="SO-1")


async def test_one_whose_order_is_cancelled_has_not_been_used(settings: Settings) -> None:
    async with a_service(settings, fixed_now=NOON) as service:
        await released(service)
        await service.delete("/v1/customers/C1/orders/SO-1")
        await look(service)
    async with a_service(settings, fixed_now=OVER) as service:
        await look(service)
        assert await states(service) == [("SO-1", "expired")]


@pytest.mark.parametrize("use", [stated, invoiced])
async def test_one_that_was_used_stays_as_it_was(
    settings: Settings, connection: Connection, use: Any
) -> None:
    async with a_service(settings, fixed_now=NOON) as service:
        await released(service)
        await use(service)
        await look(service)
        assert await connection.fetchval(DUE) is None
    async with a_service(settings, fixed_now=OVER) as service:
        await service.put("/v1/accounts/C1/limit", amount="60.00", currency="EUR")
        await service.check("C1", "SO-2", "100.00")
        await look(service)
        assert (await states(service))[0] == ("SO-1", "released")


async def test_one_without_an_end_is_not_waited_for(
    settings: Settings, connection: Connection
) -> None:
    async with a_service(settings, fixed_now=NOON) as service:
        await released(service, until="9999-12-31")
        assert await connection.fetchval(DUE) is None


async def test_a_check_within_it_keeps_it_alive_as_long_as_what_that_reserves(
    settings: Settings,
) -> None:
    async with a_service(settings, fixed_now=OVER - timedelta(minutes=1)) as service:
        await released(service)
        passed = await service.check("C1", "SO-1", "100.00", revision=2)
        until = datetime.fromisoformat(passed["reservation"]["expires_at"])
        await look(service)
    for now, state in ((OVER, "released"), (until, "expired")):
        async with a_service(settings, fixed_now=now) as service:
            await look(service)
            assert await states(service) == [("SO-1", state)]


async def test_it_is_over_also_after_its_customer_has_moved(settings: Settings) -> None:
    async with a_service(settings, fixed_now=NOON) as service:
        await released(service)
        await service.customer("C1", account="GROUP", limit=None)
        await look(service)
    async with a_service(settings, fixed_now=OVER) as service:
        await look(service)
        assert await states(service) == [("SO-1", "expired")]


async def test_four_eyes_still_count_it(desk: Desk, connection: Connection) -> None:
    await desk.service.put("/v1/policies/standard", releases={"four_eyes_above": "150.00"})
    clerk = await desk.person("credit")
    await clerk.release(await desk.held())
    await connection.execute("UPDATE hold SET state = 'expired'")
    assert (await clerk.release(await desk.held("SO-2")))["state"] == "awaiting_second"
