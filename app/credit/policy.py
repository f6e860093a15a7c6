"""A policy: a named, versioned set of rules, each off, soft (warns) or hard (holds)."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal
from enum import StrEnum
from typing import Any, Self

from app.credit.money import basis_points


class Mode(StrEnum):
    """What a rule that fires does. Policies choose off, soft or hard; info changes nothing."""

    OFF = "off"
    INFO = "info"
    SOFT = "soft"
    HARD = "hard"


class Boundary(StrEnum):
    """Whether an exposure equal to the limit fires the limit rule (`reached`) or not."""

    EXCEEDED = "exceeded"
    REACHED = "reached"


@dataclass(frozen=True, slots=True)
class LimitRule:
    """Exposure with the order against the limit, the limit raised by a tolerance."""

    mode: Mode = Mode.HARD
    tolerance_bp: int = 0
    boundary: Boundary = Boundary.EXCEEDED
    horizon_days: int | None = None
    floor_credit_balance: bool = False


@dataclass(frozen=True, slots=True)
class Threshold:
    """A rule with one whole number: days, minutes, a level, or basis points."""

    mode: Mode
    value: int


@dataclass(frozen=True, slots=True)
class OverdueRule:
    """Overdue invoices: days of grace, and the amount below which an invoice is a trifle."""

    mode: Mode = Mode.SOFT
    grace_days: int = 3
    min_amount: Decimal = Decimal("50.00")


@dataclass(frozen=True, slots=True)
class StaleRule:
    """Data of some age: from which on the rule fires, and from which on it holds, if ever."""

    mode: Mode = Mode.SOFT
    max_age_minutes: int = 1_440
    hard_after_minutes: int | None = None


@dataclass(frozen=True, slots=True)
class OrderMaximumRule:
    """The largest single order, in units of the account's currency."""

    mode: Mode = Mode.OFF
    amount: Decimal = Decimal("100000.00")


@dataclass(frozen=True, slots=True)
class ReleaseRule:
    """How held orders are released, amounts in units of the account's currency.

    Above `four_eyes_above` in all within `window_days`, a second person must agree; `None` is
    never. A release ends after `valid_days`, where it names no day of its own.
    """

    four_eyes_above: Decimal | None = Decimal("50000.00")
    window_days: int = 30
    valid_days: int = 14


@dataclass(frozen=True, slots=True)
class ReleaseMarks:
    """The marks of the release advice; no check looks at them.

    `overrun_max_bp`: by how much of the limit one release may pass it. `expected_within_days`: how
    far ahead payments count. `peak_bp`: from which share of the customer's average month on what
    is on order is a peak, once `peak_history_months` are known. `collection_days`: for how long
    after the grace invoices of who pays by direct debit are ours to collect, and not due.
    """

    overrun_max_bp: int = 2_000
    expected_within_days: int = 7
    peak_bp: int = 15_000
    peak_history_months: int = 3
    collection_days: int = 0


@dataclass(frozen=True, slots=True)
class Policy:
    """The rules in force for a customer. The defaults are those of `standard`."""

    name: str = "standard"
    version: int = 1
    reservation_minutes: int = 60
    exempt_payment_terms: frozenset[str] = frozenset({"PREPAID", "COD"})
    limit: LimitRule = field(default_factory=LimitRule)
    limit_missing: Mode = Mode.HARD
    limit_near: Threshold = Threshold(Mode.SOFT, 9_000)
    limit_expired: Mode = Mode.HARD
    overdue_items: OverdueRule = field(default_factory=OverdueRule)
    oldest_item: Threshold = Threshold(Mode.OFF, 90)
    dunning_level: Threshold = Threshold(Mode.OFF, 2)
    order_maximum: OrderMaximumRule = field(default_factory=OrderMaximumRule)
    limit_review_due: Threshold = Threshold(Mode.OFF, 365)
    data_stale: StaleRule = field(default_factory=StaleRule)
    customer_unknown: Mode = Mode.HARD
    releases: ReleaseRule = field(default_factory=ReleaseRule)
    auto_release: bool = False
    advice: ReleaseMarks = field(default_factory=ReleaseMarks)

    @classmethod
    def from_document(cls, name: str, version: int, document: Mapping[str, Any]) -> Self:
        """Read a complete policy document, as the API takes, fills in and stores it."""
        return replace(
            cls._of_rules(document["rules"]),
            name=name,
            version=version,
            reservation_minutes=document["reservation_minutes"],
            exempt_payment_terms=frozenset(document["exempt_payment_terms"]),
            releases=_release_rule(document.get("releases")),
            auto_release=document.get("auto_release", False),
            advice=_release_marks(document.get("release_advice")),
        )

    @classmethod
    def _of_rules(cls, rules: Mapping[str, Any]) -> Self:
        return cls(
            limit=_limit_rule(rules["limit"]),
            limit_missing=Mode(rules["limit_missing"]["mode"]),
            limit_near=_percent(rules["limit_near"], "at_percent"),
            limit_expired=Mode(rules["limit_expired"]["mode"]),
            overdue_items=_overdue_rule(rules["overdue_items"]),
            oldest_item=_threshold(rules["oldest_item"], "max_age_days"),
            dunning_level=_threshold(rules["dunning_level"], "from_level"),
            order_maximum=_order_maximum(rules["order_maximum"]),
            limit_review_due=_threshold(rules["limit_review_due"], "max_age_days"),
            data_stale=_stale_rule(rules["data_stale"]),
            customer_unknown=Mode(rules["customer_unknown"]["mode"]),
        )


def _limit_rule(rule: Mapping[str, Any]) -> LimitRule:
    return LimitRule(
        mode=Mode(rule["mode"]),
        tolerance_bp=basis_points(Decimal(rule["tolerance_percent"])),
        boundary=Boundary(rule["boundary"]),
        horizon_days=rule["horizon_days"],
        floor_credit_balance=rule["floor_credit_balance"],
    )


def _overdue_rule(rule: Mapping[str, Any]) -> OverdueRule:
    return OverdueRule(
        mode=Mode(rule["mode"]),
        grace_days=rule["grace_days"],
        min_amount=Decimal(rule["min_amount"]),
    )


def _order_maximum(rule: Mapping[str, Any]) -> OrderMaximumRule:
    return OrderMaximumRule(mode=Mode(rule["mode"]), amount=Decimal(rule["amount"]))


def _stale_rule(rule: Mapping[str, Any]) -> StaleRule:
    # Documents that were stored before there was a second mark do not name it.
    hard_after_minutes = rule.get("hard_after_minutes")
    return StaleRule(Mode(rule["mode"]), rule["max_age_minutes"], hard_after_minutes)


def _release_marks(marks: Mapping[str, Any] | None) -> ReleaseMarks:
    # Documents that were stored before there was a worklist name none.
    if marks is None:
        return ReleaseMarks()
    return ReleaseMarks(
        overrun_max_bp=basis_points(Decimal(marks["overrun_max_percent"])),
        expected_within_days=marks["expected_within_days"],
        peak_bp=basis_points(Decimal(marks["peak_percent"])),
        peak_history_months=marks["peak_history_months"],
        collection_days=marks["collection_days"],
    )


def _threshold(rule: Mapping[str, Any], name: str) -> Threshold:
    return Threshold(Mode(rule["mode"]), rule[name])


def _percent(rule: Mapping[str, Any], name: str) -> Threshold:
    return Threshold(Mode(rule["mode"]), basis_points(Decimal(rule[name])))


def _release_rule(rule: Mapping[str, Any] | None) -> ReleaseRule:
    # Documents that were stored before anything could be released do not name it.
    if rule is None:
        return ReleaseRule()
    above = rule["four_eyes_above"]
    return ReleaseRule(
        four_eyes_above=None if above is None else Decimal(above),
        window_days=rule["window_days"],
        valid_days=rule["valid_days"],
    )
