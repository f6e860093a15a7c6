"""What handlers are given, and how their answers are sent."""

from typing import Annotated

from fastapi import Depends, Request
from starlette.responses import Response

from app.desk.desk import Desk


async def _desk_of(request: Request) -> Desk:
    # A plain function would be sent to a thread for each request.
    desk: Desk = request.app.state.desk
    return desk


TheDesk = Annotated[Desk, Depends(_desk_of)]
"""The desk of this application."""


def stored_json(text: str, headers: dict[str, str] | None = None) -> Response:
    """Send a JSON text as it is stored, byte for byte."""
    return Response(text.encode(), media_type="application/json", headers=headers)
