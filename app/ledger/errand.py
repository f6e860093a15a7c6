"""What is asked of an import, and what it came to."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from app.credit.item import DEFAULT_SOURCE
from app.ledger.totals import Totals

PROBLEMS_MAX = 1_000
"""How many refused lines are told one by one; all are counted."""


class WholeOf(StrEnum):
    """Whose whole list a file is: what it leaves out of that is cleared."""

    CUSTOMERS = "customers"
    ALL = "all"


@dataclass(frozen=True, slots=True, kw_only=True)
class Errand:
    """What is asked. `whole`: the file is the source's whole list, of its customers or of all.

    `as_of` is the instant that a whole list tells of, where it says so. `confirm` is the token of
    a list that clears more than may be cleared unasked. `rows` and `balances` (minor units by
    currency) are control totals that must agree where they are given.
    """

    source: str = DEFAULT_SOURCE
    whole: WholeOf | None = None
    as_of: datetime | None = None
    dry_run: bool = False
    confirm: str | None = None
    rows: int | None = None
    balances: Mapping[str, int] = field(default_factory=dict)


class ImportRefusedError(Exception):
    """An import of which nothing was taken. `details` has the figures that it is about."""

    def __init__(self, code: str, message: str, details: dict[str, object] | None = None) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.details = details or {}


class ImportBrokenError(Exception):
    """The database was lost on the way: what was taken is whole per account, the rest is not.

    `report` tells what was taken.
    """

    def __init__(self, message: str, report: "Report") -> None:
        super().__init__(message)
        self.report = report


@dataclass(frozen=True, slots=True)
class Refused:
    """A line that was not taken, and why; without a column where it is not about one."""

    line: int
    column: str | None
    code: str
    message: str


@dataclass(slots=True)
class Report:
    """What an import came to, as far as it has come.

    `effects` has what all its lines did, `customers` and `limits` those of them alone.
    `summed` counts the rows whose amounts were added to another row of their document, `repeated`
    those that say the same of the same version as another row. `spared` is what a whole list
    leaves out and was stated only after it was looked at.
    """

    notes: list[str] = field(default_factory=list)
    totals: Totals = field(default_factory=Totals)
    effects: Counter[str] = field(default_factory=Counter)
    customers: Counter[str] = field(default_factory=Counter)
    limits: Counter[str] = field(default_factory=Counter)
    accounts: int = 0
    cleared: int = 0
    refused: int = 0
    summed: int = 0
    repeated: int = 0
    spared: int = 0
    problems: list[Refused] = field(default_factory=list)

    def refuse(self, problem: Refused) -> None:
        """Count a line that is not taken, and keep the first ones."""
        self.refused += 1
        if len(self.problems) < PROBLEMS_MAX:
            self.problems.append(problem)
