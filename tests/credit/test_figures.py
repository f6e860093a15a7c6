"""Headroom, what may ship, what must be paid in advance; the plain limit is 1,000.00 EUR."""

from datetime import timedelta

import pytest
from support.builders import (
    TODAY,
    USD,
    a_limit,
    a_policy,
    a_policy_of_only,
    a_position,
    an_account,
    an_order,
)

from app.credit.account import Account, Overdue, Totals
from app.credit.decision import decide
from app.credit.options import Figures
from app.credit.policy import Boundary, LimitRule, Mode, OverdueRule, Threshold

OWES_600 = an_account(totals=Totals(invoices_minor=60_000))
OWES_1100 = an_account(totals=Totals(invoices_minor=110_000))
OVERDUE = an_account(overdue=Overdue(500, oldest_due_on=TODAY - timedelta(days=22)))
EXPIRED = an_account(limit=a_limit(valid_until=TODAY - timedelta(days=1)))


def figures(amount_minor: int, rule: LimitRule, account: Account = OWES_600) -> Figures:
    position = a_position(account=account, policy=a_policy_of_only(limit=rule))
    return decide(an_order(amount_minor), position).figures


@pytest.mark.parametrize(
    ("amount_minor", "shippable_minor", "prepayment_minor"),
    [(39_999, 39_999, 0), (40_000, 40_000, 0), (40_001, 40_000, 1), (90_000, 40_000, 50_000)],
)
def test_headroom_may_ship_and_the_rest_must_be_paid(
    amount_minor: int, shippable_minor: int, prepayment_minor: int
) -> None:
    assert figures(amount_minor, LimitRule()) == Figures(40_000, shippable_minor, prepayment_minor)


def test_where_reaching_the_limit_fires_one_cent_less_may_ship() -> None:
    rule = LimitRule(boundary=Boundary.REACHED)
    assert figures(40_000, rule) == Figures(40_000, 39_999, 1)


def test_a_tolerance_may_ship_too_but_is_no_headroom() -> None:
    assert figures(90_000, LimitRule(tolerance_bp=1_000)) == Figures(40_000, 50_000, 40_000)


def test_over_the_limit_already_nothing_may_ship_and_all_must_be_paid() -> None:
    assert figures(700, LimitRule(), OWES_1100) == Figures(-10_000, 0, 700)


def test_a_soft_limit_tells_what_would_ship_without_a_warning() -> None:
    assert figures(90_000, LimitRule(Mode.SOFT)) == Figures(40_000, 40_000, 50_000)


def test_where_the_limit_rule_is_off_everything_may_ship() -> None:
    assert figures(90_000, LimitRule(Mode.OFF)) == Figures(40_000, 90_000, 0)


def test_an_unlimited_account_has_no_figure_for_headroom() -> None:
    unlimited = an_account(limit=a_limit(None))
    assert figures(90_000, LimitRule(), unlimited) == Figures(None, 90_000, 0)


def test_what_is_prepaid_already_may_ship_besides_the_headroom() -> None:
    position = a_position(account=OWES_600, policy=a_policy_of_only(limit=LimitRule()))
    verdict = decide(an_order(90_000, prepaid_minor=10_000), position)
    assert verdict.figures == Figures(40_000, 50_000, 40_000)


def test_a_credit_balance_that_is_ignored_is_no_headroom() -> None:
    in_credit = an_account(totals=Totals(payments_minor=20_000))
    assert figures(0, LimitRule(), in_credit) == Figures(120_000, 0, 0)
    rule = LimitRule(floor_credit_balance=True)
    assert figures(0, rule, in_credit) == Figures(100_000, 0, 0)


def test_where_something_else_holds_nothing_may_ship_and_no_payment_helps() -> None:
    policy = a_policy_of_only(limit=LimitRule(), overdue_items=OverdueRule(Mode.HARD))
    verdict = decide(an_order(100_700), a_position(account=OVERDUE, policy=policy))
    assert verdict.figures == Figures(100_000, 0, None)


def test_where_something_else_warns_the_limit_alone_decides() -> None:
    policy = a_policy_of_only(limit=LimitRule(), overdue_items=OverdueRule(Mode.SOFT))
    verdict = decide(an_order(100_700), a_position(account=OVERDUE, policy=policy))
    assert verdict.figures == Figures(100_000, 100_000, 700)


def test_an_expired_limit_ships_nothing_on_credit_and_asks_for_the_whole() -> None:
    verdict = decide(an_order(100_700), a_position(account=EXPIRED))
    assert verdict.figures == Figures(100_000, 0, 100_700)


@pytest.mark.parametrize(
    ("mode", "shippable_minor", "prepayment_minor"),
    [(Mode.HARD, 0, 700), (Mode.SOFT, 700, 700), (Mode.OFF, 700, 0)],
)
def test_a_missing_limit_asks_for_the_whole_unless_it_is_of_no_interest(
    mode: Mode, shippable_minor: int, prepayment_minor: int
) -> None:
    position = a_position(
        account=an_account(limit=None), policy=a_policy_of_only(limit_missing=mode)
    )
    verdict = decide(an_order(700), position)
    assert verdict.figures == Figures(None, shippable_minor, prepayment_minor)


def test_an_order_without_a_rate_ships_nothing_and_no_payment_helps() -> None:
    verdict = decide(an_order(700, currency=USD), a_position())
    assert verdict.figures == Figures(100_000, 0, None)


def test_where_nearness_holds_filling_the_limit_would_not_ship() -> None:
    policy = a_policy(limit_near=Threshold(Mode.HARD, 9_000))
    verdict = decide(an_order(50_000), a_position(account=OWES_600, policy=policy))
    assert verdict.figures == Figures(40_000, 0, 50_000)
