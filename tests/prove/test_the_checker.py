"""The checker on histories made by hand: quiet on a sound one, and never on a broken one."""

import ast
import json
from pathlib import Path

import pytest
from prove.checker import check
from prove.handmade import ACCOUNT, Tale
from prove.history import Answer, Attempt

PROVE = Path(__file__).parent
CHECKER = (
    "checker", "replay", "decisions", "postings", "answers", "policies", "totals", "ruling",
    "book", "account", "evidence", "history", "refusals", "readings", "previews", "stored",
    "in_time",
)  # fmt: skip


def a_sound_tale() -> Tale:
    """Two orders of 40.00 pass on a limit of 100.00, a third one is held."""
    tale = Tale.begun()
    tale.decide("SO-1", 4_000, before=0, outcome="pass")
    tale.decide("SO-2", 4_000, before=4_000, outcome="pass")
    tale.decide("SO-3", 4_000, before=8_000, outcome="hold")
    return tale


def rules_broken_in(tale: Tale) -> set[str]:
    return check(tale.evidence()).rules()


def test_a_sound_history_breaks_nothing() -> None:
    assert check(a_sound_tale().evidence()).violations == []


def test_a_third_grant_on_the_same_headroom_is_an_over_grant() -> None:
    tale = Tale.begun()
    for ref, before in (("SO-1", 0), ("SO-2", 4_000), ("SO-3", 8_000)):
        tale.decide(ref, 4_000, before=before, outcome="pass")
    assert rules_broken_in(tale) == {"O1", "O2"}


def test_a_grant_that_was_freed_by_a_statement_may_not_be_used_beside_another_order() -> None:
    tale = Tale.begun()
    tale.decide("SO-1", 10_000, before=0, outcome="pass")
    tale.state("SO-1", 5_000)
    parts = {"open_orders": "50.00", "reservations": "0.00"}
    second = tale.decide("SO-2", 5_000, before=5_000, outcome="pass")
    tale.alter(second, exposure=parts)
    assert check(tale.evidence()).violations == []
    tale.decide("SO-1/2", 10_000, before=5_000, outcome="pass")
    assert {"O1", "O2"} <= rules_broken_in(tale)


def test_a_hold_that_the_rules_do_not_give_is_found() -> None:
    tale = Tale.begun()
    tale.decide("SO-1", 4_000, before=0, outcome="hold")
    assert rules_broken_in(tale) == {"O1"}


def test_an_exposure_that_leaves_another_reservation_out_is_found() -> None:
    tale = Tale.begun()
    tale.decide("SO-1", 4_000, before=0, outcome="pass")
    tale.decide("SO-2", 4_000, before=0, outcome="pass")
    assert rules_broken_in(tale) == {"O1"}


def test_a_number_that_nothing_explains_is_found() -> None:
    tale = a_sound_tale()
    tale.tables["credit_account"][0]["seq"] += 1
    assert rules_broken_in(tale) == {"O1"}


def test_a_number_that_stands_for_two_changes_is_found() -> None:
    tale = a_sound_tale()
    tale.tables["journal"].append(tale.tables["journal"][0] | {"seq": 2})
    assert "O1" in rules_broken_in(tale)


def test_an_answer_that_is_not_in_the_database_is_lost() -> None:
    tale = a_sound_tale()
    tale.told("check", Answer(200, json.dumps({"account_seq": 9})), ref="SO-9", number=1)
    assert rules_broken_in(tale) == {"O4"}


def test_an_answer_with_one_other_byte_is_found() -> None:
    tale = a_sound_tale()
    story = tale.stories["op-2"]
    sent = story.attempts[0].answer
    assert sent is not None
    story.attempts[0].answer = Answer(200, sent.body + " ")
    assert rules_broken_in(tale) == {"O4"}


def test_a_decision_that_nobody_asked_for_is_invented() -> None:
    tale = a_sound_tale()
    del tale.stories["op-3"]
    assert rules_broken_in(tale) == {"O5"}


def test_an_unknown_that_was_never_resolved_is_found() -> None:
    tale = a_sound_tale()
    tale.stories["op-4"].attempts[0].answer = Answer(0, "", trouble="TimeoutError")
    assert rules_broken_in(tale) == {"O6"}


def test_an_unknown_that_its_retry_resolved_is_counted_and_no_fault() -> None:
    tale = a_sound_tale()
    story = tale.stories["op-4"]
    first = Attempt(story.attempts[0].started_ns - 10, story.attempts[0].started_ns - 5)
    story.attempts.insert(0, first)
    finding = check(tale.evidence())
    assert (finding.violations, finding.counts["unknown: done by the retry"]) == ([], 1)


def test_a_number_lower_than_one_answered_before_is_out_of_order() -> None:
    tale = a_sound_tale()
    late = tale.stories["op-2"].attempts[0]
    late.started_ns, late.ended_ns = late.started_ns + 10**10, late.started_ns + 10**10 + 5
    assert rules_broken_in(tale) == {"O3"}


def test_a_total_that_is_not_its_details_is_found() -> None:
    tale = a_sound_tale()
    evidence = tale.evidence()
    evidence.tables["credit_account"][0]["reservations_minor"] += 1
    assert check(evidence).rules() == {"O7"}


def test_a_reservation_past_its_expiry_does_not_count() -> None:
    tale = Tale.begun()
    tale.decide("SO-1", 8_000, before=0, outcome="pass")
    tale.wait(61)
    tale.decide("SO-2", 8_000, before=0, outcome="pass")
    lapsed = tale.tables["sales_order"][0]
    lapsed |= {"reserved_minor": 0, "reserved_until": None}
    lapsed |= {"granted_minor": 0, "granted_credit_minor": 0}
    assert check(tale.evidence()).violations == []


def test_a_lapsed_reservation_that_still_counts_is_found() -> None:
    tale = Tale.begun()
    tale.decide("SO-1", 8_000, before=0, outcome="pass")
    tale.wait(61)
    tale.decide("SO-2", 8_000, before=8_000, outcome="hold")
    assert "O1" in rules_broken_in(tale)


def test_a_clock_that_goes_back_is_found() -> None:
    tale = a_sound_tale()
    tale.tables["journal"][0]["recorded_at"] += 10**9
    assert rules_broken_in(tale) == {"O8"}


@pytest.mark.parametrize("status", [500, 502])
def test_no_answer_but_503_may_say_that_it_failed(status: int) -> None:
    tale = a_sound_tale()
    failed = Attempt(0, 1, Answer(status, ""))
    tale.stories["op-2"].attempts.insert(0, failed)
    assert rules_broken_in(tale) == {"O6"}


def test_a_violation_names_account_number_and_operations() -> None:
    tale = Tale.begun()
    tale.decide("SO-1", 4_000, before=0, outcome="hold")
    (first, *_) = check(tale.evidence()).violations
    assert (first.account, first.seq, first.operations) == (ACCOUNT, 2, ("op-2",))


@pytest.mark.parametrize("module", CHECKER)
def test_the_checker_imports_nothing_of_the_product(module: str) -> None:
    tree = ast.parse((PROVE / f"{module}.py").read_text(encoding="utf-8"))
    imported = {
        name
        for node in ast.walk(tree)
        for name in (
            [node.module or ""]
            if isinstance(node, ast.ImportFrom)
            else [alias.name for alias in node.names]
            if isinstance(node, ast.Import)
            else []
        )
    }
    ours = {name for name in imported if name.partition(".")[0] == "app"}
    of_the_proof = {name.removeprefix("prove.") for name in imported if name.startswith("prove.")}
    assert (ours, of_the_proof - set(CHECKER)) == (set(), set())
