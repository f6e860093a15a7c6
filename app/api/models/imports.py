"""Imports: what a form asks, and how a run of a file is told."""

import json
from collections.abc import Iterator, Mapping
from typing import Annotated, Any, Final, Literal, Self

from pydantic import Field, StringConstraints, ValidationError

from app.api.models.fields import Answer, Day, Instant, Request
from app.api.money import CurrencyCode
from app.api.problems import Problem, ProblemError, field_errors
from app.api.refs import Ref
from app.credit.item import DEFAULT_SOURCE
from app.desk.file_imports import FileImport, ImportState

_TOTAL_PATTERN: Final = r"^[A-Z]{3}=-?(0|[1-9][0-9]{0,17})(\.[0-9]{1,4})?$"
_PRINTABLE: Final = r"^[^\x00-\x1f\x7f-\x9f]+$"
_REPEATED: Final = frozenset({"total"})

Word = Annotated[str, StringConstraints(max_length=64, pattern="^[a-z0-9-]+$")]
Line = Annotated[str, StringConstraints(max_length=64, pattern=_PRINTABLE)]
ControlTotal = Annotated[str, StringConstraints(max_length=32, pattern=_TOTAL_PATTERN)]


class ImportForm(Request):
    """What is asked of a file, beside the file. A `profile` is one that the service knows."""

    source: Ref = DEFAULT_SOURCE
    profile: Word | None = None
    dry_run: bool = False
    whole: Literal["customers", "all"] | None = None
    confirm: Word | None = None
    rows: Annotated[int, Field(ge=0, le=2**53)] | None = None
    total: Annotated[tuple[ControlTotal, ...], Field(max_length=32)] = ()
    currency: CurrencyCode | None = None
    decimal: Literal["point", "comma"] | None = None
    dates: Line | None = None
    delimiter: Annotated[str, StringConstraints(max_length=3, pattern=_PRINTABLE)] | None = None
    encoding: Word | None = None
    sheet: Line | None = None
    as_of: Day | None = None

    @classmethod
    def of(cls, fields: Mapping[str, list[str]]) -> Self:
        """Read a form's fields; raises `ProblemError`."""
        said: dict[str, Any] = {
            name: values if name in _REPEATED or len(values) > 1 else values[0]
            for name, values in fields.items()
        }
        try:
            return cls.model_validate(said)
        except ValidationError as error:
            errors = field_errors(error.errors(), body=said)
            raise ProblemError(Problem.INVALID_REQUEST, errors=errors) from None

    def options(self) -> Iterator[str]:
        """Give the options of the command that takes the file."""
        for name, value in self.model_dump(mode="json", exclude_defaults=True).items():
            option = f"--{name.replace('_', '-')}"
            match value:
                case bool():
                    yield option
                case list():
                    yield from (f"{option}={one}" for one in value)
                case _:
                    yield f"{option}={value}"

    def asked(self, file_name: str | None) -> str:
        """Give what others are told of what was asked."""
        said = self.model_dump(mode="json", exclude_defaults=True) | {"source": self.source}
        return json.dumps({"file": file_name} | said, ensure_ascii=False)


class ImportProgress(Answer):
    """How far a run is: what is being done, how much of it, and how much there is."""

    phase: str
    done: int
    of: int


class ImportRefusal(Answer):
    """Why nothing was taken, or why a run broke off; `saw` has the figures that it is about.

    A whole list that waits for confirmation has the word to confirm it with in `saw.confirm`.
    """

    code: str
    message: str
    line: int | None
    column: str | None
    saw: dict[str, Any]


class ImportTaken(Answer):
    """What the lines did; `unknown` are clearances of what was not there."""

    applied: int
    unchanged: int
    outdated: int
    unknown: int


class ImportMasters(Answer):
    """What the lines of customers, or those of limits, did; they are in `taken` too."""

    applied: int = 0
    unchanged: int = 0


class ImportProblem(Answer):
    """A line that was not taken, and why."""

    line: int
    column: str | None
    code: str
    message: str


class ImportTotal(Answer):
    """The control total of a currency: what the open items of a file come to."""

    currency: str
    items: int
    invoices: str
    credit_notes: str
    payments: str
    balance: str


class ImportReport(Answer):
    """What a file had in it and what was taken; `problems` names the first hundred lines.

    `accounts` are those on which items or orders were taken.
    """

    notes: list[str]
    rows: int
    left_out: dict[str, int]
    taken: ImportTaken
    customers: ImportMasters = ImportMasters()
    limits: ImportMasters = ImportMasters()
    accounts: int
    cleared: int
    refused: int
    problems: list[ImportProblem]
    totals: list[ImportTotal]
    documents: dict[str, int]


class ImportLinks(Answer):
    """Where to ask how far the run is."""

    self: str


class ImportSummary(Answer):
    """A run of a file, without its report."""

    id: str
    state: str
    asked: dict[str, Any]
    begun_at: Instant
    ended_at: Instant | None
    progress: ImportProgress | None
    refusal: ImportRefusal | None
    links: ImportLinks

    @classmethod
    def of(cls, run: FileImport) -> Self:
        """Describe a run."""
        said = json.loads(run.report)
        names = cls.model_fields.keys() & said.keys()
        told = {"report": None, "progress": None, "refusal": _silence(run)}
        return cls.model_validate(
            {name: value for name, value in told.items() if name in cls.model_fields}
            | {name: said[name] for name in names if said[name] is not None}
            | {"id": run.id, "state": run.state, "asked": json.loads(run.asked)}
            | {"begun_at": run.begun_at, "ended_at": run.ended_at}
            | {"links": {"self": f"/v1/imports/{run.id}"}}
        )


class ImportAnswer(ImportSummary):
    """A run of a file: how far it is, and once it has ended what it came to."""

    report: ImportReport | None


class ImportList(Answer):
    """Runs of files, newest first."""

    items: list[ImportSummary]
    next_cursor: str | None


def _silence(run: FileImport) -> ImportRefusal | None:
    """Give why a run ended that could not say so itself."""
    if run.state != ImportState.FAILED:
        return None
    message = "Its process was ended; accounts that were taken are whole. Send the file again."
    return ImportRefusal(code="interrupted", message=message, line=None, column=None, saw={})
