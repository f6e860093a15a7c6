"""Customers, their credit accounts and limits."""

from collections.abc import Set as AbstractSet
from dataclasses import dataclass, replace
from enum import Enum, auto

from app.credit.account import Position
from app.credit.exposure import Exposure, exposure_of
from app.credit.money import Currency
from app.credit.order import Order
from app.desk.acting import acting_person
from app.desk.calendar import Calendar
from app.desk.directory import CustomerUnknownError
from app.desk.outbox import limit_changed, tell
from app.desk.shelf import PolicyShelf, PolicyUnknownError
from app.desk.work import Work
from app.storage import accounts, decisions, moves, policies, positions
from app.storage.accounts import CustomerRecord, LimitRecord
from app.storage.database import Connection
from app.storage.positions import Question

__all__ = [
    "AccountUnknownError",
    "AccountView",
    "CurrencyConflictError",
    "CustomerRecord",
    "Customers",
    "LimitRecord",
    "Stated",
]


class AccountUnknownError(Exception):
    """No customer belongs to a credit account of this ref."""


class CurrencyConflictError(Exception):
    """The account is kept in another currency."""

    def __init__(self, account: str, kept_in: str) -> None:
        super().__init__(account)
        self.kept_in = kept_in


class Stated(Enum):
    """What a statement of master data did."""

    CREATED = auto()
    REPLACED = auto()
    UNCHANGED = auto()


@dataclass(frozen=True, slots=True)
class AccountView:
    """A credit account as it stands now."""

    ref: str
    currency: Currency
    seq: int
    limit: LimitRecord | None
    exposure: Exposure
    policy: tuple[str, int]
    customers: list[str]


@dataclass(frozen=True, slots=True)
class Customers:
    """Master data and limits, as sources and people state them."""

    work: Work
    shelf: PolicyShelf
    calendar: Calendar

    async def put(self, record: CustomerRecord, currency: Currency) -> bool:
        """Create or replace a customer; `True` when it is new.

        Raises `PolicyUnknownError`, and `CurrencyConflictError` when the account carries
        documents in another currency than the customer's.
        """
        stated = await self.work.writing(
            lambda connection: self.put_on(connection, record, currency)
        )
        return stated is Stated.CREATED

    async def put_on(
        self,
        connection: Connection,
        record: CustomerRecord,
        currency: Currency,
        *,
        unsaid: AbstractSet[str] = frozenset(),
    ) -> Stated:
        """Do the same inside the caller's transaction; what says the same writes nothing.

        What is `unsaid` stays as it is known; a new customer has it as the record does, but its
        name must be said, or `CustomerUnknownError` is raised.
        """
        await accounts.lock_customer(connection, record.ref)
        known = await accounts.find_customer(connection, record.ref)
        record = _completed(record, known, unsaid)
        kept_in = await accounts.currency_of(connection, record.account)
        if (record, currency.code) == (known, kept_in):
            return Stated.UNCHANGED
        if await policies.current(connection, record.policy) is None:
            raise PolicyUnknownError(record.policy)
        # What was asked about a customer that nobody had stated stands on an account of its own.
        source = record.ref if known is None else known.account
        await self._open(connection, record, currency)
        there = {
            account: await decisions.lock_account(connection, account)
            for account in sorted({source, record.account})
        }
        agreed = await self._agree_on_currency(connection, record, currency)
        if (record, kept_in) == (known, agreed):
            return Stated.UNCHANGED
        await accounts.put_customer(connection, record)
        if source != record.account and there[source]:
            await moves.move_customer(connection, record.ref, source=source, target=record.account)
        return Stated.CREATED if known is None else Stated.REPLACED

    async def _open(
        self, connection: Connection, record: CustomerRecord, currency: Currency
    ) -> None:
        await decisions.open_account(
            connection,
            record.account,
            currency=currency.code,
            exponent=currency.exponent,
            policy=record.policy,
        )

    async def _agree_on_currency(
        self, connection: Connection, record: CustomerRecord, currency: Currency
    ) -> str | None:
        """Let a lone customer's empty account follow its currency; a shared one keeps its own.

        Gives the currency that the account then has.
        """
        others = set(await accounts.customers_of(connection, record.account)) - {record.ref}
        if others:
            return await accounts.currency_of(connection, record.account)
        agreed = await accounts.agree_on_currency(
            connection, record.account, currency=currency.code, exponent=currency.exponent
        )
        if agreed != currency.code:
            raise CurrencyConflictError(record.account, agreed)
        return agreed

    async def get(self, ref: str) -> CustomerRecord:
        """Give a customer's master data; raises `CustomerUnknownError`."""
        record = await self.work.reading(
            lambda connection: accounts.find_customer(connection, ref)
        )
        if record is None:
            raise CustomerUnknownError(ref)
        return record

    async def set_limit(self, account: str, limit: LimitRecord, currency: str) -> int:
        """Set an account's limit and give the number that the account then has.

        Raises `AccountUnknownError` and `CurrencyConflictError`.
        """
        seq, _ = await self.work.writing(
            lambda connection: self.set_limit_on(connection, account, limit, currency)
        )
        return seq

    async def set_limit_on(
        self,
        connection: Connection,
        account: str,
        limit: LimitRecord,
        currency: str,
        *,
        unsaid: AbstractSet[str] = frozenset(),
    ) -> tuple[int, Stated]:
        """Do the same inside the caller's transaction; what says the same writes nothing.

        What is `unsaid` stays as it is known.
        """
        known = await accounts.lock_limit(connection, account)
        if known is None or not await accounts.customers_of(connection, account):
            raise AccountUnknownError(account)
        if known.currency != currency:
            raise CurrencyConflictError(account, known.currency)
        if known.limit is not None:
            limit = replace(limit, **{name: getattr(known.limit, name) for name in unsaid})
        if limit.says_the_same_as(known.limit):
            return known.seq, Stated.UNCHANGED
        now = self.calendar.fixed_now
        seq = await accounts.set_limit(connection, account, limit, now, by=acting_person())
        await tell(connection, limit_changed(account, currency, known.limit, limit))
        return seq, Stated.CREATED if known.limit is None else Stated.REPLACED

    async def account(self, ref: str) -> AccountView:
        """Give an account as it stands; raises `AccountUnknownError`."""
        return await self.work.reading(lambda connection: self.view_on(connection, ref))

    async def view_on(self, connection: Connection, ref: str) -> AccountView:
        """Do the same on the caller's connection."""
        customers = await accounts.customers_of(connection, ref)
        if not customers:
            raise AccountUnknownError(ref)
        position = await self._position(connection, ref, customers[0])
        limit = await accounts.read_limit(connection, ref)
        nothing = Order("", 1, 0, position.account.currency)
        return AccountView(
            ref=ref,
            currency=position.account.currency,
            seq=position.account.seq,
            limit=limit,
            exposure=exposure_of(nothing, position),
            policy=(position.policy.name, position.policy.version),
            customers=customers,
        )

    async def _position(self, connection: Connection, account: str, customer: str) -> Position:
        """Read the account as its first customer's policy sees it, with no order in question."""
        question = Question(
            account=account,
            customer=customer,
            order_ref="",
            revision=0,
            time_zone=self.calendar.time_zone,
            fixed_now=self.calendar.fixed_now,
        )
        reading = await positions.read(connection, question)
        assert reading.account is not None, "an account with a customer exists"
        policy = await self.shelf.rules(connection, reading.policy_key)
        return reading.position(policy, reading.account)


def _completed(
    record: CustomerRecord, known: CustomerRecord | None, unsaid: AbstractSet[str]
) -> CustomerRecord:
    """Give the record with what it leaves unsaid as it is known."""
    if known is not None:
        return replace(record, **{name: getattr(known, name) for name in unsaid})
    if "name" in unsaid:
        raise CustomerUnknownError(record.ref)
    return record
