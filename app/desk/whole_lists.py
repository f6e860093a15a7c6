"""Whole lists: a source says that this is all there is; what it leaves out is cleared.

A list that would clear more than a set share waits until somebody confirms it: more often than
not it is half a list.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256

from app.desk.directory import CustomerUnknownError
from app.desk.intake import Intake, Parcel, Taken
from app.desk.statements import StateItem, Statement, StateOrder, stated_by
from app.desk.work import Work
from app.storage import accounts, list_marks, whole_lists
from app.storage.bulk_postings import Whole
from app.storage.list_marks import Told
from app.storage.whole_lists import Amount, Documents, Held, ListOf, Sight

__all__ = [
    "CustomerList",
    "Held",
    "ListOf",
    "ListShrinksError",
    "Sight",
    "Told",
    "WholeLists",
    "open_in",
]

PERCENT = 100


class ListShrinksError(Exception):
    """A list would clear more than may be cleared unasked. Nothing was changed.

    `token` confirms it, as long as these figures are the same.
    """

    def __init__(self, before: Held, cleared: Held, token: str) -> None:
        super().__init__(token)
        self.before = before
        self.cleared = cleared
        self.token = token


@dataclass(frozen=True, slots=True)
class CustomerList:
    """All open items or all open orders of a customer at a source.

    `as_of` is the instant that the list tells of, where it says so.
    """

    customer: str
    of: ListOf
    statements: Sequence[StateItem | StateOrder]
    source: str
    as_of: datetime | None = None


@dataclass(frozen=True, slots=True)
class WholeLists:
    """Looks at what a whole list would clear. Shares are in per cent, of items and of amounts.

    So many documents as `items_unasked` any list may clear or lower, whatever share that is.
    """

    work: Work
    intake: Intake
    items_share: int
    amount_share: int
    items_unasked: int

    async def state(self, listed: CustomerList, *, confirm: str | None) -> Taken:
        """Take a source's whole list of one customer's documents, in one transaction.

        What it clears is looked at and judged behind the account's lock.
        One that is older than another of its kind changes nothing, and is answered as outdated.
        Raises `CustomerUnknownError`, `ListShrinksError` and `TotalOutOfRangeError`.
        """
        customer, source = listed.customer, listed.source
        account = await self.work.reading(lambda c: accounts.account_of(c, customer))
        if account is None:
            raise CustomerUnknownError(customer)
        parcel = Parcel(
            {account: [stated_by(source, statement) for statement in listed.statements]},
            {"list_of": customer},
            Whole(source, (customer,), frozenset({listed.of}), listed.as_of),
            homes={customer: account},
        )

        def judge(before: Held, cleared: Held) -> None:
            self.require_plausible(source, before, cleared, confirm)

        return (await self.intake.take(parcel, judge=judge))[account]

    def require_plausible(
        self, source: str, before: Held, cleared: Held, confirm: str | None
    ) -> None:
        """Raise `ListShrinksError` for a list that clears much and is not confirmed."""
        if not self._is_much(cleared, before):
            return
        token = _token(source, before, cleared)
        if confirm != token:
            raise ListShrinksError(before, cleared, token)

    def _is_much(self, cleared: Held, before: Held) -> bool:
        """Say whether it is more than its share of the items, or of one currency's amounts."""
        if cleared.touched <= self.items_unasked:
            return False
        return _exceeds(cleared.items, before.items, self.items_share) or any(
            _exceeds(minor, before.minor[currency], self.amount_share)
            for currency, minor in cleared.minor.items()
        )

    async def accounts_of(self, source: str, of: ListOf) -> set[str]:
        """Give the accounts on which the source has something open."""
        return await self.work.reading(
            lambda c: whole_lists.accounts_of(c, source, of, self._fixed_now)
        )

    async def mark_all(self, told: Told) -> None:
        """Note of when a source's list of all customers is, once all of it was taken."""
        await self.work.writing(lambda c: list_marks.mark_all(c, told, self._fixed_now))

    async def held(self, sight: Sight) -> Documents:
        """Give what a source has open."""
        return await self.work.reading(lambda c: whole_lists.held(c, sight, self._fixed_now))

    @property
    def _fixed_now(self) -> datetime | None:
        return self.intake.statements.calendar.fixed_now


def open_in(statement: Statement) -> Amount:
    """Give what is open of a document as it is stated."""
    match statement:
        case StateItem(item):
            return Amount(item.currency, item.amount_minor, item.version)
        case StateOrder(_, order):
            return Amount(order.currency.code, order.amount_minor, order.version)
        case _:
            raise TypeError("a list states what is open")


def _exceeds(cleared: int, before: int, share: int) -> bool:
    return cleared * PERCENT > before * share


def _token(source: str, before: Held, cleared: Held) -> str:
    """Give a word that fits these documents and figures and no others."""
    said = [source, f"{cleared.mark}"]
    said += [f"{held.items} {sorted(held.minor.items())}" for held in (before, cleared)]
    return sha256("/".join(said).encode()).hexdigest()[:12]
