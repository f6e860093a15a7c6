"""Policies: every version kept, the newest in force."""

from typing import Annotated

from fastapi import APIRouter, BackgroundTasks, Query
from pydantic import BaseModel, ConfigDict, Field

from app.api.body import StrictRoute
from app.api.models.policies import PolicyBody, PolicyVersion, PolicyVersionList
from app.api.refs import PathRef
from app.api.routes.parts import PAGE_MAX, TheDesk

router = APIRouter(prefix="/v1/policies", tags=["policies"], route_class=StrictRoute)


class VersionPage(BaseModel):
    """Which part of a history; the cursor is the number of the last version seen."""

    model_config = ConfigDict(extra="forbid")

    limit: Annotated[int, Field(ge=1, le=PAGE_MAX)] = 50
    cursor: Annotated[int, Field(ge=1, le=2**31 - 1)] | None = None


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
async def list_policy_versions(
    name: PathRef, desk: TheDesk, page: Annotated[VersionPage, Query()]
) -> PolicyVersionList:
    """List a policy's versions, newest first."""
    found = await desk.policies.history(name, before=page.cursor, limit=page.limit)
    cursor = str(found[-1].version) if len(found) == page.limit else None
    return PolicyVersionList(items=[PolicyVersion.of(v) for v in found], next_cursor=cursor)
