"""Reconciling: totals beside the sums of their details, in one snapshot, and what is to be done.

`moves` counts an account anew; here its totals are compared first, of one account or of all.
"""

import json
from collections.abc import AsyncIterator, Iterable
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any

import asyncpg

from app.storage.database import Connection
from app.storage.moves import COUNT_DAYS, COUNT_TOTALS, FORGET_DAYS

PREFETCHED = 1_000
"""How many drifting totals are fetched at a time."""

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

FIND = """
    WITH item AS (
        SELECT i.account, i.kind, i.amount_minor, i.due_on, i.currency = a.currency AS own,
               a.trifle_minor
          FROM open_item i JOIN credit_account a ON a.ref = i.account
         WHERE i.cleared_at IS NULL AND ($1::text IS NULL OR i.account = $1)
    ), sale AS (
        SELECT o.account, o.counted_minor, o.reserved_minor, o.ship_date,
               o.currency = a.currency AS own
          FROM sales_order o JOIN credit_account a ON a.ref = o.account
         WHERE (o.counted_minor > 0 OR o.reserved_minor > 0)
           AND ($1::text IS NULL OR o.account = $1)
    ), owed AS (
        SELECT account,
               sum(amount_minor) FILTER (WHERE own AND kind = 'invoice') AS invoices,
               sum(amount_minor) FILTER (WHERE own AND kind = 'credit_note') AS credit_notes,
               sum(amount_minor) FILTER (WHERE own AND kind = 'payment') AS payments,
               count(*) FILTER (WHERE NOT own) AS foreigners
          FROM item GROUP BY account
    ), ordered AS (
        SELECT account, sum(counted_minor) FILTER (WHERE own) AS orders,
               sum(reserved_minor) FILTER (WHERE own) AS reservations,
               count(*) FILTER (WHERE NOT own AND counted_minor > 0) AS foreigners
          FROM sale GROUP BY account
    ), by_day AS (
        SELECT account, 'due' AS series, due_on AS day, amount_minor
          FROM item
         WHERE own AND kind = 'invoice' AND due_on IS NOT NULL AND amount_minor >= trifle_minor
        UNION ALL
        SELECT account, 'ship', ship_date, counted_minor
          FROM sale WHERE own AND counted_minor > 0 AND ship_date IS NOT NULL
    ), calendar AS (
        SELECT account, series, grain, starts_on, amount_minor AS stored_minor,
               documents AS stored_documents, 0 AS counted_minor, 0 AS counted_documents
          FROM calendar_total WHERE $1::text IS NULL OR account = $1
        UNION ALL
        SELECT account, series, 'day', day, 0, 0, amount_minor, 1 FROM by_day
        UNION ALL
        SELECT account, series, 'month', day - (extract(day FROM day)::int - 1), 0, 0,
               amount_minor, 1
          FROM by_day
    ), astray AS (
        SELECT account, series, grain, starts_on, sum(stored_minor) AS stored_minor,
               sum(stored_documents) AS stored_documents, sum(counted_minor) AS counted_minor,
               sum(counted_documents) AS counted_documents
          FROM calendar GROUP BY account, series, grain, starts_on
        HAVING sum(stored_minor) <> sum(counted_minor)
            OR sum(stored_documents) <> sum(counted_documents)
    ), found AS (
        SELECT a.ref AS account, t.total, NULL::date AS starts_on, t.stored, t.counted
          FROM credit_account a
          LEFT JOIN owed ON owed.account = a.ref
          LEFT JOIN ordered ON ordered.account = a.ref
         CROSS JOIN LATERAL (VALUES
               ('invoices_minor', a.invoices_minor, coalesce(owed.invoices, 0)),
               ('credit_notes_minor', a.credit_notes_minor, coalesce(owed.credit_notes, 0)),
               ('payments_minor', a.payments_minor, coalesce(owed.payments, 0)),
               ('orders_minor', a.orders_minor, coalesce(ordered.orders, 0)),
               ('reservations_minor', a.reservations_minor, coalesce(ordered.reservations, 0)),
               ('foreign_documents', a.foreign_documents::bigint,
                coalesce(owed.foreigners, 0) + coalesce(ordered.foreigners, 0)::numeric)
               ) AS t (total, stored, counted)
         WHERE t.stored <> t.counted AND ($1::text IS NULL OR a.ref = $1)
        UNION ALL
        SELECT s.account, s.series || '_' || s.grain || '_' || t.what, s.starts_on, t.stored,
               t.counted
          FROM astray s
         CROSS JOIN LATERAL (VALUES ('minor', s.stored_minor, s.counted_minor),
                                    ('documents', s.stored_documents, s.counted_documents)
               ) AS t (what, stored, counted)
         WHERE t.stored <> t.counted
    )
    SELECT found.*, a.currency, a.exponent FROM found
      LEFT JOIN credit_account a ON a.ref = found.account
     ORDER BY found.account, found.total, found.starts_on
"""
"""Totals that are not the sums of their details: of one account, or of all where none is named."""

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
    """One total that is not its details' sum, in minor units or documents as its name says.

    `starts_on` is the first day of the calendar's entry, `None` for the account's own totals.
    """

    total: str
    starts_on: date | None
    stored: int
    counted: int


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


async def repair(connection: Connection, account: str, wrong: Iterable[WrongTotal]) -> None:
    """Count the account anew and take its mark off; its row is locked by then."""
    await connection.execute(FORGET_DAYS, account)
    await connection.execute(COUNT_DAYS, account)
    await connection.execute(COUNT_TOTALS, account)
    await connection.execute(JOURNAL_REPAIR, account, _json(wrong))


def _wrong(row: asyncpg.Record) -> WrongTotal:
    return WrongTotal(row["total"], row["starts_on"], int(row["stored"]), int(row["counted"]))


def _json(wrong: Iterable[WrongTotal]) -> str:
    records: list[dict[str, Any]] = [
        {"total": w["total"], "on": w["starts_on"], "before": w["stored"], "after": w["counted"]}
        for w in map(asdict, wrong)
    ]
    return json.dumps(records, default=date.isoformat)
