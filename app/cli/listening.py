"""`creditgate webhooks listen`: a receiver to try webhooks out, and how to write one."""

import json
import socket
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from http import HTTPStatus
from typing import Any

import httpx2
import typer
from fastapi import FastAPI, Request, Response

from app.cli.asking import Service
from app.cli.exits import Exit, Failure
from app.desk.outbox import EventKind
from app.notices.signing import NotGenuineError, is_secret, require_genuine
from app.serving import (
    PortUnavailableError,
    TerminatedError,
    listener_on,
    run,
    served,
    stopped_by_signals,
    url_of,
)

HOST = "127.0.0.1"
BODY_MAX_BYTES = 1_048_576
HINT = (
    "The service sends webhooks to this machine only where it is told so: start it and its worker "
    "with CREDITGATE_WEBHOOK_NETWORKS=127.0.0.0/8 (the demo does)."
)


def heard(port: int, by: str | Service, events: Sequence[str] = ()) -> Exit:
    """Receive until stopped. `by` is a secret, or the service at which to register meanwhile."""
    try:
        with stopped_by_signals(), listener_on(HOST, port) as listener:
            place = f"{url_of(listener)}/hooks"
            with _secret(by, place, events) as secret:
                typer.echo(f"Listening on {place}\nSecret {secret}\nStop with Ctrl-C.")
                run(lambda: _serve(listener, secret))
    except (KeyboardInterrupt, TerminatedError):
        return Exit.OK
    except PortUnavailableError as error:
        raise Failure(Exit.UNAVAILABLE, str(error)) from None
    return Exit.OK


@contextmanager
def _secret(by: str | Service, place: str, events: Sequence[str]) -> Iterator[str]:
    """Give the secret: the one that was named, or that of an endpoint that goes at the end."""
    if isinstance(by, str):
        if not is_secret(by):
            raise Failure(Exit.USAGE, "A secret begins with whsec_, and the rest is base64.")
        yield by
        return
    with by.client() as client:
        endpoint = _registered(client, place, events)
        try:
            yield endpoint["secret"]
        finally:
            client.delete(f"/v1/webhooks/{endpoint['id']}")


def _registered(client: httpx2.Client, place: str, events: Sequence[str]) -> dict[str, Any]:
    body = {"url": place, "events": list(events) or [*EventKind], "description": "listen"}
    try:
        response = client.post("/v1/webhooks", json=body)
    except httpx2.TransportError as error:
        raise Failure(Exit.UNAVAILABLE, f"No answer from {client.base_url}: {error}.") from None
    if response.status_code != HTTPStatus.CREATED:
        hints = [HINT] if "url_private" in response.text else []
        told = f"The endpoint was not registered ({response.status_code}): {response.text}"
        raise Failure(Exit.USAGE, told, *hints)
    endpoint: dict[str, Any] = response.json()
    return endpoint


async def _serve(listener: socket.socket, secret: str) -> None:
    app = FastAPI(openapi_url=None)

    @app.post("/hooks")
    async def hook(request: Request) -> Response:
        # The signature is over the bytes as they came: look at it before anything reads them.
        body = await _bounded(request)
        try:
            require_genuine(secret, request.headers, body, now_s=int(time.time()))
        except NotGenuineError as error:
            typer.echo(f"\nNOT GENUINE: {error}")
            return Response(status_code=HTTPStatus.UNAUTHORIZED)
        typer.echo(_shown(request.headers["webhook-id"], body))
        return Response(status_code=HTTPStatus.NO_CONTENT)

    async with served(app, listener) as serving:
        await serving


async def _bounded(request: Request) -> bytes:
    body = b""
    async for chunk in request.stream():
        body += chunk[: BODY_MAX_BYTES - len(body)]
    return body


def _shown(message_id: str, body: bytes) -> str:
    event = json.loads(body)
    data = json.dumps(event["data"], ensure_ascii=False, indent=2)
    return f"\n{event['type']}  {event['timestamp']}  {message_id}  genuine\n{data}"
