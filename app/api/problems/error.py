"""A problem as something to raise, and as the response it becomes."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from starlette.exceptions import HTTPException
from starlette.responses import Response
from typing_extensions import override

from app.api.problems.kinds import Problem

PROBLEM_JSON: Final = "application/problem+json"

_RETRY_AT_ONCE: Final = {"Retry-After": "1"}
_DEFAULT_HEADERS: Final[Mapping[Problem, Mapping[str, str]]] = {
    Problem.UNAUTHORIZED: {"WWW-Authenticate": "Bearer"},
    Problem.CHECK_UNAVAILABLE: _RETRY_AT_ONCE,
    Problem.UNAVAILABLE: _RETRY_AT_ONCE,
    Problem.IDEMPOTENCY_KEY_IN_USE: _RETRY_AT_ONCE,
}


@dataclass(frozen=True, slots=True)
class FieldError:
    """What is wrong at one place. `message` is ours and never repeats the input.

    `pointer` is a JSON Pointer into the body, "" for the body as a whole. Where a path, query
    or header parameter is to blame, `where` and `parameter` name it and the pointer is "".
    """

    pointer: str
    code: str
    message: str
    where: str | None = None
    parameter: str | None = None

    def document(self) -> dict[str, str]:
        stated = {"pointer": self.pointer, "code": self.code, "message": self.message}
        if self.where is not None and self.parameter is not None:
            stated |= {"in": self.where, "parameter": self.parameter}
        return stated


@dataclass(frozen=True, slots=True)
class Extras:
    """What a problem may carry beyond the standard members."""

    headers: Mapping[str, str] = field(default_factory=dict)
    members: Mapping[str, object] = field(default_factory=dict)


class ProblemError(HTTPException):
    """Ends the request with a problem.

    It is an HTTPException because FastAPI turns any other exception raised while it reads the
    body into a 400 of its own.
    """

    def __init__(
        self,
        problem: Problem,
        detail: str | None = None,
        *,
        errors: Sequence[FieldError] = (),
        extras: Extras | None = None,
    ) -> None:
        extras = extras or Extras()
        headers = {**_DEFAULT_HEADERS.get(problem, {}), **extras.headers}
        super().__init__(problem.status, detail or problem.meaning, headers)
        self.problem = problem
        self.errors = tuple(errors)
        self.members = extras.members

    def document(self) -> dict[str, object]:
        """The problem without its request: what a bulk answer gives for one of its lines."""
        stated: dict[str, object] = {
            "type": self.problem.type,
            "title": self.problem.title,
            "status": self.problem.status,
            "code": self.problem.code,
            "detail": self.detail,
        }
        if self.errors:
            stated["errors"] = [error.document() for error in self.errors]
        return {**self.members, **stated}


class ProblemResponse(Response):
    media_type = PROBLEM_JSON

    @override
    def render(self, content: Any) -> bytes:
        return json.dumps(content, ensure_ascii=False, separators=(",", ":")).encode(
            errors="replace"
        )


def problem_response(error: ProblemError, *, request_id: str) -> ProblemResponse:
    content = {**error.document(), "request_id": request_id}
    return ProblemResponse(content, status_code=error.status_code, headers=error.headers)
