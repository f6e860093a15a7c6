"""Orders, accounts, policies and positions for tests: name what matters, the rest is plain.

Amounts are minor units. Plain means a known customer of good standing with a limit of
1,000.00 EUR who owes nothing, asked about an order of 100.00 EUR under the standard policy.
"""

from dataclasses import replace
from datetime import UTC, date, datetime
from typing import TypedDict, Unpack

from app.credit.account import Account, Customer, Grant, Limit, Overdue, Position, Totals
from app.credit.money import Currency
from app.credit.order import Line, Order
from app.credit.policy import (
    LimitRule,
    Mode,
    OrderMaximumRule,
    OverdueRule,
    Policy,
    ReleaseMarks,
    StaleRule,
    Threshold,
)

EUR = Currency("EUR", 2)
USD = Currency("USD", 2)
JPY = Currency("JPY", 0)
KWD = Currency("KWD", 3)

NOW = datetime(2026, 11, 22, 9, 14, 3, 212_000, tzinfo=UTC)
TODAY = date(2026, 11, 22)


class OrderParts(TypedDict, total=False):
    ref: str
    revision: int
    currency: Currency
    prepaid_minor: int
    ship_date: date | None
    payment_terms: str | None
    lines: tuple[Line, ...]
    stated: bool


class AccountParts(TypedDict, total=False):
    ref: str
    seq: int
    currency: Currency
    limit: Limit | None
    totals: Totals
    overdue: Overdue
    oldest_invoice_on: date | None
    foreign_documents: int
    drift_found_on: date | None


class PolicyParts(TypedDict, total=False):
    name: str
    version: int
    reservation_minutes: int
    exempt_payment_terms: frozenset[str]
    limit: LimitRule
    limit_missing: Mode
    limit_near: Threshold
    limit_expired: Mode
    overdue_items: OverdueRule
    oldest_item: Threshold
    dunning_level: Threshold
    order_maximum: OrderMaximumRule
    limit_review_due: Threshold
    data_stale: StaleRule
    customer_unknown: Mode
    auto_release: bool
    advice: ReleaseMarks


class PositionParts(TypedDict, total=False):
    account: Account
    policy: Policy
    customer: Customer | None
    grant: Grant | None
    data_as_of: datetime | None


def an_order(amount_minor: int = 10_000, **parts: Unpack[OrderParts]) -> Order:
    plain = Order(ref="SO-4711", revision=1, amount_minor=amount_minor, currency=EUR)
    return replace(plain, **parts)


def a_limit(
    amount_minor: int | None = 100_000, *, valid_until: date | None = None, set_on: date = TODAY
) -> Limit:
    return Limit(amount_minor, valid_until=valid_until, set_on=set_on)


def an_account(**parts: Unpack[AccountParts]) -> Account:
    return replace(Account(ref="D10027", seq=1843, currency=EUR, limit=a_limit()), **parts)


def a_policy(**parts: Unpack[PolicyParts]) -> Policy:
    """Give the standard policy with these parts in place of its own."""
    return replace(Policy(), **parts)


def a_policy_of_only(**parts: Unpack[PolicyParts]) -> Policy:
    """Give a policy of these rules alone; every other one is off."""
    return replace(_SILENT, **parts)


def a_position(**parts: Unpack[PositionParts]) -> Position:
    plain = Position(
        account=an_account(),
        policy=a_policy(),
        now=NOW,
        today=TODAY,
        customer=Customer("D10027"),
        data_as_of=NOW,
    )
    return replace(plain, **parts)


def some_lines(*amounts_minor: int) -> tuple[Line, ...]:
    """Give lines of these amounts, numbered 10, 20, 30 as order entry does."""
    return tuple(Line(str(10 * n), amount) for n, amount in enumerate(amounts_minor, start=1))


_SILENT = Policy(
    limit=LimitRule(Mode.OFF),
    limit_missing=Mode.OFF,
    limit_near=Threshold(Mode.OFF, 9_000),
    limit_expired=Mode.OFF,
    overdue_items=OverdueRule(Mode.OFF),
    data_stale=StaleRule(Mode.OFF),
    customer_unknown=Mode.OFF,
)
