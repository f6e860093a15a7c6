"""What lets an order pass without a look at the limit: exempt terms, and an earlier grant."""

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

from app.credit.account import Customer, Grant, Overdue, Position, Totals
from app.credit.decision import decide
from app.credit.judgement import Outcome, Reason, judge
from app.credit.options import Figures
from app.credit.order import Order
from app.credit.policy import LimitRule, Mode, OverdueRule
from app.credit.rules import ReasonCode, Unit

EXEMPT = Reason(ReasonCode.EXEMPT_TERMS, Mode.INFO)
OVER_LIMIT_AND_OVERDUE = an_account(
    limit=a_limit(0),
    totals=Totals(invoices_minor=500),
    overdue=Overdue(500, oldest_due_on=TODAY - timedelta(days=22)),
)


@pytest.mark.parametrize("terms", ["PREPAID", "COD"])
def test_exempt_terms_pass_whatever_is_owed(terms: str) -> None:
    policy = a_policy(overdue_items=OverdueRule(Mode.HARD))
    position = a_position(account=OVER_LIMIT_AND_OVERDUE, policy=policy)
    judgement = judge(an_order(payment_terms=terms), position)
    assert (judgement.outcome, judgement.reasons) == (Outcome.PASS, (EXEMPT,))
    assert judgement.exposure.this_order_minor == 0


@pytest.mark.parametrize("terms", ["NET30", "", None])
def test_other_terms_are_not_exempt(terms: str | None) -> None:
    position = a_position(policy=a_policy_of_only())
    assert judge(an_order(payment_terms=terms), position).reasons == ()


def test_a_policy_names_its_exempt_terms() -> None:
    policy = a_policy(exempt_payment_terms=frozenset({"CARD"}))
    position = a_position(account=OVER_LIMIT_AND_OVERDUE, policy=policy)
    assert judge(an_order(payment_terms="CARD"), position).outcome is Outcome.PASS
    assert judge(an_order(payment_terms="COD"), position).outcome is Outcome.HOLD


def test_exempt_terms_need_no_rate() -> None:
    order = an_order(payment_terms="COD", currency=USD)
    assert judge(order, a_position()).reasons == (EXEMPT,)


def test_exempt_terms_ship_whole_and_without_prepayment() -> None:
    position = a_position(account=OVER_LIMIT_AND_OVERDUE)
    verdict = decide(an_order(700, payment_terms="COD"), position)
    assert verdict.figures == Figures(-500, shippable_minor=700, required_prepayment_minor=0)
    assert verdict.options == ()


def test_exempt_terms_do_not_help_a_blocked_customer() -> None:
    position = a_position(customer=Customer("D10027", blocked=True))
    judgement = judge(an_order(payment_terms="COD"), position)
    assert judgement.outcome is Outcome.HOLD
    assert judgement.reasons == (Reason(ReasonCode.CUSTOMER_BLOCKED, Mode.HARD), EXEMPT)


def test_exempt_terms_do_not_make_a_customer_known() -> None:
    position = a_position(customer=None)
    assert judge(an_order(payment_terms="COD"), position).outcome is Outcome.HOLD


def test_exempt_terms_speak_before_a_grant() -> None:
    position = a_position(grant=Grant(10_000, 10_000))
    assert judge(an_order(payment_terms="COD"), position).reasons == (EXEMPT,)


def granted(amount_minor: int, *, on_credit: int) -> Position:
    """Give a position without headroom in which that much is granted to the order."""
    account = an_account(limit=a_limit(0))
    policy = a_policy_of_only(limit=LimitRule())
    return a_position(account=account, policy=policy, grant=Grant(amount_minor, on_credit))


def applied(amount_minor: int, granted_minor: int) -> Reason:
    return Reason(ReasonCode.RELEASE_APPLIED, Mode.INFO, amount_minor, granted_minor, Unit.MONEY)


@pytest.mark.parametrize("amount_minor", [1, 499, 500])
def test_within_its_grant_an_order_passes_and_the_rest_is_information(amount_minor: int) -> None:
    judgement = judge(an_order(amount_minor), granted(500, on_credit=500))
    over = Reason(ReasonCode.LIMIT_EXCEEDED, Mode.INFO, amount_minor, 0, Unit.MONEY, amount_minor)
    assert judgement.outcome is Outcome.PASS
    assert judgement.reasons == (over, applied(amount_minor, 500))


def test_one_cent_above_its_grant_an_order_is_judged_anew() -> None:
    judgement = judge(an_order(501), granted(500, on_credit=500))
    assert [(r.code, r.mode) for r in judgement.reasons] == [("limit_exceeded", "hard")]


def test_a_grant_for_a_partly_prepaid_order_covers_its_credit_part_only() -> None:
    position = granted(500, on_credit=200)
    assert judge(an_order(500, prepaid_minor=300), position).outcome is Outcome.PASS
    assert judge(an_order(500, prepaid_minor=299), position).outcome is Outcome.HOLD


def test_a_larger_order_is_not_within_its_grant_even_if_more_is_prepaid() -> None:
    order = an_order(501, prepaid_minor=301)
    assert judge(order, granted(500, on_credit=200)).outcome is Outcome.HOLD


def test_a_granted_order_ships_whole_and_without_prepayment() -> None:
    verdict = decide(an_order(500), granted(500, on_credit=500))
    assert verdict.figures == Figures(0, shippable_minor=500, required_prepayment_minor=0)
    assert verdict.options == ()


def test_a_granted_order_of_an_unknown_customer_ships_whole_with_a_warning() -> None:
    policy = a_policy(customer_unknown=Mode.SOFT)
    position = a_position(
        customer=None,
        account=an_account(limit=a_limit(0)),
        policy=policy,
        grant=Grant(500, 500),
    )
    verdict = decide(an_order(500), position)
    assert verdict.judgement.outcome is Outcome.WARNING
    assert verdict.figures == Figures(0, shippable_minor=500, required_prepayment_minor=0)


def test_a_grant_does_not_help_a_blocked_customer() -> None:
    position = a_position(
        customer=Customer("D10027", blocked=True),
        policy=a_policy_of_only(),
        grant=Grant(500, 500),
    )
    judgement = judge(an_order(500), position)
    assert judgement.outcome is Outcome.HOLD
    assert judgement.reasons == (
        Reason(ReasonCode.CUSTOMER_BLOCKED, Mode.HARD),
        applied(500, 500),
    )


def test_a_grant_is_in_the_currency_of_the_account() -> None:
    position = a_position(policy=a_policy_of_only(), grant=Grant(500, 500))
    reasons = judge(an_order(500, currency=USD), position).reasons
    assert [reason.code for reason in reasons] == ["rate_missing"]


def test_a_grant_stands_although_documents_have_no_rate() -> None:
    position = a_position(account=an_account(foreign_documents=1), grant=Grant(500, 500))
    judgement = judge(an_order(500), position)
    assert judgement.outcome is Outcome.PASS
    assert [(r.code, r.mode) for r in judgement.reasons] == [
        ("rate_missing", "info"),
        ("release_applied", "info"),
    ]


def test_a_rule_that_is_off_is_no_information_either() -> None:
    policy = a_policy_of_only(overdue_items=OverdueRule(Mode.OFF))
    position = a_position(account=OVER_LIMIT_AND_OVERDUE, policy=policy, grant=Grant(9, 9))
    assert judge(an_order(9), position).reasons == (applied(9, 9),)


def test_an_order_stated_larger_than_its_grant_is_held_whatever_the_policy() -> None:
    position = a_position(policy=a_policy_of_only(), grant=Grant(500, 500))
    judgement = judge(an_order(501, stated=True), position)
    assert judgement.outcome is Outcome.HOLD
    assert judgement.reasons == (
        Reason(ReasonCode.ABOVE_GRANT, Mode.HARD, 501, 500, Unit.MONEY, 1),
    )


@pytest.mark.parametrize(
    ("order", "grant"),
    [
        (an_order(500, stated=True), Grant(500, 500)),
        (an_order(501, stated=False), Grant(500, 500)),
        (an_order(501, stated=True), None),
        (an_order(501, stated=True, currency=USD), Grant(500, 500)),
    ],
    ids=["as granted", "asked about", "never granted", "without a rate"],
)
def test_other_orders_are_not_above_their_grant(order: Order, grant: Grant | None) -> None:
    reasons = judge(order, a_position(policy=a_policy_of_only(), grant=grant)).reasons
    assert ReasonCode.ABOVE_GRANT not in [reason.code for reason in reasons]
