"""Refusing, escalating, deciding in the committee, checking again, withdrawing."""

from holds.desk import CLERK, Desk, Person
from life.order_book import an_order, hold_states, order_of, tied_up
from support.tables import Connection, require_sound


async def committee(desk: Desk) -> tuple[Person, Person]:
    """Have a member of finance and one of sales."""
    finance = await desk.person("committee_finance", person="finance@example.com")
    return finance, await desk.person("committee_sales", person="sales@example.com")


async def escalated(desk: Desk, amount: str = "100.00") -> str:
    hold = await desk.held(amount=amount)
    seller = await desk.person("sales", person="seller@example.com")
    await seller.act(hold, "escalate", reason="key_account")
    return hold


async def test_a_refused_order_stays_stopped_and_frees_what_was_set_aside(
    desk: Desk, connection: Connection
) -> None:
    await desk.service.check("C1", "SO-1", "40.00")
    hold = await desk.held(revision=2)

    refused = await (await desk.person("credit")).act(
        hold, "refuse", reason="no_cover", options=["prepay", "security"]
    )

    assert refused["state"] == "refused"
    assert refused["history"][-1]["after"]["options"] == ["prepay", "security"]
    assert await order_of(desk.service) == an_order("held")
    assert await tied_up(desk.service) == ("0.00", "0.00", "50.00")
    stated = await desk.service.order("C1", "SO-1", "100.00")
    assert (stated["state"], stated["counted"]) == ("held", "0.00")
    await require_sound(connection)


async def test_a_new_revision_gets_past_a_refusal_where_the_rules_let_it(desk: Desk) -> None:
    hold = await desk.held()
    await (await desk.person("credit")).act(hold, "refuse", reason="no_cover")

    assert (await desk.service.check("C1", "SO-1", "40.00", revision=2))["outcome"] == "pass"
    assert await hold_states(desk.service) == [("SO-1", "refused")]
    seller = await desk.person("sales", person="seller@example.com")
    answer = await seller.ask(hold, "escalate", version=2)
    assert (answer.status_code, answer.json()["code"]) == (409, "hold_state_conflict")


async def test_the_committee_releases_where_finance_and_sales_agree(desk: Desk) -> None:
    await desk.service.item("C1", "RE-1", "60.00", due_on="2026-01-31")
    hold = await escalated(desk)
    finance, sales = await committee(desk)

    first = await finance.act(hold, "committee", vote="for", reason="r", amount="90.00")
    assert (first["state"], first["release"]["amount"]) == ("escalated", "90.00")
    second = await sales.act(
        hold, "committee", vote="for", reason="r", amount="95.00", until="2099-01-31"
    )

    assert (second["state"], second["release"]["kind"]) == ("released", "committee")
    assert second["release"]["amount"] == "90.00"
    assert {second["release"][name] for name in ("released_by", "second_by")} == {
        "finance@example.com",
        "sales@example.com",
    }
    assert await order_of(desk.service) == an_order("reserved", reserved="90.00")


async def test_one_word_against_refuses(desk: Desk) -> None:
    hold = await escalated(desk)
    finance, sales = await committee(desk)
    await finance.act(hold, "committee", vote="for", reason="r")

    refused = await sales.act(hold, "committee", vote="against", reason="r")

    assert (refused["state"], refused["release"]) == ("refused", None)
    assert await order_of(desk.service) == an_order("held")


async def test_neither_part_nor_person_of_the_committee_speaks_twice(desk: Desk) -> None:
    hold = await escalated(desk)
    both = await desk.person("committee_finance", "committee_sales", person="both@example.com")
    other = await desk.person("committee_finance", person="other@example.com")
    await both.act(hold, "committee", vote="for", reason="r")

    again = await both.ask(hold, "committee", version=3, vote="for", reason="r")
    colleague = await other.ask(hold, "committee", version=3, vote="for", reason="r")

    assert again.json()["because"] == "agreed_before"
    assert colleague.json()["needs_role"] == ["committee_sales"]


async def test_a_new_escalation_is_decided_from_the_beginning(desk: Desk) -> None:
    hold = await escalated(desk)
    finance, sales = await committee(desk)
    await finance.act(hold, "committee", vote="for", reason="r", amount="10.00")
    await sales.act(hold, "committee", vote="against", reason="r")
    await (await desk.person("sales")).act(hold, "escalate")

    await sales.act(hold, "committee", vote="for", reason="r")
    released = await finance.act(hold, "committee", vote="for", reason="r")

    assert (released["state"], released["release"]["amount"]) == ("released", "100.00")


async def test_what_passes_by_now_is_released_by_who_may_and_else_marked_ready(
    desk: Desk, connection: Connection
) -> None:
    by_sales, by_credit = await desk.held("SO-1"), await desk.held("SO-2")
    seller = await desk.person("sales", person="seller@example.com")
    clerk = await desk.person("credit")
    assert (await seller.act(by_sales, "recheck"))["state"] == "open"
    await desk.service.put("/v1/accounts/C1/limit", amount="220.00", currency="EUR")

    ready = await seller.act(by_sales, "recheck")
    released = await clerk.act(by_credit, "recheck")

    assert (ready["state"], ready["release"]) == ("ready", None)
    assert (released["state"], released["release"]["kind"]) == ("released", "passes")
    assert released["release"]["released_by"] == CLERK
    assert await tied_up(desk.service) == ("0.00", "100.00", "120.00")
    await desk.service.put("/v1/accounts/C1/limit", amount="150.00", currency="EUR")
    assert (await seller.act(by_sales, "recheck"))["state"] == "open"
    await require_sound(connection)


async def test_what_passes_needs_neither_four_eyes_nor_a_ceiling(desk: Desk) -> None:
    await desk.service.put("/v1/policies/standard", releases={"four_eyes_above": "10.00"})
    hold = await desk.held()
    await desk.service.put("/v1/accounts/C1/limit", amount="220.00", currency="EUR")
    clerk = await desk.person("credit", release_ceiling="1.00", currency="EUR")

    released = await clerk.release(hold)

    assert (released["state"], released["release"]["kind"]) == ("released", "passes")
    assert released["release"]["released_by"] == CLERK


async def test_withdrawing_an_order_that_was_never_granted_cancels_it(desk: Desk) -> None:
    hold = await desk.held()

    cancelled = await (await desk.person("order_entry")).act(hold, "cancel", reason="withdrawn")

    assert cancelled["state"] == "cancelled"
    assert await order_of(desk.service) == an_order("cancelled")


async def test_withdrawing_an_increase_leaves_the_order_as_the_erp_has_it(
    desk: Desk, connection: Connection
) -> None:
    await desk.service.check("C1", "SO-1", "40.00")
    await desk.service.order("C1", "SO-1", "40.00")
    hold = await desk.held(revision=2)

    await (await desk.person("sales")).act(hold, "cancel")

    assert await order_of(desk.service) == an_order("open", counted="40.00")
    assert (await desk.service.order("C1", "SO-1", "100.00"))["state"] == "held"
    await require_sound(connection)


async def test_what_the_erp_has_stated_is_withdrawn_there(desk: Desk) -> None:
    await desk.service.check("C1", "SO-1", "40.00")
    stated = await desk.service.order("C1", "SO-1", "70.00")

    answer = await (await desk.person("sales")).ask(stated["hold"]["id"], "cancel")

    assert (answer.status_code, answer.json()["code"]) == (409, "order_is_stated")
    assert await order_of(desk.service) == an_order("held", counted="40.00")
