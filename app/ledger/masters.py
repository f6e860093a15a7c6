"""Customers and limits of a file: what it says of them, and taking them."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from app.credit.posting import Effect
from app.desk.bulk import Bulk, BulkStatement, Outcome, PutCustomer, PutLimit
from app.desk.rehearsal import Rehearsal
from app.desk.statements import StateOrder
from app.ledger.errand import Refused, Report
from app.ledger.fields import FIELDS, States
from app.ledger.gathering import Spools, StatementOf
from app.ledger.rows import Flaw
from app.ledger.sentences import refused
from app.storage.database import StorageUnavailableError

_OF_LIMITS = frozenset({"valid_until", "reason"})
"""What a limit has beside its amount."""

_OF_ORDERS = frozenset({"ship_date"})
"""What an order has beside its amount; a version or an invoiced part never says none."""

_UNSAID_NAME = "?"
"""Stands where a file has no names; what is known of the customer takes its place."""

LINES_TOLD = 5
"""So many lines of a customer or a limit are named in a problem."""

Numbered = tuple[int, PutCustomer | PutLimit]


@dataclass(frozen=True, slots=True)
class Masters:
    """Takes a file's customers, then its limits, and reports what they did.

    With `each_once`, a customer or a limit that the file has twice, and not the same, is refused:
    nobody knows which row holds. Else its lines are statements, one after another. `refused` are
    the customers of whom a line was refused.
    """

    bulk: Bulk
    report: Report
    each_once: bool = False
    refused: set[str] = field(default_factory=set)

    async def take(self, spools: Spools) -> None:
        """Take them, each account's in one transaction; raises `StorageUnavailableError`."""
        for spool in (spools.customers, spools.limits):
            for part in spool.parts():
                lines = [line for lines in part.values() for line in self._agreeing(lines)]
                outcomes = await self.bulk.post_all([statement for _, statement in lines])
                for (number, statement), outcome in zip(lines, outcomes, strict=True):
                    self._count(number, statement, outcome)

    async def rehearse(self, spools: Spools) -> None:
        """Report what taking them would do; raises `StorageUnavailableError`."""
        async for number, statement, outcome in Rehearsal(self.bulk).of(self._lines(spools)):
            self._count(number, statement, outcome)

    def _lines(self, spools: Spools) -> Iterator[Numbered]:
        for spool in (spools.customers, spools.limits):
            for part in spool.parts():
                for lines in part.values():
                    yield from self._agreeing(lines)

    def _agreeing(self, lines: Sequence[Numbered]) -> Sequence[Numbered]:
        """Give one customer's or limit's rows, unless they contradict each other."""
        first = lines[0][1]
        if not self.each_once or all(statement == first for _, statement in lines):
            return lines
        for number, statement in lines:
            others = ", ".join(str(other) for other, _ in lines[:LINES_TOLD] if other != number)
            message = f"Other rows (lines {others}) say otherwise: leave the one that holds."
            self.report.refuse(Refused(number, None, "ref_repeated", message))
            if isinstance(statement, PutCustomer):
                self.refused.add(statement.record.ref)
        return ()

    def _count(self, number: int, statement: PutCustomer | PutLimit, outcome: Outcome) -> None:
        match outcome:
            case Effect():
                is_customer = isinstance(statement, PutCustomer)
                self.report.effects[outcome] += 1
                (self.report.customers if is_customer else self.report.limits)[outcome] += 1
            case StorageUnavailableError():
                raise outcome
            case _:
                if isinstance(statement, PutCustomer):
                    self.refused.add(statement.record.ref)
                self.report.refuse(refused(number, outcome, statement))


def as_listed(statement_of: StatementOf, columns: Mapping[str, str] | None) -> StatementOf:
    """Give statements in which all that the file has a column for is said, and nothing else.

    An empty cell says: none, or the default. A line of NDJSON says all of a customer, as the
    API's own statements do. `columns` has the headings of fields: flaws are told by those, and
    where there are none, as in NDJSON, by pointers.
    """
    if columns is None:
        return statement_of
    unsaid = frozenset(FIELDS[States.CUSTOMERS].keys() - columns)

    def listed(document: dict[str, Any]) -> BulkStatement | Sequence[Flaw]:
        is_named = document["put"] != "customer" or "name" in columns
        statement = statement_of(document if is_named else {"name": _UNSAID_NAME} | document)
        if isinstance(statement, PutCustomer):
            return replace(statement, unsaid=unsaid)
        if isinstance(statement, PutLimit):
            return replace(statement, unsaid=_OF_LIMITS - columns.keys())
        if isinstance(statement, StateOrder):
            return replace(statement, unsaid=_OF_ORDERS - columns.keys())
        if isinstance(statement, Sequence):
            return [_in_column(flaw, columns) for flaw in statement]
        return statement

    return listed


def _in_column(flaw: Flaw, columns: Mapping[str, str]) -> Flaw:
    field = (flaw.column or "").removeprefix("/")
    return flaw._replace(column=columns.get(field, field) or None)
