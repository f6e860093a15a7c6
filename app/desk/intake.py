"""Intake: statements on many accounts, each account's taken together or not at all.

What a statement does is told once, in `app.credit.posting`; this only brings many of them to the
database in few round trips.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from app.credit.item import Key
from app.credit.posting import Effect, Posting
from app.desk.listing import Judge, Listing, Scales
from app.desk.statements import (
    CancelOrder,
    Statement,
    Statements,
    enter,
    touched,
)
from app.desk.work import Work
from app.storage import accounts, bulk_postings, bulk_records, list_marks
from app.storage.bulk_postings import SpokenOf, Whole
from app.storage.bulk_records import Entry
from app.storage.database import Connection, StorageUnavailableError
from app.storage.list_marks import Newer
from app.storage.postings import LockedAccount, as_json


@dataclass(frozen=True, slots=True)
class Parcel:
    """Statements by account, in their order, with what the journal says of them.

    With `whole`, each account's statements are all that the source has to say: what it has
    stated before and leaves out now is cleared. `homes` has further customers by account who
    must be there still.
    """

    statements: Mapping[str, Sequence[Statement]]
    named: Mapping[str, str]
    whole: Whole | None = None
    homes: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Taken:
    """What an account's statements did, and how many documents were cleared as left out.

    `seq` is the account's number after it; `cancelled` are the orders among those left out.
    `newer_as_of` is of when a newer list is, where one is known of a customer: then nothing of
    this one was taken of that customer, and its effects are `outdated`. `spared` are left out, but
    were stated only after the list was looked at.
    """

    effects: list[Effect]
    cleared: int
    seq: int
    cancelled: Sequence[Key] = ()
    newer_as_of: datetime | None = None
    spared: int = 0


@dataclass(frozen=True, slots=True)
class Intake:
    """Takes parcels, each in one transaction."""

    work: Work
    statements: Statements

    async def take(
        self, parcel: Parcel, *, dry_run: bool = False, judge: Judge | None = None
    ) -> dict[str, Taken]:
        """Take a parcel and say what it did by account; a dry run only says what it would do.

        Raises `StorageUnavailableError`, also where a customer has moved to another account
        meanwhile, and what `judge` raises on seeing what a whole list takes away; then nothing of
        the parcel was taken.
        """
        return await self.work.writing(
            lambda connection: self._take(connection, parcel, dry_run=dry_run, judge=judge)
        )

    async def _take(
        self, connection: Connection, parcel: Parcel, *, dry_run: bool, judge: Judge | None
    ) -> dict[str, Taken]:
        fixed_now = self.statements.calendar.fixed_now
        locked = await bulk_postings.lock(connection, parcel.statements, fixed_now)
        spoken_of = {account: touched(s) for account, s in parcel.statements.items()}
        await _require_homes(connection, spoken_of, parcel.homes)
        postings = await _loaded(connection, locked, spoken_of, parcel.whole)
        newer = await _newer(connection, parcel)
        scales = Scales.of(postings, parcel.whole) if judge and parcel.whole else None
        taken = {
            account: _entered(postings[account], parcel, locked[account], newer)
            for account in parcel.statements
        }
        if judge and scales:
            scales.show(judge)
        if not dry_run:
            await self._mark(connection, parcel)
            named = [
                Entry(locked[account], posting, _facts(parcel, account, posting))
                for account, posting in postings.items()
            ]
            seqs = await self._record(connection, named, _done(parcel, taken))
            taken |= {account: replace(taken[account], seq=seq) for account, seq in seqs.items()}
        return taken

    async def _mark(self, connection: Connection, parcel: Parcel) -> None:
        """Note of when a whole list is, together with what it says."""
        if parcel.whole is None or parcel.whole.told is None:
            return
        await list_marks.mark(
            connection,
            parcel.whole.told,
            [*parcel.statements],
            parcel.whole.customers,
            fixed_now=self.statements.calendar.fixed_now,
        )

    async def _record(
        self,
        connection: Connection,
        entries: Sequence[Entry],
        done: Mapping[str, Sequence[Statement]],
    ) -> dict[str, int]:
        """Write what has changed; gives the new numbers of those accounts."""
        changed = [entry for entry in entries if entry.posting.has_changed]
        if changed:
            await bulk_records.record(connection, changed)
        follow_up = self.statements.follow_up
        return {
            (account := entry.account).ref: await follow_up(
                connection, account, entry.posting, done[account.ref]
            )
            for entry in changed
        }


def _done(parcel: Parcel, taken: Mapping[str, Taken]) -> dict[str, list[Statement]]:
    """Give the statements that changed something."""
    return {
        account: [
            *(
                statement
                for statement, effect in zip(statements, taken[account].effects, strict=True)
                if effect is Effect.APPLIED
            ),
            *map(CancelOrder, taken[account].cancelled),
        ]
        for account, statements in parcel.statements.items()
    }


_Keys = Mapping[str, Mapping[str, Sequence[Key]]]
"""By account, the keys of items and of orders that statements speak of."""


async def _loaded(
    connection: Connection,
    locked: Mapping[str, LockedAccount],
    spoken_of: _Keys,
    whole: Whole | None,
) -> dict[str, Posting]:
    touched_by = SpokenOf(
        {account: keys["items_of"] for account, keys in spoken_of.items()},
        {account: keys["orders_of"] for account, keys in spoken_of.items() if keys["orders_of"]},
        whole,
    )
    return await bulk_postings.load(connection, locked, touched_by)


async def _require_homes(
    connection: Connection, spoken_of: _Keys, homes: Mapping[str, str]
) -> None:
    """See that the customers are where they were found: nobody moves them while we hold these."""
    thought = {**homes}
    for account, keys in spoken_of.items():
        thought.update(
            (customer, account) for customer, _ in (*keys["items_of"], *keys["orders_of"])
        )
    if thought and await accounts.accounts_of(connection, sorted(thought)) != thought:
        raise StorageUnavailableError("a customer moved meanwhile")


async def _newer(connection: Connection, parcel: Parcel) -> Newer:
    """Find, behind the locks, which newer lists are known than a whole one."""
    whole = parcel.whole
    told = None if whole is None else whole.told
    if whole is None or told is None:
        return Newer()
    accounts = [*parcel.statements]
    return await list_marks.newer(connection, told, accounts, whole.customers)


def _entered(posting: Posting, parcel: Parcel, account: LockedAccount, newer: Newer) -> Taken:
    statements = parcel.statements[account.ref]
    whole = parcel.whole
    if whole is None:
        return Taken([enter(posting, statement) for statement in statements], 0, account.seq)
    listing = Listing(account.ref, posting, whole, newer.on(account.ref))
    effects = listing.enter(statements)
    cleared, cancelled = listing.clear_missing()
    return Taken(
        effects,
        len(cleared) + len(cancelled),
        account.seq,
        cancelled,
        newer_as_of=listing.newer.newest,
        spared=listing.spared,
    )


def _facts(parcel: Parcel, account: str, posting: Posting) -> str:
    """Tell what gave the account its number: which import, and how many documents it changed."""
    counted = {
        "statements": len(parcel.statements[account]),
        "items_changed": len(posting.changed_items()),
        "orders_changed": len(posting.changed_orders()),
    }
    return as_json([{**parcel.named, **counted}])[1:-1]
