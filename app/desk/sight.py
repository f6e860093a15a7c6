"""An account as its customers' policies see it, with all its orders in it."""

from collections.abc import Iterable
from dataclasses import dataclass

from app.credit.account import Account, Position
from app.credit.held_order import HeldOrder
from app.desk.calendar import Calendar
from app.desk.shelf import PolicyShelf
from app.storage import positions
from app.storage.database import Connection
from app.storage.positions import Question


@dataclass(frozen=True, slots=True)
class Sight:
    """Reads what held orders are judged in, once for each of their customers."""

    shelf: PolicyShelf
    calendar: Calendar

    async def of(
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
