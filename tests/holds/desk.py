"""The credit department: persons with keys, and a held order in front of them."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

import httpx2
from support.service import Api, Service

CLERK = "clerk@example.com"
LEAD = "lead@example.com"


@dataclass(frozen=True)
class Desk:
    """The service, and what people say to it about holds."""

    service: Service

    async def key(self, *roles: str, person: str | None = CLERK, **more: Any) -> str:
        """Issue a key to a person in these roles; gives the key."""
        return await issued(self.service, *roles, person=person, **more)

    async def person(self, *roles: str, person: str = CLERK, **more: Any) -> "Person":
        """Have somebody in these roles."""
        return Person(self.service, await self.key(*roles, person=person, **more))

    async def held(self, ref: str = "SO-1", amount: str = "100.00", **more: Any) -> str:
        """Have an order that was stopped; gives its hold."""
        answer = await self.service.check("C1", ref, amount, **more)
        assert answer["outcome"] == "hold", answer
        hold: str = answer["hold"]["id"]
        return hold

    async def hold(self, hold: str) -> Any:
        """Read a hold."""
        return await self.service.get(f"/v1/holds/{hold}")


@dataclass(frozen=True)
class Person:
    """Somebody who holds a key."""

    service: Api
    key: str

    @property
    def headers(self) -> dict[str, str]:
        return {"authorization": f"Bearer {self.key}"}

    async def ask(
        self, hold: str, action: str, *, version: int | None = 1, **body: Any
    ) -> httpx2.Response:
        """Do something with a hold; gives the answer as it comes."""
        headers = self.headers
        if version is not None:
            headers["if-match"] = f'"{version}"'
        return await self.service.client.post(
            f"/v1/holds/{hold}/{action}", json=body, headers=headers
        )

    async def act(self, hold: str, action: str, **body: Any) -> Any:
        """Do something that must be taken, with the hold as it is now; gives the hold."""
        version = (await self.service.get(f"/v1/holds/{hold}"))["version"]
        answer = await self.ask(hold, action, version=version, **body)
        assert answer.is_success, answer.text
        return answer.json()

    async def release(self, hold: str, **body: Any) -> Any:
        """Release a hold, which must be taken."""
        return await self.act(hold, "release", **({"reason": "payment_promised"} | body))


async def issued(service: Api, *roles: str, person: str | None = CLERK, **more: Any) -> str:
    """Issue a key to a person in these roles; gives the key."""
    body = {"name": "a key", "person": person, "roles": list(roles)} | more
    answer = await service.client.post("/v1/keys", json=body)
    assert answer.status_code == 201, answer.text
    key: str = answer.json()["key"]
    return key


@asynccontextmanager
async def over_the_limit(service: Service) -> AsyncIterator[Desk]:
    """Have a customer with a limit of 50.00, so that an order of 100.00 is held."""
    await service.customer("C1", limit="50.00")
    yield Desk(service)
