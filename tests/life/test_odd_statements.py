"""Statements that do not fit what was checked: another currency, beyond invoices, prepaid."""

from typing import Any

from life.order_book import NOON, RESERVED_FOR, at, give_back, hold_states, order_of, tied_up
from support.service import Service
from support.tables import Connection, require_sound

from app.settings import Settings


async def _reasons(service: Service, stated: Any) -> list[str]:
    hold = (await service.client.get(f"/v1/holds/{stated['hold']['id']}")).json()
    reasons: list[str] = hold["reasons"]
    return reasons


async def test_an_order_that_stands_stated_in_a_foreign_currency_is_held_for_its_rate(
    service: Service, connection: Connection
) -> None:
    await service.customer("C1", limit="100.00")
    await service.order("C1", "SO-1", "1.00", currency="USD")

    held = await service.check("C1", "SO-1", "80.00")
    assert [reason["code"] for reason in held["reasons"]] == ["rate_missing"]
    prepaid = await service.check("C1", "SO-1", "80.00", revision=2, payment_terms="COD")
    assert prepaid["outcome"] == "pass"
    await require_sound(connection)

    await service.client.delete("/v1/customers/C1/orders/SO-1")
    assert (await service.check("C1", "SO-1", "80.00", revision=3))["outcome"] == "pass"
    assert await tied_up(service) == ("0.00", "80.00", "20.00")
    await require_sound(connection)


async def test_a_grant_is_void_once_the_order_is_stated_in_another_currency(
    service: Service, connection: Connection
) -> None:
    await service.customer("C1", limit="100.00")
    await service.check("C1", "SO-1", "80.00")
    foreign = await service.order("C1", "SO-1", "80.00", currency="USD")
    assert await _reasons(service, foreign) == ["rate_missing"]
    await service.item("C1", "RE-1", "80.00", order="SO-1")

    back = await service.order("C1", "SO-1", "80.00")

    # What the foreign statement tied up keeps counting while the order is on hold.
    assert (back["state"], back["counted"]) == ("held", "80.00")
    assert await tied_up(service) == ("80.00", "0.00", "-60.00")
    await require_sound(connection)


async def test_what_was_prepaid_in_yen_is_not_taken_for_cents(service: Service) -> None:
    await service.customer("C1", limit="100.00")
    exempt = {"currency": "JPY", "payment_terms": "COD"}
    assert (await service.check("C1", "SO-1", "100000", **exempt))["outcome"] == "pass"

    stated = await service.order("C1", "SO-1", "900.00")

    assert (stated["state"], stated["counted"]) == ("held", "0.00")
    assert await _reasons(service, stated) == ["limit_exceeded"]


async def test_an_order_stated_larger_than_granted_with_what_is_invoiced_is_held(
    service: Service,
) -> None:
    await service.customer("C1", limit="1000.00")
    await service.check("C1", "SO-1", "100.00")
    await service.item("C1", "RE-1", "100.00", order="SO-1")

    stated = await service.order("C1", "SO-1", "100.00", invoiced="100.00")

    assert (stated["state"], stated["counted"]) == ("held", "0.00")
    assert await _reasons(service, stated) == ["above_grant"]


async def test_an_order_that_grew_beside_its_invoices_is_judged_by_the_limit(
    service: Service,
) -> None:
    await service.customer("C1", limit="150.00")
    await service.check("C1", "SO-1", "100.00")
    await service.order("C1", "SO-1", "100.00", version=1)
    await service.item("C1", "RE-1", "100.00", order="SO-1")

    within = await service.order("C1", "SO-1", "50.00", version=2)
    beyond = await service.order("C1", "SO-1", "60.00", version=3)

    assert (within["state"], within["counted"]) == ("open", "50.00")
    assert (beyond["state"], beyond["counted"]) == ("held", "50.00")
    assert await _reasons(service, beyond) == ["limit_exceeded"]


async def test_what_is_granted_beyond_a_statement_expires_unless_the_statement_waits_for_it(
    settings: Settings,
) -> None:
    async with at(settings, NOON) as service:
        await service.customer("C1", limit="100.00")
        await service.order("C1", "SO-1", "80.00")
        assert (await service.check("C1", "SO-1", "120.00"))["outcome"] == "hold"
        granted = await service.check("C1", "SO-1", "100.00", revision=2)
        assert granted["reservation"]["expires_at"] is not None
        assert await tied_up(service) == ("80.00", "20.00", "0.00")

    async with at(settings, NOON + RESERVED_FOR) as service:
        assert await tied_up(service) == ("80.00", "0.00", "20.00")


async def test_a_foreign_invoice_that_came_first_is_not_taken_off_the_order(
    service: Service,
) -> None:
    await service.customer("C1", limit="1000.00")
    await service.item("C1", "RE-1", "80.00", currency="USD", order="SO-1")
    await service.client.delete("/v1/customers/C1/open-items/RE-1")

    first = await service.check("C1", "SO-1", "80.00")
    second = await service.check("C1", "SO-1", "90.00", revision=2)

    assert [a["exposure"]["this_order"] for a in (first, second)] == ["80.00", "90.00"]
    assert await tied_up(service) == ("0.00", "90.00", "910.00")


async def test_a_prepaid_order_that_another_check_sweeps_stays_prepaid(
    settings: Settings,
) -> None:
    async with at(settings, NOON) as service:
        await service.customer("C1", limit="200.00")
        await service.check("C1", "SO-1", "100.00", prepaid="40.00")
        await service.order("C1", "SO-1", "100.00")
        await service.check("C1", "SO-1", "120.00", prepaid="40.00", revision=2)
    async with at(settings, NOON + RESERVED_FOR) as service:
        await service.check("C1", "SO-2", "1.00")
        await service.order("C1", "SO-1", "100.00", version=2)
        assert await tied_up(service) == ("60.00", "1.00", "139.00")


async def test_what_was_prepaid_stays_so_when_a_larger_revision_is_given_back(
    service: Service,
) -> None:
    await service.customer("C1", limit="200.00")
    await service.check("C1", "SO-1", "100.00", prepaid="40.00")
    await service.order("C1", "SO-1", "100.00")
    larger = await service.check("C1", "SO-1", "120.00", prepaid="40.00", revision=2)
    assert await tied_up(service) == ("60.00", "20.00", "120.00")

    await give_back(service, larger["id"])
    await service.order("C1", "SO-1", "100.00", version=2)

    assert await tied_up(service) == ("60.00", "0.00", "140.00")
    assert (await order_of(service))["state"] == "open"
    assert await hold_states(service) == []
