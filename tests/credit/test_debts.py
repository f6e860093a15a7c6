from datetime import timedelta

import pytest
from support.builders import TODAY, a_policy_of_only, a_position, an_account, an_order

from app.credit.account import Customer, Overdue, Position
from app.credit.judgement import Outcome, Reason, judge
from app.credit.policy import Mode, OverdueRule, Threshold
from app.credit.rules import ReasonCode, Unit


def an_overdue_position(mode: Mode) -> Position:
    overdue = Overdue(612_000, oldest_due_on=TODAY - timedelta(days=22))
    policy = a_policy_of_only(overdue_items=OverdueRule(mode, grace_days=3))
    return a_position(account=an_account(overdue=overdue), policy=policy)


@pytest.mark.parametrize(
    ("mode", "outcome"), [(Mode.HARD, Outcome.HOLD), (Mode.SOFT, Outcome.WARNING)]
)
def test_overdue_items_are_told_with_their_sum_and_the_age_of_the_oldest(
    mode: Mode, outcome: Outcome
) -> None:
    judgement = judge(an_order(), an_overdue_position(mode))
    assert judgement.outcome is outcome
    assert judgement.reasons == (
        Reason(ReasonCode.OVERDUE_ITEMS, mode, 22, 3, Unit.DAYS, 612_000),
    )


def test_overdue_items_stop_an_order_of_zero_too() -> None:
    assert judge(an_order(0), an_overdue_position(Mode.HARD)).outcome is Outcome.HOLD


def test_overdue_items_stop_a_prepaid_order_too() -> None:
    order = an_order(500, prepaid_minor=500)
    assert judge(order, an_overdue_position(Mode.HARD)).outcome is Outcome.HOLD


def test_without_overdue_items_the_rule_is_quiet() -> None:
    position = a_position(policy=a_policy_of_only(overdue_items=OverdueRule(Mode.HARD)))
    assert judge(an_order(), position).reasons == ()


def an_open_invoice(*, days_old: int) -> Position:
    account = an_account(oldest_invoice_on=TODAY - timedelta(days=days_old))
    return a_position(
        account=account, policy=a_policy_of_only(oldest_item=Threshold(Mode.HARD, 90))
    )


def test_the_oldest_item_may_be_as_old_as_the_policy_says() -> None:
    assert judge(an_order(), an_open_invoice(days_old=90)).reasons == ()


def test_an_item_one_day_older_holds() -> None:
    assert judge(an_order(), an_open_invoice(days_old=91)).reasons == (
        Reason(ReasonCode.OLDEST_ITEM, Mode.HARD, 91, 90, Unit.DAYS),
    )


def test_without_an_open_invoice_nothing_is_too_old() -> None:
    position = a_position(policy=a_policy_of_only(oldest_item=Threshold(Mode.HARD, 0)))
    assert judge(an_order(), position).reasons == ()


def dunned(level: int) -> Position:
    return a_position(
        customer=Customer("D10027", dunning_level=level),
        policy=a_policy_of_only(dunning_level=Threshold(Mode.HARD, 2)),
    )


def test_below_the_dunning_level_of_the_policy_an_order_passes() -> None:
    assert judge(an_order(), dunned(1)).reasons == ()


@pytest.mark.parametrize("level", [2, 3])
def test_from_the_dunning_level_of_the_policy_an_order_is_held(level: int) -> None:
    assert judge(an_order(), dunned(level)).reasons == (
        Reason(ReasonCode.DUNNING_LEVEL, Mode.HARD, level, 2, Unit.LEVEL),
    )


def test_a_customer_who_is_not_known_was_never_dunned() -> None:
    policy = a_policy_of_only(dunning_level=Threshold(Mode.HARD, 0))
    assert judge(an_order(), a_position(customer=None, policy=policy)).reasons == ()
