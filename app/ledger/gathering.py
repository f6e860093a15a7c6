"""Gathering: a table's rows put in order by credit account, before anything is taken."""

from collections.abc import Callable, Iterator, Sequence
from collections.abc import Set as AbstractSet
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass, field
from datetime import date
from itertools import islice
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from app.credit.posting import Effect
from app.desk.bulk import BulkStatement, PutCustomer, PutLimit
from app.desk.spool import Spool
from app.desk.statements import (
    CancelOrder,
    ClearItem,
    GiveBack,
    StateItem,
    Statement,
    StateOrder,
    key_of,
)
from app.desk.work import Work
from app.ledger.cells import PLAIN_REF
from app.ledger.errand import Refused, Report
from app.ledger.rows import Document, Flaw, ItemRow, Row
from app.ledger.table import Table
from app.storage import accounts

OTHER_ROW = "Another row of this account cannot be taken, so that none of it is."

ROWS_AT_ONCE = 4_000
"""How many rows are read before their customers are looked up."""

StatementOf = Callable[[dict[str, Any]], "BulkStatement | Sequence[Flaw]"]
"""Gives the statement that a ledger line makes, or what is wrong with it (all on line 0)."""


Packed = tuple[str, str, str, int, str, date | None, date | None, str | None, int | None]
"""An item's row from customer to version, as plain values: objects cost more to keep on disk."""


def packed(row: ItemRow) -> Packed:
    """Give what is kept of a row; its line is kept beside it."""
    return (row[1], row[2], str(row[3]), *row[4:])


Understood = tuple[int, str, "Packed | Statement"]
"""Line, customer, and what is stated of one of its documents."""


@dataclass(frozen=True, slots=True)
class Spools:
    """Where rows are gathered: customers by their refs, limits and documents by account."""

    customers: Spool
    limits: Spool
    documents: Spool

    @classmethod
    @contextmanager
    def open(cls) -> Iterator["Spools"]:
        """Give empty spools in a folder that goes at the end of the block."""
        with TemporaryDirectory(prefix="creditgate-") as path, ExitStack() as opened:
            folders = [Path(path, name) for name in ("customers", "limits", "documents")]
            for folder in folders:
                folder.mkdir()
            yield cls(*(opened.enter_context(closing(Spool(folder))) for folder in folders))


@dataclass(slots=True)
class Gathering:
    """Reads a table into spools.

    `flawed` has the customers of whom a row cannot be taken, so that no document is taken on
    their accounts; `nowhere` counts the rows of which not even the customer is known.
    `unplaced` are customers that were stated without an account since the last look-up.
    """

    work: Work
    statement_of: StatementOf
    spools: Spools
    report: Report
    homes: dict[str, str | None] = field(default_factory=dict)
    flawed: set[str] = field(default_factory=set)
    nowhere: int = 0
    unplaced: set[str] = field(default_factory=set)

    async def read(self, table: Table, follow: Callable[[int], None]) -> None:
        """Read all rows; `follow` is told how far the file has been read."""
        rows = iter(table.rows())
        while batch := list(islice(rows, ROWS_AT_ONCE)):
            taken = list(self._understood(batch))
            await self._look_up({customer for _, customer, _ in taken} | self.flawed)
            self._keep(taken)
            follow(table.done)
        self._leave_out_incomplete()
        self.report.totals = table.totals

    def _understood(self, rows: Sequence[Row]) -> Iterator[Understood]:
        """Give line, customer and statement of those rows that state documents."""
        for row in rows:
            if isinstance(row, ItemRow):
                yield row.line, row.customer, packed(row)
            elif isinstance(row, Flaw):
                self._refuse(row)
            else:
                yield from self._read_document(row)

    def _read_document(self, row: Document) -> Iterator[Understood]:
        statement = self.statement_of(row.document)
        match statement:
            case PutCustomer(record):
                if "account" in statement.unsaid:
                    self.unplaced.add(record.ref)
                else:
                    self.homes[record.ref] = record.account
                self.spools.customers.add(record.ref, row.line, statement)
            case PutLimit(account):
                self.spools.limits.add(account, row.line, statement)
            case StateItem() | ClearItem() | StateOrder() | CancelOrder() | GiveBack():
                yield row.line, key_of(statement)[0], statement
            case _:
                customer = _customer_of(row.document)
                for flaw in statement:
                    self._refuse(flaw._replace(line=row.line, customer=customer))

    def _refuse(self, flaw: Flaw) -> None:
        self.report.refuse(Refused(flaw.line, flaw.column, flaw.code, flaw.message))
        if flaw.customer is None:
            self.nowhere += 1
        else:
            self.flawed.add(flaw.customer)

    async def _look_up(self, customers: set[str]) -> None:
        unplaced = {customer for customer in self.unplaced if self.homes.get(customer) is None}
        asked = sorted(unplaced | (customers - self.homes.keys()))
        self.unplaced.clear()
        if asked:
            found = await self._found(asked)
            own = {customer: customer for customer in unplaced}
            self.homes |= {customer: (own | found).get(customer) for customer in asked}

    def _keep(self, taken: Sequence[Understood]) -> None:
        homes, add = self.homes, self.spools.documents.add
        for line, customer, statement in taken:
            account = homes[customer]
            if account is None:
                message = "No source has stated this customer."
                self.report.refuse(Refused(line, None, "customer_unknown", message))
            else:
                add(account, line, statement)

    def _leave_out_incomplete(self) -> None:
        """Refuse what else there is on accounts of which a row is flawed: it would be a part."""
        broken = {account for c in self.flawed if (account := self.homes[c]) is not None}
        if not broken:
            return
        documents = self.spools.documents
        for part in documents.parts():
            for account in sorted(broken & part.keys()):
                for line, _ in part[account]:
                    self.report.refuse(Refused(line, None, "account_incomplete", OTHER_ROW))
        documents.leave_out(broken)

    async def settle(self, rehearsed: AbstractSet[str] | None) -> None:
        """See to accounts of customers that the file states, and that are still not on them.

        They were refused, and so is what hangs on them. After a dry run, of which `rehearsed` are
        the refused ones, the others would be there, and what is stated of them would be new.
        """
        unsettled: set[str] = set()
        refused: set[str] = set()
        for part in self.spools.customers.parts():
            asked = sorted(part)
            found = await self._found(asked)
            away = {c: h for c in asked if (h := self.homes[c]) and found.get(c) != h}
            unsettled |= set(away.values())
            refused |= {h for c, h in away.items() if rehearsed is None or c in rehearsed}
        if not unsettled:
            return
        message = "A customer of this account was refused, so that none of its rows is taken."
        for documents in self.spools.documents.parts():
            for account in sorted(unsettled & documents.keys()):
                for line, _ in documents[account]:
                    if account not in refused:
                        self.report.effects[Effect.APPLIED] += 1
                    else:
                        self.report.refuse(Refused(line, None, "account_incomplete", message))
        self.spools.documents.leave_out(unsettled)

    async def _found(self, customers: Sequence[str]) -> dict[str, str]:
        return await self.work.reading(
            lambda connection: accounts.accounts_of(connection, list(customers))
        )


def _customer_of(document: dict[str, Any]) -> str | None:
    """Give whose document a line is about, if it says so."""
    customer = document.get("customer")
    return customer if isinstance(customer, str) and PLAIN_REF.fullmatch(customer) else None
