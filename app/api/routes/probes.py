"""Is it alive, is it ready: for what runs the service, without a key."""

from typing import Literal

from fastapi import APIRouter
from pydantic import BaseModel

from app.api.routes.parts import TheDesk

router = APIRouter(tags=["operation"])


class Alive(BaseModel):
    """The process answers."""

    status: Literal["alive"] = "alive"


class Ready(BaseModel):
    """The database answers, on the schema that this version knows."""

    status: Literal["ready"] = "ready"


@router.head("/livez", include_in_schema=False)
@router.get("/livez", operation_id="livez")
async def livez() -> Alive:
    """Say that the process answers; never touches the database."""
    return Alive()


@router.head("/readyz", include_in_schema=False)
@router.get("/readyz", operation_id="readyz")
async def readyz(desk: TheDesk) -> Ready:
    """Say that checks can be answered."""
    await desk.require_ready()
    return Ready()
