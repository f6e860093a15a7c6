"""An application with one route of each kind that the door has to guard."""

from collections.abc import Mapping
from contextlib import AbstractAsyncContextManager
from datetime import date
from hashlib import sha256
from typing import Annotated, Any, Literal, Self

import httpx2
from fastapi import APIRouter, Body, Depends, FastAPI, Query, Request
from pydantic import BaseModel, ConfigDict, Field, model_validator
from starlette.middleware import Middleware
from starlette.types import ASGIApp

from app.api import docs
from app.api.body import NDJSON, BodyLimitMiddleware, StrictRoute, parse_json, require_media_type
from app.api.callers import KeyGuard
from app.api.deadlines import AnswerTimes
from app.api.language import PreferredLanguage
from app.api.money import CURRENCIES, AmountText, CurrencyCode
from app.api.problems import PROBLEM_RESPONSES, refused_at, register
from app.api.refs import EncodedPathMiddleware, PathRef, Ref
from app.api.request_id import RequestIdMiddleware
from app.credit.money import AmountTooLargeError, TooManyDecimalsError, minor_units

KEY = "key_for_the_tests"
BODY_MAX = 65_536
LEDGER_MAX = 4 * BODY_MAX
SECRET = "swordfish"  # noqa: S105 - stands for anything that must not leave the service


class Strict(BaseModel):
    model_config = ConfigDict(extra="forbid")


class Money(Strict):
    amount: AmountText
    currency: CurrencyCode

    @model_validator(mode="after")
    def _amount_fits_the_currency(self) -> Self:
        try:
            minor_units(self.amount, CURRENCIES[self.currency])
        except TooManyDecimalsError:
            raise refused_at(
                "amount", code="too_many_decimals", message="Too many decimals."
            ) from None
        except AmountTooLargeError:
            raise refused_at("amount", code="amount_too_large", message="Too large.") from None
        return self


class Line(Strict):
    ref: Ref
    amount: AmountText


class Order(Money):
    ref: Ref
    revision: Annotated[int, Field(ge=1, le=2**31 - 1)] = 1
    ship_date: date | None = None
    lines: Annotated[list[Line], Field(max_length=10)] = []


class Check(Strict):
    customer: Ref
    channel: Literal["erp", "shop"] = "erp"
    order: Order


class AmountLimit(Money):
    kind: Literal["amount"]


class Unlimited(Strict):
    kind: Literal["unlimited"]
    currency: CurrencyCode


class Limit(Strict):
    limit: Annotated[AmountLimit | Unlimited, Field(discriminator="kind")]
    either: Money | Ref | None = None


router = APIRouter(prefix="/v1", route_class=StrictRoute)
secured = APIRouter(dependencies=[Depends(KeyGuard(sha256(KEY.encode()).digest()))])
deleted: list[str] = []


@router.post("/checks")
async def check(body: Check) -> dict[str, str]:
    return {"customer": body.customer, "order": body.order.ref}


@router.put("/limit")
async def put_limit(body: Limit) -> dict[str, str]:
    return {"kind": body.limit.kind}


@router.post("/recheck")
async def recheck(body: Limit | None = None) -> dict[str, bool]:
    return {"has_body": body is not None}


@router.post("/anything")
async def anything(body: Annotated[object, Body()]) -> dict[str, str]:
    return {"type": type(body).__name__}


@router.get("/customers/{customer:ref}/open-items/{ref:ref}")
async def open_item(customer: PathRef, ref: PathRef) -> dict[str, str]:
    return {"customer": customer, "ref": ref}


@router.get("/customers/{customer:ref}")
async def customer(customer: PathRef) -> dict[str, str]:
    return {"customer": customer}


@router.delete("/customers/{customer:ref}")
async def delete_customer(customer: PathRef) -> dict[str, str]:
    deleted.append(customer)
    return {"deleted": customer}


@router.get("/search")
async def search(limit: Annotated[int, Query(ge=1, le=100)] = 20) -> dict[str, int]:
    return {"limit": limit}


@router.post("/ledger")
async def ledger(request: Request) -> dict[str, int]:
    require_media_type(request, NDJSON)
    body = b"".join([chunk async for chunk in request.stream()])
    return {"lines": len([parse_json(line) for line in body.splitlines()])}


@router.get("/language")
async def language(chosen: PreferredLanguage) -> dict[str, str]:
    return {"language": chosen}


@router.get("/fails")
async def fails() -> None:
    raise RuntimeError(SECRET)


@secured.get("/secured")
async def behind_the_key() -> dict[str, bool]:
    return {"open": True}


def build() -> FastAPI:
    app = FastAPI(
        docs_url=None,
        redoc_url=None,
        redirect_slashes=False,
        responses=PROBLEM_RESPONSES,
        middleware=[
            Middleware(RequestIdMiddleware),
            Middleware(EncodedPathMiddleware),
            Middleware(
                BodyLimitMiddleware, max_bytes=BODY_MAX, by_path={"/v1/ledger": LEDGER_MAX}
            ),
        ],
    )
    app.state.answer_times = AnswerTimes(1.0)
    register(app)
    for part in (router, secured, docs.router):
        app.include_router(part)
    return app


def client_of(app: ASGIApp) -> AbstractAsyncContextManager[httpx2.AsyncClient]:
    transport = httpx2.ASGITransport(app=app, raise_app_exceptions=False)
    return httpx2.AsyncClient(transport=transport, base_url="http://door")


def problem_in(response: httpx2.Response, code: str) -> Mapping[str, Any]:
    """The problem of this code, after a look at what every problem has to have."""
    assert response.headers["content-type"] == "application/problem+json"
    problem: dict[str, Any] = response.json()
    assert problem["code"] == code, problem
    assert problem["status"] == response.status_code
    assert problem["type"] == f"/docs/problems#{code}"
    assert problem["request_id"] == response.headers["x-request-id"]
    assert {"title", "detail"} <= problem.keys()
    return problem


def places(problem: Mapping[str, Any]) -> set[tuple[str, str]]:
    return {(error["pointer"], error["code"]) for error in problem["errors"]}
