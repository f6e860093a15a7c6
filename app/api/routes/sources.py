"""Sources: how fresh what they have stated is, and which are waited for."""

from fastapi import APIRouter, Response, status

from app.api.body import StrictRoute
from app.api.models.sources import SourceAnswer, SourceList, WatchBody
from app.api.refs import PathRef
from app.api.routes.pages import Paged, next_cursor
from app.api.routes.parts import TheDesk

router = APIRouter(prefix="/v1/sources", tags=["sources"], route_class=StrictRoute)


@router.get("", operation_id="list_sources")
async def list_sources(desk: TheDesk, page: Paged) -> SourceList:
    """List sources by name, with the age of what each has stated."""
    found = await desk.sources.listed(after=page.cursor or "", limit=page.limit)
    answers = [SourceAnswer.of(source) for source in found]
    return SourceList(items=answers, next_cursor=next_cursor([s.name for s in found], page))


@router.get("/{source:ref}", operation_id="read_source")
async def read_source(source: PathRef, desk: TheDesk) -> SourceAnswer:
    """Read a source: when it spoke last, and which of its bodies never came."""
    return SourceAnswer.of(await desk.sources.source(source))


@router.put(
    "/{source:ref}",
    operation_id="put_source",
    responses={201: {"description": "Created", "model": SourceAnswer}},
)
async def put_source(
    source: PathRef, body: WatchBody, desk: TheDesk, response: Response
) -> SourceAnswer:
    """Say how often a source is expected to speak.

    The data of a check are then as old as the oldest source that is waited for.
    """
    is_new = await desk.sources.watch(source, body.expected_interval_minutes)
    response.status_code = status.HTTP_201_CREATED if is_new else status.HTTP_200_OK
    return SourceAnswer.of(await desk.sources.source(source))
