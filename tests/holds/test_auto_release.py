"""Where the policy says so, orders that pass again are released without anybody's word."""

from datetime import timedelta

from holds.desk_of_credit import held, hold_of, look, states
from life.order_book import NOON, RESERVED_FOR, at, hold_states, order_of, tied_up
from support.service import Service
from support.tables import Connection, require_sound

from app.settings import Settings

VALID_FOR = timedelta(days=15)
"""Longer than a release of the standard policy stands."""


async def told(connection: Connection) -> list[str]:
    """Give what others are to be told, in its order."""
    rows = await connection.fetch("SELECT kind FROM outbox ORDER BY occurred_at, id")
    return [row["kind"] for row in rows]


async def policy(service: Service) -> None:
    await service.put("/v1/policies/standard", auto_release=True)


async def test_it_grants_as_a_person_would_and_says_so(
    service: Service, connection: Connection
) -> None:
    await policy(service)
    await service.customer("C1", limit="100.00")
    await service.item("C1", "RE-1", "90.00")
    await held(service, "C1", "SO-1", "60.00", prepaid="10.00")
    await service.delete("/v1/customers/C1/open-items/RE-1")

    woken = await look(service)

    assert (woken.ready, len(woken.released)) == ([], 1)
    assert await states(service) == [("SO-1", "released")]
    assert await tied_up(service) == ("0.00", "50.00", "50.00")
    again = await service.check("C1", "SO-1", "60.00", prepaid="10.00", revision=2)
    assert [reason["code"] for reason in again["reasons"]] == ["release_applied"]
    hold = await hold_of(service, "SO-1")
    shown = await service.get(f"/v1/holds/{hold['id']}")
    entry = shown["history"][-1]
    assert (entry["action"], entry["by"], entry["reason"]) == ("release", None, "auto_release")
    assert (entry["before"]["state"], entry["after"]["state"]) == ("open", "released")
    assert shown["release"] == {
        "kind": "passes",
        "amount": "60.00",
        "currency": "EUR",
        "until": shown["release"]["until"],
        "released_by": None,
        "second_by": None,
    }
    assert await told(connection) == ["hold.opened", "hold.released"]
    await require_sound(connection)


async def test_it_releases_the_oldest_first_and_never_past_the_limit(
    service: Service, connection: Connection
) -> None:
    await policy(service)
    await service.customer("C1", limit="10.00")
    for ref in ("SO-1", "SO-2", "SO-3"):
        await held(service, "C1", ref, "40.00")
    await service.put("/v1/accounts/C1/limit", amount="90.00", currency="EUR")
    for _ in range(2):
        await look(service)
    assert await states(service) == [("SO-1", "released"), ("SO-2", "released"), ("SO-3", "open")]
    assert await tied_up(service) == ("0.00", "80.00", "10.00")
    await require_sound(connection)


async def test_what_it_set_aside_expires_and_makes_room_for_the_next(settings: Settings) -> None:
    async with at(settings, NOON) as service:
        await policy(service)
        await service.customer("C1", limit="10.00")
        for ref in ("SO-1", "SO-2"):
            await held(service, "C1", ref, "40.00")
        await service.put("/v1/accounts/C1/limit", amount="50.00", currency="EUR")
        await look(service)
        before = await hold_states(service)
    async with at(settings, NOON + VALID_FOR) as service:
        await look(service)
        assert before == [("SO-1", "released"), ("SO-2", "open")]
        assert await hold_states(service) == [("SO-1", "expired"), ("SO-2", "released")]
        assert (await order_of(service, "SO-1"))["state"] == "expired"


async def test_an_order_stated_late_is_admitted_as_it_was_stated(
    settings: Settings, connection: Connection
) -> None:
    async with at(settings, NOON) as service:
        await policy(service)
        await service.customer("C1", limit="100.00")
        await service.check("C1", "SO-1", "60.00")
    async with at(settings, NOON + RESERVED_FOR) as service:
        await service.check("C1", "SO-2", "70.00")
        stated = await service.order("C1", "SO-1", "60.00")
        await look(service)
        before = await tied_up(service)
        await service.put("/v1/accounts/C1/limit", amount="200.00", currency="EUR")
        await look(service)
        assert (stated["state"], before) == ("held", ("0.00", "70.00", "30.00"))
        assert await tied_up(service) == ("60.00", "70.00", "70.00")
    await require_sound(connection)


async def test_an_order_stated_above_its_grant_waits_for_a_person(service: Service) -> None:
    await policy(service)
    await service.customer("C1", limit="100.00")
    await service.check("C1", "SO-1", "60.00")
    await service.order("C1", "SO-1", "80.00")
    await service.put("/v1/accounts/C1/limit", amount="900.00", currency="EUR")
    await look(service)
    assert await states(service) == [("SO-1", "open")]
