"""Reading holds: the orders that wait for the credit department."""

from typing import Annotated

from fastapi import APIRouter
from starlette.responses import Response

from app.api.body import StrictRoute
from app.api.language import PreferredLanguage
from app.api.models.holds import traced_document
from app.api.models.worklist import HoldDetail, HoldList
from app.api.refs import PathRef
from app.api.routes.hold_query import HoldQuery
from app.api.routes.pages import asked
from app.api.routes.parts import TheDesk, stored_json
from app.api.routes.worklist import detail_document, list_document, part_of, wanted_of
from app.api.versions import etag
from app.api.wording import as_json
from app.desk.holds import TracedHold

router = APIRouter(prefix="/v1/holds", tags=["holds"], route_class=StrictRoute)


@router.get("", operation_id="list_holds", response_model=HoldList)
async def list_holds(desk: TheDesk, query: Annotated[HoldQuery, asked(HoldQuery)]) -> Response:
    """List holds, with the figures at the time of the stop and those of now.

    Where no `state` is named these are all that there ever were; what waits for somebody is
    `open`, `awaiting_second`, `ready` or `escalated`.

    The cursor stands for the last hold that was given, so that the list goes on behind it whatever
    has come or gone meanwhile.
    """
    listing = await desk.worklist.listed(wanted_of(query), part_of(query))
    return stored_json(as_json(list_document(listing, query)))


@router.get("/{hold:ref}", operation_id="read_hold", response_model=HoldDetail)
async def read_hold(hold: PathRef, desk: TheDesk, language: PreferredLanguage) -> Response:
    """Read one hold: how things stood at the stop, how they stand now, what was done since.

    Its version is the `ETag` as well, for the `If-Match` of whoever decides on it.
    """
    seen = await desk.worklist.hold(hold)
    return stored_json(as_json(detail_document(seen, language)), etag(seen.traced.hold.version))


def hold_shown(traced: TracedHold) -> Response:
    """Show a hold with its history, and its version as the `ETag`."""
    return stored_json(as_json(traced_document(traced)), etag(traced.hold.version))
