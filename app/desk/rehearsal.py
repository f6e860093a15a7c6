"""Rehearsal: what customers and limits would do, found by doing it and undoing it all."""

from collections.abc import AsyncIterator, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain

from app.desk.bulk import REFUSALS, Bulk, Outcome, PutCustomer, PutLimit, homes_of
from app.desk.dealing import Circles, dealt
from app.storage import accounts
from app.storage.database import Connection, savepoint

PARCEL = 100
"""How many statements are rehearsed together; each locks its customer and its account."""

Master = PutCustomer | PutLimit
Numbered = tuple[int, Master]
Rehearsed = tuple[int, Master, Outcome]


@dataclass(frozen=True, slots=True)
class Rehearsal:
    """Does customers and limits in transactions that are rolled back.

    Those of one account are rehearsed together, customers first, so that a limit finds the
    customer that it is for; and so are those of accounts between which customers move.
    """

    bulk: Bulk

    async def of(self, lines: Iterator[Numbered]) -> AsyncIterator[Rehearsed]:
        """Give each statement with its line's number and what it would do.

        Raises `StorageUnavailableError`.
        """
        async for batch in dealt(self.bulk.work, lines):
            masters = [(n, s) for n, s in batch if isinstance(s, PutCustomer | PutLimit)]
            for parcel in await self._parcels(masters):
                for rehearsed in await self._rehearsed(parcel):
                    yield rehearsed

    async def _rehearsed(self, parcel: Sequence[Numbered]) -> list[Rehearsed]:
        async def act(connection: Connection) -> list[Rehearsed]:
            return [(n, s, await self._outcome(connection, s)) for n, s in parcel]

        return await self.bulk.work.rehearsing(act)

    async def _outcome(self, connection: Connection, statement: Master) -> Outcome:
        try:
            async with savepoint(connection):
                return await self.bulk.put_on(connection, statement)
        except REFUSALS as refusal:
            return refusal

    async def _parcels(self, lines: Sequence[Numbered]) -> list[list[Numbered]]:
        """Cut lines into what is rehearsed together: a circle of accounts, or a part of one."""
        stated = [s for _, s in lines if isinstance(s, PutCustomer)]
        refs = sorted({s.record.ref for s in stated})
        known = await self.bulk.work.reading(lambda c: accounts.accounts_of(c, refs))
        circles = Circles()
        for homes in homes_of(stated, known).values():
            circles.join(homes)
        together: dict[str, dict[str, list[Numbered]]] = {}
        for number, statement in lines:
            account = _account_of(statement, known)
            of_circle = together.setdefault(circles.of(account), {})
            of_circle.setdefault(account, []).append((number, statement))
        return [part for of_circle in together.values() for part in _cut(of_circle)]


def _account_of(statement: Master, known: dict[str, str]) -> str:
    """Give where a statement belongs; what it says of a customer is known from then on."""
    if isinstance(statement, PutLimit):
        return statement.account
    ref = statement.record.ref
    known[ref] = statement.home(known.get(ref))
    return known[ref]


def _cut(of_circle: dict[str, list[Numbered]]) -> Iterator[list[Numbered]]:
    """Give a circle as one parcel; one that is too large account by account, in parcels."""
    whole = list(chain.from_iterable(of_circle.values()))
    for lines in [whole] if len(whole) <= PARCEL else of_circle.values():
        customers = sorted(
            (line for line in lines if isinstance(line[1], PutCustomer)), key=lambda line: line[0]
        )
        limits = [line for line in lines if isinstance(line[1], PutLimit)]
        parcels = [customers[at : at + PARCEL] for at in range(0, len(customers), PARCEL)] or [[]]
        # With the last customers, so that the account is there and somebody is on it.
        parcels[-1] += limits
        yield from parcels
