"""Data that is stale, a limit whose review is due, an amount whose rate is missing."""

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

from app.credit.account import Account, Position
from app.credit.judgement import Outcome, Reason, judge
from app.credit.order import Order
from app.credit.policy import Mode, Threshold
from app.credit.rules import ReasonCode, Unit

A_DAY = a_policy_of_only(data_stale=Threshold(Mode.SOFT, 1_440))
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
