"""Filling the service and asking it: all through its HTTP API, as any caller would."""

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import httpx2

from app.demo import cast
from app.demo.book import Line
from app.demo.database import DemoError

REQUEST_LIMIT_S = 30.0

QUESTIONS: tuple[dict[str, Any], ...] = (
    {
        "customer": cast.PASS,
        "order": {"ref": "SO-4709", "amount": "1200.00", "currency": "EUR"},
    },
    {
        "customer": cast.WARN,
        "order": {"ref": "SO-4710", "amount": "4000.00", "currency": "EUR"},
    },
    {"customer": cast.EXAMPLE, "channel": "erp", "order": cast.EXAMPLE_ORDER},
)
"""One order for each outcome."""


@asynccontextmanager
async def a_client(url: str, key: str) -> AsyncIterator[httpx2.AsyncClient]:
    """Open a client of the demo's own service, past any proxy."""
    headers = {"Authorization": f"Bearer {key}"}
    async with httpx2.AsyncClient(
        base_url=url, headers=headers, timeout=REQUEST_LIMIT_S, trust_env=False
    ) as client:
        yield client


async def load(client: httpx2.AsyncClient, lines: list[Line]) -> None:
    """State every line; raises `DemoError` where one is refused."""
    body = "\n".join(json.dumps(line, ensure_ascii=False) for line in lines)
    answer = _taken(
        await client.post(
            "/v1/ledger",
            content=body.encode(),
            headers={"Content-Type": "application/x-ndjson"},
        )
    )
    if answer["refused"]:
        raise DemoError(f"The service refused the demo's data: {answer['problems'][0]}")


async def preview(client: httpx2.AsyncClient, question: dict[str, Any]) -> dict[str, Any]:
    """Ask without leaving anything behind."""
    return _taken(await client.post("/v1/checks/preview", json=question))


def _taken(response: httpx2.Response) -> dict[str, Any]:
    if not response.is_success:
        raise DemoError(f"The service answered {response.status_code}: {response.text}")
    document: dict[str, Any] = response.json()
    return document
