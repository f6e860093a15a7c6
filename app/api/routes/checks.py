"""Can this order ship: asked, previewed, asked in bulk, and read again."""

import json
from typing import Annotated

from fastapi import APIRouter, Depends, Request
from starlette.responses import Response

from app.api.language import PreferredLanguage
from app.api.models.answers import BatchAnswer, CheckAnswer, CheckList, GivenBack
from app.api.models.questions import BatchRequest, CheckRequest
from app.api.refs import PathRef, Ref
from app.api.repeats import REPLAYED, RepeatableRoute, claim_key, free_key_if
from app.api.routes.batch import answered, is_unavailable
from app.api.routes.pages import Page, asked, next_cursor
from app.api.routes.parts import TheDesk, stored_json
from app.api.wording import answer_document, as_json, wording_in
from app.credit.posting import Effect
from app.desk.records import CheckFilter

router = APIRouter(prefix="/v1/checks", tags=["checks"], route_class=RepeatableRoute)

_REPEATABLE = [Depends(claim_key)]


class CheckQuery(Page):
    """Which decisions to list."""

    customer: Ref | None = None
    order: Ref | None = None


@router.post("", operation_id="check_order", response_model=CheckAnswer, dependencies=_REPEATABLE)
async def check_order(body: CheckRequest, desk: TheDesk, language: PreferredLanguage) -> Response:
    """Decide, record, and reserve or hold. The answer is committed before it is sent.

    The same `order.ref` and `revision` with the same content gets the stored answer again, with
    `Idempotent-Replayed: true`; with other content it is a conflict.
    """
    answer = await desk.checks.check(body.ask(), wording_in(language))
    return stored_json(answer.answer, REPLAYED if answer.replayed else None)


@router.post(
    "/preview", operation_id="preview_order", response_model=CheckAnswer, dependencies=_REPEATABLE
)
async def preview_order(
    body: CheckRequest, desk: TheDesk, language: PreferredLanguage
) -> Response:
    """Decide without writing anything. Takes and gives what the check does."""
    decision = await desk.checks.preview(body.ask())
    return stored_json(as_json(answer_document(decision, language)))


@router.post(
    "/batch", operation_id="check_orders", response_model=BatchAnswer, dependencies=_REPEATABLE
)
async def check_orders(
    request: Request, body: BatchRequest, desk: TheDesk, language: PreferredLanguage
) -> Response:
    """Decide up to 500 orders in turn; a bad one does not fail the others.

    Those that are not decided by the batch's deadline are answered `check_unavailable`.
    """
    items = await answered(body, desk.checks, language)
    free_key_if(request, left_undone=any(is_unavailable(item) for item in items))
    return stored_json(as_json({"items": items}))


@router.delete("/{check:ref}/reservation", operation_id="give_back_reservation")
async def give_back_reservation(check: PathRef, desk: TheDesk) -> GivenBack:
    """Give a check's reserved credit back before it expires, for an order not placed after all."""
    posted = await desk.statements.give_back(check)
    applied = posted.effect is Effect.APPLIED
    return GivenBack(check=check, given_back=applied, account_seq=posted.account_seq)


@router.get("", operation_id="list_checks", response_model=CheckList)
async def list_checks(desk: TheDesk, query: Annotated[CheckQuery, asked(CheckQuery)]) -> Response:
    """List decisions, newest first."""
    wanted = CheckFilter(query.customer, query.order)
    found = await desk.records.checks(wanted, before=query.cursor, limit=query.limit)
    cursor = next_cursor([check_id for check_id, _ in found], query)
    items = ",".join(answer for _, answer in found)
    return stored_json(f'{{"items":[{items}],"next_cursor":{json.dumps(cursor)}}}')


@router.get("/{check:ref}", operation_id="read_check", response_model=CheckAnswer)
async def read_check(check: PathRef, desk: TheDesk) -> Response:
    """Read a decision as it was answered."""
    return stored_json(await desk.records.check(check))
