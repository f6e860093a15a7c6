"""The limit of the plain account is 1,000.00 EUR."""

from datetime import timedelta

import pytest
from support.builders import (
    TODAY,
    a_limit,
    a_policy_of_only,
    a_position,
    an_account,
    an_order,
)

from app.credit.account import Account, Limit, Position, Totals
from app.credit.judgement import Outcome, Reason, judge
from app.credit.policy import Boundary, LimitRule, Mode
from app.credit.rules import ReasonCode, Unit


def limited_by(
    rule: LimitRule | None = None, *, account: Account | None = None, missing: Mode = Mode.HARD
) -> Position:
    """Give a position in which nothing but the limit counts."""
    policy = a_policy_of_only(
        limit=rule or LimitRule(), limit_missing=missing, limit_expired=Mode.HARD
    )
    return a_position(account=account or an_account(), policy=policy)


def exceeded(
    after_minor: int,
    threshold_minor: int,
    mode: Mode = Mode.HARD,
    *,
    limit_minor: int | None = None,
) -> Reason:
    over_minor = after_minor - (threshold_minor if limit_minor is None else limit_minor)
    return Reason(
        ReasonCode.LIMIT_EXCEEDED, mode, after_minor, threshold_minor, Unit.MONEY, over_minor
    )


def test_exactly_at_the_limit_an_order_passes() -> None:
    assert judge(an_order(100_000), limited_by()).reasons == ()


def test_one_cent_above_the_limit_holds() -> None:
    judgement = judge(an_order(100_001), limited_by())
    assert judgement.outcome is Outcome.HOLD
    assert judgement.reasons == (exceeded(100_001, 100_000),)


def test_where_reaching_the_limit_fires_equality_holds() -> None:
    position = limited_by(LimitRule(boundary=Boundary.REACHED))
    assert judge(an_order(100_000), position).reasons == (exceeded(100_000, 100_000),)


def test_where_reaching_the_limit_fires_one_cent_below_passes() -> None:
    position = limited_by(LimitRule(boundary=Boundary.REACHED))
    assert judge(an_order(99_999), position).reasons == ()


def test_a_tolerance_raises_the_limit() -> None:
    position = limited_by(LimitRule(tolerance_bp=250))
    assert judge(an_order(102_500), position).reasons == ()
    assert judge(an_order(102_501), position).reasons == (
        exceeded(102_501, 102_500, limit_minor=100_000),
    )


def test_a_tolerance_of_less_than_a_cent_gives_none() -> None:
    account = an_account(limit=a_limit(3))
    position = limited_by(LimitRule(tolerance_bp=3_333), account=account)
    assert judge(an_order(3), position).reasons == ()
    assert judge(an_order(4), position).reasons == (exceeded(4, 3),)


def test_a_limit_raised_to_a_fraction_of_a_cent_is_not_reached_below_it() -> None:
    rule = LimitRule(tolerance_bp=50, boundary=Boundary.REACHED)
    position = limited_by(rule, account=an_account(limit=a_limit(300)))  # raised to 301.5
    assert judge(an_order(301), position).reasons == ()
    assert judge(an_order(302), position).reasons == (exceeded(302, 302, limit_minor=300),)


def test_a_limit_of_zero_is_no_credit() -> None:
    position = limited_by(account=an_account(limit=a_limit(0)))
    assert judge(an_order(1), position).reasons == (exceeded(1, 0),)


def test_a_limit_of_zero_is_reached_by_an_order_paid_from_credit() -> None:
    account = an_account(limit=a_limit(0), totals=Totals(payments_minor=500))
    position = limited_by(LimitRule(boundary=Boundary.REACHED), account=account)
    assert judge(an_order(500), position).reasons == (exceeded(0, 0),)


def test_an_unlimited_account_is_never_over_its_limit() -> None:
    position = limited_by(account=an_account(limit=a_limit(None)))
    assert judge(an_order(10**15), position).reasons == ()


@pytest.mark.parametrize(
    ("mode", "outcome"),
    [(Mode.HARD, Outcome.HOLD), (Mode.SOFT, Outcome.WARNING)],
)
def test_a_missing_limit_does_what_the_policy_says(mode: Mode, outcome: Outcome) -> None:
    judgement = judge(an_order(1), limited_by(account=an_account(limit=None), missing=mode))
    assert judgement.outcome is outcome
    assert judgement.reasons == (Reason(ReasonCode.LIMIT_MISSING, mode),)


def test_a_missing_limit_may_be_of_no_interest() -> None:
    position = limited_by(account=an_account(limit=None), missing=Mode.OFF)
    assert judge(an_order(1), position).reasons == ()


def test_on_its_last_day_a_limit_is_valid() -> None:
    position = limited_by(account=an_account(limit=a_limit(valid_until=TODAY)))
    assert judge(an_order(), position).reasons == ()


@pytest.mark.parametrize("amount_minor", [100_000, None])
def test_on_the_day_after_its_last_a_limit_has_expired(amount_minor: int | None) -> None:
    yesterday = TODAY - timedelta(days=1)
    account = an_account(limit=a_limit(amount_minor, valid_until=yesterday))
    assert judge(an_order(), limited_by(account=account)).reasons == (
        Reason(ReasonCode.LIMIT_EXPIRED, Mode.HARD, "2026-11-22", "2026-11-21", Unit.DATE),
    )


@pytest.mark.parametrize(
    "limit",
    [None, a_limit(0), a_limit(valid_until=TODAY - timedelta(days=1))],
    ids=["missing", "zero", "expired"],
)
def test_what_needs_no_credit_meets_no_limit(limit: Limit | None) -> None:
    account = an_account(limit=limit, totals=Totals(invoices_minor=700_000))
    position = limited_by(account=account)
    assert judge(an_order(0), position).reasons == ()
    assert judge(an_order(5_000, prepaid_minor=5_000), position).reasons == ()


def test_what_is_prepaid_takes_no_credit() -> None:
    order = an_order(150_000, prepaid_minor=50_000)
    assert judge(order, limited_by()).reasons == ()


def test_one_cent_prepaid_too_little_holds() -> None:
    order = an_order(150_000, prepaid_minor=49_999)
    assert judge(order, limited_by()).reasons == (exceeded(100_001, 100_000),)


def test_more_prepaid_than_ordered_gives_no_credit() -> None:
    exposure = judge(an_order(100, prepaid_minor=300), limited_by()).exposure
    assert exposure.this_order_minor == 0


@pytest.mark.parametrize(
    ("totals", "before_minor"),
    [
        (Totals(invoices_minor=7), 7),
        (Totals(open_orders_minor=7), 7),
        (Totals(reservations_minor=7), 7),
        (Totals(credit_notes_minor=7), -7),
        (Totals(payments_minor=7), -7),
    ],
)
def test_every_part_of_the_exposure_counts(totals: Totals, before_minor: int) -> None:
    exposure = judge(an_order(30), limited_by(account=an_account(totals=totals))).exposure
    assert (exposure.before_minor, exposure.after_minor) == (before_minor, before_minor + 30)


def test_a_credit_balance_is_headroom() -> None:
    account = an_account(totals=Totals(payments_minor=20_000))
    assert judge(an_order(120_000), limited_by(account=account)).reasons == ()


def test_a_policy_may_give_no_headroom_for_a_credit_balance() -> None:
    account = an_account(totals=Totals(payments_minor=20_000, open_orders_minor=1))
    position = limited_by(LimitRule(floor_credit_balance=True), account=account)
    assert judge(an_order(100_000), position).reasons == (exceeded(100_001, 100_000),)


def test_a_floor_under_the_balance_leaves_debts_as_they_are() -> None:
    totals = Totals(invoices_minor=300, credit_notes_minor=100)
    position = limited_by(LimitRule(floor_credit_balance=True), account=an_account(totals=totals))
    assert judge(an_order(0), position).exposure.before_minor == 200


def test_a_soft_limit_warns() -> None:
    judgement = judge(an_order(100_001), limited_by(LimitRule(Mode.SOFT)))
    assert judgement.outcome is Outcome.WARNING
    assert judgement.reasons == (exceeded(100_001, 100_000, Mode.SOFT),)


def test_a_limit_rule_that_is_off_says_nothing() -> None:
    judgement = judge(an_order(10**15), limited_by(LimitRule(Mode.OFF)))
    assert (judgement.outcome, judgement.reasons) == (Outcome.PASS, ())
