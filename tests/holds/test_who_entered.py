"""Who ever asked about an order does not release it, whichever revision and whoever asked last."""

from dataclasses import replace
from typing import Any

import asyncpg
import pytest
from holds.desk import CLERK, LEAD, Desk, Person
from holds.desk_of_credit import desk_of, hold_of
from support.service import asked
from support.tables import Connection

from app.credit.caller import Caller, Role
from app.credit.hold import HoldAction
from app.desk.deeds import Deed
from app.storage import hold_actions
from app.storage.hold_actions import LookBack

ENTERED = (403, "not_this_person", "entered_order")


async def checked(
    desk: Desk, person: Person, amount: str, *, ref: str = "SO-1", revision: int = 1
) -> Any:
    """Have a person ask about an order; gives the answer."""
    body = asked("C1", ref, amount, revision=revision)
    answer = await desk.service.client.post("/v1/checks", json=body, headers=person.headers)
    assert answer.is_success, answer.text
    return answer.json()


async def release(person: Person, hold: str) -> tuple[int, str | None, str | None]:
    answer = await person.ask(hold, "release", reason="r")
    problem = answer.json()
    return answer.status_code, problem.get("code"), problem.get("because")


async def test_a_revision_that_a_system_asks_about_does_not_hide_who_asked_first(
    desk: Desk,
) -> None:
    clerk = await desk.person("credit", "order_entry")
    lead = await desk.person("credit_lead", person=LEAD)
    await checked(desk, clerk, "100.00")
    hold = await desk.held(revision=2)

    assert (await desk.hold(hold))["entered_by"] == CLERK
    assert await release(clerk, hold) == ENTERED
    assert (await release(lead, hold))[0] == 200


async def test_nor_does_one_that_another_person_asks_about(desk: Desk) -> None:
    clerk = await desk.person("credit", "order_entry")
    lead = await desk.person("credit_lead", "order_entry", person=LEAD)
    await checked(desk, clerk, "40.00")
    hold = (await checked(desk, lead, "100.00", revision=2))["hold"]["id"]

    assert (await desk.hold(hold))["entered_by"] == LEAD
    assert [await release(person, hold) for person in (clerk, lead)] == [ENTERED] * 2


async def test_an_order_that_passed_and_is_stated_larger_was_entered_by_who_asked(
    desk: Desk,
) -> None:
    clerk = await desk.person("credit", "order_entry")
    await checked(desk, clerk, "40.00")
    await desk.service.order("C1", "SO-1", "400.00")
    hold = await hold_of(desk.service, "SO-1")

    assert (await desk.hold(hold["id"]))["entered_by"] == CLERK
    assert await release(clerk, hold["id"]) == ENTERED


async def test_whom_a_systems_check_named_is_not_forgotten_either(desk: Desk) -> None:
    clerk = await desk.person("credit")
    named = asked("C1", "SO-1", "40.00") | {"entered_by": CLERK}
    await desk.service.client.post("/v1/checks", json=named)
    hold = await desk.held(revision=2)
    assert await release(clerk, hold) == ENTERED


async def test_who_stated_the_order_too_large_is_not_forgotten_either(desk: Desk) -> None:
    clerk = await desk.person("credit", "ledger")
    await desk.service.check("C1", "SO-1", "40.00")
    await desk.service.client.put(
        "/v1/customers/C1/orders/SO-1",
        json={"amount": "400.00", "currency": "EUR"},
        headers=clerk.headers,
    )
    hold = await desk.held(revision=2, amount="500.00")
    assert await release(clerk, hold) == ENTERED


async def test_it_goes_with_a_customer_who_moves_to_another_account(desk: Desk) -> None:
    clerk = await desk.person("credit", "order_entry")
    await checked(desk, clerk, "40.00")
    await desk.service.customer("C1", account="GROUP", limit=None)
    await desk.service.put("/v1/accounts/GROUP/limit", amount="50.00", currency="EUR")
    assert await release(clerk, await desk.held(revision=2)) == ENTERED


async def test_who_entered_one_order_may_release_another(desk: Desk) -> None:
    clerk = await desk.person("credit", "order_entry")
    await checked(desk, clerk, "1.00", ref="SO-2")
    await desk.service.customer("C2", limit=None, account="C1")
    named = asked("C2", "SO-1", "1.00") | {"entered_by": CLERK}
    await desk.service.client.post("/v1/checks", json=named)
    assert (await release(clerk, await desk.held()))[0] == 200


async def test_a_second_blank_makes_no_other_person(desk: Desk) -> None:
    await desk.service.put("/v1/policies/standard", releases={"four_eyes_above": "10.00"})
    one = await desk.person("credit", person="Ann B")
    other = await desk.person("credit", person="ann   b")
    named = asked("C1", "SO-1", "100.00") | {"entered_by": "ann  B"}
    hold = (await desk.service.client.post("/v1/checks", json=named)).json()["hold"]["id"]
    assert [await release(person, hold) for person in (one, other)] == [ENTERED] * 2

    hold = await desk.held("SO-2")
    await one.release(hold)
    assert (await other.ask(hold, "release", version=2, reason="r")).json()["because"] == (
        "agreed_before"
    )
    assert (await one.act(hold, "assign", assignee="ANN  B"))["assignee"] == "ann b"
    assigned = (await desk.service.get("/v1/holds", assignee="Ann   B"))["items"]
    assert [item["id"] for item in assigned] == [hold]


async def test_what_the_releaser_asks_later_leaves_the_ended_hold_as_it_is(desk: Desk) -> None:
    clerk = await desk.person("credit", "order_entry")
    hold = await desk.held()
    await clerk.release(hold)
    assert (await checked(desk, clerk, "100.00", revision=2))["outcome"] == "pass"
    assert (await clerk.act(hold, "comment", note="shipped"))["state"] == "released"


async def test_the_table_forbids_it_though_nobody_had_looked(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, connection: Connection
) -> None:
    clerk = await desk.person("credit", "order_entry")
    await checked(desk, clerk, "40.00")
    hold = await desk.held(revision=2)
    await connection.execute("UPDATE hold SET entered_by = NULL")
    looked = hold_actions.look_back

    async def blind(*args: Any, **named: Any) -> LookBack:
        return replace(await looked(*args, **named), entered_by=frozenset())

    monkeypatch.setattr(hold_actions, "look_back", blind)
    caller = Caller("key_1", frozenset({Role.CREDIT}), CLERK)
    deed = Deed(HoldAction.RELEASE, "r")
    with pytest.raises(asyncpg.CheckViolationError) as caught:
        await desk_of(desk.service).holds.act(hold, deed, caller, version=1)

    assert caught.value.constraint_name == "ck_hold_not_own_order"
    assert (await desk.hold(hold))["state"] == "open"
