"""A hold that somebody has taken up: its account is locked, and the rules can be asked again."""

from dataclasses import dataclass, replace
from datetime import datetime

from app.credit.commitment import Commitment
from app.credit.held_order import Turn
from app.credit.hold import HoldState
from app.credit.money import AmountError, Currency, minor_units
from app.credit.order import Order
from app.credit.posting import Posting
from app.desk.deeds import Deed, DeedFlawedError, Errand, HoldStateError
from app.desk.granting import Wish, whole
from app.storage import orders
from app.storage.database import Connection
from app.storage.hold_actions import Event
from app.storage.holds import StoredHold
from app.storage.postings import LockedAccount


@dataclass(frozen=True, slots=True)
class Case:
    """A hold on its locked account, and what somebody wants of it. `known` is its order's line."""

    connection: Connection
    account: LockedAccount
    errand: Errand
    hold: StoredHold
    known: Commitment
    history: tuple[Event, ...]

    @property
    def deed(self) -> Deed:
        """What is wanted."""
        return self.errand.deed

    @property
    def now(self) -> datetime:
        """The instant of the deed, by the database's clock."""
        return self.account.now

    @property
    def currency(self) -> Currency:
        """The account's currency."""
        return Currency(self.account.currency, self.account.exponent)

    @property
    def key(self) -> tuple[str, str]:
        """The order's customer and ref."""
        return (self.hold.customer, self.hold.order_ref)

    def with_order(self, commitment: Commitment) -> Posting:
        """Begin a posting in which the order becomes this."""
        posting = Posting(self.account.currency, self.account.trifle_minor, self.now)
        posting.orders[self.key] = self.known
        posting.put_order(self.key, commitment)
        return posting


async def known_order(connection: Connection, hold: StoredHold) -> Commitment:
    """Give the order's line as it is stored; the account is locked by then."""
    key = (hold.customer, hold.order_ref)
    found = await orders.load(connection, hold.account, [key])
    return found.get(key) or Commitment(*key, hold.currency)


def require_current(case: Case) -> None:
    """Raise `HoldStateError` where the order has moved on, and this hold stops it no more."""
    if case.known.hold_id != case.hold.id:
        raise HoldStateError(HoldState(case.hold.state))


def wish_of(case: Case, turn: Turn) -> Wish:
    """Give what is wanted: as said, else as proposed before; raises `DeedFlawedError`."""
    hold, default = case.hold, whole(turn)
    until = case.deed.until or hold.released_until or default.until
    if until < turn.position.today:
        raise DeedFlawedError("until", "date_past", "Must not be over yet.")
    if case.deed.amount is not None:
        return Wish(_amount_minor(case, turn.order), until)
    proposed_minor = hold.released_minor or default.amount_minor
    return Wish(min(proposed_minor, default.amount_minor), until)


def _amount_minor(case: Case, order: Order) -> int:
    try:
        amount_minor = minor_units(case.deed.amount or "", order.currency)
    except AmountError as error:
        message = f"Must be an amount in {order.currency.code}."
        raise DeedFlawedError("amount", "amount_malformed", message) from error
    if not 0 < amount_minor <= order.amount_minor:
        message = "Must be above zero, and at most the order's amount."
        raise DeedFlawedError("amount", "amount_out_of_range", message)
    return amount_minor


def without_proposal(hold: StoredHold) -> StoredHold:
    """Give the hold without a release that was proposed before and counts no more."""
    return replace(
        hold, released_minor=None, released_until=None, released_by=None, second_by=None
    )
