"""Webhook endpoints: registered, changed, given new secrets."""

from datetime import timedelta
from typing import Annotated

from fastapi import APIRouter, Body, status

from app.api.body import StrictRoute
from app.api.models.webhooks import (
    RotateBody,
    WebhookAnswer,
    WebhookBody,
    WebhookList,
    WebhookSecretAnswer,
)
from app.api.refs import PathRef
from app.api.routes.pages import Paged, next_cursor
from app.api.routes.parts import TheDesk

# Answers with secrets are kept nowhere, so that no route here takes an Idempotency-Key.
router = APIRouter(prefix="/v1/webhooks", tags=["webhooks"], route_class=StrictRoute)


@router.post("", operation_id="add_webhook", status_code=status.HTTP_201_CREATED)
async def add_webhook(body: WebhookBody, desk: TheDesk) -> WebhookSecretAnswer:
    """Register an endpoint. The answer has its secret, which is told in no other one.

    Nothing is kept under an Idempotency-Key: where the answer was lost, list and delete.
    Events are sent by the Standard Webhooks specification, signed with that secret.
    """
    endpoint, secret = await desk.webhooks.add(body.endpoint())
    return WebhookSecretAnswer.with_secret(endpoint, secret)


@router.get("", operation_id="list_webhooks")
async def list_webhooks(desk: TheDesk, page: Paged) -> WebhookList:
    """List endpoints, oldest first."""
    found = await desk.webhooks.endpoints(after=page.cursor or "", limit=page.limit)
    items = [WebhookAnswer.of(endpoint) for endpoint in found]
    return WebhookList(items=items, next_cursor=next_cursor([e.id for e in found], page))


@router.get("/{webhook:ref}", operation_id="read_webhook")
async def read_webhook(webhook: PathRef, desk: TheDesk) -> WebhookAnswer:
    """Read an endpoint, without its secret."""
    return WebhookAnswer.of(await desk.webhooks.endpoint(webhook))


@router.put("/{webhook:ref}", operation_id="put_webhook")
async def put_webhook(webhook: PathRef, body: WebhookBody, desk: TheDesk) -> WebhookAnswer:
    """Replace what an endpoint says, or enable it again; its secret stays."""
    return WebhookAnswer.of(await desk.webhooks.replace(body.endpoint(webhook)))


@router.delete("/{webhook:ref}", operation_id="delete_webhook")
async def delete_webhook(webhook: PathRef, desk: TheDesk) -> WebhookAnswer:
    """Delete an endpoint. What still waits for it is dropped."""
    return WebhookAnswer.of(await desk.webhooks.delete(webhook))


@router.post("/{webhook:ref}/rotate", operation_id="rotate_webhook_secret")
async def rotate_webhook_secret(
    webhook: PathRef, desk: TheDesk, body: Annotated[RotateBody, Body(default_factory=RotateBody)]
) -> WebhookSecretAnswer:
    """Give an endpoint a new secret, told this once only. The one before signs beside it a while.

    Each event then bears a signature of both, so that receivers may change over at leisure; up to
    five earlier secrets sign, each until its own overlap ends. Without a body that is a day.
    """
    overlap = timedelta(hours=body.overlap_hours)
    endpoint, secret = await desk.webhooks.rotate(webhook, overlap=overlap)
    return WebhookSecretAnswer.with_secret(endpoint, secret)
