"""Statements in bulk: one JSON document per line."""

from typing import Any

from fastapi import APIRouter, Depends, Request

from app.api.body import NDJSON, require_media_type
from app.api.models.statements import LedgerAnswer
from app.api.repeats import RepeatableRoute, claim_key
from app.api.routes.lines import Lines, ledger_answer
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


@router.post(
    "", operation_id="post_ledger", openapi_extra=_BODY, dependencies=[Depends(claim_key)]
)
async def post_ledger(request: Request, desk: TheDesk) -> LedgerAnswer:
    """Take statements in bulk, one transaction per credit account; refuses line by line."""
    require_media_type(request, NDJSON)
    lines = Lines.read(await request.body())
    outcomes = await desk.bulk.post_all(lines.statements)
    if lines.came_from_a_feed(outcomes):
        await desk.sources.mark_stated()
    return ledger_answer(lines, outcomes)
