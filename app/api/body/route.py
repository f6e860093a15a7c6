"""The route class that reads queries and bodies strictly, and answers in time."""

from collections.abc import Callable, Coroutine
from typing import Any, Final

from fastapi.routing import APIRoute
from starlette.requests import Request
from starlette.responses import Response
from typing_extensions import override

from app.api.body.single import require_single, single_parameters
from app.api.body.strict_json import parse_json
from app.api.callers import KeyGuard
from app.api.deadlines import in_time
from app.api.problems import Extras, FieldError, Problem, ProblemError

JSON: Final = "application/json"
NDJSON: Final = "application/x-ndjson"

_CHARSETS: Final = frozenset({"", "utf-8", "utf8"})
_BODY_MISSING: Final = FieldError("", "body_missing", "A body is required.")

Handler = Callable[[Request], Coroutine[Any, Any, Response]]


class StrictRoute(APIRoute):
    """Use as `APIRouter(route_class=StrictRoute)`; it is strict where a body is declared.

    A query parameter that takes one value must not be given twice.

    The deadline of a request begins here, once its body was read: a slow line is not our delay.
    """

    def get_timed_handler(self) -> Handler:
        """Give what answers a request within its deadline."""
        return super().get_route_handler()

    @override
    def get_route_handler(self) -> Handler:
        handle = _timed(self.get_timed_handler())
        body, single = self.body_field, single_parameters(self.dependant)

        async def handle_strictly(request: Request) -> Response:
            # The framework reads the body first; who holds no key is told nothing about it. What
            # guards a router that is included, its routes do not know.
            guard: KeyGuard | None = getattr(request.app.state, "key_guard", None)
            with in_time(request):
                if guard is not None:
                    await guard.require_key(request)
                require_single(request, single)
                if body is None:
                    return await handle(request)
            strict = _StrictRequest(request.scope, request.receive)
            await _require_json(strict, is_required=body.field_info.is_required())
            return await handle(strict)

        return handle_strictly if body is not None or single else handle


def require_media_type(request: Request, expected: str) -> None:
    """End in a 415 unless the body is of this type, in UTF-8 and not compressed."""
    stated = request.headers.get("content-type", "")
    media_type, _, parameters = stated.partition(";")
    coding = request.headers.get("content-encoding", "identity")
    acceptable = media_type.strip().lower() == expected and coding.lower() == "identity"
    if not acceptable or _charset(parameters) not in _CHARSETS:
        extras = Extras(headers={"Accept": expected})
        raise ProblemError(
            Problem.UNSUPPORTED_MEDIA_TYPE, f"Send the body as {expected}.", extras=extras
        )


def _timed(handle: Handler) -> Handler:
    async def handle_in_time(request: Request) -> Response:
        with in_time(request):
            return await handle(request)

    return handle_in_time


class _StrictRequest(Request):
    @override
    async def json(self) -> Any:
        return parse_json(await self.body())


async def _require_json(request: Request, *, is_required: bool) -> None:
    is_empty = not await request.body()
    if not is_empty or "content-type" in request.headers:
        require_media_type(request, JSON)
    if is_empty and is_required:
        raise ProblemError(Problem.INVALID_REQUEST, errors=[_BODY_MISSING])


def _charset(parameters: str) -> str:
    if not parameters:
        return ""
    for parameter in parameters.split(";"):
        name, _, value = parameter.partition("=")
        if name.strip().lower() == "charset":
            return value.strip().strip('"').lower()
    return ""
