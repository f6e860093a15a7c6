"""Orders on hold, put to the rules again: oldest first, as if those before them had shipped.

A hold that passes is marked ready, which sets nothing aside. So that no two of them share the same
headroom, each one is judged with what the earlier ones would take (design section 5: oldest
first, up to the limit and no further). One that does not fit takes nothing, and the next has its
turn: an order entered just now would not wait for it either.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import timedelta

from app.credit.account import Position
from app.credit.commitment import Commitment
from app.credit.judgement import Judgement, Outcome, judge
from app.credit.money import Currency
from app.credit.order import Order
from app.credit.release import grant_for, least_minor, released


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
        return replace(self.asked, invoiced_minor=known.invoiced_in(self.asked.currency.code))

    def _as_stated(self) -> Order:
        known = self.commitment
        return replace(
            self.asked,
            amount_minor=(known.stated_minor or 0) + known.invoiced_before_minor,
            currency=Currency(known.currency, self.asked.currency.exponent),
            prepaid_minor=known.paid_minor,
            ship_date=known.ship_date,
            stated=True,
            invoiced_minor=max(known.invoiced_minor, known.invoiced_before_minor),
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


@dataclass(frozen=True, slots=True)
class Turn:
    """What the rules say of a held order now, in the position that those before it leave."""

    held: HeldOrder
    position: Position
    judgement: Judgement

    @property
    def order(self) -> Order:
        """The order as it would be asked about now."""
        return self.held.order

    @property
    def passes(self) -> bool:
        """Whether the order no longer needs anybody's word.

        What is asked for less than the ERP has stated of the order waits on, whatever the rules
        say of the lesser amount.
        """
        return self.judgement.outcome is not Outcome.HOLD and not self.is_part

    @property
    def is_part(self) -> bool:
        """Whether the ERP has stated more of the order than is asked about."""
        return self.order.amount_minor < self.least_minor

    @property
    def least_minor(self) -> int:
        """The amount of the order below which nothing of it may be let go."""
        return least_minor(self.held.commitment)

    @property
    def takes_minor(self) -> int:
        """The credit that the order takes beside what it ties up already, if it passes."""
        if not self.passes:
            return 0
        known, order = self.held.commitment, self.order
        grant = grant_for(order, self.position, order.amount_minor)
        then = released(known, grant, order.currency, self.position.now)
        return max(0, then.tied_up_minor - known.tied_up_minor)


def in_turn(waiting: Iterable[HeldOrder], seen: Mapping[str, Position]) -> list[Turn]:
    """Judge an account's held orders, the oldest first, each after those that pass before it.

    `seen` is the account as each customer's policy sees it, with all its orders in it.
    """
    turns: list[Turn] = []
    taken_minor = 0
    for held in waiting:
        position = held.asking(seen[held.commitment.customer], taken_minor=taken_minor)
        turns.append(Turn(held, position, judge(held.order, position)))
        taken_minor += turns[-1].takes_minor
    return turns
