"""One id per request: the caller's if it is well formed, else ours; in log, body and header."""

import re
from typing import Final

import uuid_utils
from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

REQUEST_ID_HEADER: Final = "X-Request-Id"

_WELL_FORMED: Final = re.compile(r"[A-Za-z0-9._-]{1,64}")


def request_id_of(scope: Scope) -> str:
    """The id of this request; made now if the middleware has not seen it."""
    state = scope.setdefault("state", {})
    if "request_id" not in state:
        state["request_id"] = _chosen_id(Headers(scope=scope).get(REQUEST_ID_HEADER))
    return str(state["request_id"])


class RequestIdMiddleware:
    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        request_id = request_id_of(scope)

        async def send_with_id(message: Message) -> None:
            if message["type"] == "http.response.start":
                MutableHeaders(scope=message)[REQUEST_ID_HEADER] = request_id
            await send(message)

        await self._app(scope, receive, send_with_id)


def _chosen_id(inbound: str | None) -> str:
    if inbound is not None and _WELL_FORMED.fullmatch(inbound):
        return inbound
    return f"req_{uuid_utils.uuid7().hex}"
