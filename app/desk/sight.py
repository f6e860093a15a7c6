"""How held orders stand now: what the rules say of them, and what else is known.

Whoever judges a hold again asks here, be it the worker, a person's recheck or release, or the
worklist: so that they all judge alike.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta

from app.credit.account import Account, Position
from app.credit.held_order import HeldOrder, Turn, in_turn
from app.credit.money import rounded_minor
from app.credit.release_advice import Standing
from app.desk.calendar import Calendar
from app.desk.shelf import PolicyShelf
from app.storage import positions, standings, waiting
from app.storage.database import Connection
from app.storage.positions import Question
from app.storage.standings import Marks


@dataclass(frozen=True, slots=True)
class Sight:
    """Reads what held orders are judged in, once for each of their customers."""

    shelf: PolicyShelf
    calendar: Calendar

    async def turns(
        self, connection: Connection, account: str, held: list[HeldOrder]
    ) -> list[Turn]:
        """Judge an account's held orders in their order, each after those that pass before it."""
        return in_turn(held, await self._of(connection, account, held))

    async def turn(self, connection: Connection, account: str, hold_id: str) -> Turn | None:
        """Judge a hold's order after those that pass before it; `None` where it stops none."""
        for also in (None, hold_id):
            held = [one.held for one in await waiting.load(connection, account, also=also)]
            place = next((n for n, one in enumerate(held, 1) if one.hold_id == hold_id), None)
            if place is not None:
                return (await self.turns(connection, account, held[:place]))[-1]
        return None

    async def standing(self, connection: Connection, turn: Turn) -> Standing:
        """Give what is known of the customer of a held order, besides its position."""
        position, known = turn.position, turn.held.commitment
        return await standings.read(
            connection, position.account.ref, known.customer, known.ref, marks=_marks(position)
        )

    async def _of(
        self, connection: Connection, account: str, held: Iterable[HeldOrder]
    ) -> dict[str, Position]:
        """Give the account by customer, for those who have one of these orders."""
        customers = dict.fromkeys(one.commitment.customer for one in held)
        return {
            customer: await self._position(connection, account, customer) for customer in customers
        }

    async def _position(self, connection: Connection, account: str, customer: str) -> Position:
        question = Question(
            account=account,
            customer=customer,
            order_ref="",
            revision=0,
            time_zone=self.calendar.time_zone,
            fixed_now=self.calendar.fixed_now,
        )
        reading = await positions.read(connection, question)
        assert reading.account is not None, "a hold's account is there as long as the hold is"
        policy = await self.shelf.rules(connection, reading.policy_key)
        known = reading.account
        if reading.customer is None:
            # Nobody has stated who this is: whoever else's account of that ref is not theirs.
            known = Account(known.ref, known.seq, known.currency)
        return reading.position(policy, known)


def _marks(position: Position) -> Marks:
    policy, today = position.policy, position.today
    due_before = today - timedelta(days=policy.overdue_items.grace_days)
    return Marks(
        today=today,
        due_before=due_before,
        debit_before=due_before - timedelta(days=policy.advice.collection_days),
        trifle_minor=rounded_minor(policy.overdue_items.min_amount, position.account.currency),
        expected_until=today + timedelta(days=policy.advice.expected_within_days),
        now=position.now,
    )
