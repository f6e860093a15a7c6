"""A change on an account has its held orders judged again, and nobody else's."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from datetime import timedelta

import pytest
from holds.desk_of_credit import held, hold_of, look, states
from life.order_book import NOON, RESERVED_FOR, at
from support.commands import running
from support.service import Service
from support.tables import Connection, require_sound

from app.settings import Settings

SECONDS_MAX = 5.0
"""From the statement arriving to the hold being ready."""


async def a_held_order(service: Service) -> None:
    """Have an order of 60.00 that does not fit: of 100.00, 90.00 are owed."""
    await service.customer("C1", limit="100.00")
    await service.item("C1", "RE-1", "90.00")
    await held(service, "C1", "SO-1", "60.00")


async def test_a_payment_makes_the_hold_ready(service: Service, connection: Connection) -> None:
    await a_held_order(service)
    await look(service)
    assert await states(service) == [("SO-1", "open")]

    await service.delete("/v1/customers/C1/open-items/RE-1")
    await look(service)

    hold = await hold_of(service, "SO-1")
    assert (hold["state"], hold["version"], hold["ready_at"] is None) == ("ready", 2, False)
    assert (await service.account("C1"))["exposure"]["total"] == "0.00"
    await require_sound(connection)


async def _part_paid(service: Service) -> None:
    await service.item("C1", "RE-1", "40.00")


async def _payment_on_account(service: Service) -> None:
    await service.item("C1", "ZE-1", "50.00", kind="payment")


async def _credit_note(service: Service) -> None:
    await service.item("C1", "GS-1", "50.00", kind="credit_note")


async def _limit_raised(service: Service) -> None:
    await service.put("/v1/accounts/C1/limit", amount="150.00", currency="EUR")


async def _whole_list(service: Service) -> None:
    await service.put("/v1/customers/C1/open-items", items=[])


async def _ledger(service: Service) -> None:
    await service.ledger({"delete": "open_item", "customer": "C1", "ref": "RE-1"})


async def _limit_in_bulk(service: Service) -> None:
    limit = {"amount": "150.00", "currency": "EUR"}
    await service.ledger({"put": "limit", "account": "C1"} | limit)


async def _laxer_policy(service: Service) -> None:
    await service.policy(limit={"mode": "soft"})


async def _customer_of_another_policy(service: Service) -> None:
    await service.policy("lax", limit={"mode": "off"})
    await service.customer("C1", limit=None, policy="lax")


async def _moved_to_a_larger_account(service: Service) -> None:
    await service.customer("GROUP", limit="500.00")
    await service.customer("C1", limit=None, account="GROUP")


@pytest.mark.parametrize(
    "change",
    [
        _part_paid,
        _payment_on_account,
        _credit_note,
        _limit_raised,
        _whole_list,
        _ledger,
        _limit_in_bulk,
        _laxer_policy,
        _customer_of_another_policy,
        _moved_to_a_larger_account,
    ],
    ids=lambda change: change.__name__.strip("_"),
)
async def test_whatever_lets_the_order_pass_makes_its_hold_ready(
    service: Service, connection: Connection, change: Callable[[Service], Awaitable[None]]
) -> None:
    await a_held_order(service)
    await look(service)
    await change(service)
    await look(service)
    assert await states(service) == [("SO-1", "ready")]
    await require_sound(connection)


async def test_a_blocked_customer_that_is_active_again_is_judged_again(service: Service) -> None:
    await service.customer("C1", status="blocked")
    await held(service, "C1", "SO-1", "60.00")
    await service.customer("C1", limit=None)
    await look(service)
    assert await states(service) == [("SO-1", "ready")]


async def test_an_order_cancelled_makes_room_for_the_next(service: Service) -> None:
    await service.customer("C1", limit="100.00")
    await service.order("C1", "SO-0", "90.00")
    await held(service, "C1", "SO-1", "60.00")
    await service.delete("/v1/customers/C1/orders/SO-0")
    await look(service)
    assert await states(service) == [("SO-1", "ready")]


async def test_a_reservation_that_expires_makes_room_without_a_statement(
    settings: Settings,
) -> None:
    async with at(settings, NOON) as service:
        await service.customer("C1", limit="100.00")
        await service.check("C1", "SO-0", "90.00")
        await held(service, "C1", "SO-1", "60.00")
        await look(service)
    async with at(settings, NOON + RESERVED_FOR - timedelta(microseconds=1)) as service:
        await look(service)
        before = await states(service)
    async with at(settings, NOON + RESERVED_FOR) as service:
        await look(service)
        assert (before, await states(service)) == ([("SO-1", "open")], [("SO-1", "ready")])


async def test_a_limit_that_expires_overnight_takes_the_mark_off(settings: Settings) -> None:
    async with at(settings, NOON) as service:
        await service.customer("C1", limit="10.00")
        await held(service, "C1", "SO-1", "60.00")
        today = NOON.date().isoformat()
        await service.put(
            "/v1/accounts/C1/limit", amount="90.00", currency="EUR", valid_until=today
        )
        await look(service)
        before = await states(service)
    async with at(settings, NOON + timedelta(days=1)) as service:
        await look(service)
        assert (before, await states(service)) == ([("SO-1", "ready")], [("SO-1", "open")])


async def test_a_new_limit_makes_the_oldest_ready_up_to_the_limit_and_no_further(
    service: Service,
) -> None:
    await service.customer("C1", limit="10.00")
    for ref in ("SO-1", "SO-2", "SO-3"):
        await held(service, "C1", ref, "40.00")
    await service.put("/v1/accounts/C1/limit", amount="90.00", currency="EUR")
    await look(service)
    assert await states(service) == [("SO-1", "ready"), ("SO-2", "ready"), ("SO-3", "open")]


async def test_an_order_too_large_for_what_is_free_does_not_stop_a_smaller_one(
    service: Service,
) -> None:
    await service.customer("C1", limit="10.00")
    await held(service, "C1", "SO-1", "400.00")
    await held(service, "C1", "SO-2", "40.00")
    await service.put("/v1/accounts/C1/limit", amount="90.00", currency="EUR")
    await look(service)
    assert await states(service) == [("SO-1", "open"), ("SO-2", "ready")]


async def test_what_was_prepaid_and_on_which_terms_is_minded(service: Service) -> None:
    await service.customer("C1", status="blocked", limit="50.00")
    await held(service, "C1", "SO-1", "900.00", prepaid="880.00")
    await held(service, "C1", "SO-2", "900.00", payment_terms="PREPAID")
    await held(service, "C1", "SO-3", "900.00")
    await service.customer("C1", limit=None)
    await look(service)
    assert await states(service) == [("SO-1", "ready"), ("SO-2", "ready"), ("SO-3", "open")]


async def test_a_check_that_takes_the_credit_opens_the_hold_again(service: Service) -> None:
    await a_held_order(service)
    await service.delete("/v1/customers/C1/open-items/RE-1")
    await look(service)

    taken = await service.check("C1", "SO-2", "70.00")
    await look(service)

    hold = await hold_of(service, "SO-1")
    assert (taken["may_ship"], hold["state"], hold["version"]) == (True, "open", 3)
    assert hold["ready_at"] is None


async def test_holds_of_other_accounts_are_left_alone(
    service: Service, connection: Connection
) -> None:
    await a_held_order(service)
    await service.customer("C2", limit="100.00")
    await service.check("C2", "SO-2", "600.00")
    await look(service)
    before = await connection.fetchval("SELECT xmin FROM credit_account WHERE ref = 'C2'")

    await service.delete("/v1/customers/C1/open-items/RE-1")
    await look(service)

    assert await states(service) == [("SO-1", "ready"), ("SO-2", "open")]
    assert await connection.fetchval("SELECT xmin FROM credit_account WHERE ref = 'C2'") == before


async def test_an_account_without_waiting_orders_is_never_looked_at(
    service: Service, connection: Connection
) -> None:
    await a_held_order(service)
    await service.delete("/v1/customers/C1/orders/SO-1")
    await look(service)
    await service.item("C1", "RE-2", "1.00")
    assert await connection.fetchval("SELECT holds_due_at FROM credit_account") is None


@pytest.mark.parametrize("state", ["escalated", "awaiting_second"])
async def test_what_waits_for_somebodys_word_goes_on_waiting_and_shows_that_it_is_ready(
    service: Service, connection: Connection, state: str
) -> None:
    await service.put("/v1/policies/standard", auto_release=True)
    await a_held_order(service)
    await connection.execute("UPDATE hold SET state = $1", state)
    await service.delete("/v1/customers/C1/open-items/RE-1")
    await look(service)
    hold = await hold_of(service, "SO-1")
    assert (hold["state"], hold["ready_at"] is None) == (state, False)


async def test_several_workers_at_once_do_each_thing_once(service: Service) -> None:
    await service.customer("C1", limit="10.00")
    for ref in ("SO-1", "SO-2", "SO-3"):
        await held(service, "C1", ref, "40.00")
    await service.put("/v1/accounts/C1/limit", amount="90.00", currency="EUR")
    woken = await asyncio.gather(*(look(service) for _ in range(4)))
    ready = [hold_id for one in woken for hold_id in one.ready]
    assert (len(ready), len(set(ready))) == (2, 2)


async def test_the_worker_has_the_hold_ready_within_seconds_of_the_statement(
    service: Service, database_url: str
) -> None:
    await a_held_order(service)
    with running("worker", database_url=database_url) as process:
        await asyncio.to_thread(process.wait_for, "holds every 1 s")
        began_s = time.monotonic()
        await service.delete("/v1/customers/C1/open-items/RE-1")
        await asyncio.to_thread(process.wait_for, "holds: 1 ready")
        took_s = time.monotonic() - began_s
    assert await states(service) == [("SO-1", "ready")]
    assert took_s < SECONDS_MAX
