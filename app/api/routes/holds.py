"""Reading holds: the orders that wait for the credit department."""

from typing import Annotated

from fastapi import APIRouter, Query
from starlette.responses import Response

from app.api.body import StrictRoute
from app.api.models.holds import (
    HoldList,
    HoldState,
    TracedHoldAnswer,
    hold_document,
    traced_document,
)
from app.api.refs import PathRef, Ref
from app.api.routes.parts import Page, TheDesk, next_cursor, stored_json
from app.api.versions import etag
from app.api.wording import as_json
from app.credit.rules import ReasonCode
from app.desk.holds import TracedHold
from app.desk.records import HoldFilter

router = APIRouter(prefix="/v1/holds", tags=["holds"], route_class=StrictRoute)


class HoldQuery(Page):
    """Which holds to list."""

    state: HoldState | None = None
    customer: Ref | None = None
    reason: ReasonCode | None = None
    order: Ref | None = None


@router.get("", operation_id="list_holds", response_model=HoldList)
async def list_holds(desk: TheDesk, query: Annotated[HoldQuery, Query()]) -> Response:
    """List holds, oldest first."""
    wanted = HoldFilter(query.state, query.customer, query.order, query.reason)
    found = await desk.records.holds(wanted, after=query.cursor, limit=query.limit)
    cursor = next_cursor([hold.id for hold in found], query)
    items = [hold_document(hold) for hold in found]
    return stored_json(as_json({"items": items, "next_cursor": cursor}))


@router.get("/{hold:ref}", operation_id="read_hold", response_model=TracedHoldAnswer)
async def read_hold(hold: PathRef, desk: TheDesk) -> Response:
    """Read one hold: figures and reasons as at the stop, and all that was done since."""
    return hold_shown(await desk.holds.read(hold))


def hold_shown(traced: TracedHold) -> Response:
    """Show a hold with its history, and its version as the `ETag`."""
    return stored_json(as_json(traced_document(traced)), etag(traced.hold.version))
