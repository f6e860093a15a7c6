"""Documents that belie each other, or stand on another's account, planted past the service."""

import json
from typing import Any

import pytest
from reconcile.book import Connection, entries, gaps, is_marked, run
from support.service import Service
from support.tables import require_sound

from app.desk.reconcile import Reconciled

COUNTED = ("order_counted_minor", "X", 6000)
INVOICED = ("order_invoiced_minor", "X", 4000)
TAKEN = ("item_invoiced_minor", "I1", 4000)
ORDERS = ("orders_minor", None, 6000)

PLANTED = {
    "UPDATE sales_order SET invoiced_minor = 0 WHERE account = 'A'": [INVOICED],
    "UPDATE sales_order SET invoiced_minor = 9999 WHERE account = 'A'": [INVOICED],
    "UPDATE sales_order SET invoiced_minor = 0, counted_minor = 10000 WHERE account = 'A'": [
        COUNTED, INVOICED
    ],
    "UPDATE open_item SET invoiced_minor = 0 WHERE account = 'A'": [TAKEN],
    "UPDATE open_item SET invoiced_minor = 1 WHERE account = 'A'": [TAKEN],
    "UPDATE sales_order SET counted_minor = 0 WHERE account = 'A'": [COUNTED],
    "UPDATE sales_order SET counted_minor = 9999 WHERE account = 'A'": [COUNTED],
}  # fmt: skip


async def written(service: Service, *customers: str) -> None:
    """Have customers with an order of 100.00 of which 40.00 are invoiced."""
    for ref in customers:
        await service.customer(ref, limit="9000.00")
        await service.order(ref, "X", "100.00", ship_date="2026-12-01")
        await service.item(ref, "I1", "40.00", order="X", due_on="2026-10-31")


def told(found: Reconciled) -> list[tuple[str, str | None, int]]:
    """Give what the only account that drifts has wrong, and what that should be."""
    (drift,) = found.drifting
    assert drift.account == "A"
    return [(w.total, w.ref, w.counted) for w in drift.wrong]


async def figures(service: Service) -> list[Any]:
    """Give the open orders and the invoices that checks go by."""
    exposure = (await service.account("A"))["exposure"]
    return [exposure["open_orders"], exposure["invoices"]]


@pytest.mark.parametrize("statement", PLANTED)
async def test_an_order_that_its_invoices_belie_is_found_and_set_right(
    service: Service, connection: Connection, statement: str
) -> None:
    await written(service, "A", "D")
    await connection.execute(statement)

    found = await run(service)
    assert (told(found), found.marked) == (PLANTED[statement], ["A"])

    assert (await run(service, repair=True)).repaired == ["A"]
    await require_sound(connection)
    assert await figures(service) == ["60.00", "40.00"]
    assert await gaps(connection) == []
    # The rest of the invoice takes off no more than what is left.
    await service.item("A", "I2", "80.00", order="X")
    assert await figures(service) == ["0.00", "120.00"]
    await require_sound(connection)


async def test_an_order_and_its_total_that_are_both_wrong_are_found(
    service: Service, connection: Connection
) -> None:
    await written(service, "A", "D")
    await connection.execute("UPDATE sales_order SET counted_minor = 9999 WHERE account = 'A'")
    await connection.execute("UPDATE credit_account SET orders_minor = 9999 WHERE ref = 'A'")

    assert told(await run(service)) == [COUNTED, ORDERS]
    await run(service, repair=True)

    assert await figures(service) == ["60.00", "40.00"]
    (facts,) = await entries(connection, "A", "repair")
    assert json.loads(facts)["totals"][0] == {
        "total": "order_counted_minor", "on": None, "customer": "A", "ref": "X",
        "currency": "EUR", "before": 9999, "after": 6000,
    }  # fmt: skip


async def test_an_invoice_that_is_partly_paid_takes_off_what_it_came_to(
    service: Service, connection: Connection
) -> None:
    await written(service, "A")
    await service.item("A", "I1", "15.00", order="X", due_on="2026-10-31")
    await connection.execute("UPDATE open_item SET invoiced_minor = 0")

    assert told(await run(service)) == [TAKEN]
    await run(service, repair=True)

    assert await figures(service) == ["60.00", "15.00"]
    await require_sound(connection)


async def test_invoices_that_were_dropped_when_they_were_old_are_no_drift(
    service: Service, connection: Connection
) -> None:
    await written(service, "A")
    await service.item("A", "I2", "60.00", order="X")
    for ref in ("I1", "I2"):
        await service.delete(f"/v1/customers/A/open-items/{ref}")
    await connection.execute("DELETE FROM open_item")
    assert (await run(service)).drifting == []

    await service.order("A", "X", "130.00")
    await service.item("A", "I3", "30.00", order="X")

    assert (await run(service)).drifting == []
    assert await figures(service) == ["100.00", "30.00"]


async def test_orders_in_another_currency_are_compared_in_it(
    service: Service, connection: Connection
) -> None:
    await service.customer("A", limit="9000.00")
    await service.order("A", "X", "100.00", currency="USD")
    await service.item("A", "I1", "40.00", order="X", currency="USD")
    await service.item("A", "I2", "7.00", order="X")
    assert (await run(service)).drifting == []

    await connection.execute("UPDATE sales_order SET counted_minor = 0")

    (drift,) = (await run(service)).drifting
    assert [(w.total, w.currency, w.counted) for w in drift.wrong] == [
        ("order_counted_minor", "USD", 6000)
    ]
    assert (await run(service, repair=True)).is_sound
    await require_sound(connection)


@pytest.mark.parametrize("table", ["open_item", "sales_order"])
async def test_documents_on_anothers_account_are_told_and_left_to_a_person(
    service: Service, connection: Connection, table: str
) -> None:
    await written(service, "A", "C", "D")
    kind = {"open_item": "items", "sales_order": "orders"}[table]
    before = [await service.account(ref) for ref in ("A", "D")]
    moved = f"UPDATE {table} SET account = 'A' WHERE customer = 'D'"  # noqa: S608
    await connection.execute(moved)

    for repair in (False, True, True):
        found = await run(service, repair=repair)
        assert [
            (drift.account, w.total, w.customer, w.stored, w.counted)
            for drift in found.drifting
            for w in drift.wrong
        ] == [("A", f"astray_{kind}", "D", 1, 0), ("D", f"{kind}_elsewhere", "D", 1, 0)]
        assert (found.marked, found.repaired, found.is_sound) == (["A", "D"], [], False)
    after = [await service.account(ref) for ref in ("A", "D")]
    assert [a["exposure"] for a in after] == [b["exposure"] for b in before]

    # What the command says is to be done.
    await service.customer("D", account="A", limit=None)
    await service.customer("D", account="D", limit=None)

    assert sorted((await run(service)).cleared) == ["A", "D"]
    assert not await is_marked(connection, "D")
    await require_sound(connection)
    assert await gaps(connection) == []
