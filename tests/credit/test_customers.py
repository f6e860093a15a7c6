import pytest
from support.builders import a_policy, a_policy_of_only, a_position, an_account, an_order

from app.credit.account import Customer, Grant, Position
from app.credit.decision import decide
from app.credit.judgement import Outcome, Reason, judge
from app.credit.options import Figures
from app.credit.policy import Mode
from app.credit.rules import ReasonCode

BLOCKED = Customer("D10027", blocked=True)


def a_stranger(mode: Mode) -> Position:
    """Give the position of a customer nobody has stated: no limit, no debts."""
    policy = a_policy(customer_unknown=mode)
    return a_position(customer=None, account=an_account(limit=None), policy=policy)


@pytest.mark.parametrize(
    ("mode", "outcome"), [(Mode.HARD, Outcome.HOLD), (Mode.SOFT, Outcome.WARNING)]
)
def test_an_unknown_customer_is_told_to_be_unknown_and_nothing_else(
    mode: Mode, outcome: Outcome
) -> None:
    judgement = judge(an_order(), a_stranger(mode))
    assert judgement.outcome is outcome
    assert judgement.reasons == (Reason(ReasonCode.CUSTOMER_UNKNOWN, mode),)


def test_a_policy_may_take_orders_from_unknown_customers() -> None:
    judgement = judge(an_order(), a_stranger(Mode.OFF))
    assert (judgement.outcome, judgement.reasons) == (Outcome.PASS, ())


@pytest.mark.parametrize("mode", [Mode.SOFT, Mode.OFF])
def test_where_an_unknown_customer_may_order_no_prepayment_is_required(mode: Mode) -> None:
    verdict = decide(an_order(700), a_stranger(mode))
    assert verdict.figures == Figures(None, shippable_minor=700, required_prepayment_minor=0)
    assert verdict.options == ()


def test_nothing_helps_an_unknown_customer_who_is_held() -> None:
    verdict = decide(an_order(700), a_stranger(Mode.HARD))
    assert verdict.figures == Figures(None, shippable_minor=0, required_prepayment_minor=None)
    assert verdict.options == ()


def test_a_blocked_customer_is_held_under_every_policy() -> None:
    judgement = judge(an_order(), a_position(customer=BLOCKED, policy=a_policy_of_only()))
    assert judgement.outcome is Outcome.HOLD
    assert judgement.reasons == (Reason(ReasonCode.CUSTOMER_BLOCKED, Mode.HARD),)


def test_a_blocked_customer_is_held_for_an_order_of_zero_too() -> None:
    assert judge(an_order(0), a_position(customer=BLOCKED)).outcome is Outcome.HOLD


def test_nothing_helps_a_blocked_customer() -> None:
    position = a_position(customer=BLOCKED, grant=Grant(10_000, 10_000))
    verdict = decide(an_order(10_000), position)
    assert verdict.figures == Figures(100_000, shippable_minor=0, required_prepayment_minor=None)
    assert verdict.options == ()
