"""The ways to a yes. Each one is found by running the rules again on the changed order."""

from dataclasses import dataclass
from enum import StrEnum

from app.credit.account import Grant, Position
from app.credit.exposure import allowed_minor, limit_minor
from app.credit.judgement import Judgement, Outcome, judge
from app.credit.lines import best_lines
from app.credit.order import Order
from app.credit.policy import Mode
from app.credit.rules import ReasonCode


class OptionType(StrEnum):
    """What the customer, or the credit department, could do."""

    PREPAY = "prepay"
    SHIP_PART = "ship_part"
    AWAIT_RELEASE = "await_release"


@dataclass(frozen=True, slots=True)
class Option:
    """A change to the order and the outcome it really gives. `lines` only where it has lines."""

    type: OptionType
    amount_minor: int
    outcome: Outcome
    lines: tuple[str, ...] | None = None


@dataclass(frozen=True, slots=True)
class Figures:
    """How much is possible, in minor units of the account's currency.

    `headroom_minor`: the limit minus the exposure before this order; `None` without an amount.
    `shippable_minor`: the largest part of the order that keeps the limit rule quiet; zero when
    anything but the limit holds. `required_prepayment_minor`: what must be paid in advance for
    the limit rule to pass; `None` when no payment helps.
    """

    headroom_minor: int | None
    shippable_minor: int
    required_prepayment_minor: int | None


def figures_of(order: Order, position: Position, judgement: Judgement) -> Figures:
    """Work out what is possible for an order that was judged so."""
    limit = limit_minor(position)
    return Figures(
        headroom_minor=None if limit is None else limit - judgement.exposure.before_minor,
        shippable_minor=_shippable_minor(order, position, judgement),
        required_prepayment_minor=_required_prepayment_minor(order, position, judgement),
    )


def options_for(
    order: Order, position: Position, judgement: Judgement, figures: Figures
) -> tuple[Option, ...]:
    """Give the changes that lead to a better outcome than the order has as it stands."""
    offers = (
        _prepay(order, position, figures),
        _ship_part(order, position, figures),
        _await_release(order, position, judgement),
    )
    gain = _RANK.index(judgement.outcome)
    return tuple(o for o in offers if o is not None and _RANK.index(o.outcome) < gain)


_RANK = (Outcome.PASS, Outcome.WARNING, Outcome.HOLD)


def _excess_minor(position: Position, judgement: Judgement) -> int:
    """Give by how much the order passes what the limit rules allow, at most its own credit."""
    asked_minor, policy = judgement.exposure.this_order_minor, position.policy
    allowed = allowed_minor(position)
    if allowed is not None and policy.limit.mode is not Mode.OFF:
        return min(asked_minor, max(0, judgement.exposure.after_minor - allowed))
    missing = any(reason.code is ReasonCode.LIMIT_MISSING for reason in judgement.reasons)
    return asked_minor if missing else 0


def _is_granted(judgement: Judgement) -> bool:
    """Say whether the order passes by its terms or an earlier grant, whatever the limit."""
    waivers = {ReasonCode.EXEMPT_TERMS, ReasonCode.RELEASE_APPLIED}
    yes = judgement.outcome is not Outcome.HOLD
    return yes and any(reason.code in waivers for reason in judgement.reasons)


def _shippable_minor(order: Order, position: Position, judgement: Judgement) -> int:
    if judgement.holds_besides(ReasonCode.LIMIT_EXCEEDED):
        return 0
    if _is_granted(judgement) or position.account.limit is None:
        return order.amount_minor
    part_minor = order.amount_minor - _excess_minor(position, judgement)
    if part_minor == order.amount_minor and judgement.outcome is not Outcome.HOLD:
        return part_minor
    # A policy may hold what comes near the limit, and then a part that fills it is no help.
    part = judge(order.reduced_to(part_minor), position)
    return 0 if part.outcome is Outcome.HOLD else part_minor


def _required_prepayment_minor(
    order: Order, position: Position, judgement: Judgement
) -> int | None:
    """Find the smallest payment that helps: the excess, or else the whole order."""
    excess_minor = _excess_minor(position, judgement)
    if _is_granted(judgement) or (not excess_minor and judgement.outcome is not Outcome.HOLD):
        return 0
    for payment_minor in (excess_minor, order.credit_minor):
        if judge(order.prepaying(payment_minor), position).outcome is not Outcome.HOLD:
            return payment_minor
    return None


def _prepay(order: Order, position: Position, figures: Figures) -> Option | None:
    prepayment_minor = figures.required_prepayment_minor
    if not prepayment_minor:
        return None
    outcome = judge(order.prepaying(prepayment_minor), position).outcome
    return Option(OptionType.PREPAY, prepayment_minor, outcome)


def _ship_part(order: Order, position: Position, figures: Figures) -> Option | None:
    if not 0 < figures.shippable_minor < order.amount_minor:
        return None
    if not order.lines:
        return _part(order, position, figures.shippable_minor, None)
    chosen = best_lines(order.lines, figures.shippable_minor)
    amount_minor = sum(line.amount_minor for line in chosen)
    if not amount_minor:
        return None
    return _part(order, position, amount_minor, tuple(line.ref for line in chosen))


def _part(
    order: Order, position: Position, amount_minor: int, lines: tuple[str, ...] | None
) -> Option:
    outcome = judge(order.reduced_to(amount_minor), position).outcome
    return Option(OptionType.SHIP_PART, amount_minor, outcome, lines)


def _await_release(order: Order, position: Position, judgement: Judgement) -> Option | None:
    """Offer a release where there is a hold, unless overdue items forbid it.

    They do so in the credit procedure, design section 5.
    """
    if judgement.outcome is not Outcome.HOLD or position.account.overdue.amount_minor:
        return None
    released = position.granting(Grant(order.amount_minor, order.credit_minor))
    outcome = judge(order, released).outcome
    return Option(OptionType.AWAIT_RELEASE, order.amount_minor, outcome)
