"""Statements in bulk: one JSON document per line."""

from typing import Any

from fastapi import APIRouter, Depends, Request

from app.api.body import NDJSON, require_media_type
from app.api.models.statements import LedgerAnswer
from app.api.repeats import RepeatableRoute, claim_key, free_key_if
from app.api.routes.lines import Lines, ledger_answer, left_undone
from app.api.routes.parts import TheDesk

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
    dependencies=[Depends(_require_lines), Depends(claim_key)],
)
async def post_ledger(request: Request, desk: TheDesk) -> LedgerAnswer:
    """Take statements in bulk, one transaction per credit account; refuses line by line."""
    lines = Lines.read(await request.body())
    outcomes = await desk.bulk.post_all(lines.statements)
    free_key_if(request, left_undone=left_undone(outcomes))
    if lines.came_from_a_feed(outcomes):
        await desk.sources.mark_stated()
    return ledger_answer(lines, outcomes)
