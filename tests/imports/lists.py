"""Lists of open items as an ERP exports them, and what the accounts are like afterwards."""

import asyncio
import json
import subprocess
import time
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any

import asyncpg
from support.service import Service

RUN_LIMIT_S = 60.0

CUSTOMERS = ("C1", "C2", "C3")

Command = Callable[..., "subprocess.CompletedProcess[str]"]
"""Runs `creditgate import` with the arguments it is given."""

HEADINGS = "customer,ref,kind,amount,currency,issued_on,due_on,order,version"

LEDGER_TABLES = (
    "credit_account",
    "open_item",
    "sales_order",
    "journal",
    "source",
    "customer_account",
    "calendar_total",
)


def item(customer: str, ref: str, amount: str, kind: str = "invoice") -> str:
    """Give the line of one open item in EUR."""
    return f"{customer},{ref},{kind},{amount},EUR,2026-10-01,2026-10-31,,"


def items(customers: Iterable[str], each: int, amount: str = "10.00") -> list[str]:
    """Give so many invoices for each customer."""
    return [item(c, f"RE-{c}-{n}", amount) for c in customers for n in range(each)]


def written(folder: Path, lines: Sequence[str], name: str = "items.csv") -> Path:
    """Write a list to a file; gives its path."""
    path = folder / name
    path.write_text("\n".join([HEADINGS, *lines, ""]), encoding="utf-8")
    return path


async def ledger(connection: "asyncpg.Connection[asyncpg.Record]") -> dict[str, list[Any]]:
    """Give every row that files may change."""
    rows = {
        table: await connection.fetch(f"SELECT t::text FROM {table} t ORDER BY 1")  # noqa: S608
        for table in LEDGER_TABLES
    }
    return {table: [row[0] for row in found] for table, found in rows.items()}


async def stated(connection: "asyncpg.Connection[asyncpg.Record]") -> list[Any]:
    """Give what is open and what it sums up to, without when it was told and by which import."""
    found = await connection.fetch(
        "SELECT ref, invoices_minor, credit_notes_minor, payments_minor FROM credit_account "
        "ORDER BY ref"
    )
    documents = await connection.fetch(
        "SELECT account, customer, ref, kind, amount_minor, currency, issued_on, due_on, version, "
        "cleared_at IS NULL AS is_open, source FROM open_item ORDER BY account, customer, ref"
    )
    return [tuple(row) for row in (*found, *documents)]


def report_of(printed: str) -> Any:
    """Give the JSON that the command printed."""
    return json.loads(printed)


async def sent_and_ended(service: Service, content: bytes, **more: Any) -> Any:
    """Send a file to the service; gives its run once that has ended."""
    sent = await service.client.post("/v1/imports", files={"file": ("list.csv", content)}, **more)
    assert sent.status_code == 202, sent.text
    return await ended(service, sent.json()["id"])


async def ended(service: Service, run: str) -> Any:
    """Give a run once it has ended."""
    deadline = time.monotonic() + RUN_LIMIT_S
    while (found := await service.get(f"/v1/imports/{run}"))["ended_at"] is None:
        assert time.monotonic() < deadline, found
        await asyncio.sleep(0.1)
    return found
