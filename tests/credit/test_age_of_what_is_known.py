"""Data that is stale or adrift, a limit whose review is due, an amount without a rate."""

from dataclasses import replace
from datetime import timedelta

import pytest
from support.builders import (
    NOW,
    TODAY,
    USD,
    a_limit,
    a_policy,
    a_policy_of_only,
    a_position,
    an_account,
    an_order,
)

from app.credit.account import Account, Grant, Position
from app.credit.judgement import Outcome, Reason, judge
from app.credit.order import Order
from app.credit.policy import Mode, StaleRule, Threshold
from app.credit.rules import ReasonCode, Unit

A_DAY = a_policy_of_only(data_stale=StaleRule(Mode.SOFT, 1_440))
A_YEAR = a_policy_of_only(limit_review_due=Threshold(Mode.SOFT, 365))


def stated(ago: timedelta) -> Position:
    return a_position(policy=A_DAY, data_as_of=NOW - ago)


@pytest.mark.parametrize(
    "ago", [timedelta(0), timedelta(days=1), timedelta(days=1, seconds=59), timedelta(days=-9)]
)
def test_data_of_the_last_day_is_not_stale(ago: timedelta) -> None:
    assert judge(an_order(), stated(ago)).reasons == ()


def test_data_one_minute_older_than_allowed_is_stale() -> None:
    assert judge(an_order(), stated(timedelta(days=1, minutes=1))).reasons == (
        Reason(ReasonCode.DATA_STALE, Mode.SOFT, 1_441, 1_440, Unit.MINUTES),
    )


def after_two_days(mode: Mode) -> Position:
    policy = a_policy_of_only(data_stale=StaleRule(mode, 1_440, hard_after_minutes=2_880))
    return a_position(policy=policy, data_as_of=NOW - timedelta(days=2))


@pytest.mark.parametrize(
    ("more", "mode", "reason"),
    [
        (0, Mode.SOFT, Reason(ReasonCode.DATA_STALE, Mode.SOFT, 2_880, 1_440, Unit.MINUTES)),
        (1, Mode.SOFT, Reason(ReasonCode.DATA_STALE, Mode.HARD, 2_881, 2_880, Unit.MINUTES)),
        (0, Mode.HARD, Reason(ReasonCode.DATA_STALE, Mode.HARD, 2_880, 1_440, Unit.MINUTES)),
        (1, Mode.HARD, Reason(ReasonCode.DATA_STALE, Mode.HARD, 2_881, 2_880, Unit.MINUTES)),
    ],
)
def test_data_first_warn_and_hold_once_they_are_older_than_the_second_mark(
    more: int, mode: Mode, reason: Reason
) -> None:
    position = after_two_days(mode)
    later = replace(position, now=NOW + timedelta(minutes=more))
    assert judge(an_order(), later).reasons == (reason,)


def test_a_rule_that_is_off_does_not_hold_at_its_second_mark_either() -> None:
    later = replace(after_two_days(Mode.OFF), now=NOW + timedelta(days=99))
    assert judge(an_order(), later).reasons == ()


def test_an_order_within_its_grant_is_told_of_old_data_and_passes() -> None:
    later = replace(
        after_two_days(Mode.SOFT), now=NOW + timedelta(days=9), grant=Grant(10_000, 10_000)
    )
    judgement = judge(an_order(10_000), later)
    modes = [(reason.code, reason.mode) for reason in judgement.reasons]
    assert (judgement.outcome, modes) == (
        Outcome.PASS,
        [("data_stale", "info"), ("release_applied", "info")],
    )


def test_an_account_whose_totals_drift_warns_since_when_whatever_the_policy() -> None:
    account = an_account(drift_found_on=TODAY - timedelta(days=2))
    judgement = judge(an_order(), a_position(account=account, policy=a_policy_of_only()))
    assert (judgement.outcome, judgement.reasons) == (
        Outcome.WARNING,
        (Reason(ReasonCode.TOTALS_DRIFT, Mode.SOFT, "2026-11-20", None, Unit.DATE),),
    )


def test_where_nothing_was_ever_stated_there_is_no_age() -> None:
    assert judge(an_order(), a_position(policy=A_DAY, data_as_of=None)).reasons == ()


def reviewed(days_ago: int) -> Position:
    limit = a_limit(set_on=TODAY - timedelta(days=days_ago))
    return a_position(account=an_account(limit=limit), policy=A_YEAR)


def test_a_limit_may_be_as_old_as_the_policy_says() -> None:
    assert judge(an_order(), reviewed(days_ago=365)).reasons == ()


def test_a_limit_one_day_older_is_due_for_review() -> None:
    assert judge(an_order(), reviewed(days_ago=366)).reasons == (
        Reason(ReasonCode.LIMIT_REVIEW_DUE, Mode.SOFT, 366, 365, Unit.DAYS),
    )


def test_a_limit_that_is_missing_cannot_be_reviewed() -> None:
    position = a_position(account=an_account(limit=None), policy=A_YEAR)
    assert judge(an_order(), position).reasons == ()


@pytest.mark.parametrize(
    ("order", "account", "seen"),
    [
        (an_order(currency=USD), an_account(), "USD"),
        (an_order(), an_account(foreign_documents=1), None),
        (an_order(currency=USD), an_account(foreign_documents=1), "USD"),
    ],
    ids=["order", "documents", "both"],
)
def test_an_amount_without_a_rate_holds_whatever_the_policy(
    order: Order, account: Account, seen: str | None
) -> None:
    judgement = judge(order, a_position(account=account, policy=a_policy_of_only()))
    assert judgement.outcome is Outcome.HOLD
    assert judgement.reasons == (
        Reason(ReasonCode.RATE_MISSING, Mode.HARD, seen, "EUR", Unit.CURRENCY),
    )


def test_an_order_without_a_rate_adds_nothing_to_the_exposure() -> None:
    exposure = judge(an_order(10**15, currency=USD), a_position()).exposure
    assert (exposure.this_order_minor, exposure.after_minor) == (0, 0)


def test_an_order_without_a_rate_is_still_told_that_it_has_no_limit() -> None:
    position = a_position(account=an_account(limit=None))
    reasons = judge(an_order(currency=USD), position).reasons
    assert [reason.code for reason in reasons] == ["rate_missing", "limit_missing"]


def test_an_order_without_a_rate_is_still_told_that_its_limit_expired() -> None:
    limit = a_limit(valid_until=TODAY - timedelta(days=1))
    position = a_position(account=an_account(limit=limit), policy=a_policy())
    reasons = judge(an_order(currency=USD), position).reasons
    assert [reason.code for reason in reasons] == ["rate_missing", "limit_expired"]
