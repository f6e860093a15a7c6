"""The limit of the plain account is 1,000.00 EUR, and 90 % of it is near."""

import pytest
from support.builders import a_limit, a_policy_of_only, a_position, an_account, an_order

from app.credit.account import Position, Totals
from app.credit.judgement import Reason, judge
from app.credit.policy import LimitRule, Mode, Threshold
from app.credit.rules import ReasonCode, Unit


def watched(
    *,
    near: Mode = Mode.SOFT,
    limit: LimitRule | None = None,
    limit_minor: int | None = 100_000,
    totals: Totals | None = None,
) -> Position:
    return a_position(
        account=an_account(limit=a_limit(limit_minor), totals=totals or Totals()),
        policy=a_policy_of_only(limit=limit or LimitRule(), limit_near=Threshold(near, 9_000)),
    )


def near(after_minor: int, left_minor: int, mode: Mode = Mode.SOFT) -> Reason:
    return Reason(ReasonCode.LIMIT_NEAR, mode, after_minor, 90_000, Unit.MONEY, left_minor)


def codes_for(amount_minor: int, position: Position) -> list[str]:
    return [reason.code for reason in judge(an_order(amount_minor), position).reasons]


def test_one_cent_below_the_share_an_order_is_not_near() -> None:
    assert judge(an_order(89_999), watched()).reasons == ()


def test_at_the_share_of_the_limit_an_order_is_near() -> None:
    assert judge(an_order(90_000), watched()).reasons == (near(90_000, left_minor=10_000),)


def test_at_the_limit_nothing_is_left() -> None:
    assert judge(an_order(100_000), watched()).reasons == (near(100_000, left_minor=0),)


def test_a_share_of_the_limit_is_compared_without_rounding() -> None:
    position = watched(limit_minor=9)  # nine tenths of it are 8.1
    assert codes_for(8, position) == []
    assert codes_for(9, position) == ["limit_near"]


@pytest.mark.parametrize("mode", [Mode.HARD, Mode.SOFT])
def test_over_the_limit_the_limit_speaks_alone(mode: Mode) -> None:
    assert codes_for(100_001, watched(limit=LimitRule(mode))) == ["limit_exceeded"]


def test_over_a_limit_that_only_warns_a_hard_nearness_still_holds() -> None:
    position = watched(near=Mode.HARD, limit=LimitRule(Mode.SOFT))
    assert codes_for(100_001, position) == ["limit_near", "limit_exceeded"]


@pytest.mark.parametrize("rule", [LimitRule(Mode.OFF), LimitRule(tolerance_bp=1_000)])
def test_where_the_limit_is_silent_nearness_speaks_and_nothing_is_left(rule: LimitRule) -> None:
    assert judge(an_order(110_000), watched(limit=rule)).reasons == (near(110_000, left_minor=0),)


def test_an_order_that_needs_no_credit_is_not_near() -> None:
    assert codes_for(0, watched(totals=Totals(invoices_minor=95_000))) == []


def test_an_unlimited_account_is_never_near() -> None:
    assert codes_for(10**15, watched(limit_minor=None)) == []


def test_an_order_paid_from_a_credit_balance_is_not_near_a_limit_of_zero() -> None:
    position = watched(limit_minor=0, totals=Totals(payments_minor=500))
    assert codes_for(500, position) == []


def test_what_goes_beyond_a_limit_of_zero_is_near_it_where_the_limit_is_silent() -> None:
    assert codes_for(1, watched(limit_minor=0, limit=LimitRule(Mode.OFF))) == ["limit_near"]
