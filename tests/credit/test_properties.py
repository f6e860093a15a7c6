"""What holds of every order in every position, under every policy."""

from dataclasses import replace
from decimal import Decimal

from hypothesis import assume, example, given
from hypothesis import strategies as st
from support.builders import TODAY, a_limit, a_policy_of_only, a_position, an_account, an_order
from support.strategies import Case, cases, limit_cases, overrun_cases, thorough

from app.credit.account import Account, Grant, Limit, Overdue, Position, Totals
from app.credit.decision import decide
from app.credit.judgement import Judgement, Outcome, judge
from app.credit.options import Option, OptionType
from app.credit.order import Line, Order
from app.credit.policy import LimitRule, Mode, OrderMaximumRule, Threshold
from app.credit.rules import ReasonCode

BEST_FIRST = [Outcome.PASS, Outcome.WARNING, Outcome.HOLD]

more = st.integers(1, 200) | st.integers(1, 10**15)


def says_yes(order: Order, position: Position) -> bool:
    return judge(order, position).outcome is not Outcome.HOLD


def over_the_limit(judgement: Judgement) -> bool:
    return any(reason.code is ReasonCode.LIMIT_EXCEEDED for reason in judgement.reasons)


def limited_to(limit: Limit, position: Position) -> Position:
    return replace(position, account=replace(position.account, limit=limit))


NEAR_HOLDS = a_policy_of_only(limit=LimitRule(Mode.SOFT), limit_near=Threshold(Mode.HARD, 9_000))


@thorough
@given(limit_cases, more)
@example(
    (an_order(1_000), a_position(account=an_account(limit=a_limit(990)), policy=NEAR_HOLDS)), 50
)
@example((an_order(10), a_position(account=an_account(limit=a_limit(0)), policy=NEAR_HOLDS)), 10)
def test_a_higher_limit_never_turns_a_yes_into_a_no(case: Case, more_minor: int) -> None:
    order, position = case
    limit = position.account.limit
    assert limit is not None
    assert limit.amount_minor is not None
    raised = replace(limit, amount_minor=limit.amount_minor + more_minor)
    unlimited = replace(limit, amount_minor=None)
    answers = [
        says_yes(order, position),
        says_yes(order, limited_to(raised, position)),
        says_yes(order, limited_to(unlimited, position)),
    ]
    assert answers == sorted(answers)


def with_more_debt(account: Account, more_minor: int) -> list[Account]:
    """Give the account with another invoice, order, reservation and overdue item."""
    totals = account.totals
    invoiced = replace(totals, invoices_minor=totals.invoices_minor + more_minor)
    return [
        replace(account, totals=invoiced),
        replace(account, totals=invoiced, oldest_invoice_on=TODAY.replace(year=2020)),
        replace(account, totals=invoiced, overdue=Overdue(more_minor, TODAY.replace(year=2020))),
        replace(
            account,
            totals=replace(totals, open_orders_minor=totals.open_orders_minor + more_minor),
        ),
        replace(
            account,
            totals=replace(totals, reservations_minor=totals.reservations_minor + more_minor),
        ),
    ]


@thorough
@given(cases, more)
def test_more_debt_never_turns_a_no_into_a_yes(case: Case, more_minor: int) -> None:
    order, position = case
    owing = with_more_debt(position.account, more_minor)
    after = [says_yes(order, replace(position, account=account)) for account in owing]
    assert says_yes(order, position) >= max(after)


@thorough
@given(cases, more)
def test_a_larger_order_never_turns_a_no_into_a_yes(case: Case, more_minor: int) -> None:
    order, position = case
    larger = replace(order, amount_minor=order.amount_minor + more_minor)
    assert says_yes(order, position) >= says_yes(larger, position)


@thorough
@given(cases)
def test_the_parts_of_the_exposure_add_up(case: Case) -> None:
    exposure = judge(*case).exposure
    t = exposure.totals
    parts = [t.invoices_minor, -t.credit_notes_minor, -t.payments_minor]
    orders = [t.open_orders_minor, t.reservations_minor]
    assert exposure.before_minor == sum(parts) + exposure.ignored_credit_minor + sum(orders)
    assert exposure.after_minor == exposure.before_minor + exposure.this_order_minor


def following(option: Option, order: Order, position: Position) -> Case:
    """Do what the option says, by its published fields alone."""
    if option.type is OptionType.PREPAY:
        paid_minor = order.prepaid_minor + option.amount_minor
        return replace(order, prepaid_minor=paid_minor), position
    if option.type is OptionType.SHIP_PART:
        return part_of(order, option), position
    grant = Grant(option.amount_minor, max(0, option.amount_minor - order.prepaid_minor))
    return order, replace(position, grant=grant)


def part_of(order: Order, option: Option) -> Order:
    lines = tuple(line for line in order.lines if line.ref in (option.lines or ()))
    amount_minor = sum(line.amount_minor for line in lines) if lines else option.amount_minor
    assert amount_minor == option.amount_minor
    return replace(order, amount_minor=amount_minor, lines=lines)


@thorough
@given(cases)
def test_every_option_gives_the_outcome_it_states_and_that_is_a_better_one(case: Case) -> None:
    order, position = case
    verdict = decide(order, position)
    stated = [option.outcome for option in verdict.options]
    found = [judge(*following(option, order, position)).outcome for option in verdict.options]
    assert found == stated
    rank = BEST_FIRST.index(verdict.judgement.outcome)
    assert [outcome for outcome in stated if BEST_FIRST.index(outcome) >= rank] == []


@thorough
@given(cases)
def test_what_may_ship_ships(case: Case) -> None:
    order, position = case
    shippable_minor = decide(order, position).figures.shippable_minor
    assert 0 <= shippable_minor <= order.amount_minor
    part = replace(order, amount_minor=shippable_minor)
    assert says_yes(part, position) >= (shippable_minor > 0)


@thorough
@given(overrun_cases)
def test_of_what_the_limit_stops_not_one_minor_unit_more_ships(case: Case) -> None:
    order, position = case
    verdict = decide(order, position)
    shippable_minor = verdict.figures.shippable_minor
    assume(0 < shippable_minor < order.amount_minor)
    part = replace(order, amount_minor=shippable_minor)
    assert not over_the_limit(judge(part, position))
    assert over_the_limit(judge(replace(part, amount_minor=shippable_minor + 1), position))


@thorough
@given(cases)
def test_the_required_prepayment_suffices_and_where_none_is_named_no_payment_does(
    case: Case,
) -> None:
    order, position = case
    payment_minor = decide(order, position).figures.required_prepayment_minor
    asked_minor = order.credit_minor if payment_minor is None else payment_minor
    paid = replace(order, prepaid_minor=order.prepaid_minor + asked_minor)
    assert 0 <= asked_minor <= order.credit_minor
    assert says_yes(paid, position) is (payment_minor is not None)


@thorough
@given(overrun_cases)
def test_one_minor_unit_less_than_the_required_prepayment_does_not_suffice(case: Case) -> None:
    order, position = case
    payment_minor = decide(order, position).figures.required_prepayment_minor
    assume(payment_minor is not None and 0 < payment_minor < order.credit_minor)
    assert payment_minor is not None
    assert not over_the_limit(judge(order.prepaying(payment_minor), position))
    assert over_the_limit(judge(order.prepaying(payment_minor - 1), position))


@thorough
@given(cases, st.sampled_from([10, 1_000]))
def test_amounts_a_power_of_ten_larger_are_judged_alike(case: Case, factor: int) -> None:
    no_fixed_amounts = OrderMaximumRule(Mode.OFF, Decimal(0))
    policy = replace(case[1].policy, order_maximum=no_fixed_amounts)
    order, position = case[0], replace(case[1], policy=policy)
    assert verdict_in_words(scaled(order, factor), rescaled(position, factor)) == (
        verdict_in_words(order, position)
    )


def verdict_in_words(order: Order, position: Position) -> list[tuple[str, str]]:
    return [(reason.code, reason.mode) for reason in judge(order, position).reasons]


def scaled(order: Order, factor: int) -> Order:
    return replace(
        order,
        amount_minor=order.amount_minor * factor,
        prepaid_minor=order.prepaid_minor * factor,
        lines=tuple(Line(line.ref, line.amount_minor * factor) for line in order.lines),
    )


def rescaled(position: Position, factor: int) -> Position:
    account, grant = position.account, position.grant
    limit, totals = account.limit, account.totals
    if limit is not None and limit.amount_minor is not None:
        limit = replace(limit, amount_minor=limit.amount_minor * factor)
    larger = Totals(
        totals.invoices_minor * factor,
        totals.credit_notes_minor * factor,
        totals.payments_minor * factor,
        totals.open_orders_minor * factor,
        totals.reservations_minor * factor,
    )
    return replace(
        position,
        account=replace(account, limit=limit, totals=larger),
        grant=grant and Grant(grant.amount_minor * factor, grant.credit_minor * factor),
    )


@thorough
@given(cases)
def test_the_outcome_is_that_of_the_gravest_reason(case: Case) -> None:
    judgement = judge(*case)
    modes = [reason.mode for reason in judgement.reasons]
    assert modes == sorted(modes, key=[Mode.HARD, Mode.SOFT, Mode.INFO].index)
    gravest = modes[0] if modes else Mode.INFO
    outcomes = {Mode.HARD: Outcome.HOLD, Mode.SOFT: Outcome.WARNING, Mode.INFO: Outcome.PASS}
    assert judgement.outcome is outcomes[gravest]
