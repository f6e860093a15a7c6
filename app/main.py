"""create_app(settings): the service, ready to be served."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime
from hashlib import sha256

from fastapi import APIRouter, Depends, FastAPI
from fastapi.routing import APIRoute
from starlette.middleware import Middleware

from app import __version__
from app.api import docs
from app.api.body import BodyLimitMiddleware
from app.api.callers import KeyGuard
from app.api.deadlines import AnswerTimes
from app.api.description import DESCRIPTION, TAGS, described
from app.api.permissions import require_mapped
from app.api.problems import PROBLEM_RESPONSES, register
from app.api.refs import EncodedPathMiddleware
from app.api.refusals import register_refusals
from app.api.request_id import RequestIdMiddleware
from app.api.routes import (
    checks,
    customers,
    expected_payments,
    hold_actions,
    hold_bulk,
    holds,
    imports,
    keys,
    ledger,
    outbox,
    policies,
    probes,
    sources,
    statements,
    webhooks,
)
from app.desk.desk import Desk
from app.settings import Settings
from app.wiring import wired_desk, wired_uploads

ROOMS = (
    checks.router, customers.router, statements.router, ledger.router, imports.router,
    sources.router, policies.router, holds.router, hold_actions.router, hold_bulk.router,
    expected_payments.router, keys.router, webhooks.router, outbox.router,
)  # fmt: skip
"""What is behind a key."""


def create_app(settings: Settings, *, fixed_now: datetime | None = None) -> FastAPI:
    """Build the application; it connects when it is started, and refuses an unknown schema.

    `fixed_now` stands in for the database's clock, for tests that need a certain day.
    """
    desk = wired_desk(settings, fixed_now=fixed_now)
    uploads = wired_uploads(settings, desk.imports)

    @asynccontextmanager
    async def lifespan(_app: FastAPI) -> AsyncIterator[None]:
        await desk.database.open()
        try:
            yield
        finally:
            await uploads.close()
            await desk.database.close()

    app = FastAPI(
        title="Creditgate",
        summary="Can this order ship?",
        description=DESCRIPTION,
        version=__version__,
        openapi_tags=TAGS,
        docs_url=None,
        redoc_url=None,
        redirect_slashes=False,
        responses=PROBLEM_RESPONSES,
        middleware=_middleware(settings),
        lifespan=lifespan,
    )
    app.state.desk = desk
    app.state.uploads = uploads
    app.state.answer_times = _answer_times(settings)
    register(app)
    register_refusals(app)
    _include_routes(app, settings)
    described(app)
    return app


def _answer_times(settings: Settings) -> AnswerTimes:
    # Of a ledger each account has a deadline of its own, and a file is read as it comes.
    by_path = {
        "/v1/checks/batch": settings.batch_deadline_s,
        "/v1/holds/actions": settings.batch_deadline_s,
        "/v1/ledger": None,
        "/v1/imports": None,
    }
    return AnswerTimes(settings.deadline_s, by_path)


def _middleware(settings: Settings) -> list[Middleware]:
    by_path = {
        "/v1/ledger": settings.ledger_body_max_bytes,
        "/v1/imports": settings.import_body_max_bytes,
    }
    return [
        Middleware(RequestIdMiddleware),
        Middleware(EncodedPathMiddleware),
        Middleware(BodyLimitMiddleware, max_bytes=settings.body_max_bytes, by_path=by_path),
    ]


def _include_routes(app: FastAPI, settings: Settings) -> None:
    digest = sha256(settings.api_key.get_secret_value().encode()).digest()
    desk: Desk = app.state.desk
    app.state.key_guard = KeyGuard(digest, desk.keys.holder)
    guarded = [Depends(app.state.key_guard)]
    for room in ROOMS:
        require_mapped(_operations(room))
        app.include_router(room, dependencies=guarded)
    app.include_router(probes.router)
    app.include_router(docs.router)


def _operations(room: APIRouter) -> list[str]:
    """Give the operations of a router; one without a name would have no scope either."""
    return [str(route.operation_id) for route in room.routes if isinstance(route, APIRoute)]
