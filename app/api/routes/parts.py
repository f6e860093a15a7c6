"""What handlers are given, and how their answers are sent."""

from typing import Annotated

from fastapi import Depends, Query, Request
from pydantic import BaseModel, ConfigDict, Field
from starlette.responses import Response

from app.api.refs import Ref
from app.desk.desk import Desk

PAGE_MAX = 500


async def _desk_of(request: Request) -> Desk:
    # A plain function would be sent to a thread for each request.
    desk: Desk = request.app.state.desk
    return desk


TheDesk = Annotated[Desk, Depends(_desk_of)]
"""The desk of this application."""


class Page(BaseModel):
    """Which part of a list."""

    model_config = ConfigDict(extra="forbid")

    limit: Annotated[int, Field(ge=1, le=PAGE_MAX)] = 50
    cursor: Ref | None = None


Paged = Annotated[Page, Query()]


def next_cursor(refs: list[str], page: Page) -> str | None:
    """Give where the next page starts: after the last of a full one."""
    return refs[-1] if len(refs) == page.limit else None


def stored_json(text: str, headers: dict[str, str] | None = None) -> Response:
    """Send a JSON text as it is stored, byte for byte."""
    return Response(text.encode(), media_type="application/json", headers=headers)
