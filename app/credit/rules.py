"""Every rule, gravest first, in one table. To add a reason, add its code, rule and texts."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

from app.credit.account import Position
from app.credit.exposure import Exposure, allowed_minor, is_exempt, limit_minor
from app.credit.money import BASIS_POINTS, rounded_minor
from app.credit.order import Order
from app.credit.policy import Boundary, Mode, Policy


class ReasonCode(StrEnum):
    """Why a rule fired. Codes are part of the contract and never translated."""

    CUSTOMER_UNKNOWN = "customer_unknown"
    CUSTOMER_BLOCKED = "customer_blocked"
    RATE_MISSING = "rate_missing"
    ABOVE_GRANT = "above_grant"
    LIMIT_MISSING = "limit_missing"
    LIMIT_EXPIRED = "limit_expired"
    LIMIT_EXCEEDED = "limit_exceeded"
    OVERDUE_ITEMS = "overdue_items"
    OLDEST_ITEM = "oldest_item"
    DUNNING_LEVEL = "dunning_level"
    ORDER_MAXIMUM = "order_maximum"
    TOTALS_DRIFT = "totals_drift"
    DATA_STALE = "data_stale"
    LIMIT_REVIEW_DUE = "limit_review_due"
    LIMIT_NEAR = "limit_near"
    EXEMPT_TERMS = "exempt_terms"
    RELEASE_APPLIED = "release_applied"


class Advice(StrEnum):
    """What to do about a reason. What helps this very order is told by the options."""

    PREPAY = "prepay"
    SHIP_PART = "ship_part"
    AWAIT_RELEASE = "await_release"
    COLLECT = "collect"
    ASK_CREDIT = "ask_credit"
    REVIEW_LIMIT = "review_limit"
    FEED_DATA = "feed_data"
    STATE_RATE = "state_rate"
    RECONCILE = "reconcile"


class Unit(StrEnum):
    """In what a reason's figures are given; money is in minor units of the account."""

    MONEY = "money"
    DAYS = "days"
    MINUTES = "minutes"
    LEVEL = "level"
    DATE = "date"
    CURRENCY = "currency"


@dataclass(frozen=True, slots=True)
class Finding:
    """What a rule saw and what it allows; `amount_minor` is the sum its text speaks of.

    `holds` is set where a softer rule has passed the mark from which on it holds.
    """

    observed: int | str | None = None
    threshold: int | str | None = None
    unit: Unit | None = None
    amount_minor: int = 0
    holds: bool = False


@dataclass(frozen=True, slots=True)
class Case:
    """An order, the position it meets, and the exposure that follows from both."""

    order: Order
    position: Position
    exposure: Exposure


@dataclass(frozen=True, slots=True)
class Rule:
    """When a rule fires, its mode, what to do, and whether it stands against every grant."""

    fires: Callable[[Case], Finding | None]
    mode: Callable[[Policy], Mode]
    advice: tuple[Advice, ...] = ()
    absolute: bool = False


def _customer_unknown(case: Case) -> Finding | None:
    return Finding() if case.position.customer is None else None


def _customer_blocked(case: Case) -> Finding | None:
    customer = case.position.customer
    return Finding() if customer is not None and customer.blocked else None


def _rate_missing(case: Case) -> Finding | None:
    account = case.position.account
    foreign = case.order.currency != account.currency
    if not foreign and not account.foreign_documents:
        return None
    seen = case.order.currency.code if foreign else None
    return Finding(seen, account.currency.code, Unit.CURRENCY)


def _above_grant(case: Case) -> Finding | None:
    grant, order = case.position.grant, case.order
    if not order.stated or grant is None or order.currency != case.position.account.currency:
        return None
    if order.amount_minor <= grant.amount_minor:
        return None
    excess_minor = order.amount_minor - grant.amount_minor
    return Finding(order.amount_minor, grant.amount_minor, Unit.MONEY, excess_minor)


def _limit_missing(case: Case) -> Finding | None:
    if case.position.customer is None or not case.order.credit_minor:
        return None
    return Finding() if case.position.account.limit is None else None


def _limit_expired(case: Case) -> Finding | None:
    limit, today = case.position.account.limit, case.position.today
    if limit is None or limit.valid_until is None or limit.valid_until >= today:
        return None
    if not case.order.credit_minor:
        return None
    return Finding(today.isoformat(), limit.valid_until.isoformat(), Unit.DATE)


def _limit_exceeded(case: Case) -> Finding | None:
    allowed, after = allowed_minor(case.position), case.exposure.after_minor
    if allowed is None or after <= allowed or not case.exposure.this_order_minor:
        return None
    threshold = allowed + 1 if _equality_fires(case) else allowed
    limit = limit_minor(case.position) or 0
    return Finding(after, threshold, Unit.MONEY, after - limit)


def _equality_fires(case: Case) -> bool:
    return case.position.policy.limit.boundary is Boundary.REACHED


def _is_told_by_the_limit(case: Case) -> bool:
    """Say whether `limit_exceeded` speaks, at least as gravely as `limit_near` would."""
    policy = case.position.policy
    graver = policy.limit.mode in {Mode.HARD, policy.limit_near.mode}
    return graver and _limit_exceeded(case) is not None


def _overdue_items(case: Case) -> Finding | None:
    overdue = case.position.account.overdue
    if overdue.oldest_due_on is None:
        return None
    days = (case.position.today - overdue.oldest_due_on).days
    grace_days = case.position.policy.overdue_items.grace_days
    return Finding(days, grace_days, Unit.DAYS, overdue.amount_minor)


def _oldest_item(case: Case) -> Finding | None:
    oldest_on = case.position.account.oldest_invoice_on
    if oldest_on is None:
        return None
    return _above(
        (case.position.today - oldest_on).days, case.position.policy.oldest_item.value, Unit.DAYS
    )


def _dunning_level(case: Case) -> Finding | None:
    customer, from_level = case.position.customer, case.position.policy.dunning_level.value
    if customer is None or customer.dunning_level < from_level:
        return None
    return Finding(customer.dunning_level, from_level, Unit.LEVEL)


def _order_maximum(case: Case) -> Finding | None:
    account = case.position.account
    if case.order.currency != account.currency:
        return None
    maximum = rounded_minor(case.position.policy.order_maximum.amount, account.currency)
    return _above(case.order.amount_minor, maximum, Unit.MONEY)


def _totals_drift(case: Case) -> Finding | None:
    found_on = case.position.account.drift_found_on
    return None if found_on is None else Finding(found_on.isoformat(), None, Unit.DATE)


def _data_stale(case: Case) -> Finding | None:
    return stale(case.position)


def stale(position: Position) -> Finding | None:
    """Give how old the data are, if that is more than the policy has for fresh."""
    if position.data_as_of is None:
        return None
    minutes = (position.now - position.data_as_of) // timedelta(minutes=1)
    rule = position.policy.data_stale
    if rule.hard_after_minutes is not None and minutes > rule.hard_after_minutes:
        return Finding(minutes, rule.hard_after_minutes, Unit.MINUTES, holds=True)
    return _above(minutes, rule.max_age_minutes, Unit.MINUTES)


def _limit_review_due(case: Case) -> Finding | None:
    limit = case.position.account.limit
    if limit is None:
        return None
    days = (case.position.today - limit.set_on).days
    return _above(days, case.position.policy.limit_review_due.value, Unit.DAYS)


def _limit_near(case: Case) -> Finding | None:
    limit, after = limit_minor(case.position), case.exposure.after_minor
    if limit is None or not case.exposure.this_order_minor or _is_told_by_the_limit(case):
        return None
    near_bp = case.position.policy.limit_near.value
    if after <= 0 or after * BASIS_POINTS < limit * near_bp:
        return None
    left_minor = max(0, limit - after)
    return Finding(after, limit * near_bp // BASIS_POINTS, Unit.MONEY, left_minor)


def _exempt_terms(case: Case) -> Finding | None:
    return Finding() if is_exempt(case.order, case.position) else None


def _release_applied(case: Case) -> Finding | None:
    grant, order = case.position.grant, case.order
    if grant is None or order.currency != case.position.account.currency:
        return None
    if order.amount_minor > grant.amount_minor or order.credit_minor > grant.credit_minor:
        return None
    return Finding(order.amount_minor, grant.amount_minor, Unit.MONEY)


def _above(observed: int, threshold: int, unit: Unit) -> Finding | None:
    return Finding(observed, threshold, unit) if observed > threshold else None


def _always(mode: Mode) -> Callable[[Policy], Mode]:
    return lambda _policy: mode


RULES: dict[ReasonCode, Rule] = {
    ReasonCode.CUSTOMER_UNKNOWN: Rule(
        _customer_unknown, lambda p: p.customer_unknown, (Advice.ASK_CREDIT,), absolute=True
    ),
    ReasonCode.CUSTOMER_BLOCKED: Rule(
        _customer_blocked, _always(Mode.HARD), (Advice.ASK_CREDIT,), absolute=True
    ),
    ReasonCode.RATE_MISSING: Rule(_rate_missing, _always(Mode.HARD), (Advice.STATE_RATE,)),
    ReasonCode.ABOVE_GRANT: Rule(_above_grant, _always(Mode.HARD), (Advice.AWAIT_RELEASE,)),
    ReasonCode.LIMIT_MISSING: Rule(
        _limit_missing, lambda p: p.limit_missing, (Advice.PREPAY, Advice.ASK_CREDIT)
    ),
    ReasonCode.LIMIT_EXPIRED: Rule(
        _limit_expired, lambda p: p.limit_expired, (Advice.PREPAY, Advice.ASK_CREDIT)
    ),
    ReasonCode.LIMIT_EXCEEDED: Rule(
        _limit_exceeded,
        lambda p: p.limit.mode,
        (Advice.PREPAY, Advice.SHIP_PART, Advice.AWAIT_RELEASE),
    ),
    ReasonCode.OVERDUE_ITEMS: Rule(
        _overdue_items, lambda p: p.overdue_items.mode, (Advice.COLLECT,)
    ),
    ReasonCode.OLDEST_ITEM: Rule(_oldest_item, lambda p: p.oldest_item.mode, (Advice.COLLECT,)),
    ReasonCode.DUNNING_LEVEL: Rule(
        _dunning_level, lambda p: p.dunning_level.mode, (Advice.COLLECT,)
    ),
    ReasonCode.ORDER_MAXIMUM: Rule(
        _order_maximum, lambda p: p.order_maximum.mode, (Advice.AWAIT_RELEASE,)
    ),
    ReasonCode.TOTALS_DRIFT: Rule(_totals_drift, _always(Mode.SOFT), (Advice.RECONCILE,)),
    ReasonCode.DATA_STALE: Rule(_data_stale, lambda p: p.data_stale.mode, (Advice.FEED_DATA,)),
    ReasonCode.LIMIT_REVIEW_DUE: Rule(
        _limit_review_due, lambda p: p.limit_review_due.mode, (Advice.REVIEW_LIMIT,)
    ),
    ReasonCode.LIMIT_NEAR: Rule(_limit_near, lambda p: p.limit_near.mode, (Advice.REVIEW_LIMIT,)),
    ReasonCode.EXEMPT_TERMS: Rule(_exempt_terms, _always(Mode.INFO)),
    ReasonCode.RELEASE_APPLIED: Rule(_release_applied, _always(Mode.INFO)),
}
"""When is an order held or warned about? This is the full list, gravest first."""
