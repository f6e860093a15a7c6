"""How customers pay, counted from their documents, and the documents that are too old to count.

Both go over the accounts in short ranges, each a transaction of its own.
"""

from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal

import asyncpg

from app.storage.database import Connection

RANGE_END = """
    SELECT max(ref) FROM (
        SELECT ref FROM credit_account WHERE ref > $1 ORDER BY ref LIMIT $2
    ) accounts
"""
"""The last of the next so many accounts."""

# The range is said of each table, as the planner carries an equality over to others, but no range.
# What was ever open of an invoice weighs, not what was left of it when the last part was paid.
# The day that counts is the one on which we were told that it was cleared, in business time.
COUNT_RANGE = """
    WITH clock AS (
        SELECT now, (now AT TIME ZONE $3)::date AS today
          FROM (SELECT coalesce($4::timestamptz, clock_timestamp()) AS now) reading
    ), document AS (
        SELECT i.account, i.customer, i.kind, i.issued_on, i.due_on, clock.today,
               i.amount_minor AS open_minor, i.cleared_at IS NOT NULL AS cleared,
               greatest(i.largest_minor, i.amount_minor)::numeric AS minor,
               (i.cleared_at AT TIME ZONE $3)::date AS cleared_on,
               12 * (extract(year FROM clock.today) - extract(year FROM i.issued_on))
               + extract(month FROM clock.today) - extract(month FROM i.issued_on) AS months_ago
          FROM open_item i
          JOIN credit_account a ON a.ref = i.account AND a.currency = i.currency
         CROSS JOIN clock
         WHERE i.account > $1 AND i.account <= $2 AND a.ref > $1 AND a.ref <= $2
           AND NOT i.cancelled
           AND (i.cleared_at IS NULL OR i.cleared_at > clock.now - interval '12 months')
    ), paid AS (
        SELECT account, customer, count(*) AS cleared_invoices, sum(minor) AS cleared_minor,
               count(*) FILTER (WHERE cleared_on > due_on) AS late_invoices,
               coalesce(sum(minor) FILTER (WHERE cleared_on > due_on), 0) AS late_minor,
               sum(minor * greatest(cleared_on - due_on, 0)) FILTER (WHERE due_on IS NOT NULL)
                   / sum(minor) FILTER (WHERE due_on IS NOT NULL) AS days_late,
               sum(minor * greatest(cleared_on - issued_on, 0)) / sum(minor)
                   FILTER (WHERE issued_on IS NOT NULL) AS days_to_pay,
               sum(minor) FILTER (WHERE cleared_on <= due_on)
                   / sum(minor) FILTER (WHERE due_on IS NOT NULL) AS share_in_time
          FROM document WHERE cleared AND kind = 'invoice' AND minor > 0
         GROUP BY account, customer
    ), sold AS (
        SELECT account, customer,
               greatest(0, sum(CASE kind WHEN 'invoice' THEN open_minor ELSE -open_minor END)
                   FILTER (WHERE NOT cleared)) AS balance_minor,
               sum(minor) FILTER (WHERE kind = 'invoice' AND issued_on > today - 365)
                   AS sales_minor,
               least(365, today - min(issued_on) FILTER (WHERE kind = 'invoice')) AS days
          FROM document GROUP BY account, customer, today
    ), month AS (
        SELECT account, customer, months_ago, sum(minor) AS minor
          FROM document
         WHERE kind = 'invoice' AND months_ago BETWEEN 1 AND 11
         GROUP BY account, customer, months_ago
    ), usual AS (
        SELECT account, customer, max(months_ago) AS months, sum(minor) AS minor,
               max(minor)::bigint AS largest_minor
          FROM month GROUP BY account, customer
    )
    INSERT INTO payment_behaviour (account, customer, currency, exponent, cleared_invoices,
           cleared_minor, late_invoices, late_minor, days_late, days_to_pay, share_in_time,
           dso_days, computed_at, months_known, month_average_minor, month_largest_minor)
    SELECT c.account, c.ref, a.currency, a.exponent, coalesce(paid.cleared_invoices, 0),
           coalesce(paid.cleared_minor, 0), coalesce(paid.late_invoices, 0),
           coalesce(paid.late_minor, 0), paid.days_late, paid.days_to_pay,
           CASE WHEN paid.days_late IS NOT NULL THEN coalesce(paid.share_in_time, 0) END,
           CASE WHEN sold.days >= $5 AND sold.sales_minor > 0 THEN
               least(coalesce(sold.balance_minor, 0) / sold.sales_minor * sold.days, 99999999)
           END, clock.now, coalesce(usual.months, 0)::smallint,
           coalesce(usual.minor / usual.months, 0)::bigint, coalesce(usual.largest_minor, 0)
      FROM sold
      JOIN customer c ON c.account = sold.account AND c.ref = sold.customer
      JOIN credit_account a ON a.ref = sold.account
      LEFT JOIN paid ON paid.account = sold.account AND paid.customer = sold.customer
      LEFT JOIN usual ON usual.account = sold.account AND usual.customer = sold.customer
     CROSS JOIN clock
     WHERE c.account > $1 AND c.account <= $2 AND a.ref > $1 AND a.ref <= $2
    ON CONFLICT (account, customer) DO UPDATE
       SET currency = excluded.currency, exponent = excluded.exponent,
           cleared_invoices = excluded.cleared_invoices, cleared_minor = excluded.cleared_minor,
           late_invoices = excluded.late_invoices, late_minor = excluded.late_minor,
           days_late = excluded.days_late, days_to_pay = excluded.days_to_pay,
           share_in_time = excluded.share_in_time, dso_days = excluded.dso_days,
           computed_at = excluded.computed_at, months_known = excluded.months_known,
           month_average_minor = excluded.month_average_minor,
           month_largest_minor = excluded.month_largest_minor
    RETURNING computed_at
"""
"""Counts anew how the customers of a range of accounts pay."""

FORGET_OTHERS = """
    DELETE FROM payment_behaviour b
     WHERE b.account > $1 AND b.account <= $2 AND b.computed_at < $3
"""
"""Forgets those of the range that have moved away, or have nothing left to count."""

# An invoice that took its amount off an order that still counts is kept whatever its age: stated
# once more it would take it off a second time.
DROP_CLEARED = """
    WITH old AS (
        SELECT i.account, i.customer, i.ref FROM open_item i
         WHERE i.account > $1 AND i.account <= $2
           AND i.cleared_at < coalesce($3::timestamptz, clock_timestamp()) - $4 * interval '1 day'
           AND NOT EXISTS (SELECT FROM sales_order o
                            WHERE o.account = i.account AND o.customer = i.customer
                              AND o.ref = i.order_ref
                              AND (o.counted_minor > 0 OR o.reserved_minor > 0))
         ORDER BY i.account, i.cleared_at LIMIT $5 FOR UPDATE SKIP LOCKED
    )
    DELETE FROM open_item i USING old
     WHERE i.account = old.account AND i.customer = old.customer AND i.ref = old.ref
"""
"""Drops some of the documents that were cleared too long ago."""

FIND = """
    SELECT m.account, b.* FROM customer_account m
    LEFT JOIN payment_behaviour b ON b.account = m.account AND b.customer = m.customer
    WHERE m.customer = $1
"""
"""How a customer pays, wherever its account is."""


@dataclass(frozen=True, slots=True)
class Behaviour:
    """How a customer paid the invoices that were cleared in the twelve months before.

    Averages are weighted by amount and `None` where there is nothing to average. What it was
    invoiced a month, on average and at most, is of `months_known` full months.
    """

    currency: str
    exponent: int
    cleared_invoices: int
    cleared_minor: int
    late_invoices: int
    late_minor: int
    days_late: Decimal | None
    days_to_pay: Decimal | None
    share_in_time: Decimal | None
    dso_days: Decimal | None
    computed_at: datetime
    months_known: int
    month_average_minor: int
    month_largest_minor: int


@dataclass(frozen=True, slots=True)
class Span:
    """The accounts above `after` up to `last`."""

    after: str
    last: str


@dataclass(frozen=True, slots=True)
class Sight:
    """By which calendar it is counted, and how long a history a DSO needs at least."""

    time_zone: str
    fixed_now: datetime | None
    history_days_min: int


async def next_span(connection: Connection, after: str, accounts: int) -> Span | None:
    """Give the span of the next so many accounts, or `None` after the last."""
    last = await connection.fetchval(RANGE_END, after, accounts)
    return None if last is None else Span(after, last)


async def count(connection: Connection, span: Span, sight: Sight) -> int:
    """Count anew how the span's customers pay; gives how many of them have something to count."""
    rows = await connection.fetch(
        COUNT_RANGE,
        span.after,
        span.last,
        sight.time_zone,
        sight.fixed_now,
        sight.history_days_min,
    )
    since = rows[0]["computed_at"] if rows else datetime.max.replace(tzinfo=UTC)
    await connection.execute(FORGET_OTHERS, span.after, span.last, since)
    return len(rows)


async def drop_cleared(
    connection: Connection, span: Span, *, keep_days: int, limit: int, fixed_now: datetime | None
) -> int:
    """Drop up to `limit` of the span's documents cleared so many days ago; gives how many."""
    done: str = await connection.execute(
        DROP_CLEARED, span.after, span.last, fixed_now, keep_days, limit
    )
    return int(done.rpartition(" ")[2])


async def find(connection: Connection, customer: str) -> tuple[bool, Behaviour | None]:
    """Say whether the customer is known, and how it pays if that has been counted."""
    row: asyncpg.Record | None = await connection.fetchrow(FIND, customer)
    if row is None:
        return False, None
    return True, None if row["computed_at"] is None else _behaviour(row)


def _behaviour(row: asyncpg.Record) -> Behaviour:
    return Behaviour(**{name: row[name] for name in Behaviour.__slots__})
