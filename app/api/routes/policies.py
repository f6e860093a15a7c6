"""Policies: every version kept, the newest in force."""

from fastapi import APIRouter, BackgroundTasks

from app.api.body import StrictRoute
from app.api.models.policies import PolicyBody, PolicyVersion, PolicyVersionList
from app.api.refs import PathRef
from app.api.routes.pages import Paged, next_cursor
from app.api.routes.parts import TheDesk

router = APIRouter(prefix="/v1/policies", tags=["policies"], route_class=StrictRoute)


@router.put("/{name:ref}", operation_id="put_policy")
async def put_policy(
    name: PathRef, body: PolicyBody, desk: TheDesk, later: BackgroundTasks
) -> PolicyVersion:
    """Store a policy's next version; it is in force from the next check on."""
    stored = await desk.policies.put(name, body.document())
    later.add_task(desk.recount.after_change, name)
    return PolicyVersion.of(stored)


@router.get("/{name:ref}", operation_id="read_policy")
async def read_policy(name: PathRef, desk: TheDesk) -> PolicyVersion:
    """Read the version in force."""
    return PolicyVersion.of(await desk.policies.current(name))


@router.get("/{name:ref}/versions", operation_id="list_policy_versions")
async def list_policy_versions(name: PathRef, desk: TheDesk, page: Paged) -> PolicyVersionList:
    """List a policy's versions, newest first."""
    before = None if page.cursor is None else int(page.cursor)
    found = await desk.policies.history(name, before=before, limit=page.limit)
    cursor = next_cursor([str(version.version) for version in found], page)
    return PolicyVersionList(items=[PolicyVersion.of(v) for v in found], next_cursor=cursor)
