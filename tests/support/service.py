"""The whole service over ASGI, and the few requests that most tests begin with."""

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import httpx2
from fastapi import FastAPI

from app.main import create_app
from app.settings import Settings

KEY = "test-key-" + "0123456789abcdef" * 2


@dataclass(frozen=True, slots=True)
class Api:
    """A client that holds a key of a running service, wherever that runs."""

    client: httpx2.AsyncClient

    async def put(self, path: str, **body: Any) -> Any:
        """PUT a body that must be taken; gives the answer."""
        return _taken(await self.client.put(path, json=body))

    async def customer(self, ref: str, *, limit: str | None = "1000.00", **more: Any) -> None:
        """Have a customer in EUR with a limit."""
        await self.put(f"/v1/customers/{ref}", **({"name": ref, "currency": "EUR"} | more))
        if limit is not None:
            account = more.get("account", ref)
            await self.put(f"/v1/accounts/{account}/limit", amount=limit, currency="EUR")

    async def item(self, customer: str, ref: str, amount: str, **more: Any) -> Any:
        """State an open item, an invoice unless told otherwise."""
        body = {"kind": "invoice", "amount": amount, "currency": "EUR"} | more
        return await self.put(f"/v1/customers/{customer}/open-items/{ref}", **body)

    async def order(self, customer: str, ref: str, amount: str, **more: Any) -> Any:
        """State an open order."""
        body = {"amount": amount, "currency": "EUR"} | more
        return await self.put(f"/v1/customers/{customer}/orders/{ref}", **body)

    async def check(self, customer: str, ref: str, amount: str, **more: Any) -> Any:
        """Ask whether an order can ship, and have it recorded."""
        return _taken(
            await self.client.post("/v1/checks", json=asked(customer, ref, amount, **more))
        )

    async def preview(self, customer: str, ref: str, amount: str, **more: Any) -> Any:
        """Ask whether an order could ship."""
        body = asked(customer, ref, amount, **more)
        return _taken(await self.client.post("/v1/checks/preview", json=body))

    async def account(self, ref: str) -> Any:
        """Read a credit account."""
        return await self.get(f"/v1/accounts/{ref}")

    async def policy(self, name: str = "standard", **rules: Any) -> Any:
        """Put a policy of these rules; the others are as in the first `standard`."""
        return await self.put(f"/v1/policies/{name}", rules=rules)

    async def get(self, path: str, **query: Any) -> Any:
        """GET a path that is there; gives the answer."""
        return _taken(await self.client.get(path, params=query))

    async def delete(self, path: str, **query: Any) -> Any:
        """DELETE a path that is there; gives the answer."""
        return _taken(await self.client.delete(path, params=query))

    async def ledger(self, *lines: Any, **said: Any) -> Any:
        """Post statements in bulk; a line that is a text is sent as it is."""
        return _taken(await self.send_ledger(*lines, **said))

    async def send_ledger(self, *lines: Any, **said: Any) -> httpx2.Response:
        """Post statements in bulk, with what is said of them; gives the response as it comes."""
        texts = [line if isinstance(line, str) else json.dumps(line) for line in lines]
        headers = {"content-type": "application/x-ndjson"}
        body = "\n".join(texts).encode()
        return await self.client.post("/v1/ledger", content=body, headers=headers, params=said)


@dataclass(frozen=True, slots=True)
class Service(Api):
    """A service that runs in this process."""

    app: FastAPI


def refusal(response: httpx2.Response) -> tuple[int, str, list[tuple[str, str]]]:
    """Give a problem's status and code, and pointer and code of each error in it."""
    assert response.headers["content-type"] == "application/problem+json", response.text
    problem = response.json()
    places = [(error["pointer"], error["code"]) for error in problem.get("errors", [])]
    return response.status_code, problem["code"], places


def asked(customer: str, ref: str, amount: str, **more: Any) -> dict[str, Any]:
    """Give the body of a check."""
    order = {"ref": ref, "amount": amount, "currency": "EUR"} | more
    return {"customer": customer, "order": order}


@asynccontextmanager
async def a_service(
    settings: Settings, *, fixed_now: datetime | None = None
) -> AsyncIterator[Service]:
    """Start the service on its database, stop it at the end."""
    app = create_app(settings, fixed_now=fixed_now)
    async with app.router.lifespan_context(app):
        transport = httpx2.ASGITransport(app, raise_app_exceptions=False)
        headers = {"Authorization": f"Bearer {KEY}"}
        async with httpx2.AsyncClient(
            transport=transport, base_url="http://creditgate.test", headers=headers
        ) as client:
            yield Service(client, app)


def _taken(response: httpx2.Response) -> Any:
    assert response.is_success, response.text
    return response.json()
