"""Whole lists: a source says that this is all there is; what it leaves out is cleared.

A list that would clear more than a set share waits until somebody confirms it: more often than
not it is half a file.
"""

from dataclasses import dataclass
from hashlib import sha256

from app.desk.spool import Spool
from app.desk.work import Work
from app.ledger.errand import Errand, ImportRefusedError, WholeOf
from app.storage import whole_lists
from app.storage.whole_lists import Amount, Held

PERCENT = 100


@dataclass(frozen=True, slots=True)
class WholeLists:
    """Looks at what a whole list would clear. Shares are in per cent, of items and of amounts."""

    work: Work
    items_share: int
    amount_share: int

    async def accounts_of(self, source: str) -> set[str]:
        """Give the accounts on which the source has something open."""
        return await self.work.reading(
            lambda connection: whole_lists.accounts_of(connection, source)
        )

    async def require_plausible(self, documents: Spool, errand: Errand) -> None:
        """Raise `ImportRefusedError` for a list that clears much and is not confirmed."""
        before, cleared = await self._compared(documents, errand)
        if not self._is_much(cleared, before):
            return
        token = _token(errand.source, before, cleared)
        if errand.confirm == token:
            return
        details = {
            "items_before": before.items,
            "items_cleared": cleared.items,
            "amount_before": before.minor,
            "amount_cleared": cleared.minor,
            "confirm": token,
        }
        message = "The list would clear more than may be cleared unasked; nothing was changed."
        raise ImportRefusedError("list_shrinks", message, details)

    def _is_much(self, cleared: Held, before: Held) -> bool:
        """Say whether it is more than its share of the items, or of one currency's amounts."""
        return _exceeds(cleared.items, before.items, self.items_share) or any(
            _exceeds(minor, before.minor[currency], self.amount_share)
            for currency, minor in cleared.minor.items()
        )

    async def _compared(self, documents: Spool, errand: Errand) -> tuple[Held, Held]:
        """Give what the source has open now, and what of that its list leaves out."""
        before = cleared = Held()
        for part in documents.parts():
            stated = {
                (account, row[0], row[1])
                for account, lines in part.items()
                for _, row in lines
                if isinstance(row, tuple)
            }
            customers = None
            if errand.whole is WholeOf.CUSTOMERS:
                customers = sorted({customer for _, customer, _ in stated})
            held = await self._held(errand.source, sorted(part), customers)
            before += Held.of(held.values())
            cleared += Held.of(amount for key, amount in held.items() if key not in stated)
        if errand.whole is WholeOf.ALL:
            unnamed = await self.accounts_of(errand.source) - documents.accounts
            held = await self._held(errand.source, sorted(unnamed), None)
            before += Held.of(held.values())
            cleared += Held.of(held.values())
        return before, cleared

    async def _held(
        self, source: str, accounts: list[str], customers: list[str] | None
    ) -> dict[tuple[str, str, str], Amount]:
        return await self.work.reading(
            lambda connection: whole_lists.held(connection, source, accounts, customers)
        )


def _exceeds(cleared: int, before: int, share: int) -> bool:
    return cleared * PERCENT > before * share


def _token(source: str, before: Held, cleared: Held) -> str:
    """Give a word that fits these figures and no others."""
    said = [source, *(f"{held.items} {sorted(held.minor.items())}" for held in (before, cleared))]
    return sha256("/".join(said).encode()).hexdigest()[:12]
