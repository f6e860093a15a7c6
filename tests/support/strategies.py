"""Orders in every kind of position, for Hypothesis; amounts of one case share a scale.

Small scales make figures meet (exactly at the limit, exactly within the grant); the largest
is the largest that a document may have.
"""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from functools import cache
from random import Random

from hypothesis import settings
from hypothesis import strategies as st
from support.builders import (
    EUR,
    NOW,
    TODAY,
    USD,
    a_limit,
    a_policy_of_only,
    a_position,
    an_account,
    an_order,
)

from app.credit.account import Account, Customer, Grant, Limit, Overdue, Position, Totals
from app.credit.money import MINOR_MAX
from app.credit.order import Line, Order
from app.credit.policy import (
    Boundary,
    LimitRule,
    Mode,
    OrderMaximumRule,
    OverdueRule,
    Policy,
    StaleRule,
    Threshold,
)

thorough = settings(max_examples=60, deadline=None)

Case = tuple[Order, Position]

SCALES = (9, 100, 10_000, MINOR_MAX)
currencies = st.sampled_from([EUR] * 5 + [USD])
terms = st.sampled_from([None, None, None, "NET30", "COD"])
customers = st.sampled_from(
    [
        *[Customer("D10027")] * 4,
        *[Customer("D10027", dunning_level=level) for level in (1, 2, 3)],
        Customer("D10027", blocked=True),
        None,
    ]
)


limit_dates = st.sampled_from(
    [(None, TODAY), (TODAY, TODAY - timedelta(2)), (TODAY - timedelta(1), TODAY - timedelta(3))]
)
oldest_days = st.sampled_from([None, None, *(TODAY - timedelta(n) for n in (1, 2, 3))])
stated_at = st.sampled_from([NOW, None, *(NOW - timedelta(minutes=n) for n in (1, 2, 1_441))])


def policy_numbered(number: int) -> Policy:
    """Give one of a million policies: drawn by a number, as drawing part by part is slow."""
    pick = Random(number).choice  # noqa: S311 - no secret

    def mode() -> Mode:
        return pick((Mode.HARD, Mode.SOFT, Mode.OFF, Mode.OFF))

    return Policy(
        limit=LimitRule(
            mode=mode(),
            tolerance_bp=pick((0, 0, 1, 333, 1_000, 10_000)),
            boundary=pick(tuple(Boundary)),
            floor_credit_balance=pick((True, False)),
        ),
        limit_missing=mode(),
        limit_near=Threshold(mode(), pick((1, 5_000, 9_000, 10_000))),
        limit_expired=mode(),
        overdue_items=OverdueRule(mode()),
        oldest_item=Threshold(mode(), pick((2, 90))),
        dunning_level=Threshold(mode(), pick((1, 2, 3))),
        order_maximum=OrderMaximumRule(mode(), pick((Decimal("0.05"), Decimal(50)))),
        limit_review_due=Threshold(mode(), pick((2, 365))),
        data_stale=StaleRule(mode(), *pick(((1, None), (1, 2), (1, 1_440), (1_440, None)))),
        customer_unknown=mode(),
    )


policies = st.integers(0, 1_000_000).map(policy_numbered)
limit_policies = policies.map(lambda p: a_policy_of_only(limit=p.limit, limit_near=p.limit_near))


def limits(scale: int) -> st.SearchStrategy[Limit | None]:
    amounts = st.integers(0, scale) | st.sampled_from([None, 0])
    return st.none() | st.builds(lambda amount, dates: Limit(amount, *dates), amounts, limit_dates)


def overdue(scale: int) -> st.SearchStrategy[Overdue]:
    long_due = st.builds(Overdue, st.integers(1, scale), st.just(TODAY - timedelta(22)))
    return st.just(Overdue()) | long_due


def accounts(scale: int) -> st.SearchStrategy[Account]:
    part = st.integers(0, scale)
    return st.builds(
        Account,
        ref=st.just("D10027"),
        seq=st.just(1),
        currency=st.just(EUR),
        limit=limits(2 * scale),
        totals=st.builds(Totals, part, part, part, part, part),
        overdue=overdue(scale),
        oldest_invoice_on=oldest_days,
        foreign_documents=st.sampled_from([0, 0, 0, 0, 0, 1]),
        drift_found_on=st.sampled_from([None, None, None, None, TODAY]),
    )


def orders(scale: int) -> st.SearchStrategy[Order]:
    amounts = st.lists(st.integers(0, scale), max_size=6)
    return st.builds(
        _an_order_of_lines,
        amounts,
        st.integers(0, scale),
        prepaid_minor=st.just(0) | st.integers(0, scale),
        currency=currencies,
        payment_terms=terms,
        stated=st.sampled_from([False, False, False, True]),
    )


@cache
def positions(scale: int) -> st.SearchStrategy[Position]:
    part = st.integers(0, scale)
    return st.builds(
        Position,
        account=accounts(scale),
        policy=policies,
        now=st.just(NOW),
        today=st.just(TODAY),
        customer=customers,
        grant=st.one_of(st.none(), st.none(), st.builds(Grant, part, part)),
        data_as_of=stated_at,
    )


@cache
def cases_of(scale: int) -> st.SearchStrategy[Case]:
    return st.tuples(orders(scale), positions(scale))


def _an_order_of_lines(line_amounts: list[int], amount_minor: int, **parts: object) -> Order:
    lines = tuple(Line(str(n), amount) for n, amount in enumerate(line_amounts))
    total = sum(line_amounts) if lines else amount_minor
    plain = Order(ref="SO-4711", revision=1, amount_minor=total, currency=EUR, lines=lines)
    return replace(plain, **parts)  # type: ignore[arg-type]


@cache
def limit_cases_of(scale: int) -> st.SearchStrategy[Case]:
    part = st.integers(0, scale)
    amounts = st.integers(0, 4 * scale)
    position = st.builds(
        lambda totals, limit_minor, policy: a_position(
            account=an_account(totals=totals, limit=a_limit(limit_minor)), policy=policy
        ),
        st.builds(Totals, part, part, part, part, part),
        amounts,
        limit_policies,
    )
    order = st.builds(_an_order_of_lines, st.just([]), amounts, prepaid_minor=st.just(0) | part)
    return st.tuples(order, position)


@cache
def overrun_cases_of(scale: int) -> st.SearchStrategy[Case]:
    """Give orders that pass twice the limit, which is as far as any tolerance goes."""
    part = st.integers(0, scale)
    firing = limit_policies.filter(lambda policy: policy.limit.mode is not Mode.OFF)

    def overrun(amounts_minor: tuple[int, int, int, int], policy: Policy) -> Case:
        owed_minor, room_minor, over_minor, prepaid_minor = amounts_minor
        limit_minor = owed_minor + room_minor + 1
        credit_minor = 2 * limit_minor - owed_minor + over_minor + 1
        totals = Totals(open_orders_minor=owed_minor)
        account = an_account(totals=totals, limit=a_limit(limit_minor))
        order = an_order(credit_minor + prepaid_minor, prepaid_minor=prepaid_minor)
        return order, a_position(account=account, policy=policy)

    return st.builds(overrun, st.tuples(part, part, part, st.just(0) | part), firing)


cases: st.SearchStrategy[Case] = st.sampled_from(SCALES).flatmap(cases_of)
"""An order and a position it may meet."""

limit_cases: st.SearchStrategy[Case] = st.sampled_from(SCALES).flatmap(limit_cases_of)
"""An order and a position in which nothing but the amount of a limit can stop it."""

overrun_cases: st.SearchStrategy[Case] = st.sampled_from(SCALES).flatmap(overrun_cases_of)
"""An order that the limit stops, or warns about, in a position with some headroom."""
