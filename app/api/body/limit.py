"""A limit on the size of bodies, kept before any handler runs.

FastAPI's own `max_body_size` answers text/plain, and on a route that does not read its body it
answers only after the handler has run: a DELETE would have happened and still be refused.
"""

from collections.abc import Mapping
from typing import Final

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app.api.problems import Problem, ProblemError, problem_response
from app.api.request_id import request_id_of

_LENGTH_DIGITS_MAX: Final = 20


class BodyLimitMiddleware:
    """`by_path` gives single paths ("/v1/ledger") a limit of their own."""

    def __init__(
        self, app: ASGIApp, *, max_bytes: int, by_path: Mapping[str, int] | None = None
    ) -> None:
        self._app = app
        self._max_bytes = max_bytes
        self._by_path = by_path or {}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        max_bytes = self._by_path.get(scope["path"], self._max_bytes)
        if _declared_bytes(scope) > max_bytes:
            refusal = problem_response(_too_large(max_bytes), request_id=request_id_of(scope))
            await refusal(scope, receive, send)
            return
        await self._app(scope, _counted(receive, max_bytes), send)


def _counted(receive: Receive, max_bytes: int) -> Receive:
    """For bodies that do not declare their length: refuse at the chunk that is too much."""
    received = 0

    async def receive_counted() -> Message:
        nonlocal received
        message = await receive()
        if message["type"] == "http.request":
            received += len(message.get("body", b""))
        if received > max_bytes:
            raise _too_large(max_bytes)
        return message

    return receive_counted


def _too_large(max_bytes: int) -> ProblemError:
    return ProblemError(Problem.BODY_TOO_LARGE, f"This path takes up to {max_bytes} bytes.")


def _declared_bytes(scope: Scope) -> int:
    stated = Headers(scope=scope).get("content-length", "")
    return int(stated[:_LENGTH_DIGITS_MAX]) if stated.isascii() and stated.isdigit() else 0
