"""A newer revision takes the place of the earlier one's reservation or hold."""

from life.order_book import an_order, hold_states, order_of, tied_up
from support.service import Service, asked


async def test_a_higher_amount_while_reserved_replaces_the_reservation(service: Service) -> None:
    await service.customer("C1", limit="100.00")
    await service.check("C1", "SO-1", "60.00")

    answer = await service.check("C1", "SO-1", "80.00", revision=2)

    assert (answer["outcome"], answer["exposure"]["before"]) == ("pass", "0.00")
    assert await tied_up(service) == ("0.00", "80.00", "20.00")


async def test_a_lower_amount_while_reserved_frees_the_difference(service: Service) -> None:
    await service.customer("C1", limit="100.00")
    await service.check("C1", "SO-1", "60.00")

    answer = await service.check("C1", "SO-1", "20.00", revision=2)

    assert answer["outcome"] == "pass"
    assert await tied_up(service) == ("0.00", "20.00", "80.00")


async def test_what_was_granted_keeps_counting_while_the_higher_revision_is_held(
    service: Service,
) -> None:
    await service.customer("C1", limit="100.00")
    await service.check("C1", "SO-1", "60.00")

    answer = await service.check("C1", "SO-1", "110.00", revision=2)

    assert (answer["outcome"], answer["reservation"]) == ("hold", None)
    assert await order_of(service) == an_order("held", reserved="60.00")
    assert await tied_up(service) == ("0.00", "60.00", "40.00")
    assert await hold_states(service) == [("SO-1", "open")]


async def test_a_revision_that_fits_supersedes_the_hold(service: Service) -> None:
    await service.customer("C1", limit="100.00")
    await service.check("C1", "SO-1", "110.00")

    answer = await service.check("C1", "SO-1", "85.00", revision=2)

    assert (answer["outcome"], answer["hold"]) == ("pass", None)
    assert await order_of(service) == an_order("reserved", reserved="85.00")
    assert await hold_states(service) == [("SO-1", "superseded")]


async def test_a_revision_that_does_not_fit_either_supersedes_the_hold_by_its_own(
    service: Service,
) -> None:
    await service.customer("C1", limit="100.00")
    first = await service.check("C1", "SO-1", "110.00")

    second = await service.check("C1", "SO-1", "120.00", revision=2)

    assert first["hold"]["id"] != second["hold"]["id"]
    assert await hold_states(service) == [("SO-1", "superseded"), ("SO-1", "open")]


async def test_a_revision_within_the_grant_passes_whatever_the_limit_is_by_now(
    service: Service,
) -> None:
    await service.customer("C1", limit="100.00")
    await service.check("C1", "SO-1", "60.00")
    await service.put("/v1/accounts/C1/limit", amount="10.00", currency="EUR")

    within = await service.check("C1", "SO-1", "60.00", revision=2)
    above = await service.check("C1", "SO-1", "60.01", revision=3)

    assert (within["outcome"], above["outcome"]) == ("pass", "hold")
    assert "release_applied" in {reason["code"] for reason in within["reasons"]}
    assert await tied_up(service) == ("0.00", "60.00", "-50.00")


async def test_an_open_order_that_shrinks_keeps_counting_as_stated_until_the_next_statement(
    service: Service,
) -> None:
    await service.customer("C1", limit="100.00")
    await service.check("C1", "SO-1", "60.00")
    await service.order("C1", "SO-1", "60.00")

    answer = await service.check("C1", "SO-1", "40.00", revision=2)

    assert answer["outcome"] == "pass"
    assert await tied_up(service) == ("60.00", "0.00", "40.00")
    await service.order("C1", "SO-1", "40.00")
    assert await tied_up(service) == ("40.00", "0.00", "60.00")


async def test_a_held_increase_of_an_open_order_leaves_it_counting(service: Service) -> None:
    await service.customer("C1", limit="100.00")
    await service.check("C1", "SO-1", "60.00")
    await service.order("C1", "SO-1", "60.00")

    await service.check("C1", "SO-1", "110.00", revision=2)

    assert await order_of(service) == an_order("held", counted="60.00")
    assert await tied_up(service) == ("60.00", "0.00", "40.00")


async def test_an_older_revision_is_refused_and_a_known_one_gets_its_old_answer(
    service: Service,
) -> None:
    await service.customer("C1", limit="100.00")
    second = await service.check("C1", "SO-1", "60.00", revision=2)
    await service.check("C1", "SO-1", "70.00", revision=3)

    older = await service.client.post("/v1/checks", json=asked("C1", "SO-1", "50.00"))
    known = await service.check("C1", "SO-1", "60.00", revision=2)

    assert (older.status_code, older.json()["code"]) == (409, "order_revision_outdated")
    assert known == second
    assert await tied_up(service) == ("0.00", "70.00", "30.00")


async def test_an_order_stated_larger_than_granted_is_held_and_counts_as_granted(
    service: Service,
) -> None:
    await service.customer("C1", limit="100.00")
    await service.check("C1", "SO-1", "60.00")

    stated = await service.order("C1", "SO-1", "70.00")

    assert (stated["state"], stated["counted"]) == ("held", "60.00")
    assert await hold_states(service) == [("SO-1", "open")]
    assert await tied_up(service) == ("60.00", "0.00", "40.00")
    hold = (await service.client.get(f"/v1/holds/{stated['hold']['id']}")).json()
    assert hold["reasons"] == ["above_grant"]


async def test_a_new_revision_frees_an_order_that_was_stated_larger_than_granted(
    service: Service,
) -> None:
    await service.customer("C1", limit="100.00")
    await service.check("C1", "SO-1", "60.00")
    await service.order("C1", "SO-1", "70.00")

    answer = await service.check("C1", "SO-1", "70.00", revision=2)

    assert answer["outcome"] == "pass"
    assert await hold_states(service) == [("SO-1", "superseded")]
    # What was stated above the grant is set aside without end, as no other statement need come.
    assert await tied_up(service) == ("60.00", "10.00", "30.00")
    await service.order("C1", "SO-1", "70.00")
    assert await tied_up(service) == ("60.00", "10.00", "30.00")
    await service.order("C1", "SO-1", "70.00", version=2)
    assert await tied_up(service) == ("70.00", "0.00", "30.00")
    await service.item("C1", "RE-1", "70.00", order="SO-1")
    assert await tied_up(service) == ("0.00", "0.00", "30.00")


async def test_an_order_stated_larger_and_then_as_granted_is_held_no_longer(
    service: Service,
) -> None:
    await service.customer("C1", limit="100.00")
    await service.check("C1", "SO-1", "60.00")
    await service.order("C1", "SO-1", "70.00")

    corrected = await service.order("C1", "SO-1", "60.00")

    assert (corrected["state"], corrected["counted"]) == ("open", "60.00")
    assert await hold_states(service) == [("SO-1", "superseded")]
    assert await tied_up(service) == ("60.00", "0.00", "40.00")


async def test_an_order_stated_larger_stays_on_the_same_hold_while_it_stays_too_large(
    service: Service,
) -> None:
    await service.customer("C1", limit="100.00")
    await service.check("C1", "SO-1", "60.00")
    first = await service.order("C1", "SO-1", "70.00")

    second = await service.order("C1", "SO-1", "65.00")

    assert (second["state"], second["counted"]) == ("held", "60.00")
    assert second["hold"] == first["hold"]
    assert await hold_states(service) == [("SO-1", "open")]


async def test_what_a_smaller_statement_freed_is_not_taken_back_from_another_order(
    service: Service,
) -> None:
    await service.customer("C1", limit="100.00")
    await service.check("C1", "SO-1", "100.00")
    await service.order("C1", "SO-1", "50.00")
    assert (await service.check("C1", "SO-2", "50.00"))["outcome"] == "warning"

    stated = await service.order("C1", "SO-1", "100.00")

    assert (stated["state"], stated["counted"]) == ("held", "50.00")
    hold = (await service.client.get(f"/v1/holds/{stated['hold']['id']}")).json()
    assert hold["reasons"] == ["limit_exceeded"]


async def test_what_a_smaller_statement_freed_comes_back_where_it_still_fits(
    service: Service,
) -> None:
    await service.customer("C1", limit="200.00")
    await service.check("C1", "SO-1", "100.00")
    await service.order("C1", "SO-1", "50.00")

    stated = await service.order("C1", "SO-1", "100.00")

    assert (stated["state"], stated["counted"]) == ("open", "100.00")
    assert await hold_states(service) == []


async def test_a_new_revision_after_a_part_invoice_counts_the_invoiced_part_once(
    service: Service,
) -> None:
    await service.customer("C1", limit="100.00")
    await service.check("C1", "SO-1", "80.00")
    await service.order("C1", "SO-1", "80.00")
    await service.item("C1", "RE-1", "30.00", order="SO-1")

    answer = await service.check("C1", "SO-1", "90.00", revision=2)

    exposure = answer["exposure"]
    assert (answer["outcome"], exposure["this_order"], exposure["after"]) == (
        "warning",
        "60.00",
        "90.00",
    )
    assert await tied_up(service) == ("50.00", "10.00", "10.00")


async def test_a_cancellation_sent_again_does_not_cancel_the_revision_asked_about_since(
    service: Service,
) -> None:
    await service.customer("C1", limit="100.00")
    await service.check("C1", "SO-1", "60.00")
    await service.client.delete("/v1/customers/C1/orders/SO-1", params={"version": 2})
    await service.check("C1", "SO-1", "70.00", revision=2)

    again = await service.client.delete("/v1/customers/C1/orders/SO-1", params={"version": 2})

    assert (again.status_code, await tied_up(service)) == (200, ("0.00", "70.00", "30.00"))
