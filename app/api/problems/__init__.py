"""Problems as RFC 9457 has them: the table, what to raise, and how a failure becomes one."""

from app.api.problems.description import PROBLEM_RESPONSES
from app.api.problems.error import (
    PROBLEM_JSON,
    Extras,
    FieldError,
    ProblemError,
    ProblemResponse,
    problem_response,
)
from app.api.problems.fields import field_errors, refused, refused_at
from app.api.problems.handlers import register
from app.api.problems.kinds import PROBLEMS, Problem
from app.api.problems.pointers import safe_pointer

__all__ = [
    "PROBLEMS",
    "PROBLEM_JSON",
    "PROBLEM_RESPONSES",
    "Extras",
    "FieldError",
    "Problem",
    "ProblemError",
    "ProblemResponse",
    "field_errors",
    "problem_response",
    "refused",
    "refused_at",
    "register",
    "safe_pointer",
]
