"""By when requests are answered: one deadline for all that a request does on the database."""

from collections.abc import Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass, field

from starlette.requests import Request

from app.desk.work import one_deadline


@dataclass(frozen=True, slots=True)
class AnswerTimes:
    """How long an answer may take, in seconds, once its request's body is there.

    `by_path` has the routes with a time of their own; with `None` only the actions have theirs.
    """

    limit_s: float
    by_path: Mapping[str, float | None] = field(default_factory=dict)


def in_time(request: Request) -> AbstractContextManager[None]:
    """Give the block in which the request is answered, by the times of its application."""
    times: AnswerTimes = request.app.state.answer_times
    return one_deadline(times.by_path.get(request.scope["route"].path_format, times.limit_s))
