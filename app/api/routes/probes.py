"""Is it alive, is it ready: for what runs the service, without a key."""

from typing import Literal

from fastapi import APIRouter
from pydantic import BaseModel
from starlette.responses import Response

from app.api.routes.parts import TheDesk
from app.telemetry.feeds import MEDIA_TYPE, told

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


@router.get("/metrics", include_in_schema=False)
async def metrics(desk: TheDesk) -> Response:
    """Give what operations watch, as Prometheus reads it."""
    return Response(told(await desk.figures.of_feeds()), media_type=MEDIA_TYPE)
