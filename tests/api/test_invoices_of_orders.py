"""An invoice that names its order takes its amount off that order: nothing counts twice."""

import pytest
from support.service import Service
from support.tables import Connection, require_sound


async def parts(service: Service) -> tuple[str, str, str]:
    """Give invoices, open orders and reservations."""
    exposure = (await service.account("C1"))["exposure"]
    return exposure["invoices"], exposure["open_orders"], exposure["reservations"]


async def test_an_invoice_takes_its_amount_off_its_order(
    service: Service, connection: Connection
) -> None:
    await service.customer("C1")
    await service.order("C1", "SO-1", "100.00", ship_date="2030-01-01")
    await service.item("C1", "I1", "30.00", order="SO-1")
    assert await parts(service) == ("30.00", "70.00", "0.00")
    await require_sound(connection)


async def test_an_invoice_larger_than_its_order_takes_it_to_nothing_and_no_further(
    service: Service, connection: Connection
) -> None:
    await service.customer("C1")
    await service.order("C1", "SO-1", "100.00", ship_date="2030-01-01")
    await service.item("C1", "I1", "130.00", order="SO-1")
    assert await parts(service) == ("130.00", "0.00", "0.00")
    orders = (await service.get("/v1/customers/C1/orders"))["items"]
    assert [order["state"] for order in orders] == ["invoiced"]
    await require_sound(connection)


async def test_part_invoices_add_up(service: Service, connection: Connection) -> None:
    await service.customer("C1")
    await service.order("C1", "SO-1", "100.00")
    for ref, amount in (("I1", "30.00"), ("I2", "20.00"), ("I3", "50.00")):
        await service.item("C1", ref, amount, order="SO-1")
    assert await parts(service) == ("100.00", "0.00", "0.00")
    await require_sound(connection)


async def test_an_invoice_that_overtakes_its_order_is_taken_off_it_all_the_same(
    service: Service, connection: Connection
) -> None:
    await service.customer("C1")
    await service.item("C1", "I1", "30.00", order="SO-1")
    await service.order("C1", "SO-1", "100.00")
    assert await parts(service) == ("30.00", "70.00", "0.00")
    await require_sound(connection)


async def test_a_whole_list_of_orders_leaves_out_the_invoices_that_are_known(
    service: Service, connection: Connection
) -> None:
    await service.customer("C1")
    await service.item("C1", "I1", "30.00", order="SO-1")
    listed = {"ref": "SO-1", "amount": "70.00", "currency": "EUR"}
    await service.put("/v1/customers/C1/orders", orders=[listed])
    assert await parts(service) == ("30.00", "70.00", "0.00")
    await require_sound(connection)


async def test_a_restated_order_leaves_out_what_was_invoiced_before(
    service: Service, connection: Connection
) -> None:
    await service.customer("C1")
    await service.order("C1", "SO-1", "100.00")
    await service.item("C1", "I1", "30.00", order="SO-1")
    await service.order("C1", "SO-1", "70.00")
    assert await parts(service) == ("30.00", "70.00", "0.00")
    await service.item("C1", "I2", "10.00", order="SO-1")
    assert await parts(service) == ("40.00", "60.00", "0.00")
    await require_sound(connection)


@pytest.mark.parametrize("invoice_first", [True, False])
async def test_invoiced_lets_statement_and_invoice_come_in_any_order(
    service: Service, connection: Connection, invoice_first: bool
) -> None:
    await service.customer("C1")
    if invoice_first:
        await service.item("C1", "I1", "30.00", order="SO-1")
        await service.order("C1", "SO-1", "70.00", invoiced="30.00")
    else:
        await service.order("C1", "SO-1", "70.00", invoiced="30.00")
        await service.item("C1", "I1", "30.00", order="SO-1")
    assert await parts(service) == ("30.00", "70.00", "0.00")
    await require_sound(connection)


async def test_paying_an_invoice_does_not_reopen_its_order(
    service: Service, connection: Connection
) -> None:
    await service.customer("C1")
    await service.order("C1", "SO-1", "100.00")
    await service.item("C1", "I1", "30.00", order="SO-1")
    await service.item("C1", "I1", "10.00", order="SO-1")
    assert await parts(service) == ("10.00", "70.00", "0.00")
    await service.delete("/v1/customers/C1/open-items/I1")
    assert await parts(service) == ("0.00", "70.00", "0.00")
    await require_sound(connection)


async def test_a_paid_invoice_that_is_stated_again_takes_nothing_off_twice(
    service: Service, connection: Connection
) -> None:
    await service.customer("C1")
    await service.order("C1", "SO-1", "100.00")
    for _ in range(2):
        await service.item("C1", "I1", "30.00", order="SO-1")
        await service.delete("/v1/customers/C1/open-items/I1")
    await service.item("C1", "I1", "30.00", order="SO-1")
    assert await parts(service) == ("30.00", "70.00", "0.00")
    await require_sound(connection)


async def test_an_invoice_that_names_another_order_gives_back_what_it_took(
    service: Service, connection: Connection
) -> None:
    await service.customer("C1")
    await service.order("C1", "SO-1", "100.00")
    await service.order("C1", "SO-2", "100.00")
    await service.item("C1", "I1", "30.00", order="SO-1")
    await service.item("C1", "I1", "30.00", order="SO-2")
    counted = [o["counted"] for o in (await service.get("/v1/customers/C1/orders"))["items"]]
    assert counted == ["100.00", "70.00"]
    await require_sound(connection)


async def test_an_invoice_takes_its_amount_off_the_orders_reservation(
    service: Service, connection: Connection
) -> None:
    await service.customer("C1")
    await service.check("C1", "SO-1", "100.00")
    await service.item("C1", "I1", "30.00", order="SO-1")
    assert await parts(service) == ("30.00", "0.00", "70.00")
    await require_sound(connection)


async def test_a_credit_note_takes_nothing_off_an_order(
    service: Service, connection: Connection
) -> None:
    await service.customer("C1")
    await service.order("C1", "SO-1", "100.00")
    await service.item("C1", "N1", "30.00", kind="credit_note", order="SO-1")
    exposure = (await service.account("C1"))["exposure"]
    assert (exposure["open_orders"], exposure["total"]) == ("100.00", "70.00")
    await require_sound(connection)


async def test_another_customers_order_of_the_same_ref_is_left_alone(service: Service) -> None:
    await service.customer("C1", account="G")
    await service.customer("C2", account="G", limit=None)
    await service.order("C1", "SO-1", "100.00")
    await service.item("C2", "I1", "30.00", order="SO-1")
    assert (await service.account("G"))["exposure"]["open_orders"] == "100.00"


async def test_an_invoice_of_a_cancelled_order_simply_counts(
    service: Service, connection: Connection
) -> None:
    await service.customer("C1")
    await service.order("C1", "SO-1", "100.00")
    await service.delete("/v1/customers/C1/orders/SO-1")
    await service.item("C1", "I1", "30.00", order="SO-1")
    assert await parts(service) == ("30.00", "0.00", "0.00")
    await require_sound(connection)


@pytest.mark.parametrize("bulk", [False, True])
async def test_a_cancelled_invoice_gives_its_order_back(
    service: Service, connection: Connection, *, bulk: bool
) -> None:
    await service.customer("C1")
    await service.order("C1", "SO-1", "100.00", invoiced="0.00", version=1)
    await service.item("C1", "I1", "100.00", order="SO-1")
    assert await parts(service) == ("100.00", "0.00", "0.00")
    if bulk:
        line = {"delete": "open_item", "customer": "C1", "ref": "I1", "cancelled": True}
        await service.ledger(line)
    else:
        await service.delete("/v1/customers/C1/open-items/I1", cancelled="true")
    assert await parts(service) == ("0.00", "100.00", "0.00")
    await service.order("C1", "SO-1", "100.00", invoiced="0.00", version=2)
    assert await parts(service) == ("0.00", "100.00", "0.00")
    await require_sound(connection)


async def test_an_invoice_that_was_thought_paid_and_was_cancelled_gives_its_order_back(
    service: Service, connection: Connection
) -> None:
    await service.customer("C1")
    await service.order("C1", "SO-1", "100.00")
    await service.item("C1", "I1", "40.00", order="SO-1")
    await service.delete("/v1/customers/C1/open-items/I1")
    assert await parts(service) == ("0.00", "60.00", "0.00")
    await service.delete("/v1/customers/C1/open-items/I1", cancelled="true")
    assert await parts(service) == ("0.00", "100.00", "0.00")
    await require_sound(connection)


async def test_whether_an_invoice_was_cancelled_is_yes_or_no(service: Service) -> None:
    await service.customer("C1")
    path = "/v1/customers/C1/open-items/I1?cancelled=perhaps"
    assert (await service.client.delete(path)).status_code == 422
