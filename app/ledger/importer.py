"""The importer: a file's rows onto the accounts, whole account by account.

Nothing is taken before the file was read to its end and its control totals agree. Then each
account's rows are taken in one transaction, and what was taken stays, whatever happens next: the
same file again changes nothing and does the rest.
"""

import asyncio
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import chain

from app.credit.item import DEFAULT_SOURCE, ItemKind, OpenItem
from app.desk.bulk import Bulk
from app.desk.intake import Intake, Parcel
from app.desk.spool import Spool
from app.desk.statements import ClearItem, StateItem, Statement, stated_by
from app.desk.whole_lists import ListOf, Told, WholeLists
from app.desk.work import Work
from app.ledger.errand import (
    Errand,
    ImportBrokenError,
    ImportRefusedError,
    Report,
    WholeOf,
)
from app.ledger.gathering import (
    Gathering,
    Packed,
    Spools,
    StatementOf,
    customers_listed,
    stating,
)
from app.ledger.masters import Masters, as_listed
from app.ledger.pace import PLACES, Pace
from app.ledger.repeats import Lines, Repeats, each_once
from app.ledger.sentences import refused
from app.ledger.table import Table
from app.ledger.whole_lists import Listing, Seen, list_of, require_plausible
from app.storage.bulk_postings import Whole
from app.storage.database import StorageUnavailableError, TotalOutOfRangeError

Follow = Callable[[str, int, int], None]
"""Is told what is being done, how much of it is done, and how much there is."""


@dataclass(frozen=True, slots=True)
class Importer:
    """Takes files on account."""

    work: Work
    bulk: Bulk
    intake: Intake
    whole_lists: WholeLists
    statement_of: StatementOf

    async def take(self, table: Table, errand: Errand, name: str, follow: Follow) -> Report:
        """Take a table's rows; `name` is what the journal calls the import.

        Raises `FileRefusedError` and `ImportRefusedError` when nothing was taken, and
        `ImportBrokenError` when the database was lost on the way.
        """
        report, pace = Report(notes=[*table.notes]), Pace(self.work)
        with Spools.open() as spools:
            async with pace.watching():
                gathering = Gathering(
                    self.work,
                    as_listed(self.statement_of, table.columns),
                    spools,
                    report,
                    lists_customers=errand.whole is WholeOf.CUSTOMERS,
                )
                await gathering.read(table, lambda done: follow("reading", done, table.size))
                _require_agreement(errand, report)
                of = list_of(table.profile, spools.documents) if errand.whole else frozenset()
                repeats = Repeats.of(table.profile)
                taking = _Taking(self, errand, name, report, follow, pace, repeats, of)
                await taking.take(gathering)
        return report


@dataclass(slots=True)
class _Taking:
    """One file on its way to the accounts, after all of it was read and agrees.

    `seen` has what its whole list was found to leave out.
    """

    importer: Importer
    errand: Errand
    name: str
    report: Report
    follow: Follow
    pace: Pace
    repeats: Repeats
    of: frozenset[ListOf]
    seen: Seen | None = None

    async def take(self, gathering: Gathering) -> None:
        try:
            await self._take(gathering)
        except StorageUnavailableError as error:
            raise ImportBrokenError(str(error), self.report) from error

    async def _take(self, gathering: Gathering) -> None:
        spools, dry_run = gathering.spools, self.errand.dry_run
        is_list = self.repeats is not Repeats.VERSIONS
        masters = Masters(self.importer.bulk, self.report, each_once=is_list)
        await (masters.rehearse(spools) if dry_run else masters.take(spools))
        await gathering.settle(masters.refused if dry_run else None)
        if self.errand.whole is not None:
            self.seen = await require_plausible(
                self.importer.whole_lists,
                spools.documents,
                self.errand,
                Listing(self.of, self.repeats),
            )
        await self._take_documents(spools.documents)
        if self.errand.whole is WholeOf.ALL:
            await self._clear_unnamed(spools.documents)
            await self._mark_all()

    async def _take_documents(self, documents: Spool) -> None:
        """Take a few groups at a time: the database works while the next are prepared."""
        groups = self._groups(chain.from_iterable(part.items() for part in documents.parts()))

        async def take_some() -> None:
            is_left = True
            while is_left:
                async with self.pace.place():
                    is_left = await take_next()

        async def take_next() -> bool:
            group = next(groups, None)
            if group is not None:
                await self._take_group(group)
                self.follow("taking", self.report.accounts, len(documents.accounts))
            return group is not None

        try:
            async with asyncio.TaskGroup() as tasks:
                for _ in range(PLACES):
                    tasks.create_task(take_some())
        except* StorageUnavailableError as lost:
            raise lost.exceptions[0] from lost

    async def _take_group(self, group: Mapping[str, Lines]) -> None:
        """Take some accounts in one transaction; one that cannot be is taken out."""
        parcel = self._parcel(group)
        try:
            taken = await self.importer.intake.take(parcel, dry_run=self.errand.dry_run)
        except TotalOutOfRangeError as error:
            if len(group) > 1:
                for account, lines in group.items():
                    await self._take_group({account: lines})
                return
            for number, _ in next(iter(group.values())):
                self.report.refuse(refused(number, error))
            taken = {}
        for done in taken.values():
            self.report.cleared += done.cleared
            self.report.spared += done.spared
            self.report.effects.update(effect.value for effect in done.effects)
        self.report.accounts += len(group)

    def _parcel(self, group: Mapping[str, Lines]) -> Parcel:
        errand, named = self.errand, {"import": self.name}
        statements = {
            account: [_statement(row, errand.source) for _, row in stating(lines)]
            for account, lines in group.items()
        }
        if errand.whole is None:
            return Parcel(statements, named)
        homes = {c: account for account, lines in group.items() for c in customers_listed(lines)}
        scope = None if errand.whole is WholeOf.ALL else tuple(homes)
        whole = Whole(errand.source, scope, self.of, errand.as_of, seen=self.seen)
        return Parcel(statements, named, whole, homes)

    async def _clear_unnamed(self, documents: Spool) -> None:
        """Clear what the source has stated before on accounts that its list does not name."""
        lists, unnamed = self.importer.whole_lists, set[str]()
        for of in self.of:
            unnamed |= await lists.accounts_of(self.errand.source, of)
        for group in self._groups((ref, []) for ref in sorted(unnamed - documents.accounts)):
            await self._take_group(group)

    async def _mark_all(self) -> None:
        """Note of when a list of all is, also for customers who are not on it.

        Where a row was refused, its account is as it was, and may still be told of by older lists.
        """
        errand, refused = self.errand, self.report.refused
        if errand.as_of is not None and not errand.dry_run and not refused:
            told = Told(errand.source, self.of, errand.as_of)
            await self.importer.whole_lists.mark_all(told)

    def _groups(self, accounts: Iterable[tuple[str, Lines]]) -> Iterator[dict[str, Lines]]:
        """Give the accounts in groups of about as many rows as a parcel has now."""
        group: dict[str, Lines] = {}
        rows = 0
        for account, lines in each_once(accounts, self.repeats, self.report):
            group[account] = lines
            rows += len(lines) + 1
            if rows >= self.pace.rows:
                yield group
                group, rows = {}, 0
        if group:
            yield group


def _require_agreement(errand: Errand, report: Report) -> None:
    """Compare the control totals, before anything is taken."""
    found = report.totals.balances()
    if errand.rows is not None and errand.rows != report.totals.rows:
        details: dict[str, object] = {"rows": report.totals.rows, "expected": errand.rows}
        raise ImportRefusedError("rows_differ", "The number of rows is another one.", details)
    for currency, expected in errand.balances.items():
        if found.get(currency, 0) != expected:
            details = {"currency": currency, "minor": found.get(currency, 0), "expected": expected}
            raise ImportRefusedError("totals_differ", "The control total is another one.", details)


def _statement(kept: Packed | Statement, source: str) -> Statement:
    if not isinstance(kept, tuple):
        return stated_by(source, kept)
    customer, ref, kind, amount_minor, currency, issued_on, due_on, order_ref, version = kept
    if not amount_minor:
        return ClearItem((customer, ref), version)
    item = OpenItem(
        customer, ref, _KINDS[kind], amount_minor, currency, issued_on, due_on, order_ref, version
    )
    return StateItem(item if source == DEFAULT_SOURCE else item._replace(source=source))


_KINDS = {kind.value: kind for kind in ItemKind}
