"""A large file of open items: how fast it is taken, in how much memory, and what checks take.

Beside it the same rows are brought into a table of the same shape by plain COPY and one
`INSERT … SELECT … ON CONFLICT`, on the same server in the same run: the fastest that a database
alone can do, without totals, versions, a journal or a look at what it does to anybody.
"""

import asyncio
import os
import random
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import date, timedelta
from functools import partial
from itertools import count
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from threading import Event
from typing import Any

import asyncpg
from bench.accounts import refresh
from bench.measure import PARTS
from bench.reconcile import NAMES_WIDTH, NUMBERS_A_WINDOW, asked_in_windows, p99_us, summary
from bench.traffic import Answers, generators
from bench.wire import ROOT

RATE_MIN = 0.5
MEMORY_MAX_MB = 300
P99_RATIO_MAX = 2.0
FIRST_NUMBER = 2_000_000_000
FIRST_DAY = date(2026, 1, 1)
HEADINGS = "customer,ref,kind,amount,currency,issued_on,due_on,version\n"
KILOBYTES = 1_024

CUSTOMERS = (
    """INSERT INTO credit_account (ref, currency, exponent, limit_minor, limit_set_at,
                                   trifle_minor)
       SELECT 'FILE-' || n, 'EUR', 2, 5000000, now(), 5000 FROM generate_series(1, $1::int) n""",
    """INSERT INTO customer (account, ref, name, currency, policy, status, direct_debit,
                             takes_discount, dunning_level, language)
       SELECT ref, ref, ref, currency, 'standard', 'active', false, false, 0, 'en'
         FROM credit_account WHERE ref LIKE 'FILE-%' AND $1::int > 0""",
    """INSERT INTO customer_account (customer, account)
       SELECT ref, account FROM customer WHERE ref LIKE 'FILE-%' AND $1::int > 0""",
)
"""Customers with nothing open yet, $1 of them."""

PLAIN = """
    CREATE TABLE plain_item (LIKE open_item INCLUDING ALL);
    CREATE UNLOGGED TABLE plain_row (customer text, ref text, kind text, amount numeric,
        currency text, issued_on date, due_on date, version bigint)
"""
PLAIN_MERGE = """
    INSERT INTO plain_item (account, customer, ref, kind, amount_minor, currency, issued_on,
                            due_on, invoiced_minor, version, stated_at)
    SELECT a.account, r.customer, r.ref, r.kind, (r.amount * 100)::bigint, r.currency,
           r.issued_on, r.due_on, 0, r.version, now()
      FROM plain_row r JOIN customer_account a ON a.customer = r.customer
    ON CONFLICT (account, customer, ref) DO UPDATE
       SET amount_minor = excluded.amount_minor, due_on = excluded.due_on
"""
PLAIN_GONE = "DROP TABLE plain_item, plain_row"


ASKED = tuple(f"FILE-{number}" for number in range(1, 201))
"""Of whom checks are asked: customers whose items the file states, as in an hour of business."""


@dataclass(frozen=True, slots=True)
class Plan:
    """How many items of how many customers the file has, and the seed of its rows."""

    items: int
    customers: int
    seed: int


@dataclass(slots=True)
class Run:
    """How long the importer took, in seconds, and the most memory it had, in megabytes."""

    seconds: float = 0.0
    memory_mb: float = 0.0


def measured(port: int, database_url: str, plan: Plan) -> dict[str, Any]:
    """Take the file twice: once alone, beside the plain way, once while checks are asked."""
    with TemporaryDirectory() as folder:
        first, second = Path(folder, "first.csv"), Path(folder, "second.csv")
        _write(first, plan, version=1)
        _write(second, plan, version=2)
        asyncio.run(_add_customers(database_url, plan.customers))
        plain_s = [asyncio.run(_plain(database_url, first))]
        alone = _import(database_url, first)
        plain_s.append(asyncio.run(_plain(database_url, first)))
        checks, beside = _beside_checks(port, database_url, second)
    return {
        "items": plan.items,
        "customers": plan.customers,
        "plain_seconds": plain_s,
        "import_seconds": alone.seconds,
        "import_seconds_beside_checks": beside.seconds,
        "memory_mb": max(alone.memory_mb, beside.memory_mb),
        "rate_import_to_plain": round(median(plain_s) / alone.seconds, 3),
        "checks": {name: summary(answers) for name, answers in checks.items()},
        "p99_ratio": round(p99_us(checks["while importing"]) / p99_us(checks["quiet"]), 3),
    }


def holds(found: Mapping[str, Any]) -> bool:
    """Say whether the file was taken fast enough, in little memory, with nobody kept waiting."""
    fast = found["rate_import_to_plain"] >= RATE_MIN
    small = found["memory_mb"] <= MEMORY_MAX_MB
    return bool(fast and small and found["p99_ratio"] <= P99_RATIO_MAX)


def rows(found: Mapping[str, Any]) -> Iterator[str]:
    """Give the lines of the table about the import."""
    what = f"{found['items']:,} items of {found['customers']:,} customers"
    plain_s = ", ".join(f"{seconds:.1f}" for seconds in found["plain_seconds"])
    yield f"{f'{what} by plain COPY and INSERT, seconds':{NAMES_WIDTH}} {plain_s:>10}"
    yield f"{'  by the importer, seconds':{NAMES_WIDTH}}{found['import_seconds']:10.1f}"
    ratio, told = found["rate_import_to_plain"], f"(at least {RATE_MIN})"
    yield f"{'  rate, importer : plain':{NAMES_WIDTH}}{ratio:10.3f}  {told}"
    told = f"(at most {MEMORY_MAX_MB})"
    yield f"{'  memory of the importer, MB':{NAMES_WIDTH}}{found['memory_mb']:10.0f}  {told}"
    for beside, latency in found["checks"].items():
        figures = "".join(f"{latency[f'{part}_us']:10.0f}" for part in PARTS)
        yield f"{f'  checks {beside}, microseconds':{NAMES_WIDTH}}{figures}"
    verdict = "" if holds(found) else ": MISSED"
    told = f"(at most {P99_RATIO_MAX}){verdict}"
    named = "checks' p99, while importing : quiet"
    yield f"{named:{NAMES_WIDTH}}{found['p99_ratio']:10.3f}  {told}"


def _write(path: Path, plan: Plan, *, version: int) -> None:
    """Write the file; its customers stand in no order."""
    drawn = random.Random(plan.seed)  # noqa: S311 - rows to measure with
    days = [(FIRST_DAY + timedelta(number)).isoformat() for number in range(400)]
    with path.open("w", encoding="ascii") as file:
        file.write(HEADINGS)
        for number in range(plan.items):
            customer, cents = 1 + drawn.randrange(plan.customers), drawn.randrange(1_000, 900_000)
            issued = drawn.randrange(300)
            file.write(
                f"FILE-{customer},INV/2026/{number},invoice,{cents // 100}.{cents % 100:02d},EUR,"
                f"{days[issued]},{days[issued + 30]},{version}\n"
            )


async def _add_customers(database_url: str, customers: int) -> None:
    connection = await asyncpg.connect(database_url)
    try:
        for statement in CUSTOMERS:
            await connection.execute(statement, customers)
    finally:
        await connection.close()
    await refresh(database_url)


async def _plain(database_url: str, path: Path) -> float:
    """Bring the rows into an empty table of the same shape; gives the seconds it took."""
    connection = await asyncpg.connect(database_url)
    try:
        await connection.execute(PLAIN)
        started_s = time.monotonic()
        await connection.copy_to_table("plain_row", source=path, format="csv", header=True)
        await connection.execute(PLAIN_MERGE)
        taken_s = time.monotonic() - started_s
        await connection.execute(PLAIN_GONE)
    finally:
        await connection.close()
    return round(taken_s, 2)


def _import(database_url: str, path: Path, ended: Event | None = None) -> Run:
    """Run the command on the file."""
    started_s = time.monotonic()
    process = subprocess.Popen(  # noqa: S603 - our own command
        [sys.executable, "-m", "app.cli", "import", str(path), "--json"],
        cwd=ROOT,
        stdout=subprocess.DEVNULL,
        env={"CREDITGATE_DATABASE_URL": database_url, "PYTHONPATH": str(ROOT)},
    )
    _, status, used = os.wait4(process.pid, 0)
    if ended is not None:
        ended.set()
    if status:
        raise RuntimeError(f"the import ended with status {status}")
    return Run(round(time.monotonic() - started_s, 2), used.ru_maxrss / KILOBYTES)


def _beside_checks(
    port: int, database_url: str, path: Path
) -> tuple[dict[str, list[Answers]], Run]:
    """Ask checks while nothing goes on, then as long as the file is taken."""
    quiet: list[Answers] = []
    busy: list[Answers] = []
    with generators(1) as processes, ThreadPoolExecutor(1) as threads:
        numbers = count(FIRST_NUMBER, NUMBERS_A_WINDOW)
        asked = partial(asked_in_windows, processes, port, numbers, customers=ASKED)
        asked(1)  # warms up
        quiet += [asked(1) for _ in range(4)]
        ended = Event()
        running = threads.submit(_import, database_url, path, ended)
        while not ended.is_set():
            busy.append(asked(1))
        quiet += [asked(1) for _ in range(4)]
        run = running.result()
    return {"quiet": quiet, "while importing": busy}, run
