"""Statements: what sources tell about items and orders, and how they are taken on account.

A stated fact is never refused for lack of credit. It is taken under the account's row lock, so
that checks on the same account see either all of it or nothing.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import assert_never

from app.credit.commitment import Commitment
from app.credit.item import Key, OpenItem
from app.credit.order import OrderStatement
from app.credit.posting import Effect, Posting
from app.desk.acting import acting_name
from app.desk.calendar import Calendar
from app.desk.directory import CustomerUnknownError, Directory
from app.desk.growth import Growth
from app.desk.turns import Turns
from app.desk.unknown import CheckUnknownError
from app.desk.work import Work
from app.storage import accounts, decisions, holds, postings
from app.storage.database import Connection, StorageUnavailableError
from app.storage.holds import Ending
from app.storage.postings import LockedAccount


@dataclass(frozen=True, slots=True)
class StateItem:
    """What is left open of one document."""

    item: OpenItem


@dataclass(frozen=True, slots=True)
class ClearItem:
    """A document is paid or used, or `cancelled`."""

    key: Key
    version: int | None = None
    cancelled: bool = False


@dataclass(frozen=True, slots=True)
class StateOrder:
    """An open order as the ERP knows it; what is `unsaid` of it stays as it is known."""

    key: Key
    statement: OrderStatement
    unsaid: frozenset[str] = frozenset()

    def completed(self, known: Commitment | None) -> OrderStatement:
        """Give the statement with what it leaves unsaid as it is known."""
        if known is None or not self.unsaid:
            return self.statement
        return replace(self.statement, **{name: getattr(known, name) for name in self.unsaid})


@dataclass(frozen=True, slots=True)
class CancelOrder:
    """An order that will not be delivered, or not any further."""

    key: Key
    version: int | None = None


@dataclass(frozen=True, slots=True)
class GiveBack:
    """An order that will not be placed: what its check set aside is free again at once."""

    key: Key
    check_id: str


Statement = StateItem | ClearItem | StateOrder | CancelOrder | GiveBack


@dataclass(frozen=True, slots=True)
class Posted:
    """What one statement did, with the account's number after it and the order as it stands.

    `hold_state` is that of the hold that stops the order, if one does.
    """

    effect: Effect
    account_seq: int
    order: Commitment | None = None
    hold_state: str | None = None


def key_of(statement: Statement) -> Key:
    """Give the customer and ref that a statement speaks of."""
    match statement:
        case StateItem(item):
            return (item.customer, item.ref)
        case ClearItem(key) | StateOrder(key) | CancelOrder(key) | GiveBack(key):
            return key
        case _ as never:
            assert_never(never)


@dataclass(frozen=True, slots=True)
class Statements:
    """Takes statements on account: one at a time, or many on one account at once."""

    work: Work
    calendar: Calendar
    growth: Growth
    directory: Directory
    turns: Turns

    async def post(self, statement: Statement) -> Posted:
        """Take one statement; raises `CustomerUnknownError`."""
        customer, _ = key_of(statement)
        return await self.work.writing(
            lambda connection: self._post(connection, statement),
            turn=lambda: self.turns.taken(self.directory.guess(customer)),
        )

    async def give_back(self, check_id: str) -> Posted:
        """Give up a check's reservation; raises `CheckUnknownError`."""
        return await self.work.writing(lambda connection: self._give_back(connection, check_id))

    async def _give_back(self, connection: Connection, check_id: str) -> Posted:
        place = await decisions.place_of(connection, check_id)
        if place is None:
            raise CheckUnknownError(check_id)
        statement = GiveBack((place.customer, place.order_ref), check_id)
        return (await self.post_on(connection, place.account, [statement]))[0]

    async def _post(self, connection: Connection, statement: Statement) -> Posted:
        customer, _ = key_of(statement)
        account = await accounts.account_of(connection, customer)
        if account is None:
            raise CustomerUnknownError(customer)
        posted = await self.post_on(connection, account, [statement])
        if await accounts.account_of(connection, customer) != account:
            raise StorageUnavailableError("the customer moved meanwhile")
        return posted[0]

    async def post_on(
        self, connection: Connection, account: str, statements: Sequence[Statement]
    ) -> list[Posted]:
        """Take statements on one account inside the caller's transaction, in their order."""
        locked = await postings.lock(connection, account, self.calendar.fixed_now)
        assert locked is not None, "a customer's account exists as long as the customer does"
        posting = await postings.load(connection, locked, **touched(statements))
        effects = [enter(posting, statement) for statement in statements]
        done = [s for s, e in zip(statements, effects, strict=True) if e is Effect.APPLIED]
        seq = await self._record(connection, locked, posting, done)
        orders = [posting.orders.get(key_of(statement)) for statement in statements]
        states = await _hold_states(connection, account, orders)
        return [
            Posted(effect, seq, order, state)
            for effect, order, state in zip(effects, orders, states, strict=True)
        ]

    async def _record(
        self,
        connection: Connection,
        account: LockedAccount,
        posting: Posting,
        done: Sequence[Statement],
    ) -> int:
        if not posting.has_changed:
            return account.seq
        await postings.record(connection, account, posting)
        return await self.follow_up(connection, account, posting, done)

    async def follow_up(
        self,
        connection: Connection,
        account: LockedAccount,
        posting: Posting,
        done: Sequence[Statement],
    ) -> int:
        """Do what follows from a recorded posting: end holds, judge what takes more credit.

        Gives the account's number after it.
        """
        seq = account.seq + 1
        for key in dict.fromkeys(s.key for s in done if isinstance(s, CancelOrder)):
            ending = Ending("cancelled", account.now, acting_name(), "cancel")
            await holds.close_of_order(connection, account.ref, key, ending)
        for key, statement in posting.exceeding.items():
            if posting.orders[key].cancelled:
                continue
            judged = await self.growth.judge(connection, account, posting, (key, statement))
            seq = judged or seq
        return seq


async def _hold_states(
    connection: Connection, account: str, orders: Sequence[Commitment | None]
) -> list[str | None]:
    """Give for each order the state of the hold that stops it, if one does."""
    named = [None if order is None else order.hold_id for order in orders]
    ids = [hold_id for hold_id in named if hold_id is not None]
    states = await holds.states(connection, account, ids) if ids else {}
    return [None if hold_id is None else states[hold_id] for hold_id in named]


def stated_by(source: str, statement: Statement) -> Statement:
    """Give a statement as that source's."""
    match statement:
        case StateItem(item):
            return statement if item.source == source else StateItem(item._replace(source=source))
        case StateOrder(_, order):
            return replace(statement, statement=replace(order, source=source))
        case _:
            return statement


def enter(posting: Posting, statement: Statement, *, listed: bool = False) -> Effect:
    """Enter a statement, alone or one of a whole list, into a posting, and say what it did."""
    match statement:
        case StateItem(item):
            return posting.state_item(item, listed=listed)
        case ClearItem(key, version, cancelled):
            return posting.clear_item(key, version=version, cancelled=cancelled)
        case StateOrder(key):
            order = statement.completed(posting.orders.get(key))
            return posting.state_order(key, replace(order, listed=listed))
        case CancelOrder(key, version):
            return posting.cancel_order(key, version=version)
        case GiveBack(key, check_id):
            return posting.give_back(key, check_id=check_id)
        case _ as never:
            assert_never(never)


def touched(statements: Sequence[Statement]) -> dict[str, list[Key]]:
    """Give the items and orders to load: those spoken of, and the orders that items name."""
    items: list[Key] = []
    orders: list[Key] = []
    for statement in statements:
        if isinstance(statement, StateItem):
            items.append(key_of(statement))
            if statement.item.order_ref is not None and statement.item.order_key is not None:
                orders.append(statement.item.order_key)
        elif isinstance(statement, ClearItem):
            items.append(statement.key)
        else:
            orders.append(statement.key)
    return {"items_of": items, "orders_of": orders}
