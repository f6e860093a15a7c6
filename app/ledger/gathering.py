"""Gathering: a table's rows put in order by credit account, before anything is taken."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from collections.abc import Set as AbstractSet
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass, field
from datetime import date
from itertools import islice
from typing import Any

from app.credit.posting import Effect
from app.desk.bulk import BulkStatement, PutCustomer, PutLimit
from app.desk.scratch import scratch_folder
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
from app.ledger.errand import Refused, Report
from app.ledger.fields import States
from app.ledger.ndjson import PLAIN_REF
from app.ledger.refusal import FileRefusedError
from app.ledger.rows import Document, Flaw, ItemRow, LeftOut, Row
from app.ledger.table import Table
from app.storage import accounts

OTHER_ROW = "Another row of this account cannot be taken, so that none of it is."

ANYBODYS = (
    "So nobody can tell whose row it is, and which account would be taken in part: nothing of the "
    "file is taken."
)

_DOCUMENTS = frozenset({States.OPEN_ITEMS, States.ORDERS})
_MASTERS = ("customer", "limit")

ROWS_AT_ONCE = 4_000
"""How many rows are read before their customers are looked up."""

StatementOf = Callable[[dict[str, Any]], "BulkStatement | Sequence[Flaw]"]
"""Gives the statement that a ledger line makes, or what is wrong with it (all on line 0)."""


Packed = tuple[str, str, str, int, str, date | None, date | None, str | None, int | None]
"""An item's row from customer to version, as plain values: objects cost more to keep on disk."""


def packed(row: ItemRow) -> Packed:
    """Give what is kept of a row; its line is kept beside it."""
    return (row[1], row[2], str(row[3]), *row[4:])


@dataclass(frozen=True, slots=True)
class Listed:
    """That a whole list has rows of a customer, though they state nothing open."""

    customer: str


Kept = Packed | Statement | Listed
"""What is kept of a row of an account."""

Understood = tuple[int, str, Kept]
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
        with scratch_folder() as path, ExitStack() as opened:
            folders = [path / name for name in ("customers", "limits", "documents")]
            for folder in folders:
                folder.mkdir()
            yield cls(*(opened.enter_context(closing(Spool(folder))) for folder in folders))


@dataclass(slots=True)
class Gathering:
    """Reads a table into spools.

    `flawed` has the customers of whom a row cannot be taken, so that no document is taken on
    their accounts; a row of which nobody can tell whose document it states refuses the file.
    `lists_customers`: customers of whom all rows are left out are kept too, as `Listed`.
    """

    work: Work
    statement_of: StatementOf
    spools: Spools
    report: Report
    lists_customers: bool = False
    homes: dict[str, str | None] = field(default_factory=dict)
    flawed: set[str] = field(default_factory=set)
    _listed: set[str] = field(default_factory=set)
    _nobodys: Flaw | None = None

    async def read(self, table: Table, follow: Callable[[int], None]) -> None:
        """Read all rows; `follow` is told how far the file has been read.

        Raises `FileRefusedError` where a row may belong to any account.
        """
        is_of_documents = table.profile is None or table.profile.states in _DOCUMENTS
        rows = iter(table.rows())
        while batch := list(islice(rows, ROWS_AT_ONCE)):
            taken = list(self._understood(batch))
            await self._look_up({customer for _, customer, _ in taken} | self.flawed)
            self._keep(taken)
            follow(table.done)
        if is_of_documents and self._nobodys is not None:
            raise _nobodys_row(self._nobodys)
        self._leave_out_incomplete()
        self.report.totals = table.totals

    def _understood(self, rows: Sequence[Row]) -> Iterator[Understood]:
        """Give line, customer and statement of those rows that state documents."""
        for row in rows:
            if isinstance(row, ItemRow):
                yield row.line, row.customer, packed(row)
            elif isinstance(row, Flaw):
                self._refuse(row)
            elif isinstance(row, LeftOut):
                yield from self._list(row.customer)
            else:
                yield from self._read_document(row)

    def _list(self, customer: str | None) -> Iterator[Understood]:
        if self.lists_customers and customer is not None and customer not in self._listed:
            self._listed.add(customer)
            yield 0, customer, Listed(customer)

    def _read_document(self, row: Document) -> Iterator[Understood]:
        statement = self.statement_of(row.document)
        match statement:
            case PutCustomer(record):
                self.homes[record.ref] = record.account
                self.spools.customers.add(record.ref, row.line, statement)
            case PutLimit(account):
                self.spools.limits.add(account, row.line, statement)
            case StateItem() | ClearItem() | StateOrder() | CancelOrder() | GiveBack():
                yield row.line, key_of(statement)[0], statement
            case _:
                customer = _customer_of(row.document)
                is_of_document = not _is_master(row.document)
                for flaw in statement:
                    told = flaw._replace(line=row.line, customer=customer)
                    self._refuse(told, is_of_document=is_of_document)

    def _refuse(self, flaw: Flaw, *, is_of_document: bool = True) -> None:
        self.report.refuse(Refused(flaw.line, flaw.column, flaw.code, flaw.message))
        if flaw.customer is not None:
            self.flawed.add(flaw.customer)
        elif is_of_document and self._nobodys is None:
            self._nobodys = flaw

    async def _look_up(self, customers: set[str]) -> None:
        asked = sorted(customers - self.homes.keys())
        if asked:
            found = await self._found(asked)
            self.homes |= {customer: found.get(customer) for customer in asked}

    def _keep(self, taken: Sequence[Understood]) -> None:
        homes, add = self.homes, self.spools.documents.add
        for line, customer, statement in taken:
            account = homes[customer]
            if account is not None:
                add(account, line, statement)
            elif not isinstance(statement, Listed):
                message = "No source has stated this customer."
                self.report.refuse(Refused(line, None, "customer_unknown", message))

    def _leave_out_incomplete(self) -> None:
        """Refuse what else there is on accounts of which a row is flawed: it would be a part."""
        broken = {account for c in self.flawed if (account := self.homes[c]) is not None}
        if not broken:
            return
        documents = self.spools.documents
        for part in documents.parts():
            for account in sorted(broken & part.keys()):
                for line, _ in stating(part[account]):
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
                for line, _ in stating(documents[account]):
                    if account not in refused:
                        self.report.effects[Effect.APPLIED] += 1
                    else:
                        self.report.refuse(Refused(line, None, "account_incomplete", message))
        self.spools.documents.leave_out(unsettled)

    async def _found(self, customers: Sequence[str]) -> dict[str, str]:
        return await self.work.reading(
            lambda connection: accounts.accounts_of(connection, list(customers))
        )


def stating(lines: Iterable[tuple[int, Kept]]) -> Iterator[tuple[int, "Packed | Statement"]]:
    """Give those of an account's lines that state a document."""
    return ((line, kept) for line, kept in lines if not isinstance(kept, Listed))


def customers_listed(lines: Iterable[tuple[int, Kept]]) -> set[str]:
    """Give the customers of whom an account's lines tell what is open, or that nothing is."""
    return {_customer_in(kept) for _, kept in lines}


def _customer_in(kept: Kept) -> str:
    match kept:
        case tuple():
            return kept[0]
        case Listed(customer):
            return customer
        case _:
            return key_of(kept)[0]


def _customer_of(document: dict[str, Any]) -> str | None:
    """Give whose document a line is about, if it says so."""
    customer = document.get("customer")
    return customer if isinstance(customer, str) and PLAIN_REF.fullmatch(customer) else None


def _is_master(document: dict[str, Any]) -> bool:
    """Say whether a line is about a customer or a limit, and so leaves no account in part."""
    return document.get("put") in _MASTERS and "delete" not in document


def _nobodys_row(flaw: Flaw) -> FileRefusedError:
    message = f"{flaw.message} {ANYBODYS} ({flaw.code})"
    return FileRefusedError("row_of_nobody", message, flaw.line, flaw.column)
