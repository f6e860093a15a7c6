"""Reconciling: what is stored twice, compared in one snapshot, and what is to be done about it.

`differences` has the statement that compares. `moves` counts an account anew from documents that
are right, so that those are mended first.
"""

import json
from collections.abc import AsyncIterator, Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

import asyncpg

from app.storage.database import Connection
from app.storage.differences import FIND
from app.storage.moves import COUNT_DAYS, COUNT_TOTALS, FORGET_DAYS

PREFETCHED = 1_000
"""How many drifting totals are fetched at a time."""

ASTRAY = frozenset({"astray_items", "astray_orders", "items_elsewhere", "orders_elsewhere"})
"""Documents on an account that is not their customer's, and those that an account lacks so."""

# One process of the server, which leaves the other cores to the checks. The one statement serves
# one account and all of them, so that it is planned for what is asked each time.
PREPARE = """
    SELECT set_config('work_mem', $1, true), set_config('hash_mem_multiplier', '2', true),
           set_config('max_parallel_workers_per_gather', '0', true),
           set_config('plan_cache_mode', 'force_custom_plan', true),
           set_config('idle_in_transaction_session_timeout', '60s', true)
"""
"""Gives this transaction's statements the memory to add up a whole book in."""

WORK_MEM = "96MB"

SURVEY = """
    SELECT count(*) AS accounts,
           array_agg(ref) FILTER (WHERE drift_found_at IS NOT NULL) AS marked
      FROM credit_account
"""
"""How many accounts there are, and which of them are marked."""

LOCK = "SELECT drift_found_at IS NOT NULL AS marked FROM credit_account WHERE ref = $1 FOR UPDATE"
"""Takes the account's row, so that what is counted after it stays true until the commit."""

MARK = """
    WITH account AS (
        UPDATE credit_account
           SET seq = seq + 1, drift_found_at = CASE WHEN $2 THEN clock_timestamp() END
         WHERE ref = $1 RETURNING ref, seq
    )
    INSERT INTO journal (account, seq, kind, facts, recorded_at)
    SELECT ref, seq, 'drift', jsonb_build_object('drifts', $2::boolean, 'totals', $3::jsonb),
           clock_timestamp()
      FROM account
"""
"""Marks an account that drifts, or takes the mark off one that is sound: checks answer otherwise
from then on, so that the account gets its next number."""

MEND_DOCUMENTS = {
    "item_invoiced_minor": """
        UPDATE open_item i SET invoiced_minor = w.minor
          FROM unnest($2::text[], $3::text[], $4::bigint[]) AS w (customer, ref, minor)
         WHERE i.account = $1 AND i.customer = w.customer AND i.ref = w.ref
    """,
    "order_invoiced_minor": """
        UPDATE sales_order o SET invoiced_minor = w.minor
          FROM unnest($2::text[], $3::text[], $4::bigint[]) AS w (customer, ref, minor)
         WHERE o.account = $1 AND o.customer = w.customer AND o.ref = w.ref
    """,
    "order_counted_minor": """
        UPDATE sales_order o SET counted_minor = w.minor
          FROM unnest($2::text[], $3::text[], $4::bigint[]) AS w (customer, ref, minor)
         WHERE o.account = $1 AND o.customer = w.customer AND o.ref = w.ref
    """,
}
"""Sets what documents were found to have wrong, before their account is counted anew."""

JOURNAL_REPAIR = """
    WITH account AS (
        UPDATE credit_account SET drift_found_at = NULL WHERE ref = $1 RETURNING ref, seq
    )
    INSERT INTO journal (account, seq, kind, facts, recorded_at)
    SELECT ref, seq, 'repair', jsonb_build_object('totals', $2::jsonb), clock_timestamp()
      FROM account
"""
"""Why the account got its next number when its totals were counted anew: each total that was
wrong, with what was stored before and what is counted since."""


@dataclass(frozen=True, slots=True)
class WrongTotal:
    """One figure that is not what it is counted to be, in minor units or documents by its name.

    `starts_on` is the first day of the calendar's entry, `None` for other totals. A figure of one
    document has its `customer`, `ref` and `currency`, one of a customer's documents the customer.
    """

    total: str
    starts_on: date | None
    stored: int
    counted: int
    customer: str | None = None
    ref: str | None = None
    currency: str | None = None

    @property
    def is_astray(self) -> bool:
        """Whether documents stand on another account than their customer's.

        Where they belong is for a person to say, so that such an account is not repaired.
        """
        return self.total in ASTRAY


@dataclass(frozen=True, slots=True)
class Found:
    """A wrong total and its account; the currency is `None` where there is no such account."""

    account: str
    currency: str | None
    exponent: int | None
    wrong: WrongTotal


async def prepare(connection: Connection) -> None:
    """Give the statements of this transaction what they need to add up a whole book."""
    await connection.execute(PREPARE, WORK_MEM)


async def survey(connection: Connection) -> tuple[int, list[str]]:
    """Give how many accounts there are, and the refs of those marked as drifting."""
    row = await connection.fetchrow(SURVEY)
    assert row is not None, "an aggregate gives one row"
    return row["accounts"], row["marked"] or []


async def find_all(connection: Connection) -> AsyncIterator[Found]:
    """Give every wrong total by account, as the transaction's snapshot has them."""
    async for row in connection.cursor(FIND, None, prefetch=PREFETCHED):
        yield Found(row["account"], row["currency"], row["exponent"], _wrong(row))


async def find(connection: Connection, account: str) -> list[WrongTotal]:
    """Give the wrong totals of one account."""
    return [_wrong(row) for row in await connection.fetch(FIND, account)]


async def lock(connection: Connection, account: str) -> bool | None:
    """Take the account's row; says whether it is marked, `None` where there is none."""
    marked: bool | None = await connection.fetchval(LOCK, account)
    return marked


async def mark(connection: Connection, account: str, wrong: Iterable[WrongTotal]) -> None:
    """Mark the account as drifting."""
    await connection.execute(MARK, account, True, _json(wrong))


async def unmark(connection: Connection, account: str) -> None:
    """Take the mark off an account that is sound."""
    await connection.execute(MARK, account, False, _json(()))


async def mend_documents(
    connection: Connection, account: str, wrong: Iterable[WrongTotal]
) -> None:
    """Give documents the figures that were found for them; the account is locked by then."""
    wrong = list(wrong)
    for total, statement in MEND_DOCUMENTS.items():
        if of_documents := [w for w in wrong if w.total == total]:
            await connection.execute(
                statement,
                account,
                [w.customer for w in of_documents],
                [w.ref for w in of_documents],
                [w.counted for w in of_documents],
            )


async def repair(connection: Connection, account: str, wrong: Iterable[WrongTotal]) -> None:
    """Count the account anew and take its mark off; its row is locked by then."""
    await connection.execute(FORGET_DAYS, account)
    await connection.execute(COUNT_DAYS, account)
    await connection.execute(COUNT_TOTALS, account)
    await connection.execute(JOURNAL_REPAIR, account, _json(wrong))


def _wrong(row: asyncpg.Record) -> WrongTotal:
    return WrongTotal(
        row["total"],
        row["starts_on"],
        int(row["stored"]),
        int(row["counted"]),
        customer=row["customer"],
        ref=row["ref"],
        currency=row["in_currency"],
    )


def _json(wrong: Iterable[WrongTotal]) -> str:
    return json.dumps([_record(each) for each in wrong], default=date.isoformat)


def _record(wrong: WrongTotal) -> dict[str, Any]:
    record = {"total": wrong.total, "on": wrong.starts_on}
    named = {"customer": wrong.customer, "ref": wrong.ref, "currency": wrong.currency}
    named = {name: value for name, value in named.items() if value is not None}
    return record | named | {"before": wrong.stored, "after": wrong.counted}
