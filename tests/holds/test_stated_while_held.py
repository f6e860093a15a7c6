"""What a source states of an order while it is on hold: nobody decides on more than they saw."""

from typing import Any

import pytest
from holds.desk import CLERK, LEAD, Desk
from holds.desk_of_credit import look, states
from support.tables import Connection, require_sound

LARGER = [
    pytest.param("100.00", None, id="a check stopped it"),
    pytest.param("40.00", "140.00", id="a statement stopped it"),
]


async def stopped(desk: Desk, asked: str, stated: str | None) -> str:
    """Have an order that a check stopped, or its statement after a check that passed."""
    answer = await desk.service.check("C1", "SO-1", asked)
    if stated is not None:
        answer = await desk.service.order("C1", "SO-1", stated)
    hold: str = answer["hold"]["id"]
    return hold


@pytest.mark.parametrize(("asked", "stated"), LARGER)
async def test_an_order_that_grows_while_it_is_held_gets_another_hold(
    desk: Desk, connection: Connection, asked: str, stated: str | None
) -> None:
    seen = await stopped(desk, asked, stated)
    clerk = await desk.person("credit")

    answer = await desk.service.order("C1", "SO-1", "9000.00")
    late = await clerk.ask(seen, "release", reason="payment_promised")

    assert answer["hold"]["id"] != seen
    assert (late.status_code, (await desk.hold(seen))["state"]) == (412, "superseded")
    larger = await desk.hold(answer["hold"]["id"])
    assert (larger["state"], larger["order"]["amount"]) == ("open", "9000.00")
    assert larger["at_stop"]["exposure"]["this_order"] == "9000.00"
    told = await connection.fetch("SELECT hold_id FROM outbox WHERE kind = 'hold.opened'")
    assert [row["hold_id"] for row in told][-1] == answer["hold"]["id"]
    released = await clerk.release(answer["hold"]["id"])
    assert released["release"]["amount"] == "9000.00"
    account = await desk.service.account("C1")
    assert account["exposure"]["total"] == "9000.00"
    await require_sound(connection)


async def test_what_is_stated_within_what_the_hold_is_about_waits_as_it_is(desk: Desk) -> None:
    hold = await stopped(desk, "100.00", None)
    for amount in ("100.00", "70.00", "30.00", "90.00"):
        answer = await desk.service.order("C1", "SO-1", amount)
        assert (answer["state"], answer["hold"]) == ("held", {"id": hold, "state": "open"})
    assert (await desk.hold(hold))["version"] == 1


async def test_a_refused_order_that_grows_is_put_before_the_department_again(desk: Desk) -> None:
    refused = await stopped(desk, "40.00", "140.00")
    await (await desk.person("credit")).act(refused, "refuse", reason="no_cover")

    same = await desk.service.order("C1", "SO-1", "140.00", version=2)
    larger = await desk.service.order("C1", "SO-1", "900.00", version=3)

    assert same["hold"] == {"id": refused, "state": "refused"}
    assert larger["hold"] == {"id": larger["hold"]["id"], "state": "open"}
    assert await states(desk.service) == [("SO-1", "refused"), ("SO-1", "open")]
    cancelled = await (await desk.person("sales")).ask(refused, "cancel", version=2)
    assert cancelled.status_code == 409


@pytest.mark.parametrize("auto", [False, True])
async def test_the_rules_let_no_part_of_what_is_stated_go(
    desk: Desk, connection: Connection, auto: bool
) -> None:
    await desk.service.put("/v1/policies/standard", auto_release=auto)
    await stopped(desk, "40.00", "5000.00")
    part = await desk.held("SO-1", "100.00", revision=2)
    await desk.service.put("/v1/accounts/C1/limit", amount="100.00", currency="EUR")
    await look(desk.service)

    seen = await desk.hold(part)
    rechecked = await (await desk.person("credit")).act(part, "recheck")

    assert (seen["state"], seen["advice"]["verdict"]) == ("open", "refuse")
    assert rechecked["state"] == "open"
    await require_sound(connection)


async def test_a_proposal_goes_down_with_the_order(desk: Desk) -> None:
    await desk.service.put("/v1/policies/standard", releases={"four_eyes_above": "100.00"})
    hold = await stopped(desk, "40.00", "190.00")
    clerk, lead = await desk.person("credit"), await desk.person("credit_lead", person=LEAD)
    await clerk.release(hold)
    await desk.service.order("C1", "SO-1", "170.00")

    anew = await lead.release(hold)
    agreed = await clerk.release(hold)

    assert (anew["state"], anew["release"]["amount"]) == ("awaiting_second", "170.00")
    assert (agreed["state"], agreed["release"]["second_by"]) == ("released", CLERK)


def because(answer: Any) -> tuple[int, str, Any]:
    """Give the status, the code and the cause of a refusal."""
    problem = answer.json()
    return answer.status_code, problem["code"], problem.get("because")


async def test_documents_without_a_rate_forbid_it_but_to_the_committee(desk: Desk) -> None:
    hold = await desk.held()
    await desk.service.item("C1", "RE-USD", "500.00", currency="USD", due_on="2026-01-01")
    clerk = await desk.person("credit", "committee_finance")
    sales = await desk.person("committee_sales", person="cso@example.com")

    forbidden = await clerk.ask(hold, "release", reason="r")

    assert because(forbidden) == (409, "release_forbidden", ["rate_missing"])
    advice = (await desk.hold(hold))["advice"]
    told = (advice["verdict"], advice["overrun"], advice["limit_needed"])
    assert told == ("refuse", None, None)
    met = {c["code"]: c["met"] for c in advice["conditions"]}
    assert (met["expected_payments"], met["order_values_only"]) == (False, False)
    await clerk.act(hold, "escalate")
    await clerk.act(hold, "committee", vote="for", reason="r")
    assert (await sales.act(hold, "committee", vote="for", reason="r"))["state"] == "released"


async def test_what_is_ready_no_more_is_not_released_over_the_limit_unseen(desk: Desk) -> None:
    hold = await desk.held()
    await desk.service.put("/v1/accounts/C1/limit", amount="100.00", currency="EUR")
    await look(desk.service)
    await desk.service.item("C1", "RE-1", "95.00")
    clerk = await desk.person("credit")

    unseen = await clerk.ask(hold, "release", version=2, reason="r")
    await look(desk.service)
    seen = await clerk.release(hold)

    assert (unseen.status_code, unseen.json()["code"]) == (412, "hold_changed")
    assert (seen["state"], seen["release"]["kind"]) == ("released", "once")
