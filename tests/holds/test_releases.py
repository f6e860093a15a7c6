"""What a release does to its order: it passes up to the amount and the day, and holds beyond."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from holds.desk import CLERK, Desk
from life.order_book import NOON, an_order, at, order_of, tied_up
from support.tables import Connection, require_sound

from app.settings import Settings


def codes(answer: Any) -> set[str]:
    return {reason["code"] for reason in answer["reasons"]}


async def test_a_released_order_passes_its_next_check_and_holds_beyond_it(
    desk: Desk, connection: Connection
) -> None:
    hold = await desk.held()
    clerk = await desk.person("credit")

    released = await clerk.release(hold)

    assert (released["state"], released["release"]["released_by"]) == ("released", CLERK)
    assert await order_of(desk.service) == an_order("reserved", reserved="100.00")
    assert await tied_up(desk.service) == ("0.00", "100.00", "-50.00")
    passed = await desk.service.check("C1", "SO-1", "100.00", revision=2)
    assert (passed["outcome"], "release_applied" in codes(passed)) == ("pass", True)
    beyond = await desk.service.check("C1", "SO-1", "100.01", revision=3)
    assert beyond["outcome"] == "hold"
    await require_sound(connection)


async def test_a_release_up_to_an_amount_holds_above_it(desk: Desk) -> None:
    hold = await desk.held()

    released = await (await desk.person("credit")).release(hold, amount="80.00")

    assert released["release"]["amount"] == "80.00"
    assert await order_of(desk.service) == an_order("reserved", reserved="80.00")
    within = await desk.service.check("C1", "SO-1", "80.00", revision=2)
    above = await desk.service.check("C1", "SO-1", "80.01", revision=3)
    assert (within["outcome"], above["outcome"]) == ("pass", "hold")


async def test_a_release_is_used_by_its_own_order_only_and_once(
    desk: Desk, connection: Connection
) -> None:
    await (await desk.person("credit")).release(await desk.held())

    other = await desk.service.check("C1", "SO-2", "1.00")
    assert other["outcome"] == "hold"
    stated = await desk.service.order("C1", "SO-1", "100.00")
    assert (stated["state"], stated["counted"]) == ("open", "100.00")
    await desk.service.item("C1", "RE-1", "100.00", order="SO-1")
    again = await desk.service.order("C1", "SO-1", "100.00", version=2)
    assert again["state"] == "held"
    await require_sound(connection)


async def test_what_the_erp_states_above_the_release_is_held(desk: Desk) -> None:
    await (await desk.person("credit")).release(await desk.held(), amount="80.00")

    stated = await desk.service.order("C1", "SO-1", "100.00")

    assert (stated["state"], stated["counted"]) == ("held", "80.00")


async def test_a_release_ends_with_its_day(settings: Settings, service: Any) -> None:
    await service.customer("C1", limit="50.00")
    desk = Desk(service)
    hold = await desk.held()
    day = datetime.now(UTC).date() + timedelta(days=3)
    await (await desk.person("credit")).release(hold, until=day.isoformat())
    # Passing its check does not shorten it to the minutes of a reservation.
    await service.check("C1", "SO-1", "100.00", revision=2)

    async with at(settings, NOON + timedelta(days=2)) as before:
        assert (await before.preview("C1", "SO-1", "100.00", revision=3))["outcome"] == "pass"
    async with at(settings, NOON + timedelta(days=5)) as after:
        assert (await after.preview("C1", "SO-1", "100.00", revision=3))["outcome"] == "hold"
        assert (await after.order("C1", "SO-1", "100.00"))["state"] == "held"


async def test_without_a_day_the_policy_says_how_long_it_stands(
    settings: Settings, service: Any
) -> None:
    await service.put("/v1/policies/standard", releases={"valid_days": 4})
    await service.customer("C1", limit="50.00")
    desk = Desk(service)
    released = await (await desk.person("credit")).release(await desk.held())

    async with at(settings, NOON + timedelta(days=3)) as before:
        assert (await before.preview("C1", "SO-1", "100.00", revision=2))["outcome"] == "pass"
    async with at(settings, NOON + timedelta(days=6)) as after:
        assert (await after.preview("C1", "SO-1", "100.00", revision=2))["outcome"] == "hold"
    assert released["release"]["until"] is not None


async def test_overdue_items_forbid_a_release_until_they_are_paid(desk: Desk) -> None:
    await desk.service.item("C1", "RE-1", "60.00", due_on="2026-01-31")
    clerk = await desk.person("credit")
    hold = await desk.held()

    answer = await clerk.ask(hold, "release", reason="r")

    assert (answer.status_code, answer.json()["code"]) == (409, "release_forbidden")
    assert answer.json()["because"] == ["overdue_items"]
    assert (await desk.hold(hold))["version"] == 1
    await desk.service.delete("/v1/customers/C1/open-items/RE-1")
    assert (await clerk.release(hold))["state"] == "released"


async def test_no_release_stands_against_a_customer_who_is_blocked_or_unknown(desk: Desk) -> None:
    clerk = await desk.person("credit")
    hold = await desk.held()
    await desk.service.customer("C1", limit=None, status="blocked")
    unknown = (await desk.service.check("C9", "SO-1", "5.00"))["hold"]["id"]
    foreign = (await desk.service.check("C1", "SO-2", "5.00", currency="USD"))["hold"]["id"]

    answers = [await clerk.ask(h, "release", reason="r") for h in (hold, unknown, foreign)]

    assert [answer.json()["because"] for answer in answers] == [
        ["customer_blocked"],
        ["customer_unknown"],
        ["customer_blocked", "rate_missing"],
    ]


async def test_an_order_that_the_erp_has_stated_is_released_whole_or_not_at_all(
    desk: Desk, connection: Connection
) -> None:
    await desk.service.check("C1", "SO-1", "40.00")
    stated = await desk.service.order("C1", "SO-1", "70.00")
    clerk = await desk.person("credit")
    hold = stated["hold"]["id"]

    part = await clerk.ask(hold, "release", reason="r", amount="60.00")
    assert part.json()["because"] == ["part_of_stated"]

    released = await clerk.release(hold)

    assert released["release"]["amount"] == "70.00"
    assert await order_of(desk.service) == an_order("open", counted="70.00")
    await require_sound(connection)


async def test_a_held_increase_is_released_beside_what_was_granted_before(
    desk: Desk, connection: Connection
) -> None:
    await desk.service.check("C1", "SO-1", "40.00")
    await desk.service.order("C1", "SO-1", "40.00")
    hold = await desk.held(revision=2, amount="90.00")

    await (await desk.person("credit")).release(hold)

    assert await tied_up(desk.service) == ("40.00", "50.00", "-40.00")
    assert (await desk.service.order("C1", "SO-1", "90.00"))["counted"] == "90.00"
    assert await tied_up(desk.service) == ("90.00", "0.00", "-40.00")
    await require_sound(connection)


async def test_the_prepaid_part_of_a_released_order_takes_no_credit(desk: Desk) -> None:
    hold = await desk.held(prepaid="30.00")

    await (await desk.person("credit")).release(hold)

    assert await tied_up(desk.service) == ("0.00", "70.00", "-20.00")
    passed = await desk.service.check("C1", "SO-1", "100.00", prepaid="30.00", revision=2)
    unpaid = await desk.service.check("C1", "SO-1", "100.00", revision=3)
    assert (passed["outcome"], unpaid["outcome"]) == ("pass", "hold")


@pytest.mark.parametrize(
    ("body", "pointer", "code"),
    [
        ({"amount": "100.01"}, "/amount", "amount_out_of_range"),
        ({"amount": "0.00"}, "/amount", "amount_out_of_range"),
        ({"amount": "1.001"}, "/amount", "amount_malformed"),
        ({"until": "2020-01-31"}, "/until", "date_past"),
    ],
)
async def test_terms_that_do_not_go_with_the_order_are_refused(
    desk: Desk, body: dict[str, Any], pointer: str, code: str
) -> None:
    hold = await desk.held()
    answer = await (await desk.person("credit")).ask(hold, "release", reason="r", **body)
    errors = [(error["pointer"], error["code"]) for error in answer.json()["errors"]]
    assert (answer.status_code, errors) == (422, [(pointer, code)])
