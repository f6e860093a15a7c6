"""The ways to a yes; the plain limit is 1,000.00 EUR."""

from datetime import timedelta

import pytest
from support.builders import (
    TODAY,
    a_limit,
    a_policy_of_only,
    a_position,
    an_account,
    an_order,
    some_lines,
)

from app.credit.account import Account, Overdue, Position
from app.credit.decision import decide
from app.credit.judgement import Outcome
from app.credit.options import Option, OptionType
from app.credit.order import Line, Order
from app.credit.policy import LimitRule, Mode, OrderMaximumRule, OverdueRule, Threshold

PREPAY, SHIP_PART, AWAIT_RELEASE = (
    OptionType.PREPAY,
    OptionType.SHIP_PART,
    OptionType.AWAIT_RELEASE,
)
OVERDUE = Overdue(500, oldest_due_on=TODAY - timedelta(days=22))
ONLY_LIMIT = a_position(policy=a_policy_of_only(limit=LimitRule()))


def limited(rule: LimitRule, account: Account) -> Position:
    return a_position(account=account, policy=a_policy_of_only(limit=rule))


def ways(order: Order, position: Position) -> tuple[Option, ...]:
    return decide(order, position).options


def test_over_the_limit_one_may_prepay_ship_a_part_or_await_a_release() -> None:
    assert ways(an_order(150_000), ONLY_LIMIT) == (
        Option(PREPAY, 50_000, Outcome.PASS),
        Option(SHIP_PART, 100_000, Outcome.PASS),
        Option(AWAIT_RELEASE, 150_000, Outcome.PASS),
    )


def test_an_order_that_passes_needs_no_options() -> None:
    assert ways(an_order(100_000), ONLY_LIMIT) == ()


def test_overdue_items_forbid_to_await_a_release_even_where_they_do_not_count() -> None:
    position = limited(LimitRule(), an_account(overdue=OVERDUE))
    assert ways(an_order(150_000), position) == (
        Option(PREPAY, 50_000, Outcome.PASS),
        Option(SHIP_PART, 100_000, Outcome.PASS),
    )


def test_what_is_only_warned_about_can_be_avoided_but_has_no_hold_to_release() -> None:
    position = limited(LimitRule(Mode.SOFT), an_account())
    assert ways(an_order(150_000), position) == (
        Option(PREPAY, 50_000, Outcome.PASS),
        Option(SHIP_PART, 100_000, Outcome.PASS),
    )


def test_an_option_that_still_warns_says_so() -> None:
    policy = a_policy_of_only(limit=LimitRule(), limit_near=Threshold(Mode.SOFT, 9_000))
    assert ways(an_order(150_000), a_position(policy=policy)) == (
        Option(PREPAY, 50_000, Outcome.WARNING),
        Option(SHIP_PART, 100_000, Outcome.WARNING),
        Option(AWAIT_RELEASE, 150_000, Outcome.PASS),
    )


def test_an_option_that_gains_nothing_is_not_offered() -> None:
    policy = a_policy_of_only(limit=LimitRule(Mode.SOFT), limit_near=Threshold(Mode.SOFT, 9_000))
    assert ways(an_order(150_000), a_position(policy=policy)) == ()


def test_only_a_release_helps_an_order_above_the_maximum() -> None:
    policy = a_policy_of_only(order_maximum=OrderMaximumRule(Mode.HARD))
    assert ways(an_order(10_000_001), a_position(policy=policy)) == (
        Option(AWAIT_RELEASE, 10_000_001, Outcome.PASS),
    )


def test_hard_overdue_items_leave_no_way_but_to_collect() -> None:
    policy = a_policy_of_only(overdue_items=OverdueRule(Mode.HARD))
    position = a_position(account=an_account(overdue=OVERDUE), policy=policy)
    assert ways(an_order(), position) == ()


def test_without_headroom_there_is_no_part_to_ship() -> None:
    position = limited(LimitRule(), an_account(limit=a_limit(0)))
    assert ways(an_order(700), position) == (
        Option(PREPAY, 700, Outcome.PASS),
        Option(AWAIT_RELEASE, 700, Outcome.PASS),
    )


def test_what_is_prepaid_already_is_not_asked_for_again() -> None:
    order = an_order(150_000, prepaid_minor=30_000)
    assert ways(order, ONLY_LIMIT) == (
        Option(PREPAY, 20_000, Outcome.PASS),
        Option(SHIP_PART, 130_000, Outcome.PASS),
        Option(AWAIT_RELEASE, 150_000, Outcome.PASS),
    )


def a_part_of(*line_amounts: int) -> Option | None:
    """Give the part to ship of an order with these lines, at a limit of 1,000.00 EUR."""
    order = an_order(sum(line_amounts), lines=some_lines(*line_amounts))
    return next((way for way in ways(order, ONLY_LIMIT) if way.type is SHIP_PART), None)


def test_of_an_order_with_lines_whole_lines_are_shipped() -> None:
    assert a_part_of(70_000, 60_000, 30_000) == Option(
        SHIP_PART, 100_000, Outcome.PASS, ("10", "30")
    )


def test_a_part_may_fill_the_headroom_less_than_whole() -> None:
    assert a_part_of(70_000, 60_000, 50_000) == Option(SHIP_PART, 70_000, Outcome.PASS, ("10",))


def test_lines_that_cost_nothing_come_along() -> None:
    assert a_part_of(0, 70_000, 60_000, 0) == Option(
        SHIP_PART, 70_000, Outcome.PASS, ("10", "20", "40")
    )


@pytest.mark.parametrize("line_amounts", [(150_000,), (150_000, 100_001), (150_000, 0)])
def test_where_no_line_fits_no_part_is_offered(line_amounts: tuple[int, ...]) -> None:
    assert a_part_of(*line_amounts) is None


def test_lines_may_come_to_less_than_the_order() -> None:
    order = an_order(150_000, lines=(Line("freight apart", 90_000),))
    assert Option(SHIP_PART, 90_000, Outcome.PASS, ("freight apart",)) in ways(order, ONLY_LIMIT)


def test_an_order_that_may_ship_whole_is_not_cut_down_to_its_lines() -> None:
    policy = a_policy_of_only(limit=LimitRule(), limit_near=Threshold(Mode.SOFT, 9_000))
    order = an_order(95_000, lines=(Line("freight apart", 80_000),))
    assert ways(order, a_position(policy=policy)) == ()
