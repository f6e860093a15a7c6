"""A company: the gate and its worker as programs, a mail server, and a system that listens."""

import asyncio
import re
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from email.message import EmailMessage
from typing import Any

import httpx2
from holds.desk import Person, issued
from notices.mail_server import MailServer, a_mail_server
from notices.receiver import HttpReceiver, a_receiver
from notices.waiting import until
from support.commands import running
from support.service import KEY, Api

from app.desk.outbox import EventKind

CREDIT = "credit@example.com"
SALES = "sales-south@example.com"
CLERK = "clerk@example.com"
LEAD = "lead@example.com"
SELLER = "seller@example.com"
TYPIST = "typist@example.com"

SETTINGS: dict[str, Any] = {
    "api_key": KEY,
    "mail_from": "Creditgate <creditgate@example.com>",
    "credit_mailbox": CREDIT,
    "webhook_networks": "127.0.0.0/8",
    "retry_first_s": "0.05",
    # A machine that is busy with other tests answers late, and that is no story.
    **dict.fromkeys(
        ("deadline_s", "acquire_timeout_s", "statement_timeout_s", "lock_timeout_s"), "20"
    ),
}


@dataclass(frozen=True)
class Company:
    """What people of the company say to the gate, and what they get to know of it."""

    gate: Api
    mail: MailServer
    system: HttpReceiver
    secret: str

    async def person(self, role: str, name: str) -> Person:
        """Have somebody in a role."""
        return Person(self.gate, await issued(self.gate, role, person=name))

    async def clerk(self) -> Person:
        """Have somebody of the credit department."""
        return await self.person("credit", CLERK)

    async def held(self, customer: str, order: str, amount: str, **more: Any) -> str:
        """Have an order that was stopped; gives its hold."""
        answer = await self.gate.check(customer, order, amount, **more)
        assert answer["outcome"] == "hold", answer
        hold: str = answer["hold"]["id"]
        return hold

    async def hold(self, hold: str) -> Any:
        """Read a hold."""
        return await self.gate.get(f"/v1/holds/{hold}")

    async def mailed(self, to: str, subject: str) -> EmailMessage:
        """Wait for a mail to somebody, by how its subject begins."""

        def those() -> list[EmailMessage]:
            return [m for at, m in self.mail.came if at == to and m["Subject"].startswith(subject)]

        await until(those)
        return those()[0]

    async def heard(self, kind: EventKind, **about: Any) -> dict[str, Any]:
        """Wait until the listening system has an event about this; gives what it tells."""

        def those() -> list[dict[str, Any]]:
            events = [came.verified(self.secret) for came in self.system.came]
            told = [event["data"] for event in events if event["type"] == kind.value]
            return [data for data in told if about.items() <= data.items()]

        await until(those)
        return those()[0]

    async def states(self, customer: str) -> dict[str, str]:
        """Give the state of each order's hold, oldest first."""
        holds = (await self.gate.get("/v1/holds", customer=customer))["items"]
        return {hold["order"]["ref"]: hold["state"] for hold in holds}


async def a_customer(company: Company, ref: str, *, owes: str = "900.00", **more: Any) -> None:
    """Have a customer with a limit of 1,000.00, who owes something that is not yet due."""
    told: dict[str, Any] = {"sales_contact": SALES, "payment_terms_days": 30} | more
    await company.gate.customer(ref, name=f"{ref} GmbH", **told)
    await company.gate.item(ref, f"RE-{ref}", owes, due_on="2099-01-31")


def text_of(message: EmailMessage) -> str:
    """Give a mail's plain text."""
    body = message.get_body(("plain",))
    assert body is not None
    return str(body.get_content()).replace("\r\n", "\n")


@asynccontextmanager
async def a_company(database_url: str) -> AsyncIterator[Company]:
    """Run everything while the block runs."""
    async with AsyncExitStack() as open_:
        mail = await open_.enter_async_context(a_mail_server())
        system = await open_.enter_async_context(a_receiver())
        settings = SETTINGS | {"database_url": database_url, "smtp_url": mail.url}
        open_.enter_context(running("worker", **settings))
        serving = open_.enter_context(running("serve", "--port", "0", **settings))
        said = await asyncio.to_thread(serving.wait_for, "serves on")
        client = await open_.enter_async_context(
            httpx2.AsyncClient(
                base_url=re.findall(r"http://\S+", said)[0],
                headers={"Authorization": f"Bearer {KEY}"},
                trust_env=False,
                timeout=30,
            )
        )
        hook = {"url": system.url, "events": [kind.value for kind in EventKind]}
        endpoint = await client.post("/v1/webhooks", json=hook)
        yield Company(Api(client), mail, system, endpoint.json()["secret"])
