"""Dealing: statements of any number, cut into batches that fit into memory.

A batch has all that is stated of its accounts, in its order, so that it does what the whole would
have done: customers who move bring the accounts that they leave and enter into one batch.
"""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path

from app.desk.bulk import BulkStatement, PutCustomer, PutLimit, homes_of
from app.desk.scratch import scratch_folder
from app.desk.spool import Spool
from app.desk.statements import key_of
from app.desk.work import Work
from app.storage import accounts

AT_ONCE = 10_000
"""So many statements are looked at in a row; up to as many are not dealt at all."""

BUFFERED = 64
"""How many statements of a part are kept in memory before they are written."""

Numbered = tuple[int, BulkStatement]
Part = Mapping[str, Sequence[Numbered]]


async def dealt(work: Work, lines: Iterator[Numbered]) -> AsyncGenerator[list[Numbered]]:
    """Give the statements in batches; no account is in two of them.

    What takes long runs beside the event loop, so that others are answered meanwhile.
    """
    some = await asyncio.to_thread(_some, lines)
    if len(some) < AT_ONCE:
        yield some
        return
    with _Table.open(work) as table:
        while some:
            await asyncio.to_thread(table.lay, some)
            some = await asyncio.to_thread(_some, lines)
        await table.find_circles()
        await table.deal()
        async for part in _parts(table.batches):
            yield sorted(line for lines in part.values() for line in lines)


@dataclass(slots=True)
class Circles:
    """Accounts between which customers move: each circle goes by the name of one of them."""

    _next: dict[str, str] = field(default_factory=dict)

    def of(self, account: str) -> str:
        """Give the circle that an account is in, most often of its own alone."""
        while (after := self._next.get(account)) is not None:
            # Halving the way keeps it short, however long a chain of moves somebody states.
            self._next[account] = self._next.get(after, after)
            account = after
        return account

    def join(self, joined: Iterable[str]) -> None:
        """Make one circle of the accounts' circles."""
        first, *others = sorted({self.of(account) for account in joined})
        self._next |= dict.fromkeys(others, first)


@dataclass(frozen=True, slots=True)
class _Table:
    """Where statements lie: customers and documents by customer, limits by account, then all."""

    work: Work
    customers: Spool
    limits: Spool
    documents: Spool
    batches: Spool
    circles: Circles = field(default_factory=Circles)

    @classmethod
    @contextmanager
    def open(cls, work: Work) -> Iterator["_Table"]:
        """Give an empty table in a folder that goes at the end of the block."""
        with scratch_folder() as path, ExitStack() as opened:
            folders = [path / name for name in ("customers", "limits", "documents", "all")]
            for folder in folders:
                folder.mkdir()
            customers, limits, documents, batches = (
                opened.enter_context(closing(_spool(folder))) for folder in folders
            )
            yield cls(work, customers, limits, documents, batches)

    def lay(self, lines: Iterable[Numbered]) -> None:
        """Lay statements down by what they are about."""
        for number, statement in lines:
            match statement:
                case PutCustomer(record):
                    self.customers.add(record.ref, number, statement)
                case PutLimit(account):
                    self.limits.add(account, number, statement)
                case _:
                    self.documents.add(key_of(statement)[0], number, statement)

    async def find_circles(self) -> None:
        """Find the accounts that stated customers leave and enter."""
        async for part in _parts(self.customers):
            for places in (await self._places(part)).values():
                self.circles.join(places)

    async def deal(self) -> None:
        """Deal all that lies here into the batches, each circle into one."""
        stated = _parts(self.customers)
        # A customer is in the same part of both.
        async for documents in _parts(self.documents):
            customers = await anext(stated)
            places = await self._places(customers, documents)
            await asyncio.to_thread(self._deal_part, (customers, documents), places)
        async for limits in _parts(self.limits):
            await asyncio.to_thread(self._deal_part, (limits,), {})

    async def _places(self, *parts: Part) -> dict[str, set[str]]:
        """Give the accounts that each customer has or is to have."""
        asked = sorted({customer for part in parts for customer in part})
        known = await self.work.reading(lambda connection: accounts.accounts_of(connection, asked))
        stated = (s for lines in parts[0].values() for _, s in lines)
        return homes_of((s for s in stated if isinstance(s, PutCustomer)), known)

    def _deal_part(self, parts: Iterable[Part], places: Mapping[str, set[str]]) -> None:
        for part in parts:
            for name, lines in part.items():
                # Any place will do: if there are several, they are in one circle.
                circle = self.circles.of(next(iter(places.get(name, {name}))))
                for number, statement in lines:
                    self.batches.add(circle, number, statement)


def _spool(folder: Path) -> Spool:
    return Spool(folder, lists_accounts=False, buffered=BUFFERED)


def _some(lines: Iterator[Numbered]) -> list[Numbered]:
    return list(islice(lines, AT_ONCE))


async def _parts(spool: Spool) -> AsyncIterator[Part]:
    parts = spool.parts()
    while (part := await asyncio.to_thread(next, parts, None)) is not None:
        yield part
