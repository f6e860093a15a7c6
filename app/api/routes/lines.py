"""The lines of a bulk body: each one a statement, or a problem of its own."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import IO, Any, Final

from pydantic import ValidationError

from app.api.body import parse_json
from app.api.models.statements import DELETE_LINE, PUT_LINE
from app.api.problems import FieldError, Problem, ProblemError, field_errors
from app.api.routes.tally import Tally
from app.desk.bulk import BulkStatement, PutCustomer, PutLimit
from app.desk.statements import stated_by

LINE_BYTES_MAX: Final = 1_048_576
"""A longer line is refused unread."""

_NOT_A_STATEMENT = FieldError("", "not_a_statement", 'Must be an object with "put" or "delete".')
_TOO_LONG = FieldError("", "line_too_long", f"Is longer than {LINE_BYTES_MAX} bytes.")


@dataclass(frozen=True, slots=True)
class Lines:
    """The lines of a body, as stated by a source; the refused ones go to the tally."""

    body: IO[bytes]
    source: str
    tally: Tally

    def statements(self) -> Iterator[tuple[int, BulkStatement]]:
        """Read on and give the statements with their lines' numbers; blank lines are none."""
        for number, line in _numbered(self.body):
            try:
                statement = _statement(line)
            except ProblemError as refusal:
                self.tally.refuse(number, refusal)
            else:
                if not isinstance(statement, PutCustomer | PutLimit):
                    statement = stated_by(self.source, statement)
                yield number, statement


def _numbered(body: IO[bytes]) -> Iterator[tuple[int, bytes | None]]:
    """Give the lines that are not blank; one that is too long is passed over, and is `None`."""
    number = 0
    while line := body.readline(LINE_BYTES_MAX + 1):
        number += 1
        if len(line) > LINE_BYTES_MAX and not line.endswith(b"\n"):
            while line and not line.endswith(b"\n"):
                line = body.readline(LINE_BYTES_MAX)
            yield number, None
        elif line.strip():
            yield number, line.removesuffix(b"\n")


def _statement(line: bytes | None) -> BulkStatement:
    if line is None:
        raise ProblemError(Problem.INVALID_REQUEST, errors=[_TOO_LONG])
    return statement_of(parse_json(line))


def statement_of(document: Any) -> BulkStatement:  # noqa: ANN401 - a line of any shape
    """Give the statement that a line's document makes; raises `ProblemError` if it makes none."""
    if not isinstance(document, dict) or ("put" in document) == ("delete" in document):
        raise ProblemError(Problem.INVALID_REQUEST, errors=[_NOT_A_STATEMENT])
    try:
        if "put" in document:
            return PUT_LINE.validate_python(document).statement_on()
        return DELETE_LINE.validate_python(document).statement_on()
    except ValidationError as error:
        found = field_errors(error.errors(), body=document)
        raise ProblemError(Problem.INVALID_REQUEST, errors=found) from None
