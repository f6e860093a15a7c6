"""Credit accounts of any size, put into the database by statements rather than by requests.

The same customer with ten documents and with a hundred thousand: what a check costs must not
tell one from the other.
"""

from dataclasses import dataclass

import asyncpg

from app.storage.moves import COUNT_DAYS, COUNT_TOTALS, FORGET_DAYS

YEAR_DAYS = 365
CURRENCY = "EUR"
LIMIT = "900000000.00"
POLICY = "bench"

# The horizon makes every preview read the totals by ship date too, not those by due date alone.
POLICY_BODY = {"rules": {"limit": {"mode": "hard", "horizon_days": 90}}}

ADD_ITEMS = """
    INSERT INTO open_item (account, customer, ref, kind, amount_minor, currency, issued_on,
                           due_on, invoiced_minor, stated_at)
    SELECT $1, $1, 'INV/2026/' || i, 'invoice', 5000 + (i::bigint * 7919) % 100000, 'EUR',
           due_on - 30, due_on, 0, now()
      FROM (SELECT i, CASE WHEN i < $3 THEN current_date - 4 - ((i::bigint * 7919) % $4)::int
                           ELSE current_date + ((i::bigint * 7919) % $4)::int END AS due_on
              FROM generate_series(0, $2 - 1) AS i) items
"""
"""Invoices, the first $3 of them overdue, with due dates up to $4 days before and after today."""

ADD_ORDERS = """
    INSERT INTO sales_order (account, customer, ref, currency, granted_minor,
                             granted_credit_minor, reserved_minor, stated_minor, admitted_minor,
                             counted_minor, ship_date, stated_at)
    SELECT $1, $1, 'SO/2026/' || i, 'EUR', 0, 0, 0, amount, amount, amount,
           current_date + ((i::bigint * 7919) % $3)::int, now()
      FROM (SELECT i, 10000 + (i::bigint * 104729) % 500000 AS amount
              FROM generate_series(0, $2 - 1) AS i) orders
"""
"""Open orders with ship dates in the $3 days from today on."""


@dataclass(frozen=True, slots=True)
class Load:
    """What one customer owes and has ordered; due dates lie on `due_days` days around today."""

    customer: str
    items: int
    overdue: int
    orders: int
    due_days: int = 3 * YEAR_DAYS


SMALL = Load("SMALL", items=10, overdue=5, orders=10)
LARGE = Load("LARGE", items=100_000, overdue=50_000, orders=10_000)
LONG = Load("LONG", items=100_000, overdue=50_000, orders=10_000, due_days=10 * YEAR_DAYS)


async def fill(database_url: str, loads: tuple[Load, ...]) -> None:
    """Give existing, empty customers their documents and totals; ends with current statistics."""
    connection = await asyncpg.connect(database_url)
    try:
        for load in loads:
            await _fill_one(connection, load)
    finally:
        await connection.close()
    await refresh(database_url)


async def refresh(database_url: str) -> None:
    """Give Postgres current statistics, as it would have by itself within minutes."""
    connection = await asyncpg.connect(database_url)
    try:
        await connection.execute("VACUUM (ANALYZE)")
    finally:
        await connection.close()


async def _fill_one(connection: "asyncpg.Connection[asyncpg.Record]", load: Load) -> None:
    customer = load.customer
    async with connection.transaction():
        await connection.execute(ADD_ITEMS, customer, load.items, load.overdue, load.due_days // 2)
        await connection.execute(ADD_ORDERS, customer, load.orders, YEAR_DAYS)
        await connection.execute(FORGET_DAYS, customer)
        await connection.execute(COUNT_DAYS, customer)
        await connection.execute(COUNT_TOTALS, customer)
