"""Statements in bulk: one JSON document per line."""

from collections.abc import Sequence
from contextlib import aclosing
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query, Request

from app.api.body import NDJSON, ArrivedBody, TheBody, require_media_type
from app.api.models.sources import SaidInBulk
from app.api.models.statements import LedgerAnswer
from app.api.repeats import RepeatableRoute, claim_key_of_arrived, free_key_if
from app.api.routes.lines import Lines
from app.api.routes.parts import TheDesk
from app.api.routes.tally import Tally
from app.desk.bulk import Bulk, Outcome
from app.desk.dealing import Numbered, dealt
from app.desk.failures import StorageUnavailableError

_BODY: dict[str, Any] = {
    "requestBody": {
        "required": True,
        "content": {
            NDJSON: {
                "schema": {
                    "type": "string",
                    "description": "One statement per line: `put` or `delete` names what it is.",
                }
            }
        },
    }
}

router = APIRouter(prefix="/v1/ledger", tags=["statements"], route_class=RepeatableRoute)


async def _require_lines(request: Request) -> None:
    require_media_type(request, NDJSON)


@router.post(
    "",
    operation_id="post_ledger",
    openapi_extra=_BODY,
    dependencies=[Depends(_require_lines), Depends(claim_key_of_arrived)],
)
async def post_ledger(
    request: Request, desk: TheDesk, body: TheBody, said: Annotated[SaidInBulk, Query()]
) -> LedgerAnswer:
    """Take statements in bulk, one transaction per credit account; refuses line by line.

    An empty body that names `as_of` or `sequence` says that its source has nothing new.
    """
    tally = await _taken(body, desk.bulk, said.source)
    free_key_if(request, left_undone=tally.undone)
    if (mark := tally.mark(said)) is not None:
        await desk.sources.mark_stated(mark)
    return tally.answer()


async def _taken(body: ArrivedBody, bulk: Bulk, source: str) -> Tally:
    tally = Tally()
    lines = Lines(body.file, source, tally)
    async with aclosing(dealt(bulk.work, lines.statements())) as batches:
        async for batch in batches:
            tally.count(batch, await _posted(batch, bulk, is_first=not tally.taken))
    return tally


async def _posted(batch: Sequence[Numbered], bulk: Bulk, *, is_first: bool) -> Sequence[Outcome]:
    try:
        return await bulk.post_all([statement for _, statement in batch])
    except StorageUnavailableError as lost:
        # Once something is taken, a 503 would deny it.
        if is_first:
            raise
        return [lost] * len(batch)
