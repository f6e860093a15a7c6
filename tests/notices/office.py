"""A service with a worker that tells others, in one process, on one database."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from support.service import Service, a_service

from app.desk.desk import Desk
from app.desk.outbox import Fact, tell
from app.settings import Settings
from app.wiring import wired_desk, wired_dispatcher

CREDIT = "credit@example.com"
SALES = "sales-south@example.com"

QUICK: dict[str, Any] = {
    "mail_from": "Creditgate <creditgate@example.com>",
    "credit_mailbox": CREDIT,
    "delivery_timeout_s": 1.0,
    "retry_first_s": 0.05,
    "retry_longest_s": 0.2,
    "webhook_networks": "127.0.0.0/8",
}
"""A worker that tries again soon, and may reach receivers on this machine."""


@dataclass(frozen=True)
class Office:
    """The service, the desk behind its worker, and what the worker has said."""

    service: Service
    desk: Desk
    said: list[str] = field(default_factory=list)

    async def held(self, ref: str, customer: str = "C1", amount: str = "60.00") -> Any:
        """Have an order stopped; gives the answer."""
        answer = await self.service.check(customer, ref, amount)
        assert answer["outcome"] == "hold"
        return answer

    async def hears(self, url: str, *events: str) -> Any:
        """Register an endpoint for events, holds by default; gives it with its secret."""
        body = {"url": url, "events": list(events) or ["hold.opened"]}
        response = await self.service.client.post("/v1/webhooks", json=body)
        assert response.status_code == 201, response.text
        return response.json()

    async def deliveries(self, **wanted: str) -> list[tuple[str, int | None, int]]:
        """Give state, last status and number of tries of deliveries, oldest first."""
        items = (await self.service.get("/v1/outbox", **wanted))["items"]
        return [(d["state"], d["status"], d["tries"]) for d in reversed(items)]

    async def tells(self, fact: Fact) -> None:
        """Note a fact, as an action does in its transaction."""
        await self.desk.work.writing(lambda connection: tell(connection, fact))


@asynccontextmanager
async def an_office(settings: Settings, *, workers: int = 1, **more: Any) -> AsyncIterator[Office]:
    """Run service and workers while the block runs; customer C1 has a limit of 1.00 EUR."""
    settings = Settings.model_validate(
        {**settings.model_dump(), **QUICK, **more, "api_key": settings.api_key}
    )
    desk = wired_desk(settings)
    async with a_service(settings) as service:
        await service.customer("C1", limit="1.00", name="Muster GmbH", sales_contact=SALES)
        await desk.database.open()
        office = Office(service, desk)
        dispatchers = [wired_dispatcher(settings, desk) for _ in range(workers)]
        working = [asyncio.create_task(one.run(office.said.append)) for one in dispatchers]
        try:
            yield office
        finally:
            for one in working:
                one.cancel()
            await asyncio.gather(*working, return_exceptions=True)
            await desk.database.close()
