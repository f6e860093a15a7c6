"""The outbox: who was told what, who could not be, and telling them once more."""

from typing import Annotated

from fastapi import APIRouter, Body, Depends

from app.api.models.outbox import (
    DeliveryAnswer,
    DeliveryList,
    DeliveryState,
    ReceiverText,
    RedeliverBody,
    Redelivered,
)
from app.api.refs import PathRef
from app.api.repeats import RepeatableRoute, claim_key
from app.api.routes.pages import Page, asked, next_cursor
from app.api.routes.parts import TheDesk
from app.desk.telling import REDELIVERED_MAX, DeliveryFilter

router = APIRouter(prefix="/v1/outbox", tags=["outbox"], route_class=RepeatableRoute)

_REPEATABLE = [Depends(claim_key)]


class DeliveryQuery(Page):
    """Which deliveries to list."""

    state: DeliveryState | None = None
    receiver: ReceiverText | None = None


@router.get("", operation_id="list_deliveries")
async def list_deliveries(
    desk: TheDesk, query: Annotated[DeliveryQuery, asked(DeliveryQuery)]
) -> DeliveryList:
    """List deliveries of mails and webhooks, newest first; `state=dead` are the dead letters."""
    wanted = DeliveryFilter(query.state, query.receiver)
    found = await desk.telling.deliveries(wanted, before=query.cursor, limit=query.limit)
    items = [DeliveryAnswer.of(record) for record in found]
    return DeliveryList(items=items, next_cursor=next_cursor([r.id for r in found], query))


@router.get("/{delivery:ref}", operation_id="read_delivery")
async def read_delivery(delivery: PathRef, desk: TheDesk) -> DeliveryAnswer:
    """Read a delivery: where it stands, and what its last try came to."""
    return DeliveryAnswer.of(await desk.telling.delivery(delivery))


@router.post("/{delivery:ref}/redeliver", operation_id="redeliver", dependencies=_REPEATABLE)
async def redeliver(delivery: PathRef, desk: TheDesk) -> DeliveryAnswer:
    """Have a delivery tried at once, whatever became of it. Its receiver sees the same id.

    A mail goes to the customer's sales contact of now, or to the credit department.
    """
    return DeliveryAnswer.of(await desk.telling.redeliver(delivery))


@router.post("/redeliver", operation_id="redeliver_dead", dependencies=_REPEATABLE)
async def redeliver_dead(
    desk: TheDesk, body: Annotated[RedeliverBody, Body(default_factory=RedeliverBody)]
) -> Redelivered:
    """Have dead letters tried at once, oldest first, as after a long failure.

    Without a body those of all receivers are.
    """
    taken_up = await desk.telling.redeliver_dead(body.receiver)
    return Redelivered(redelivered=taken_up, at_most=REDELIVERED_MAX)
