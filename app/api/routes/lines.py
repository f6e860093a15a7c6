"""The lines of a bulk body: each one a statement, or a problem of its own."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, Self

from pydantic import ValidationError

from app.api.body import parse_json
from app.api.models.statements import DELETE_LINE, PUT_LINE, LedgerAnswer, RefusedLine
from app.api.problems import FieldError, Problem, ProblemError, field_errors
from app.api.refusals import problem_of
from app.credit.posting import Effect
from app.desk.bulk import BulkStatement, Outcome, PutCustomer
from app.desk.failures import StorageUnavailableError
from app.desk.statements import CancelOrder

_NOT_A_STATEMENT = FieldError("", "not_a_statement", 'Must be an object with "put" or "delete".')


@dataclass(slots=True)
class Lines:
    """The statements of a body with the number of the line each stood on."""

    statements: list[BulkStatement] = field(default_factory=list)
    numbers: list[int] = field(default_factory=list)
    refused: dict[int, ProblemError] = field(default_factory=dict)

    @classmethod
    def read(cls, body: bytes) -> Self:
        """Read every line; blank ones are passed over."""
        lines = cls()
        for number, line in _numbered(body):
            try:
                statement = _statement(line)
            except ProblemError as refusal:
                lines.refused[number] = refusal
            else:
                lines.statements.append(statement)
                lines.numbers.append(number)
        return lines

    def came_from_a_feed(self, outcomes: Sequence[Outcome]) -> bool:
        """Whether a statement about an item, an order or a limit was taken."""
        return any(
            isinstance(outcome, Effect)
            and outcome is not Effect.UNKNOWN
            and not isinstance(statement, PutCustomer)
            for statement, outcome in zip(self.statements, outcomes, strict=True)
        )


def left_undone(outcomes: Sequence[Outcome]) -> bool:
    """Say whether the database could not be reached for some of the lines."""
    return any(isinstance(outcome, StorageUnavailableError) for outcome in outcomes)


def ledger_answer(lines: Lines, outcomes: Sequence[Outcome]) -> LedgerAnswer:
    """Count what the lines did, and say why some were refused."""
    refused = dict(lines.refused)
    counts: Counter[Effect] = Counter()
    for number, statement, outcome in zip(lines.numbers, lines.statements, outcomes, strict=True):
        if isinstance(outcome, Effect) and outcome is not Effect.UNKNOWN:
            counts[outcome] += 1
        else:
            refused[number] = _refusal(outcome, statement)
    return LedgerAnswer(
        lines=len(lines.numbers) + len(lines.refused),
        applied=counts[Effect.APPLIED],
        unchanged=counts[Effect.UNCHANGED],
        outdated=counts[Effect.OUTDATED],
        refused=len(refused),
        problems=[
            RefusedLine(line=number, problem=refused[number].document())
            for number in sorted(refused)
        ],
    )


def _refusal(outcome: Outcome, statement: BulkStatement) -> ProblemError:
    if isinstance(outcome, Effect):
        is_order = isinstance(statement, CancelOrder)
        return ProblemError(Problem.ORDER_UNKNOWN if is_order else Problem.OPEN_ITEM_UNKNOWN)
    return problem_of(outcome)


def _numbered(body: bytes) -> Iterator[tuple[int, bytes]]:
    for number, line in enumerate(body.split(b"\n"), start=1):
        if line.strip():
            yield number, line


def _statement(line: bytes) -> BulkStatement:
    document: Any = parse_json(line)
    if not isinstance(document, dict) or ("put" in document) == ("delete" in document):
        raise ProblemError(Problem.INVALID_REQUEST, errors=[_NOT_A_STATEMENT])
    try:
        if "put" in document:
            return PUT_LINE.validate_python(document).statement_on()
        return DELETE_LINE.validate_python(document).statement_on()
    except ValidationError as error:
        found = field_errors(error.errors(), body=document)
        raise ProblemError(Problem.INVALID_REQUEST, errors=found) from None
