"""The same order asked about again: replayed, in conflict, outdated, or a new check."""

from typing import Any

import pytest
from support.service import Service, asked, refusal
from support.tables import Connection, dump, require_sound


async def test_amounts_written_differently_are_the_same_content(
    service: Service, connection: Connection
) -> None:
    await service.customer("C1")
    first = await service.client.post("/v1/checks", json=asked("C1", "SO-1", "60.00"))
    before = await dump(connection)
    more = {"revision": 1, "prepaid": "0.00", "lines": [], "ship_date": None}
    body = {"channel": "shop"} | asked("C1", "SO-1", "60", **more)
    again = await service.client.post("/v1/checks", json=body)
    assert again.content == first.content
    assert again.headers["idempotent-replayed"] == "true"
    assert await dump(connection) == before


@pytest.mark.parametrize(
    "changed",
    [
        {"amount": "60.01"},
        {"currency": "USD"},
        {"prepaid": "1.00"},
        {"ship_date": "2026-12-01"},
        {"payment_terms": "NET30"},
        {"lines": [{"ref": "10", "amount": "60.00"}]},
    ],
    ids=str,
)
async def test_any_other_content_of_a_revision_is_a_conflict_and_changes_nothing(
    service: Service, connection: Connection, changed: dict[str, Any]
) -> None:
    await service.customer("C1")
    await service.check("C1", "SO-1", "60.00")
    before = await dump(connection)
    body = asked("C1", "SO-1", **({"amount": "60.00"} | changed))
    response = await service.client.post("/v1/checks", json=body)
    assert refusal(response) == (409, "order_revision_conflict", [])
    assert await dump(connection) == before


async def test_a_revision_before_the_latest_one_is_outdated(
    service: Service, connection: Connection
) -> None:
    await service.customer("C1")
    await service.check("C1", "SO-1", "60.00", revision=3)
    before = await dump(connection)
    response = await service.client.post(
        "/v1/checks", json=asked("C1", "SO-1", "10.00", revision=2)
    )
    assert refusal(response) == (409, "order_revision_outdated", [])
    assert await dump(connection) == before


async def test_an_earlier_revision_that_was_decided_is_still_replayed(service: Service) -> None:
    await service.customer("C1")
    first = await service.check("C1", "SO-1", "60.00")
    await service.check("C1", "SO-1", "70.00", revision=2)
    assert await service.check("C1", "SO-1", "60.00") == first


@pytest.mark.parametrize(
    ("amount", "outcome"), [("20.00", "pass"), ("60.00", "pass"), ("80.00", "pass")]
)
async def test_a_higher_revision_takes_the_place_of_the_earlier_reservation(
    service: Service, connection: Connection, amount: str, outcome: str
) -> None:
    await service.customer("C1", limit="100.00")
    await service.check("C1", "SO-1", "60.00")
    answer = await service.check("C1", "SO-1", amount, revision=2)
    exposure = (await service.account("C1"))["exposure"]
    assert (answer["outcome"], answer["exposure"]["before"]) == (outcome, "0.00")
    assert (answer["reservation"]["amount"], exposure["total"]) == (amount, amount)
    await require_sound(connection)


async def test_an_unchanged_revision_of_a_granted_order_passes_whatever_came_since(
    service: Service,
) -> None:
    await service.customer("C1", limit="100.00")
    await service.check("C1", "SO-1", "60.00")
    await service.item("C1", "I1", "500.00")
    answer = await service.check("C1", "SO-1", "60.00", revision=2)
    reasons = [(reason["code"], reason["mode"]) for reason in answer["reasons"]]
    assert (answer["outcome"], reasons) == (
        "pass",
        [("limit_exceeded", "info"), ("release_applied", "info")],
    )


async def test_a_held_higher_revision_keeps_what_the_earlier_one_was_granted(
    service: Service, connection: Connection
) -> None:
    await service.customer("C1", limit="100.00")
    await service.check("C1", "SO-1", "60.00")
    held = await service.check("C1", "SO-1", "120.00", revision=2)
    account = await service.account("C1")
    assert (held["outcome"], held["exposure"]["before"], held["exposure"]["after"]) == (
        "hold",
        "0.00",
        "120.00",
    )
    assert (account["exposure"]["reservations"], account["headroom"]) == ("60.00", "40.00")
    await require_sound(connection)


async def test_a_higher_revision_supersedes_the_earlier_hold(
    service: Service, connection: Connection
) -> None:
    await service.customer("C1", limit="100.00")
    first = await service.check("C1", "SO-1", "120.00")
    second = await service.check("C1", "SO-1", "130.00", revision=2)
    third = await service.check("C1", "SO-1", "70.00", revision=3)
    holds = [await service.get(f"/v1/holds/{answer['hold']['id']}") for answer in (first, second)]
    assert [(hold["state"], hold["version"]) for hold in holds] == [("superseded", 2)] * 2
    assert (third["outcome"], third["hold"]) == ("pass", None)
    await require_sound(connection)


async def test_going_back_to_what_was_granted_passes_again(
    service: Service, connection: Connection
) -> None:
    await service.customer("C1", limit="100.00")
    await service.check("C1", "SO-1", "60.00")
    await service.check("C1", "SO-1", "120.00", revision=2)
    answer = await service.check("C1", "SO-1", "50.00", revision=3)
    assert (answer["outcome"], answer["reservation"]["amount"]) == ("pass", "50.00")
    assert (await service.account("C1"))["exposure"]["total"] == "50.00"
    await require_sound(connection)


async def test_a_revision_of_a_stated_order_replaces_it_and_counts_once(
    service: Service, connection: Connection
) -> None:
    await service.customer("C1", limit="100.00")
    await service.check("C1", "SO-1", "60.00")
    await service.order("C1", "SO-1", "60.00", ship_date="2030-01-01")
    answer = await service.check("C1", "SO-1", "80.00", revision=2)
    exposure = (await service.account("C1"))["exposure"]
    assert (answer["exposure"]["before"], answer["outcome"]) == ("0.00", "pass")
    assert exposure["total"] == "80.00"
    await service.order("C1", "SO-1", "80.00", ship_date="2030-01-01")
    exposure = (await service.account("C1"))["exposure"]
    assert (exposure["open_orders"], exposure["reservations"]) == ("80.00", "0.00")
    await require_sound(connection)


async def test_a_revision_of_a_partly_invoiced_order_counts_nothing_twice(
    service: Service, connection: Connection
) -> None:
    await service.customer("C1", limit="500.00")
    await service.check("C1", "SO-1", "100.00")
    await service.item("C1", "I1", "30.00", order="SO-1")
    await service.check("C1", "SO-1", "120.00", revision=2)
    assert (await service.account("C1"))["exposure"]["total"] == "120.00"
    await require_sound(connection)


async def test_the_same_ref_of_another_customer_is_another_order(service: Service) -> None:
    await service.customer("C1", account="G", limit="100.00")
    await service.customer("C2", account="G", limit=None)
    await service.check("C1", "SO-1", "40.00")
    answer = await service.check("C2", "SO-1", "50.00")
    assert (answer["exposure"]["before"], answer["outcome"]) == ("40.00", "warning")


async def test_an_order_within_its_grant_that_is_stated_on_exempt_terms_stays_sound(
    service: Service, connection: Connection
) -> None:
    await service.customer("C1", limit="100.00")
    await service.order("C1", "SO-1", "60.00")
    await service.check("C1", "SO-1", "60.00", currency="USD", payment_terms="COD")
    await require_sound(connection)
