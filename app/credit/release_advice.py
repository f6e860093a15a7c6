"""Release advice: may a held order go out over the limit this once, and if not, what then.

The conditions are those of the credit department's procedure (design section 5): only if nothing
is due, at least one of four things speaks for the customer, and payments expected soon bring the
account back within its limit. Each is told with its figures, whether it is met or not. The marks
are the policy's. It is advice: who decides is a person.

Where the procedure gives no figure, ours are:

- Due is what the overdue rule counts, after the policy's grace and from its trifle amount on. For
  a customer who pays by direct debit that begins `collection_days` later.
- A peak of orders: what the customer has on order with this order is more than `peak_bp` of what
  it was invoiced in an average month of the last year, of which some months must be known.
- We failed to collect in time: the customer pays by direct debit, and invoices are open whose due
  date has passed, while they do not count as due yet.
"""

from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from app.credit.account import Position
from app.credit.exposure import allowed_minor, limit_minor
from app.credit.judgement import Judgement, Outcome
from app.credit.money import BASIS_POINTS
from app.credit.order import Order
from app.credit.policy import Mode
from app.credit.rules import RULES, ReasonCode


class Condition(StrEnum):
    """A condition of the procedure."""

    NO_DUE_ITEMS = "no_due_items"
    PAYS_IN_TIME = "pays_in_time"
    ORDER_VALUES_ONLY = "order_values_only"
    ORDER_PEAK = "order_peak"
    DIRECT_DEBIT_NOT_COLLECTED = "direct_debit_not_collected"
    EXPECTED_PAYMENTS = "expected_payments"


class Advised(StrEnum):
    """What the procedure comes to. `passes`: the rules let the order pass by now."""

    PASSES = "passes"
    RELEASE_ONCE = "release_once"
    FORBIDDEN = "forbidden"
    RAISE_LIMIT = "raise_limit"
    REFUSE = "refuse"


@dataclass(frozen=True, slots=True)
class Money:
    """A figure that is an amount, in minor units of the account's currency."""

    minor: int


Figure = Money | Decimal | int | bool | None


@dataclass(frozen=True, slots=True)
class Finding:
    """A condition, whether it is met, and the figures that say so."""

    condition: Condition
    met: bool
    figures: dict[str, Figure]


@dataclass(frozen=True, slots=True)
class Standing:
    """What is known of the customer besides its position, in the account's currency.

    `due_minor` is what is due on the account; `uncollected_minor` what of the customer's own
    invoices is past its due date and not due as such. `on_order_minor` is what the customer has on
    order without this order, `expected_minor` what is to be paid on the account soon enough.
    """

    takes_discount: bool = False
    direct_debit: bool = False
    payment_terms_days: int | None = None
    dso_days: Decimal | None = None
    months_known: int = 0
    month_average_minor: int = 0
    month_largest_minor: int = 0
    due_minor: int = 0
    uncollected_minor: int = 0
    on_order_minor: int = 0
    expected_minor: int = 0

    @property
    def has_due_items(self) -> bool:
        """Whether items are due, which forbids a release."""
        return self.due_minor > 0


@dataclass(frozen=True, slots=True)
class Assessment:
    """How old the credit assessment is: a limit rises only on a current one."""

    age_days: int | None
    max_age_days: int
    is_current: bool


@dataclass(frozen=True, slots=True)
class Advice:
    """The verdict, every condition, and what it rests on.

    `release_up_to_minor` is the largest part of the order that may go once, `None` unless that is
    the verdict. `overrun_minor` is by how much the order takes the account over what is allowed,
    `None` without a limit; `limit_needed_minor` the limit with which it would pass. Where a rate
    is missing, neither can be said.
    """

    verdict: Advised
    findings: tuple[Finding, ...]
    assessment: Assessment
    overrun_minor: int | None
    limit_needed_minor: int | None
    release_up_to_minor: int | None = None


@dataclass(frozen=True, slots=True)
class Case:
    """A held order, the position it meets now, what the rules say of it, and the standing.

    `least_minor` is the amount of the order below which nothing of it may be let go.
    """

    order: Order
    position: Position
    judgement: Judgement
    standing: Standing
    least_minor: int = 0

    @property
    def adds_up(self) -> bool:
        """Whether the account and the order can be added up, for want of no rate."""
        return all(r.code is not ReasonCode.RATE_MISSING for r in self.judgement.reasons)

    @property
    def overrun_minor(self) -> int | None:
        """By how much the account would be over what is allowed; nothing if unlimited."""
        if self.position.account.limit is None or not self.adds_up:
            return None
        allowed = allowed_minor(self.position)
        return 0 if allowed is None else max(0, self.judgement.exposure.after_minor - allowed)


def advise(case: Case) -> Advice:
    """Go through the procedure for one held order."""
    findings = tuple(look(case) for look in _PROCEDURE)
    verdict = _verdict(case, {finding.condition: finding.met for finding in findings})
    released = verdict is Advised.RELEASE_ONCE
    return Advice(
        verdict=verdict,
        findings=findings,
        assessment=assessment_of(case.position),
        overrun_minor=case.overrun_minor,
        limit_needed_minor=max(0, case.judgement.exposure.after_minor) if case.adds_up else None,
        release_up_to_minor=_release_up_to_minor(case) if released else None,
    )


def assessment_of(position: Position) -> Assessment:
    """Say whether the limit rests on a current assessment: one set, or confirmed, of late."""
    limit, max_age_days = position.account.limit, position.policy.limit_review_due.value
    if limit is None:
        return Assessment(None, max_age_days, is_current=False)
    age_days = (position.today - limit.set_on).days
    expired = limit.valid_until is not None and limit.valid_until < position.today
    return Assessment(age_days, max_age_days, not expired and age_days <= max_age_days)


def _verdict(case: Case, met: dict[Condition, bool]) -> Advised:
    is_part = case.order.amount_minor < case.least_minor
    if case.judgement.outcome is not Outcome.HOLD and not is_part:
        return Advised.PASSES
    if not met[Condition.NO_DUE_ITEMS]:
        return Advised.FORBIDDEN
    if is_part or _is_beyond_release(case.judgement):
        return Advised.REFUSE
    speaks = any(met[condition] for condition in _ONE_OF)
    if speaks and met[Condition.EXPECTED_PAYMENTS] and _release_up_to_minor(case):
        return Advised.RELEASE_ONCE
    return Advised.RAISE_LIMIT if _is_lasting(case, met) else Advised.REFUSE


def _is_beyond_release(judgement: Judgement) -> bool:
    """Say whether a rule holds that no release waives, or the amount cannot be compared."""
    hard = {reason.code for reason in judgement.reasons if reason.mode is Mode.HARD}
    return any(RULES[code].absolute for code in hard) or ReasonCode.RATE_MISSING in hard


def _is_lasting(case: Case, met: dict[Condition, bool]) -> bool:
    """Say whether the limit itself is what is wrong: none in force, or outgrown by who pays."""
    codes = {reason.code for reason in case.judgement.reasons}
    if codes & {ReasonCode.LIMIT_MISSING, ReasonCode.LIMIT_EXPIRED}:
        return True
    return met[Condition.PAYS_IN_TIME] and not met[Condition.ORDER_PEAK]


def _release_up_to_minor(case: Case) -> int:
    """Give the part of the order that stays within the overrun that a release may allow."""
    overrun, limit = case.overrun_minor or 0, limit_minor(case.position) or 0
    most_minor = limit * case.position.policy.advice.overrun_max_bp // BASIS_POINTS
    up_to_minor = max(0, case.order.amount_minor - max(0, overrun - most_minor))
    return up_to_minor if up_to_minor >= case.least_minor else 0


def _no_due_items(case: Case) -> Finding:
    due_minor = case.standing.due_minor
    grace_days = case.position.policy.overdue_items.grace_days
    figures: dict[str, Figure] = {"due": Money(due_minor), "grace_days": grace_days}
    return Finding(Condition.NO_DUE_ITEMS, not case.standing.has_due_items, figures)


def _pays_in_time(case: Case) -> Finding:
    known = case.standing
    dso, terms = known.dso_days, known.payment_terms_days
    in_time = dso is not None and terms is not None and dso <= terms
    figures: dict[str, Figure] = {"takes_discount": known.takes_discount, "dso_days": dso}
    figures["payment_terms_days"] = terms
    return Finding(Condition.PAYS_IN_TIME, known.takes_discount or in_time, figures)


def _order_values_only(case: Case) -> Finding:
    limit, minor = case.position.account.limit, limit_minor(case.position)
    balance_minor = case.position.account.totals.open_item_balance_minor
    within = limit is not None and (minor is None or balance_minor <= minor) and case.adds_up
    figures: dict[str, Figure] = {"open_item_balance": Money(balance_minor)}
    figures["limit"] = None if minor is None else Money(minor)
    return Finding(Condition.ORDER_VALUES_ONLY, within, figures)


def _order_peak(case: Case) -> Finding:
    known, marks = case.standing, case.position.policy.advice
    on_order = known.on_order_minor + case.judgement.exposure.this_order_minor
    usual = known.months_known >= marks.peak_history_months
    peak = on_order * BASIS_POINTS > known.month_average_minor * marks.peak_bp
    figures: dict[str, Figure] = {
        "on_order": Money(on_order),
        "average_month": Money(known.month_average_minor),
        "largest_month": Money(known.month_largest_minor),
        "months_known": known.months_known,
        "peak_percent": Decimal(marks.peak_bp) / 100,
    }
    return Finding(Condition.ORDER_PEAK, usual and peak, figures)


def _direct_debit_not_collected(case: Case) -> Finding:
    known = case.standing
    figures: dict[str, Figure] = {"direct_debit": known.direct_debit}
    figures["uncollected"] = Money(known.uncollected_minor)
    missed = known.direct_debit and known.uncollected_minor > 0
    return Finding(Condition.DIRECT_DEBIT_NOT_COLLECTED, missed, figures)


def _expected_payments(case: Case) -> Finding:
    overrun, expected_minor = case.overrun_minor, case.standing.expected_minor
    figures: dict[str, Figure] = {
        "expected": Money(expected_minor),
        "overrun": None if overrun is None else Money(overrun),
        "within_days": case.position.policy.advice.expected_within_days,
    }
    back = overrun is not None and overrun <= expected_minor
    return Finding(Condition.EXPECTED_PAYMENTS, back, figures)


_PROCEDURE = (
    _no_due_items,
    _pays_in_time,
    _order_values_only,
    _order_peak,
    _direct_debit_not_collected,
    _expected_payments,
)

_ONE_OF = (
    Condition.PAYS_IN_TIME,
    Condition.ORDER_VALUES_ONLY,
    Condition.ORDER_PEAK,
    Condition.DIRECT_DEBIT_NOT_COLLECTED,
)
"""Of these, one must be met."""

REQUIRED = frozenset(Condition) - frozenset(_ONE_OF)
"""These must be met, whatever else is."""
