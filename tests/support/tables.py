"""What the database holds, read past the service and added up a second time."""

from datetime import date
from typing import TypeAlias

import asyncpg

from app.storage.differences import FIND
from app.storage.tables import metadata

Connection: TypeAlias = "asyncpg.Connection[asyncpg.Record]"

TABLES = sorted(metadata.tables)

PARTS = (
    "invoices_minor", "credit_notes_minor", "payments_minor", "orders_minor",
    "reservations_minor", "foreign_documents",
)  # fmt: skip

_STORED = f"SELECT ref, {', '.join(PARTS)} FROM credit_account ORDER BY ref"  # noqa: S608

_ADDED_UP = """
    WITH item AS (
        SELECT i.*, i.currency = a.currency AS own FROM open_item i
        JOIN credit_account a ON a.ref = i.account WHERE i.cleared_at IS NULL
    ), sales AS (
        SELECT o.*, o.currency = a.currency AS own FROM sales_order o
        JOIN credit_account a ON a.ref = o.account
    )
    SELECT a.ref,
        (SELECT coalesce(sum(amount_minor), 0)::bigint FROM item
          WHERE account = a.ref AND own AND kind = 'invoice') AS invoices_minor,
        (SELECT coalesce(sum(amount_minor), 0)::bigint FROM item
          WHERE account = a.ref AND own AND kind = 'credit_note') AS credit_notes_minor,
        (SELECT coalesce(sum(amount_minor), 0)::bigint FROM item
          WHERE account = a.ref AND own AND kind = 'payment') AS payments_minor,
        (SELECT coalesce(sum(counted_minor), 0)::bigint FROM sales
          WHERE account = a.ref AND own) AS orders_minor,
        (SELECT coalesce(sum(reserved_minor), 0)::bigint FROM sales
          WHERE account = a.ref AND own) AS reservations_minor,
        (SELECT count(*) FROM item WHERE account = a.ref AND NOT own)
      + (SELECT count(*) FROM sales WHERE account = a.ref AND NOT own AND counted_minor > 0)
            AS foreign_documents
    FROM credit_account a ORDER BY a.ref
"""

_STORED_DAYS = """
    SELECT account, series, grain, starts_on, amount_minor, documents FROM calendar_total
    WHERE amount_minor <> 0 OR documents <> 0 ORDER BY 1, 2, 3, 4
"""

_ADDED_UP_DAYS = """
    WITH day AS (
        SELECT i.account, 'due' AS series, i.due_on AS on_day, i.amount_minor FROM open_item i
        JOIN credit_account a ON a.ref = i.account AND a.currency = i.currency
        WHERE i.kind = 'invoice' AND i.cleared_at IS NULL AND i.due_on IS NOT NULL
          AND i.amount_minor >= a.trifle_minor
        UNION ALL
        SELECT o.account, 'ship', o.ship_date, o.counted_minor FROM sales_order o
        JOIN credit_account a ON a.ref = o.account AND a.currency = o.currency
        WHERE o.counted_minor > 0 AND o.ship_date IS NOT NULL
    ), graded AS (
        SELECT account, series, 'day' AS grain, on_day AS starts_on, amount_minor FROM day
        UNION ALL
        SELECT account, series, 'month', date_trunc('month', on_day)::date, amount_minor FROM day
    )
    SELECT account, series, grain, starts_on, sum(amount_minor)::bigint AS amount_minor,
           count(*)::int AS documents
    FROM graded GROUP BY 1, 2, 3, 4 ORDER BY 1, 2, 3, 4
"""

_ASTRAY = """
    SELECT 'item' AS what, i.customer, i.ref FROM open_item i
    LEFT JOIN customer_account m ON m.customer = i.customer
    WHERE m.account IS DISTINCT FROM i.account
    UNION ALL
    SELECT 'order', o.customer, o.ref FROM sales_order o
    JOIN customer_account m ON m.customer = o.customer WHERE m.account <> o.account
    UNION ALL
    SELECT 'hold', h.customer, h.id FROM hold h
    JOIN customer_account m ON m.customer = h.customer WHERE m.account <> h.account
    UNION ALL
    SELECT 'decision', d.customer, d.id FROM decision d
    JOIN customer_account m ON m.customer = d.customer WHERE m.account <> d.account
    UNION ALL
    SELECT 'expected payment', e.customer, e.ref FROM expected_payment e
    JOIN customer_account m ON m.customer = e.customer WHERE m.account <> e.account
    UNION ALL
    SELECT 'customer', m.customer, m.account FROM customer_account m
    FULL JOIN customer c ON c.ref = m.customer WHERE m.account IS DISTINCT FROM c.account
    UNION ALL
    SELECT 'hold that no order knows', h.customer, h.order_ref FROM hold h
    LEFT JOIN sales_order o ON o.hold_id = h.id AND o.account = h.account
    WHERE h.state IN ('open', 'awaiting_second', 'ready', 'escalated') AND o.ref IS NULL
    UNION ALL
    SELECT 'order without its hold', o.customer, o.ref FROM sales_order o
    LEFT JOIN hold h ON h.id = o.hold_id AND h.account = o.account
         AND h.state IN ('open', 'awaiting_second', 'ready', 'escalated', 'refused')
    WHERE o.hold_id IS NOT NULL AND h.id IS NULL
    UNION ALL
    SELECT 'waiting hold that nobody will look at', h.customer, h.order_ref FROM hold h
    JOIN credit_account a ON a.ref = h.account AND a.holds_due_at IS NULL
    WHERE h.state IN ('open', 'awaiting_second', 'ready', 'escalated')
    UNION ALL
    SELECT 'hold that has not counted its history', h.customer, h.order_ref FROM hold h
    WHERE h.events <> (SELECT count(*) FROM hold_event e
                        WHERE e.account = h.account AND e.hold_id = h.id)
"""

Rows = list[tuple[object, ...]]


async def dump(connection: Connection) -> dict[str, list[str]]:
    """Give every row of every table as text."""
    return {
        table: [
            row[0]
            for row in await connection.fetch(f"SELECT t::text FROM {table} t ORDER BY 1")  # noqa: S608
        ]
        for table in TABLES
    }


async def totals(connection: Connection) -> Rows:
    """Give the totals that each account's row carries."""
    return await _rows(connection, _STORED)


async def added_up(connection: Connection) -> Rows:
    """Give the same totals from the items and orders themselves."""
    return await _rows(connection, _ADDED_UP)


async def days(connection: Connection) -> Rows:
    """Give the totals by day and month that are kept, without those that are nil."""
    return await _rows(connection, _STORED_DAYS)


async def days_added_up(connection: Connection) -> Rows:
    """Give the same totals from the items and orders themselves."""
    return await _rows(connection, _ADDED_UP_DAYS)


async def astray(connection: Connection) -> Rows:
    """Give what stands on another account than its customer, and holds and orders at odds."""
    return await _rows(connection, _ASTRAY)


async def require_sound(connection: Connection) -> None:
    """Fail unless all totals are their details' sums and everything is where it belongs."""
    for kept, counted in ((totals, added_up), (days, days_added_up)):
        seen, expected = await kept(connection), await counted(connection)
        assert seen == expected, f"kept {seen}, added up {expected}"
    lost = await astray(connection)
    assert not lost, f"astray: {lost}"
    found = [dict(row) for row in await connection.fetch(FIND, None)]
    assert not found, f"reconciling finds {found}"


async def business_day(connection: Connection) -> date:
    """Give today as the service's default time zone has it, by the database's clock."""
    today = await connection.fetchval("SELECT (now() AT TIME ZONE 'Europe/Berlin')::date")
    assert isinstance(today, date)
    return today


async def _rows(connection: Connection, statement: str) -> Rows:
    return [tuple(row.values()) for row in await connection.fetch(statement)]
