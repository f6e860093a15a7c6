"""Callers' keys: issued, listed, revoked."""

from fastapi import APIRouter
from starlette.status import HTTP_201_CREATED

from app.api.body import StrictRoute
from app.api.callers import TheCaller
from app.api.models.keys import IssuedKeyAnswer, KeyAnswer, KeyBody, KeyList
from app.api.refs import PathRef
from app.api.routes.pages import Paged, next_cursor
from app.api.routes.parts import TheDesk

router = APIRouter(prefix="/v1/keys", tags=["keys"], route_class=StrictRoute)


@router.post("", operation_id="issue_key", status_code=HTTP_201_CREATED)
async def issue_key(body: KeyBody, desk: TheDesk, caller: TheCaller) -> IssuedKeyAnswer:
    """Issue a key. It is told in this answer and kept nowhere, not under an Idempotency-Key."""
    return IssuedKeyAnswer.issued(await desk.keys.issue(body.request(), caller.name))


@router.get("", operation_id="list_keys")
async def list_keys(desk: TheDesk, page: Paged) -> KeyList:
    """List keys, oldest first, revoked ones among them."""
    found = await desk.keys.listed(after=page.cursor, limit=page.limit)
    cursor = next_cursor([key.id for key in found], page)
    return KeyList(items=[KeyAnswer.of(key) for key in found], next_cursor=cursor)


@router.delete("/{key:ref}", operation_id="revoke_key")
async def revoke_key(key: PathRef, desk: TheDesk, caller: TheCaller) -> KeyAnswer:
    """Revoke a key; it opens nothing any more within three seconds."""
    return KeyAnswer.of(await desk.keys.revoke(key, caller.name))
