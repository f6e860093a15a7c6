"""What the customer owes and has on order, with the order that is being asked about."""

from dataclasses import dataclass

from app.credit.account import Position, Totals
from app.credit.money import BASIS_POINTS
from app.credit.order import Order
from app.credit.policy import Boundary


@dataclass(frozen=True, slots=True)
class Exposure:
    """The exposure laid out; the parts add up to `before_minor` and `after_minor`.

    `ignored_credit_minor` is the customer's credit balance where the policy says that it
    gives no headroom; otherwise zero.
    """

    totals: Totals
    ignored_credit_minor: int
    this_order_minor: int
    overdue_minor: int

    @property
    def before_minor(self) -> int:
        """The exposure without this order and without an earlier revision of it."""
        return (
            self.totals.open_item_balance_minor
            + self.ignored_credit_minor
            + self.totals.open_orders_minor
            + self.totals.reservations_minor
        )

    @property
    def after_minor(self) -> int:
        """The exposure with this order."""
        return self.before_minor + self.this_order_minor


def is_exempt(order: Order, position: Position) -> bool:
    """Say whether the order's payment terms need no credit (prepaid, cash on delivery)."""
    return order.payment_terms in position.policy.exempt_payment_terms


def exposure_of(order: Order, position: Position) -> Exposure:
    """Add the order up with what the account carries already.

    An order on exempt terms, or in a currency without a rate, adds nothing: the first needs
    no credit, the second is held by `rate_missing`.
    """
    totals = position.account.totals
    floored = position.policy.limit.floor_credit_balance
    counts = order.currency == position.account.currency and not is_exempt(order, position)
    return Exposure(
        totals=totals,
        ignored_credit_minor=max(0, -totals.open_item_balance_minor) if floored else 0,
        this_order_minor=order.credit_minor if counts else 0,
        overdue_minor=position.account.overdue.amount_minor,
    )


def limit_minor(position: Position) -> int | None:
    """Give the limit's amount, or `None` when it is unlimited or missing."""
    limit = position.account.limit
    return None if limit is None else limit.amount_minor


def allowed_minor(position: Position) -> int | None:
    """Give the largest exposure that the limit rule lets pass, or `None` without an amount.

    That is the limit raised by the tolerance; where the boundary is `reached`, and so equality
    fires, the largest amount below that.
    """
    limit = limit_minor(position)
    if limit is None:
        return None
    rule = position.policy.limit
    raised_bp = limit * (BASIS_POINTS + rule.tolerance_bp)
    allowed_bp = raised_bp - 1 if rule.boundary is Boundary.REACHED else raised_bp
    return allowed_bp // BASIS_POINTS
