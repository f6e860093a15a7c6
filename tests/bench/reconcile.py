"""Reconciling a large book: how long it takes, and what checks take meanwhile.

Checks arrive at a steady rate; what they take beside a reconciling is compared with what they
take beside nothing, window after window.
"""

import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from dataclasses import asdict, dataclass
from functools import partial
from itertools import chain, count
from statistics import median
from threading import Event
from typing import Any

import asyncpg
from bench.accounts import refresh
from bench.hot import OTHERS, OTHERS_CONNECTIONS, START_S
from bench.measure import PARTS, Latency
from bench.traffic import Answers, Traffic, Window, generators, send
from bench.wire import ROOT

NAMES_WIDTH = 68
SECONDS_MAX = 60.0
# It locks nobody, yet takes one core: of two the checks get what is left of the other.
P99_RATIO_MAX = 3.0
CHECKS_PER_S = 50.0
RUN_LIMIT_S = 600
WINDOW_S = 4.0
FIRST_NUMBER = 1_000_000_000
NUMBERS_A_WINDOW = 1_000_000

FILL = (
    """INSERT INTO credit_account (ref, currency, exponent, limit_minor, limit_set_at,
                                   trifle_minor)
       SELECT 'BOOK-' || n, 'EUR', 2, 5000000, now(), 5000 FROM generate_series(1, $1::int) n""",
    """INSERT INTO customer (account, ref, name, currency, policy, status, direct_debit,
                             takes_discount, dunning_level, language)
       SELECT ref, ref, ref, currency, 'standard', 'active', false, false, 0, 'en'
         FROM credit_account WHERE ref LIKE 'BOOK-%' AND $1::int > 0""",
    """INSERT INTO customer_account (customer, account)
       SELECT ref, account FROM customer WHERE ref LIKE 'BOOK-%' AND $1::int > 0""",
    # A fifth of the accounts has most of the documents.
    """INSERT INTO open_item (account, customer, ref, kind, amount_minor, currency, issued_on,
                              due_on, invoiced_minor, stated_at)
       SELECT ref, ref, 'INV/2026/' || i, (ARRAY['invoice', 'invoice', 'invoice', 'invoice',
              'invoice', 'invoice', 'invoice', 'invoice', 'credit_note', 'payment'])[1 + i % 10],
              1000 + (i::bigint * 7919) % 200000, 'EUR', due_on - 30, due_on, 0, now()
         FROM (SELECT i, current_date - 90 + (i::bigint * 104729 % 180)::int AS due_on,
                      'BOOK-' || 1 + abs(hashint4(i)::bigint)
                          % CASE WHEN i % 5 < 4 THEN $2::int / 5 ELSE $2::int END AS ref
                 FROM generate_series(1, $1::int) i) items""",
    """INSERT INTO sales_order (account, customer, ref, currency, granted_minor,
                                granted_credit_minor, reserved_minor, stated_minor,
                                admitted_minor, counted_minor, ship_date, stated_at)
       SELECT 'BOOK-' || n, 'BOOK-' || n, 'SO-1', 'EUR', 0, 0, 0, 10000, 10000, 10000,
              current_date + n % 90, now() FROM generate_series(1, $1::int) n""",
    """UPDATE credit_account a
          SET invoices_minor = i.invoices, credit_notes_minor = i.credit_notes,
              payments_minor = i.payments
         FROM (SELECT account,
                      coalesce(sum(amount_minor) FILTER (WHERE kind = 'invoice'), 0) AS invoices,
                      coalesce(sum(amount_minor) FILTER (WHERE kind = 'credit_note'), 0)
                          AS credit_notes,
                      coalesce(sum(amount_minor) FILTER (WHERE kind = 'payment'), 0) AS payments
                 FROM open_item WHERE account LIKE 'BOOK-%' AND $1::int > 0 GROUP BY account) i
        WHERE a.ref = i.account""",
    "UPDATE credit_account SET orders_minor = 10000 WHERE ref LIKE 'BOOK-%' AND $1::int > 0",
    """INSERT INTO calendar_total (account, series, grain, starts_on, amount_minor, documents)
       SELECT account, series, grain, date_trunc(grain, day)::date, sum(minor), count(*)
         FROM (SELECT account, 'due' AS series, due_on AS day, amount_minor AS minor
                 FROM open_item WHERE account LIKE 'BOOK-%' AND kind = 'invoice'
                  AND amount_minor >= 5000 AND $1::int > 0
                UNION ALL
               SELECT account, 'ship', ship_date, counted_minor
                 FROM sales_order WHERE account LIKE 'BOOK-%' AND ref = 'SO-1') documents
        CROSS JOIN (VALUES ('day'), ('month')) AS grains (grain)
        GROUP BY account, series, grain, date_trunc(grain, day)""",
)
"""A book of $1 accounts and, in the fourth statement, $1 items on $2 accounts."""


@dataclass(frozen=True, slots=True)
class Plan:
    """How large the book is, and in how many rounds of how many windows it is measured."""

    accounts: int
    items: int
    rounds: int
    windows: int


async def fill(database_url: str, accounts: int, items: int) -> None:
    """Add a book of accounts with items, orders and all their totals."""
    connection = await asyncpg.connect(database_url)
    try:
        async with connection.transaction():
            for statement in FILL:
                on_items = "generate_series(1, $1::int) i)" in statement
                asked = (items, accounts) if on_items else (accounts,)
                await connection.execute(statement, *asked)
    finally:
        await connection.close()
    await refresh(database_url)


def measured(port: int, database_url: str, plan: Plan) -> dict[str, Any]:
    """Give the seconds of each reconciling, and checks' microseconds with and without one."""
    quiet: list[Answers] = []
    beside: list[Answers] = []
    runs_s: list[float] = []
    with generators(1) as processes, ThreadPoolExecutor(1) as threads:
        numbers = count(FIRST_NUMBER, NUMBERS_A_WINDOW)
        asked = partial(asked_in_windows, processes, port, numbers)
        for number in range(plan.rounds + 1):
            alone = asked(plan.windows)
            stopped = Event()
            running = threads.submit(_reconciling, database_url, stopped)
            disturbed = asked(plan.windows)
            stopped.set()
            taken_s = running.result()
            if number:  # the first round warms up
                quiet.append(alone)
                beside.append(disturbed)
                runs_s += taken_s
    return {
        "accounts": plan.accounts,
        "items": plan.items,
        "seconds": runs_s,
        "checks_per_s": CHECKS_PER_S,
        "checks": {"beside nothing": summary(quiet), "while reconciling": summary(beside)},
        "p99_ratio_by_round": [
            round(p99_us([one]) / p99_us([other]), 3)
            for one, other in zip(beside, quiet, strict=True)
        ],
    }


def holds(found: Mapping[str, Any]) -> bool:
    """Say whether it is fast enough and disturbs nobody: no check failed, none much slower."""
    unanswered = found["checks"]["while reconciling"]["unanswered"]
    fast = max(found["seconds"]) <= SECONDS_MAX
    return fast and not unanswered and median(found["p99_ratio_by_round"]) <= P99_RATIO_MAX


def rows(found: Mapping[str, Any]) -> Iterator[str]:
    """Give the lines of the table about reconciling."""
    name = f"reconciling {found['accounts']:,} accounts, {found['items']:,} items, seconds"
    taken_s = found["seconds"]
    spread = f"at most {SECONDS_MAX:.0f}; {min(taken_s):.1f} to {max(taken_s):.1f}"
    yield f"{name:{NAMES_WIDTH}}{median(taken_s):10.1f}  ({spread})"
    for beside, latency in found["checks"].items():
        figures = "".join(f"{latency[f'{part}_us']:10.0f}" for part in PARTS)
        told = f"  503s: {latency['unanswered']}" * bool(latency["unanswered"])
        yield f"{f'  checks {beside}, microseconds':{NAMES_WIDTH}}{figures}{told}"
    by_round = found["p99_ratio_by_round"]
    spread = f"at most {P99_RATIO_MAX}; rounds {min(by_round):.2f} to {max(by_round):.2f}"
    verdict = "" if holds(found) else ": MISSED"
    named = "checks' p99, while reconciling : beside nothing"
    yield f"{named:{NAMES_WIDTH}}{median(by_round):10.3f}  ({spread}){verdict}"


def asked_in_windows(
    processes: ProcessPoolExecutor,
    port: int,
    numbers: Iterator[int],
    windows: int,
    *,
    customers: tuple[str, ...] = OTHERS,
) -> Answers:
    """Have checks arrive in so many windows; they are short, as idle connections are closed."""
    traffic = Traffic(customers, OTHERS_CONNECTIONS, CHECKS_PER_S)
    answers = Answers()
    for _ in range(windows):
        starts_s = time.monotonic() + START_S
        window = Window(port, starts_s, starts_s + WINDOW_S, next(numbers))
        found = processes.submit(send, traffic, window).result()
        answers = Answers(
            answers.taken_s + found.taken_s,
            answers.in_window + found.in_window,
            answers.unanswered + found.unanswered,
        )
    return answers


def _reconciling(database_url: str, stopped: Event) -> list[float]:
    """Reconcile again and again until told to stop; gives how long each run took, in seconds."""
    taken_s = []
    while not stopped.is_set():
        started_s = time.monotonic()
        subprocess.run(
            [sys.executable, "-m", "app.cli", "reconcile", "--json"],
            check=True,
            cwd=ROOT,
            capture_output=True,
            timeout=RUN_LIMIT_S,
            env={"CREDITGATE_DATABASE_URL": database_url, "PYTHONPATH": str(ROOT)},
        )
        taken_s.append(round(time.monotonic() - started_s, 2))
    return taken_s


def summary(windows: list[Answers]) -> dict[str, Any]:
    """Give the latencies over some windows, and how many checks got no answer."""
    taken_s = list(chain.from_iterable(window.taken_s for window in windows))
    unanswered = sum(window.unanswered for window in windows)
    return asdict(Latency.of(taken_s)) | {"unanswered": unanswered}


def p99_us(windows: list[Answers]) -> float:
    """Give the 99th percentile over some windows, in microseconds."""
    return Latency.of(list(chain.from_iterable(window.taken_s for window in windows))).p99_us
