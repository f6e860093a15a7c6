"""Reading holds: the orders that wait for the credit department."""

from typing import Annotated

from fastapi import APIRouter, Query

from app.api.body import StrictRoute
from app.api.models.holds import HoldAnswer, HoldList, HoldState
from app.api.refs import PathRef, Ref
from app.api.routes.parts import Page, TheDesk, next_cursor
from app.credit.rules import ReasonCode
from app.desk.records import HoldFilter

router = APIRouter(prefix="/v1/holds", tags=["holds"], route_class=StrictRoute)


class HoldQuery(Page):
    """Which holds to list."""

    state: HoldState | None = None
    customer: Ref | None = None
    reason: ReasonCode | None = None
    order: Ref | None = None


@router.get("", operation_id="list_holds")
async def list_holds(desk: TheDesk, query: Annotated[HoldQuery, Query()]) -> HoldList:
    """List holds, oldest first."""
    wanted = HoldFilter(query.state, query.customer, query.order, query.reason)
    found = await desk.records.holds(wanted, after=query.cursor, limit=query.limit)
    cursor = next_cursor([hold.id for hold in found], query)
    return HoldList(items=[HoldAnswer.of(hold) for hold in found], next_cursor=cursor)


@router.get("/{hold:ref}", operation_id="read_hold")
async def read_hold(hold: PathRef, desk: TheDesk) -> HoldAnswer:
    """Read one hold, with figures and reasons as they were when the order was stopped."""
    return HoldAnswer.of(await desk.records.hold(hold))
