"""Every way a request can fail, turned into a problem."""

import logging
from collections.abc import Mapping
from typing import Final

from fastapi import FastAPI
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.routing import Match

from app.api.problems.description import with_problem_schemas
from app.api.problems.error import Extras, ProblemError, problem_response
from app.api.problems.fields import request_errors
from app.api.problems.kinds import Problem
from app.api.request_id import REQUEST_ID_HEADER, request_id_of

_log = logging.getLogger(__name__)

_SERVER_ERRORS: Final = 500
_METHODS: Final = ("GET", "PUT", "POST", "PATCH", "DELETE")
_BY_STATUS: Final[Mapping[int, Problem]] = {
    401: Problem.UNAUTHORIZED,
    403: Problem.FORBIDDEN,
    404: Problem.NOT_FOUND,
    405: Problem.METHOD_NOT_ALLOWED,
    413: Problem.BODY_TOO_LARGE,
    415: Problem.UNSUPPORTED_MEDIA_TYPE,
    422: Problem.INVALID_REQUEST,
    503: Problem.UNAVAILABLE,
}


def register(app: FastAPI) -> None:
    """Make every failure of this application end in a problem, and its description say so."""
    app.exception_handler(HTTPException)(_http_failure)
    app.exception_handler(RequestValidationError)(_invalid_request)
    app.exception_handler(ClientDisconnect)(_body_cut_short)
    app.exception_handler(Exception)(_unforeseen)
    describe = app.openapi
    app.openapi = lambda: with_problem_schemas(describe())  # type: ignore[method-assign]


async def _http_failure(request: Request, exc: HTTPException) -> Response:
    if isinstance(exc, ProblemError):
        return _answer(request, exc)
    unlisted = Problem.BAD_REQUEST if exc.status_code < _SERVER_ERRORS else Problem.INTERNAL_ERROR
    problem = _BY_STATUS.get(exc.status_code, unlisted)
    headers = dict(exc.headers or {})
    if problem is Problem.METHOD_NOT_ALLOWED:
        headers["Allow"] = ", ".join(_methods_taken(request))
    return _answer(request, ProblemError(problem, extras=Extras(headers=headers)))


async def _invalid_request(request: Request, exc: RequestValidationError) -> Response:
    errors = request_errors(exc.errors(), body=exc.body)
    return _answer(request, ProblemError(Problem.INVALID_REQUEST, errors=errors))


async def _body_cut_short(request: Request, _: ClientDisconnect) -> Response:
    return _answer(request, ProblemError(Problem.BAD_REQUEST))


async def _unforeseen(request: Request, exc: Exception) -> Response:
    request_id = request_id_of(request.scope)
    _log.error("request %s failed", request_id, exc_info=exc)
    response = problem_response(ProblemError(Problem.INTERNAL_ERROR), request_id=request_id)
    # This answer is sent from outside every middleware, so nothing else sets the header.
    response.headers[REQUEST_ID_HEADER] = request_id
    return response


def _methods_taken(request: Request) -> list[str]:
    """All methods of the path; the framework names those of its first route only."""
    routes = request.app.router.routes
    asked = {method: {**request.scope, "method": method} for method in _METHODS}
    return [
        method
        for method, scope in asked.items()
        if any(route.matches(scope)[0] is Match.FULL for route in routes)
    ]


def _answer(request: Request, error: ProblemError) -> Response:
    return problem_response(error, request_id=request_id_of(request.scope))
