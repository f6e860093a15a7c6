"""Payments that are expected of a customer."""

from fastapi import APIRouter

from app.api.body import StrictRoute
from app.api.models.expected_payments import (
    ExpectedPaymentAnswer,
    ExpectedPaymentBody,
    ExpectedPaymentList,
    ExpectedPaymentStated,
)
from app.api.refs import PathRef
from app.api.routes.pages import Paged, next_cursor
from app.api.routes.parts import TheDesk

router = APIRouter(
    prefix="/v1/customers/{customer:ref}/expected-payments",
    tags=["statements"],
    route_class=StrictRoute,
)


@router.put("/{ref:ref}", operation_id="put_expected_payment")
async def put_expected_payment(
    customer: PathRef, ref: PathRef, body: ExpectedPaymentBody, desk: TheDesk
) -> ExpectedPaymentStated:
    """State a payment that the customer is expected to make.

    It speaks for a release once, in the advice to a hold; no check counts on it. Take it back when
    it has come: it would count beside what it has paid.
    """
    applied = await desk.expected_payments.put(body.payment(customer, ref))
    return ExpectedPaymentStated(customer=customer, ref=ref, applied=applied)


@router.get("/{ref:ref}", operation_id="read_expected_payment")
async def read_expected_payment(
    customer: PathRef, ref: PathRef, desk: TheDesk
) -> ExpectedPaymentAnswer:
    """Read an expected payment."""
    return ExpectedPaymentAnswer.of(await desk.expected_payments.get(customer, ref))


@router.get("", operation_id="list_expected_payments")
async def list_expected_payments(
    customer: PathRef, desk: TheDesk, page: Paged
) -> ExpectedPaymentList:
    """List a customer's expected payments by ref."""
    after, limit = page.cursor or "", page.limit
    found = await desk.expected_payments.listed(customer, after=after, limit=limit)
    items = [ExpectedPaymentAnswer.of(payment) for payment in found]
    cursor = next_cursor([payment.ref for payment in found], page)
    return ExpectedPaymentList(items=items, next_cursor=cursor)


@router.delete("/{ref:ref}", operation_id="drop_expected_payment")
async def drop_expected_payment(
    customer: PathRef, ref: PathRef, desk: TheDesk
) -> ExpectedPaymentStated:
    """Take an expected payment back: it has come, or is not expected any more."""
    await desk.expected_payments.drop(customer, ref)
    return ExpectedPaymentStated(customer=customer, ref=ref, applied=True)
