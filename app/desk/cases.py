"""A hold that somebody has taken up: its account is locked, and the rules can be asked again."""

from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any

from app.credit.account import Position
from app.credit.commitment import Commitment
from app.credit.hold import HoldState
from app.credit.judgement import Outcome, judge
from app.credit.money import AmountError, Currency, decimal_text, minor_units
from app.credit.order import Order
from app.credit.posting import Posting
from app.desk.calendar import Calendar
from app.desk.deeds import Deed, DeedFlawedError, Errand, HoldStateError
from app.desk.shelf import PolicyShelf
from app.storage import orders, positions
from app.storage.database import Connection
from app.storage.hold_actions import Event
from app.storage.holds import StoredHold
from app.storage.positions import Question
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


@dataclass(frozen=True, slots=True)
class Judged:
    """The order as it stands, and what the rules say of it now."""

    order: Order
    position: Position
    passes: bool


@dataclass(frozen=True, slots=True)
class Wish:
    """What of the order is to be released, until the end of which day."""

    amount_minor: int
    until: date


@dataclass(frozen=True, slots=True)
class Outlook:
    """How the rules are asked about a hold's order."""

    shelf: PolicyShelf
    calendar: Calendar

    async def judged(self, case: Case) -> Judged:
        """Run the rules anew on the order as it stands."""
        hold = case.hold
        question = Question(
            account=case.account.ref,
            customer=hold.customer,
            order_ref=hold.order_ref,
            revision=hold.revision,
            time_zone=self.calendar.time_zone,
            fixed_now=self.calendar.fixed_now,
        )
        reading = await positions.read(case.connection, question)
        assert reading.account is not None, "the account is locked, so that it is there"
        policy = await self.shelf.rules(case.connection, reading.policy_key)
        position = reading.position(policy, reading.account)
        order = order_of(case)
        return Judged(order, position, judge(order, position).outcome is not Outcome.HOLD)


async def known_order(connection: Connection, hold: StoredHold) -> Commitment:
    """Give the order's line as it is stored; the account is locked by then."""
    key = (hold.customer, hold.order_ref)
    found = await orders.load(connection, hold.account, [key])
    return found.get(key) or Commitment(*key, hold.currency)


def order_of(case: Case) -> Order:
    """Give the order that is held: as it was asked about, or as the ERP states it now."""
    hold, known = case.hold, case.known
    currency = case.currency
    if hold.currency != currency.code:
        # Only its code counts: it is in no currency of the account.
        currency = Currency(hold.currency, case.account.exponent)
    order = Order(
        ref=hold.order_ref,
        revision=hold.revision,
        amount_minor=hold.amount_minor,
        currency=currency,
        prepaid_minor=hold.prepaid_minor,
        ship_date=hold.ship_date,
        payment_terms=hold.payment_terms,
        invoiced_minor=known.invoiced_in(currency.code),
    )
    if not known.is_held_as_stated or known.stated_minor is None:
        return order
    return replace(
        order,
        amount_minor=known.stated_minor + known.invoiced_before_minor,
        prepaid_minor=known.paid_minor,
        ship_date=known.ship_date,
        stated=True,
    )


def require_current(case: Case) -> None:
    """Raise `HoldStateError` where the order has moved on, and this hold stops it no more."""
    if case.known.hold_id != case.hold.id:
        raise HoldStateError(HoldState(case.hold.state))


def whole(judged: Judged) -> Wish:
    """Give the whole order, for as long as the policy lets a release stand."""
    valid = timedelta(days=judged.position.policy.releases.valid_days)
    return Wish(judged.order.amount_minor, judged.position.today + valid)


def wish_of(case: Case, judged: Judged) -> Wish:
    """Give what is wanted: as said, else as proposed before; raises `DeedFlawedError`."""
    hold, default = case.hold, whole(judged)
    until = case.deed.until or hold.released_until or default.until
    if until < judged.position.today:
        raise DeedFlawedError("until", "date_past", "Must not be over yet.")
    if case.deed.amount is not None:
        return Wish(_amount_minor(case, judged.order), until)
    proposed_minor = hold.released_minor
    return Wish(default.amount_minor if proposed_minor is None else proposed_minor, until)


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


def told(hold: StoredHold, currency: Currency) -> dict[str, Any]:
    """Give a hold as its history tells it before and after an action."""
    amount_minor = hold.released_minor
    return {
        "state": hold.state,
        "assignee": hold.assignee,
        "amount": None if amount_minor is None else decimal_text(amount_minor, currency),
        "until": None if hold.released_until is None else hold.released_until.isoformat(),
        "released_by": hold.released_by,
        "second_by": hold.second_by,
    }
