"""The checker on answers that are wrong while the database is right: each of them is found."""

import json
from dataclasses import replace
from typing import Any

import pytest
from prove.checker import check
from prove.handmade import ACCOUNT, Tale
from prove.history import Answer, Attempt, Story

OUTDATED = Answer(409, '{"code":"order_revision_outdated"}')
UNKNOWN = Answer(404, '{"code":"order_unknown"}')


def a_granted_order() -> Tale:
    """SO-1 passes with 40.00 on a limit of 100.00, at the account's number 2."""
    tale = Tale.begun()
    tale.decide("SO-1", 4_000, before=0, outcome="pass")
    tale.wait(1)
    return tale


def a_confirmed_order() -> Tale:
    """The same, stated at number 3 with version 1."""
    tale = a_granted_order()
    tale.state("SO-1", 4_000)
    tale.wait(1)
    return tale


def rules_broken_in(tale: Tale) -> set[str]:
    return check(tale.evidence()).rules()


def said(tale: Tale, kind: str, ref: str, number: int, **document: Any) -> Story:
    answer = Answer(200, json.dumps(document))
    return tale.told(kind, answer, ref=ref, number=number, body={"amount": "40.00"})


def test_what_is_built_on_breaks_nothing() -> None:
    assert (rules_broken_in(a_granted_order()), rules_broken_in(a_confirmed_order())) == (
        set(),
        set(),
    )


def test_a_check_refused_as_outdated_without_a_later_revision_is_found() -> None:
    tale = a_granted_order()
    tale.told("check", OUTDATED, ref="SO-9", number=1)
    assert rules_broken_in(tale) == {"O6"}


def test_a_check_may_be_refused_as_outdated_once_a_later_revision_was_asked() -> None:
    tale = Tale.begun()
    tale.decide("SO-1/2", 4_000, before=0, outcome="pass")
    tale.tables["sales_order"][0]["revision"] = 2
    tale.told("check", OUTDATED, ref="SO-1", number=1)
    assert rules_broken_in(tale) == set()


def test_a_later_revision_that_was_asked_after_the_refusal_is_no_reason_for_it() -> None:
    tale = Tale.begun()
    tale.told("check", OUTDATED, ref="SO-1", number=1)
    tale.wait(1)
    tale.decide("SO-1/2", 4_000, before=0, outcome="pass")
    tale.tables["sales_order"][0]["revision"] = 2
    assert rules_broken_in(tale) == {"O6"}


def test_an_older_revision_that_is_decided_after_a_later_one_is_found() -> None:
    tale = Tale.begun()
    tale.decide("SO-1/2", 4_000, before=0, outcome="pass")
    tale.decide("SO-1/1", 4_000, before=0, outcome="pass")
    assert "decided after a later revision" in str(check(tale.evidence()).violations)


@pytest.mark.parametrize("status", [401, 404, 409, 422])
def test_a_check_that_is_refused_with_anything_else_is_found(status: int) -> None:
    tale = a_granted_order()
    tale.told("check", Answer(status, '{"code":"something"}'), ref="SO-9", number=1)
    assert rules_broken_in(tale) == {"O6"}


def test_a_live_order_whose_cancellation_is_refused_as_unknown_is_found() -> None:
    tale = a_granted_order()
    tale.told("cancel", UNKNOWN, ref="SO-1", number=1)
    assert rules_broken_in(tale) == {"O6"}


def test_a_live_reservation_that_is_not_given_back_is_found() -> None:
    tale = a_granted_order()
    said(tale, "give_back", "chk_2", 0, given_back=False, account_seq=2)
    assert rules_broken_in(tale) == {"O4"}


def test_a_reservation_that_has_lapsed_need_not_be_given_back() -> None:
    tale = a_granted_order()
    tale.wait(61)
    said(tale, "give_back", "chk_2", 0, given_back=False, account_seq=2)
    assert rules_broken_in(tale) == set()


def test_a_reservation_that_lapsed_before_the_next_number_need_not_be_given_back() -> None:
    tale = a_confirmed_order()
    said(tale, "give_back", "chk_2", 0, given_back=False, account_seq=3)
    assert rules_broken_in(tale) == set()


def test_a_reservation_that_is_called_given_back_and_is_still_there_is_found() -> None:
    tale = a_granted_order()
    said(tale, "give_back", "chk_2", 0, given_back=True, account_seq=2)
    assert rules_broken_in(tale) == {"O4"}


def test_a_reservation_that_is_called_given_back_twice_is_found() -> None:
    tale = a_granted_order()
    story = said(tale, "give_back", "chk_2", 0, given_back=True, account_seq=2)
    story.attempts *= 2
    assert rules_broken_in(tale) == {"O4", "O6"}


def test_a_statement_called_outdated_before_any_later_one_was_applied_is_found() -> None:
    tale = a_granted_order()
    said(tale, "order", "SO-1", 1, applied=False, account_seq=2)
    tale.told("cancel", Answer(503, ""), ref="SO-1", number=2)
    violations = check(tale.evidence()).violations
    assert [v.text for v in violations if v.rule == "O4"] == [
        "called outdated at version None, and was not"
    ]


def test_a_statement_may_be_called_outdated_after_a_later_one() -> None:
    tale = a_confirmed_order()
    said(tale, "order", "SO-1", 0, applied=False, account_seq=3)
    assert rules_broken_in(tale) == set()


def test_an_item_called_outdated_that_nobody_knows_is_found() -> None:
    tale = a_granted_order()
    said(tale, "item", "RE-1", 1, applied=False, account_seq=2)
    assert rules_broken_in(tale) == {"O4"}


@pytest.mark.parametrize(
    ("name", "wrong"),
    [
        ("headroom", "99999.00"),
        ("headroom", None),
        ("may_ship", False),
        ("shippable_amount", "0.00"),
        ("required_prepayment", "1.00"),
    ],
)
def test_a_figure_of_an_answer_that_does_not_follow_from_the_rules_is_found(
    name: str, wrong: Any
) -> None:
    tale = a_granted_order()
    (row,) = tale.tables["decision"]
    row["answer"] = json.dumps(json.loads(row["answer"]) | {name: wrong})
    tale.stories["op-2"].attempts[0].answer = Answer(200, row["answer"])
    assert rules_broken_in(tale) == {"O1"}


@pytest.mark.parametrize("number", [2, 4, 77, None])
def test_a_statement_that_names_another_number_than_its_own_is_found(number: int | None) -> None:
    tale = a_confirmed_order()
    tale.decide("SO-2", 1_000, before=4_000, outcome="pass")
    parts = {"open_orders": "40.00", "reservations": "0.00"}
    tale.alter(tale.stories["op-4"], exposure=parts)
    assert rules_broken_in(tale) == set()
    body = json.dumps({"account_seq": number, "applied": True})
    tale.stories["op-3"].attempts[0].answer = Answer(200, body)
    assert rules_broken_in(tale) & {"O3", "O4"}


def test_an_answer_that_saw_less_than_what_had_been_answered_is_out_of_order() -> None:
    tale = a_confirmed_order()
    said(tale, "give_back", "chk_9", 0, given_back=False, account_seq=2)
    assert rules_broken_in(tale) == {"O3"}


def test_a_version_of_a_policy_that_is_not_there_is_found() -> None:
    tale = a_granted_order()
    tale.told("policy", Answer(201, '{"version":9}'), ref="proof", body={"rules": {}})
    assert rules_broken_in(tale) == {"O4"}


def test_a_policy_that_is_stored_with_another_figure_is_found() -> None:
    tale = a_granted_order()
    body = {"rules": {"limit": {"tolerance_percent": "2.5"}}}
    tale.told("policy", Answer(201, '{"version":1}'), ref="proof", body=body)
    assert rules_broken_in(tale) == {"O4"}


def test_a_policy_that_is_stored_as_stated_breaks_nothing() -> None:
    tale = a_granted_order()
    body = {"rules": {"limit": {"tolerance_percent": "0.0"}}}
    tale.told("policy", Answer(201, '{"version":1}'), ref="proof", body=body)
    assert rules_broken_in(tale) == set()


@pytest.mark.parametrize("account", [None, "B"])
def test_a_customer_that_is_not_there_as_stated_is_found(account: str | None) -> None:
    tale = a_granted_order()
    if account is not None:
        tale.tables["customer"].append({"ref": "C", "account": account})
    tale.told("customer", Answer(201, "{}"), ref="C", body={"account": ACCOUNT})
    assert rules_broken_in(tale) == {"O4"}


@pytest.mark.parametrize("number", [1, 2, 9, None])
def test_a_limit_that_is_not_in_the_journal_is_found(number: int | None) -> None:
    tale = a_granted_order()
    said(tale, "limit", "limit-2", 0, account_seq=number)
    assert "O4" in rules_broken_in(tale)


def test_a_limit_that_was_known_so_may_be_answered_at_a_later_number() -> None:
    tale = a_granted_order()
    attempt = tale.stories["op-1"].attempts[0]
    found = Attempt(tale.now * 1000, tale.now * 1000 + 1000, Answer(200, '{"account_seq": 2}'))
    tale.stories["op-1"].attempts = [replace(attempt, answer=None), found]
    assert rules_broken_in(tale) == set()


def test_a_limit_that_is_called_known_after_another_one_was_set_is_found() -> None:
    tale = a_granted_order()
    facts = {"amount_minor": 20_000, "reason": "limit-2"}
    tale.journal("limit", facts, {"body": {"amount": "200.00"}, "ref": "limit-2"})
    first = tale.stories["op-1"].attempts[0]
    late = Answer(200, '{"account_seq": 3}')
    tale.stories["op-1"].attempts.append(replace(first, answer=late))
    assert "O4" in rules_broken_in(tale)


@pytest.mark.parametrize(
    ("name", "wrong"),
    [("due_on", "2026-12-09"), ("due_on", None), ("order_ref", "SO-9"), ("version", 2)],
)
@pytest.mark.parametrize("where", ["facts", "table"])
def test_an_item_that_is_stored_otherwise_than_it_was_stated_is_found(
    name: str, wrong: Any, where: str
) -> None:
    tale = Tale.begun()
    row, facts = tale.owe("RE-1", 1_000, due_on="2026-12-08")
    assert rules_broken_in(tale) == set()
    (facts if where == "facts" else row)[name] = wrong
    assert rules_broken_in(tale) & {"O1", "O5", "O7"}


def test_an_answer_that_took_longer_than_three_deadlines_is_found() -> None:
    tale = a_granted_order()
    attempt = tale.stories["op-2"].attempts[0]
    attempt.ended_ns = attempt.started_ns + 2_500_000_000
    assert rules_broken_in(tale) == {"O9"}


def test_an_answer_is_excused_while_the_service_was_frozen() -> None:
    tale = a_granted_order()
    attempt = tale.stories["op-2"].attempts[0]
    attempt.ended_ns = attempt.started_ns + 2_500_000_000
    evidence = tale.evidence()
    evidence.excuses.append((attempt.started_ns + 5, attempt.started_ns + 10))
    assert check(evidence).violations == []


def test_a_check_among_others_has_as_many_deadlines() -> None:
    tale = a_granted_order()
    attempt = tale.stories["op-2"].attempts[0]
    attempt.ended_ns, attempt.among = attempt.started_ns + 2_500_000_000, 2
    assert rules_broken_in(tale) == set()


def test_a_preview_that_follows_from_the_rules_breaks_nothing_and_another_one_does() -> None:
    tale = a_granted_order()
    answer = tale.previewed("SO-2", 7_000, before=4_000, outcome="hold")
    asked = {"ref": "SO-2", "number": 1, "body": {"order": answer["order"]}}
    story = tale.told("preview", Answer(200, json.dumps(answer)), **asked)
    assert check(tale.evidence()).violations == []
    wrong = answer | {"outcome": "pass", "may_ship": True}
    story.attempts[0].answer = Answer(200, json.dumps(wrong))
    assert rules_broken_in(tale) == {"O1"}


def test_a_preview_that_reserves_is_found() -> None:
    tale = a_granted_order()
    answer = tale.previewed("SO-2", 1_000, before=4_000, outcome="pass")
    answer["reservation"] = {"amount": "10.00", "expires_at": answer["decided_at"]}
    asked = {"ref": "SO-2", "number": 1, "body": {"order": answer["order"]}}
    tale.told("preview", Answer(200, json.dumps(answer)), **asked)
    assert rules_broken_in(tale) == {"O5"}
