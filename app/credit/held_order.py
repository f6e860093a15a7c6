"""Orders on hold, put to the rules again: oldest first, as if those before them had shipped.

A hold that passes is marked ready, which sets nothing aside. So that no two of them share the same
headroom, each one is judged with what the earlier ones would take (design section 5: oldest
first, up to the limit and no further). One that does not fit takes nothing, and the next has its
turn: an order entered just now would not wait for it either.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

from app.credit.account import Position
from app.credit.commitment import Commitment
from app.credit.exposure import is_exempt
from app.credit.judgement import Judgement, Outcome, judge
from app.credit.money import Currency
from app.credit.order import Line, Order


def facts_of(order: Order) -> dict[str, Any]:
    """Give what a hold keeps of its order beside ref, revision, amount, currency, ship date."""
    return {
        "prepaid_minor": order.prepaid_minor,
        "payment_terms": order.payment_terms,
        "lines": [[line.ref, line.amount_minor] for line in order.lines],
    }


def order_of(known: Order, facts: Mapping[str, Any]) -> Order:
    """Give the order as it was asked about; a hold from before facts were kept has none."""
    return replace(
        known,
        prepaid_minor=facts.get("prepaid_minor", 0),
        payment_terms=facts.get("payment_terms"),
        lines=tuple(Line(ref, amount_minor) for ref, amount_minor in facts.get("lines", ())),
    )


@dataclass(frozen=True, slots=True)
class HeldOrder:
    """An order on hold: as it was asked about, and what it ties up meanwhile."""

    hold_id: str
    asked: Order
    commitment: Commitment

    @property
    def order(self) -> Order:
        """The order as it would be asked about now: its invoices, or its statement, are known."""
        known = self.commitment
        if known.is_held_as_stated:
            return self._as_stated()
        return replace(self.asked, invoiced_minor=known.invoiced_in(self.asked.currency))

    def _as_stated(self) -> Order:
        known = self.commitment
        return replace(
            self.asked,
            amount_minor=(known.stated_minor or 0) + known.invoiced_before_minor,
            currency=Currency(known.currency, self.asked.currency.exponent),
            prepaid_minor=known.paid_minor,
            ship_date=known.ship_date,
            stated=True,
            invoiced_minor=known.invoiced_before_minor,
        )

    def asking(self, position: Position, *, taken_minor: int = 0) -> Position:
        """Give what the rules look at for this order, from its account with all orders in it.

        `taken_minor` is the credit that goes to others before it.
        """
        totals, known = position.account.totals, self.commitment
        own = known.currency == position.account.currency.code
        counted_minor = known.counted_minor if own and not self._is_beyond(position) else 0
        reserved_minor = known.reserved_minor if own else 0
        seen = replace(
            totals,
            open_orders_minor=totals.open_orders_minor - counted_minor,
            reservations_minor=totals.reservations_minor - reserved_minor + taken_minor,
        )
        account = replace(position.account, totals=seen)
        return replace(position, account=account, grant=known.grant)

    def _is_beyond(self, position: Position) -> bool:
        days, ships_on = position.policy.limit.horizon_days, self.commitment.ship_date
        if days is None or ships_on is None:
            return False
        return ships_on > position.today + timedelta(days=days)

    def granted(self, position: Position) -> Commitment:
        """Give what the order ties up once it is let pass, as a passed check would have it."""
        known, order = self.commitment, self.order
        if known.is_held_as_stated:
            return known.granted_as_stated()
        minutes = timedelta(minutes=position.policy.reservation_minutes)
        return known.passed(
            order,
            credit_minor=0 if is_exempt(order, position) else order.owed_minor,
            check_id=known.check_id or "",
            until=None if known.awaits_no_statement else position.now + minutes,
        )


@dataclass(frozen=True, slots=True)
class Turn:
    """What the rules say of a held order now; `granted` is what it ties up then, if it passes."""

    held: HeldOrder
    judgement: Judgement
    granted: Commitment | None

    @property
    def passes(self) -> bool:
        """Whether the order no longer needs anybody's word."""
        return self.granted is not None

    @property
    def takes_minor(self) -> int:
        """The credit that the order takes beside what it ties up already."""
        if self.granted is None:
            return 0
        return max(0, self.granted.tied_up_minor - self.held.commitment.tied_up_minor)


def in_turn(waiting: Iterable[HeldOrder], seen: Mapping[str, Position]) -> list[Turn]:
    """Judge an account's held orders, the oldest first, each after those that pass before it.

    `seen` is the account as each customer's policy sees it, with all its orders in it.
    """
    turns: list[Turn] = []
    taken_minor = 0
    for held in waiting:
        position = held.asking(seen[held.commitment.customer], taken_minor=taken_minor)
        turns.append(_turn(held, position))
        taken_minor += turns[-1].takes_minor
    return turns


def _turn(held: HeldOrder, position: Position) -> Turn:
    judgement = judge(held.order, position)
    if judgement.outcome is Outcome.HOLD:
        return Turn(held, judgement, None)
    return Turn(held, judgement, held.granted(position))
