"""Customers, their credit accounts and limits."""

from fastapi import APIRouter, Response, status

from app.api.body import StrictRoute
from app.api.models.behaviours import BehaviourAnswer
from app.api.models.customers import (
    AccountAnswer,
    CustomerAnswer,
    CustomerBody,
    LimitBody,
    LimitStated,
)
from app.api.models.fields import currency_of
from app.api.refs import PathRef
from app.api.routes.accounts import account_answer, limit_answer
from app.api.routes.parts import TheDesk

router = APIRouter(prefix="/v1", tags=["customers"], route_class=StrictRoute)


@router.put(
    "/customers/{customer:ref}",
    operation_id="put_customer",
    responses={201: {"description": "Created", "model": CustomerAnswer}},
)
async def put_customer(
    customer: PathRef, body: CustomerBody, desk: TheDesk, response: Response
) -> CustomerAnswer:
    """Create or replace a customer; another `account` moves it with all that it owes."""
    record = body.record(customer)
    is_new = await desk.customers.put(record, currency_of(body.currency))
    response.status_code = status.HTTP_201_CREATED if is_new else status.HTTP_200_OK
    return CustomerAnswer.of(record)


@router.get("/customers/{customer:ref}", operation_id="read_customer")
async def read_customer(customer: PathRef, desk: TheDesk) -> CustomerAnswer:
    """Read a customer."""
    return CustomerAnswer.of(await desk.customers.get(customer))


@router.get("/customers/{customer:ref}/payment-behaviour", operation_id="read_payment_behaviour")
async def read_payment_behaviour(customer: PathRef, desk: TheDesk) -> BehaviourAnswer:
    """Read how a customer paid in the last twelve months, as the worker counted it last."""
    return BehaviourAnswer.of(customer, await desk.behaviours.of(customer))


@router.put("/accounts/{account:ref}/limit", operation_id="put_limit", tags=["accounts"])
async def put_limit(account: PathRef, body: LimitBody, desk: TheDesk) -> LimitStated:
    """Set an account's limit. Lowered below the exposure, it lets what was granted be."""
    limit = body.record()
    seq = await desk.customers.set_limit(account, limit, body.currency)
    await desk.sources.mark_stated()
    return limit_answer(account, limit, body.currency, seq)


@router.get("/accounts/{account:ref}", operation_id="read_account", tags=["accounts"])
async def read_account(account: PathRef, desk: TheDesk) -> AccountAnswer:
    """Read an account: its limit, what its customers owe and have ordered, what is left."""
    return account_answer(await desk.customers.account(account))
