import asyncio

import httpx2
from life.order_book import an_order, hold_states, order_of, tied_up
from support.service import Service, asked


async def test_what_passes_is_set_aside(service: Service) -> None:
    await service.customer("C1", limit="100.00")

    answer = await service.check("C1", "SO-1", "60.00")

    assert (answer["outcome"], answer["reservation"]["amount"]) == ("pass", "60.00")
    assert await order_of(service) == an_order("reserved", reserved="60.00")
    assert await tied_up(service) == ("0.00", "60.00", "40.00")


async def test_a_warning_sets_aside_as_well(service: Service) -> None:
    await service.customer("C1", limit="100.00")

    answer = await service.check("C1", "SO-1", "95.00")

    assert (answer["outcome"], answer["reservation"]["amount"]) == ("warning", "95.00")
    assert await tied_up(service) == ("0.00", "95.00", "5.00")


async def test_what_is_held_ties_nothing_up(service: Service) -> None:
    await service.customer("C1", limit="100.00")

    answer = await service.check("C1", "SO-1", "100.01")

    assert (answer["outcome"], answer["reservation"]) == ("hold", None)
    assert await order_of(service) == an_order("held")
    assert await tied_up(service) == ("0.00", "0.00", "100.00")
    assert await hold_states(service) == [("SO-1", "open")]


async def test_the_statement_takes_the_place_of_the_reservation(service: Service) -> None:
    await service.customer("C1", limit="100.00")
    await service.check("C1", "SO-1", "60.00")

    stated = await service.order("C1", "SO-1", "60.00")

    assert (stated["state"], stated["unchecked"], stated["counted"]) == ("open", False, "60.00")
    assert await order_of(service) == an_order("open", counted="60.00")
    assert await tied_up(service) == ("60.00", "0.00", "40.00")


async def test_a_statement_repeated_counts_once(service: Service) -> None:
    await service.customer("C1", limit="100.00")
    await service.check("C1", "SO-1", "60.00")

    first = await service.order("C1", "SO-1", "60.00", version=1)
    again = await service.order("C1", "SO-1", "60.00", version=1)

    assert again == first
    assert await tied_up(service) == ("60.00", "0.00", "40.00")


async def test_a_statement_of_less_frees_the_rest(service: Service) -> None:
    await service.customer("C1", limit="100.00")
    await service.check("C1", "SO-1", "60.00")

    await service.order("C1", "SO-1", "45.00")

    assert await order_of(service) == an_order("open", counted="45.00")
    assert await tied_up(service) == ("45.00", "0.00", "55.00")


async def test_an_order_stated_before_its_check_counts_once(service: Service) -> None:
    await service.customer("C1", limit="100.00")

    stated = await service.order("C1", "SO-1", "60.00")
    answer = await service.check("C1", "SO-1", "60.00")

    assert (stated["state"], stated["unchecked"]) == ("open", True)
    assert (answer["outcome"], answer["exposure"]["before"]) == ("pass", "0.00")
    assert await order_of(service) == an_order("open", counted="60.00")
    assert await tied_up(service) == ("60.00", "0.00", "40.00")


async def test_an_increase_of_an_open_order_sets_aside_the_difference(service: Service) -> None:
    await service.customer("C1", limit="100.00")
    await service.check("C1", "SO-1", "60.00")
    await service.order("C1", "SO-1", "60.00")

    answer = await service.check("C1", "SO-1", "85.00", revision=2)

    assert (answer["outcome"], answer["exposure"]["before"]) == ("pass", "0.00")
    assert await order_of(service) == an_order("open", counted="60.00", reserved="25.00")
    assert await tied_up(service) == ("60.00", "25.00", "15.00")
    await service.order("C1", "SO-1", "85.00")
    assert await tied_up(service) == ("85.00", "0.00", "15.00")


async def test_invoices_take_an_order_off_by_part(service: Service) -> None:
    await service.customer("C1", limit="100.00")
    await service.check("C1", "SO-1", "60.00")
    await service.order("C1", "SO-1", "60.00")

    await service.item("C1", "RE-1", "25.00", order="SO-1")
    assert await order_of(service) == an_order("open", counted="35.00")
    assert await tied_up(service) == ("35.00", "0.00", "40.00")
    await service.item("C1", "RE-2", "35.00", order="SO-1")
    assert await order_of(service) == an_order("invoiced")
    assert await tied_up(service) == ("0.00", "0.00", "40.00")


async def test_an_invoice_larger_than_its_order_takes_it_off_and_no_more(
    service: Service,
) -> None:
    await service.customer("C1", limit="100.00")
    await service.check("C1", "SO-1", "60.00")
    await service.order("C1", "SO-1", "60.00")
    await service.order("C1", "SO-2", "10.00")

    await service.item("C1", "RE-1", "70.00", order="SO-1")

    assert await tied_up(service) == ("10.00", "0.00", "20.00")


async def test_an_invoice_that_comes_before_the_statement_counts_once(service: Service) -> None:
    await service.customer("C1", limit="100.00")
    await service.check("C1", "SO-1", "60.00")

    await service.item("C1", "RE-1", "25.00", order="SO-1")
    assert await tied_up(service) == ("0.00", "35.00", "40.00")
    await service.order("C1", "SO-1", "60.00")
    assert await tied_up(service) == ("35.00", "0.00", "40.00")


async def test_a_part_paid_or_cleared_invoice_does_not_reopen_its_order(service: Service) -> None:
    await service.customer("C1", limit="100.00")
    await service.check("C1", "SO-1", "60.00")
    await service.order("C1", "SO-1", "60.00")
    await service.item("C1", "RE-1", "60.00", order="SO-1")

    await service.item("C1", "RE-1", "20.00", order="SO-1")
    assert await tied_up(service) == ("0.00", "0.00", "80.00")
    await service.client.delete("/v1/customers/C1/open-items/RE-1")
    assert await tied_up(service) == ("0.00", "0.00", "100.00")
    assert await order_of(service) == an_order("invoiced")


async def test_a_cancelled_order_frees_what_it_tied_up_wherever_it_was_in_its_life(
    service: Service,
) -> None:
    await service.customer("C1", limit="100.00")
    await service.check("C1", "RESERVED", "30.00")
    await service.check("C1", "OPEN", "30.00")
    await service.order("C1", "OPEN", "30.00")
    await service.check("C1", "HELD", "90.00")

    for ref in ("RESERVED", "OPEN", "HELD"):
        answer = await service.client.delete(f"/v1/customers/C1/orders/{ref}")
        assert (answer.status_code, answer.json()["state"]) == (200, "cancelled")

    assert await tied_up(service) == ("0.00", "0.00", "100.00")
    assert await hold_states(service) == [("HELD", "cancelled")]


async def test_a_cancelled_order_that_is_asked_about_again_starts_anew(service: Service) -> None:
    await service.customer("C1", limit="100.00")
    await service.check("C1", "SO-1", "60.00")
    await service.order("C1", "SO-1", "60.00")
    await service.client.delete("/v1/customers/C1/orders/SO-1")

    answer = await service.check("C1", "SO-1", "70.00", revision=2)

    assert (answer["outcome"], answer["reservation"]["amount"]) == ("pass", "70.00")
    assert await order_of(service) == an_order("reserved", reserved="70.00")


async def test_an_order_that_is_not_known_cannot_be_cancelled(client: httpx2.AsyncClient) -> None:
    await client.put("/v1/customers/C1", json={"name": "C1", "currency": "EUR"})

    answer = await client.delete("/v1/customers/C1/orders/SO-1")

    assert (answer.status_code, answer.json()["code"]) == (404, "order_unknown")


async def test_a_check_and_its_statement_in_the_same_instant_count_once(
    service: Service,
) -> None:
    await service.customer("C1", limit="1000.00")
    refs = [f"SO-{number}" for number in range(12)]

    await asyncio.gather(
        *(service.client.post("/v1/checks", json=asked("C1", ref, "10.00")) for ref in refs),
        *(service.order("C1", ref, "10.00") for ref in refs),
    )

    assert await tied_up(service) == ("120.00", "0.00", "880.00")
