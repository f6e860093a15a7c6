"""Random statements, and the service at several moments on one database, in a loop of its own."""

import asyncio
from collections.abc import Iterator
from contextlib import AsyncExitStack, contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

import asyncpg
from flows.plain_documents import Item
from flows.plain_model import Key
from hypothesis import strategies as st
from support.service import Service, a_service
from support.tables import Connection

from app.settings import Settings

START = datetime.now(UTC).replace(hour=12, minute=0, second=0, microsecond=0)
STEP_MIN = 30
STEPS = 5
OWN = {"A": "A", "B": "GROUP"}

customers = st.sampled_from(sorted(OWN))
refs = st.sampled_from(["X", "Y"])
keys = st.tuples(customers, refs)
amounts = st.sampled_from([1, 10_00, 40_00, 60_00, 100_00])
order_amounts = st.just(0) | amounts
versions = st.sampled_from([None, None, None, 1, 2, 3])
days = st.sampled_from([None, -10, -3, 5])
kinds = st.sampled_from(["invoice"] * 4 + ["credit_note", "payment"])
items = st.builds(
    Item,
    kind=kinds,
    amount=amounts,
    due=days,
    order=st.sampled_from([None, "X", "X", "Y"]),
    version=versions,
)
item_lines = st.tuples(st.just("item"), keys, items)
clear_lines = st.tuples(st.just("clear"), keys, versions)
order_lines = st.tuples(st.just("order"), keys, st.tuples(order_amounts, days, versions))
cancel_lines = st.tuples(st.just("cancel"), keys, versions)
statements = item_lines | item_lines | order_lines | order_lines | clear_lines | cancel_lines

Statement = tuple[str, Key, Any]


def money(cents: int) -> str:
    sign = "-" if cents < 0 else ""
    return f"{sign}{abs(cents) // 100}.{abs(cents) % 100:02}"


def day(offset: int | None) -> str | None:
    return None if offset is None else (START + timedelta(offset)).date().isoformat()


def line_of(statement: Statement) -> dict[str, Any]:
    """Give a statement as a line of the ledger."""
    what, (customer, ref), value = statement
    at = {"customer": customer, "ref": ref}
    match what:
        case "item":
            body = {
                "kind": value.kind,
                "amount": money(value.amount),
                "currency": "EUR",
                "due_on": day(value.due),
                "order": value.order,
                "version": value.version,
            }
            return {"put": "open_item"} | at | body
        case "order":
            amount, ship, version = value
            body = {"amount": money(amount), "currency": "EUR"}
            return {"put": "order"} | at | body | {"ship_date": day(ship), "version": version}
        case "clear":
            return {"delete": "open_item"} | at | {"version": value}
        case _:
            return {"delete": "order"} | at | {"version": value}


class World:
    """The database, a loop of its own, and the service at several moments of one day."""

    def __init__(self, settings: Settings, runner: asyncio.Runner) -> None:
        self.run = runner.run
        self._settings = settings
        self._stack = AsyncExitStack()
        self.services: list[Service] = []

    async def open(self) -> None:
        self.connection: Connection = await asyncpg.connect(self._settings.database_url)
        for step in range(STEPS):
            now = START + timedelta(minutes=step * STEP_MIN)
            running = a_service(self._settings, fixed_now=now)
            self.services.append(await self._stack.enter_async_context(running))
        await self.services[0].policy(limit_near={"mode": "off"})

    async def close(self) -> None:
        await self._stack.aclose()
        await self.connection.close()

    async def start_anew(self) -> None:
        await self.connection.execute(
            "TRUNCATE calendar_total, credit_account, customer, customer_account, decision, hold,"
            " journal, open_item, sales_order"
        )
        for customer, account in OWN.items():
            await self.services[0].customer(customer, account=account, limit=None)

    async def seqs(self) -> dict[str, int]:
        rows = await self.connection.fetch("SELECT ref, seq FROM credit_account")
        return {row["ref"]: row["seq"] for row in rows}


@contextmanager
def a_world(settings: Settings) -> Iterator[World]:
    with asyncio.Runner() as runner:
        world = World(settings, runner)
        runner.run(world.open())
        try:
            yield world
        finally:
            runner.run(world.close())
