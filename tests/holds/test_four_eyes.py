"""Above an amount two persons agree: not cut into slices, and nobody with a part in the order."""

from typing import Any

import asyncpg
import pytest
from holds.desk import CLERK, LEAD, Desk
from support.service import asked
from support.tables import Connection

ABOVE = {"four_eyes_above": "150.00", "window_days": 30, "valid_days": 14}


async def four_eyes(desk: Desk, **more: Any) -> None:
    """Have two persons agree above 150.00."""
    await desk.service.put("/v1/policies/standard", releases=ABOVE | more)


def because(answer: Any) -> tuple[int, str, Any]:
    """Give the status, the code and the cause of a refusal."""
    problem = answer.json()
    return answer.status_code, problem["code"], problem.get("because")


async def test_above_the_amount_a_second_person_agrees(desk: Desk) -> None:
    await four_eyes(desk)
    clerk, lead = await desk.person("credit"), await desk.person("credit_lead", person=LEAD)
    hold = await desk.held(amount="200.00")

    proposed = await clerk.release(hold, until="2099-01-31")
    assert (proposed["state"], proposed["release"]["second_by"]) == ("awaiting_second", None)
    assert (await desk.service.account("C1"))["exposure"]["reservations"] == "0.00"

    released = await lead.release(hold)

    assert released["state"] == "released"
    assert released["release"] == {
        "kind": "once", "amount": "200.00", "currency": "EUR", "until": "2099-01-31",
        "released_by": CLERK, "second_by": LEAD,
    }  # fmt: skip
    assert (await desk.service.account("C1"))["exposure"]["reservations"] == "200.00"


async def test_the_same_person_does_not_agree_twice_with_whatever_key(desk: Desk) -> None:
    await four_eyes(desk)
    clerk = await desk.person("credit")
    again = await desk.person("credit_lead", person=CLERK.upper())
    hold = await desk.held(amount="200.00")
    await clerk.release(hold)

    answers = [
        await person.ask(hold, "release", version=2, reason="r") for person in (clerk, again)
    ]

    assert [because(answer) for answer in answers] == [
        (403, "not_this_person", "agreed_before")
    ] * 2
    assert (await desk.hold(hold))["state"] == "awaiting_second"


async def test_other_terms_are_a_proposal_of_their_own(desk: Desk) -> None:
    await four_eyes(desk)
    clerk, lead = await desk.person("credit"), await desk.person("credit_lead", person=LEAD)
    hold = await desk.held(amount="200.00")
    await clerk.release(hold)

    other = await lead.release(hold, amount="180.00")
    agreed = await clerk.release(hold)

    assert (other["state"], other["release"]["released_by"]) == ("awaiting_second", LEAD)
    assert (agreed["state"], agreed["release"]["amount"]) == ("released", "180.00")
    assert agreed["release"]["second_by"] == CLERK


async def test_a_proposal_stays_when_the_key_of_its_author_is_revoked(desk: Desk) -> None:
    await four_eyes(desk)
    clerk, lead = await desk.person("credit"), await desk.person("credit_lead", person=LEAD)
    hold = await desk.held(amount="200.00")
    await clerk.release(hold)
    key = (await desk.service.get("/v1/keys"))["items"][0]
    assert key["person"] == CLERK
    await desk.service.delete(f"/v1/keys/{key['id']}")

    released = (await lead.release(hold))["release"]

    assert (released["released_by"], released["second_by"]) == (CLERK, LEAD)


async def test_releases_are_counted_together_so_that_slices_do_not_help(desk: Desk) -> None:
    await four_eyes(desk)
    clerk = await desk.person("credit")
    states = []
    for number in range(3):
        hold = await desk.held(f"SO-{number}", "60.00")
        states.append((await clerk.release(hold))["state"])

    assert states == ["released", "released", "awaiting_second"]


async def test_slices_over_customers_of_one_account_do_not_help_either(desk: Desk) -> None:
    await four_eyes(desk)
    await desk.service.customer("C2", limit=None, account="C1")
    clerk = await desk.person("credit")
    await clerk.release(await desk.held(amount="100.00"))
    other = (await desk.service.check("C2", "SO-1", "60.00"))["hold"]["id"]

    assert (await clerk.release(other))["state"] == "awaiting_second"


async def test_what_was_released_before_the_window_does_not_count(
    desk: Desk, connection: Connection
) -> None:
    await four_eyes(desk)
    clerk = await desk.person("credit")
    await clerk.release(await desk.held("SO-1", "100.00"))
    await connection.execute("UPDATE hold SET closed_at = closed_at - interval '31 days'")

    assert (await clerk.release(await desk.held("SO-2", "100.00")))["state"] == "released"


async def test_who_entered_the_order_does_not_release_it(desk: Desk) -> None:
    clerk = await desk.person("credit", "order_entry")
    body = asked("C1", "SO-1", "100.00")
    checked = await desk.service.client.post("/v1/checks", json=body, headers=clerk.headers)
    named = asked("C1", "SO-2", "100.00") | {"entered_by": CLERK.title()}
    stated = await desk.service.client.post("/v1/checks", json=named)
    for answer in (checked, stated):
        hold = answer.json()["hold"]["id"]
        refused = await clerk.ask(hold, "release", reason="r")
        assert because(refused) == (403, "not_this_person", "entered_order")
        assert (await desk.hold(hold))["entered_by"] == CLERK


async def test_a_persons_key_speaks_for_the_person_whoever_the_question_names(desk: Desk) -> None:
    clerk = await desk.person("credit", "order_entry")
    body = asked("C1", "SO-1", "100.00") | {"entered_by": "somebody@example.com"}
    answer = await desk.service.client.post("/v1/checks", json=body, headers=clerk.headers)
    assert (await desk.hold(answer.json()["hold"]["id"]))["entered_by"] == CLERK


async def test_who_changed_the_limit_does_not_release_over_it(
    desk: Desk, connection: Connection
) -> None:
    clerk = await desk.person("credit")
    raised = {"amount": "60.00", "currency": "EUR"}
    await desk.service.client.put("/v1/accounts/C1/limit", json=raised, headers=clerk.headers)
    # That a file states the limit anew since hides nothing.
    await desk.service.put("/v1/accounts/C1/limit", amount="55.00", currency="EUR")
    hold = await desk.held()

    refused = await clerk.ask(hold, "release", reason="r")
    assert because(refused) == (403, "not_this_person", "changed_limit")

    await connection.execute("UPDATE journal SET recorded_at = recorded_at - interval '31 days'")
    assert (await clerk.release(hold))["state"] == "released"


async def test_a_proposal_lapses_when_its_author_changes_the_limit(desk: Desk) -> None:
    await four_eyes(desk)
    clerk, lead = await desk.person("credit"), await desk.person("credit_lead", person=LEAD)
    hold = await desk.held(amount="200.00")
    await clerk.release(hold)
    raised = {"amount": "60.00", "currency": "EUR"}
    await desk.service.client.put("/v1/accounts/C1/limit", json=raised, headers=clerk.headers)

    again = await lead.release(hold)

    assert (again["state"], again["release"]["released_by"]) == ("awaiting_second", LEAD)


@pytest.mark.parametrize(
    ("ceiling", "expected"),
    [
        ({"release_ceiling": "100.00", "currency": "EUR"}, 200),
        ({"release_ceiling": "99.99", "currency": "EUR"}, 403),
        ({"release_ceiling": "9999999.00", "currency": "USD"}, 403),
        ({}, 200),
    ],
    ids=["just enough", "a cent too low", "of another currency", "none"],
)
async def test_nobody_releases_above_their_own_ceiling(
    desk: Desk, ceiling: dict[str, str], expected: int
) -> None:
    clerk = await desk.person("credit", **ceiling)
    answer = await clerk.ask(await desk.held(), "release", reason="r")
    assert answer.status_code == expected
    if expected == 403:
        assert because(answer) == (403, "not_this_person", "above_ceiling")


BROKEN = {
    "ck_hold_two_persons": "second_by = released_by",
    "ck_hold_four_eyes": "second_by = NULL",
    "ck_hold_not_own_order": "entered_by = second_by",
    "ck_hold_not_own_limit": "barred = ARRAY[released_by]",
    "ck_hold_released_by": "released_by = NULL",
    "ck_hold_released": "release_kind = NULL",
}


@pytest.mark.parametrize("constraint", BROKEN)
async def test_the_database_holds_it_as_well(
    desk: Desk, connection: Connection, constraint: str
) -> None:
    await four_eyes(desk)
    clerk, lead = await desk.person("credit"), await desk.person("credit_lead", person=LEAD)
    hold = await desk.held(amount="200.00")
    await clerk.release(hold)
    await lead.release(hold)

    with pytest.raises(asyncpg.CheckViolationError) as caught:
        await connection.execute(f"UPDATE hold SET {BROKEN[constraint]}")  # noqa: S608

    assert caught.value.constraint_name == constraint


async def test_the_database_takes_no_second_agreement_of_one_person(
    desk: Desk, connection: Connection
) -> None:
    await four_eyes(desk)
    hold = await desk.held(amount="200.00")
    await (await desk.person("credit")).release(hold)

    with pytest.raises(asyncpg.UniqueViolationError) as caught:
        await connection.execute(
            "INSERT INTO hold_approval SELECT account, hold_id, round, 'second', person, at"
            " FROM hold_approval"
        )

    assert caught.value.constraint_name == "uq_hold_approval_person"


async def test_who_may_not_release_an_order_does_not_do_so_by_a_recheck(desk: Desk) -> None:
    both = await desk.person("credit", "order_entry")
    asked_by = desk.service.client.headers["authorization"]
    desk.service.client.headers["authorization"] = both.headers["authorization"]
    hold = await desk.held(amount="100.00")
    desk.service.client.headers["authorization"] = asked_by
    await desk.service.put("/v1/accounts/C1/limit", amount="500.00", currency="EUR")

    refused = await both.ask(hold, "release", reason="r")
    rechecked = await both.act(hold, "recheck")
    lead = await desk.person("credit_lead", person=LEAD)
    released = await lead.act(hold, "recheck")

    assert because(refused) == (403, "not_this_person", "entered_order")
    assert (rechecked["state"], rechecked["release"]) == ("ready", None)
    assert (released["state"], released["release"]["released_by"]) == ("released", LEAD)


async def test_a_vote_of_somebody_who_then_changes_the_limit_counts_no_more(desk: Desk) -> None:
    voter = await desk.person("committee_finance", "credit_lead", person="cfo@example.com")
    other = await desk.person("committee_finance", person="treasurer@example.com")
    sales = await desk.person("committee_sales", person="cso@example.com")
    hold = await desk.held(amount="100.00")
    await voter.act(hold, "escalate")
    await voter.act(hold, "committee", vote="for", reason="r")
    limit = {"amount": "60.00", "currency": "EUR"}
    await desk.service.client.put("/v1/accounts/C1/limit", json=limit, headers=voter.headers)

    first = await sales.act(hold, "committee", vote="for", reason="r")
    second = await other.act(hold, "committee", vote="for", reason="r")

    assert (first["state"], second["state"]) == ("escalated", "released")
    agreed = (second["release"]["released_by"], second["release"]["second_by"])
    assert agreed == ("cso@example.com", "treasurer@example.com")
