"""Whole lists: a source says that this is all there is; what it leaves out is cleared.

A list that would clear more than a set share waits until somebody confirms it: more often than
not it is half a list.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256

from app.credit.item import OpenItem
from app.desk.directory import CustomerUnknownError
from app.desk.intake import Intake, Parcel, Taken
from app.desk.statements import StateItem
from app.desk.work import Work
from app.storage import accounts, whole_lists
from app.storage.bulk_postings import Whole
from app.storage.whole_lists import Documents, Held

__all__ = ["Held", "ListShrinksError", "WholeLists"]

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
class WholeLists:
    """Looks at what a whole list would clear. Shares are in per cent, of items and of amounts."""

    work: Work
    intake: Intake
    items_share: int
    amount_share: int

    async def state(
        self, customer: str, items: Sequence[OpenItem], *, source: str, confirm: str | None
    ) -> Taken:
        """Take a source's whole list of one customer's open items, in one transaction.

        Raises `CustomerUnknownError`, `ListShrinksError` and `TotalOutOfRangeError`.
        """
        account = await self.work.reading(lambda c: accounts.account_of(c, customer))
        if account is None:
            raise CustomerUnknownError(customer)
        stated = {(account, customer, i.ref): (i.currency, i.amount_minor) for i in items}
        held = await self.held(source, [account], [customer])
        self.require_plausible(source, Held.of(held), Held.lost(held, stated), confirm)
        parcel = Parcel(
            {account: [StateItem(item) for item in items]},
            {"list_of": customer},
            Whole(source, (customer,)),
            homes={customer: account},
        )
        return (await self.intake.take(parcel))[account]

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
        return _exceeds(cleared.items, before.items, self.items_share) or any(
            _exceeds(minor, before.minor[currency], self.amount_share)
            for currency, minor in cleared.minor.items()
        )

    async def accounts_of(self, source: str) -> set[str]:
        """Give the accounts on which the source has something open."""
        return await self.work.reading(lambda c: whole_lists.accounts_of(c, source))

    async def held(self, source: str, on: list[str], customers: list[str] | None) -> Documents:
        """Give what the source has open on accounts, of some customers or of all."""
        return await self.work.reading(lambda c: whole_lists.held(c, source, on, customers))


def _exceeds(cleared: int, before: int, share: int) -> bool:
    return cleared * PERCENT > before * share


def _token(source: str, before: Held, cleared: Held) -> str:
    """Give a word that fits these documents and figures and no others."""
    said = [source, f"{cleared.mark}"]
    said += [f"{held.items} {sorted(held.minor.items())}" for held in (before, cleared)]
    return sha256("/".join(said).encode()).hexdigest()[:12]
