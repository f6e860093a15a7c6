"""Payments that somebody expects: for people's decisions, never for a check's."""

from dataclasses import dataclass
from datetime import date, datetime

import asyncpg

from app.storage.database import Connection

# A version that is older than the stored one finds nothing to change.
PUT = """
    INSERT INTO expected_payment AS e (account, customer, ref, amount_minor, currency,
                                       expected_on, note, version, stated_at)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8, coalesce($9::timestamptz, clock_timestamp()))
    ON CONFLICT (account, customer, ref) DO UPDATE
       SET amount_minor = excluded.amount_minor, currency = excluded.currency,
           expected_on = excluded.expected_on, note = excluded.note,
           version = coalesce(excluded.version, e.version), stated_at = excluded.stated_at
     WHERE e.version IS NULL OR excluded.version IS NULL OR excluded.version >= e.version
    RETURNING ref
"""
"""States a payment, or states it anew."""

FIND = """
    SELECT * FROM expected_payment WHERE account = $1 AND customer = $2 AND ref = $3
"""
"""One payment."""

LIST = """
    SELECT * FROM expected_payment
    WHERE account = $1 AND customer = $2 AND ref > $3 ORDER BY ref LIMIT $4
"""
"""A customer's expected payments by ref."""

DROP = """
    DELETE FROM expected_payment WHERE account = $1 AND customer = $2 AND ref = $3 RETURNING ref
"""
"""Takes a payment back: it has come, or is not expected any more."""


@dataclass(frozen=True, slots=True)
class ExpectedPayment:
    """A payment that a customer is expected to make on a day."""

    customer: str
    ref: str
    amount_minor: int
    currency: str
    expected_on: date
    note: str | None = None
    version: int | None = None


async def put(
    connection: Connection, account: str, payment: ExpectedPayment, fixed_now: datetime | None
) -> bool:
    """State a payment; `False` where a newer version of it is known."""
    ref = await connection.fetchval(
        PUT, account, payment.customer, payment.ref, payment.amount_minor, payment.currency,
        payment.expected_on, payment.note, payment.version, fixed_now,
    )  # fmt: skip
    return ref is not None


async def find(
    connection: Connection, account: str, customer: str, ref: str
) -> ExpectedPayment | None:
    """Give one payment, or `None`."""
    row = await connection.fetchrow(FIND, account, customer, ref)
    return None if row is None else _payment(row)


async def listed(
    connection: Connection, account: str, customer: str, *, after: str, limit: int
) -> list[ExpectedPayment]:
    """Give a customer's payments by ref, those after `after`."""
    rows = await connection.fetch(LIST, account, customer, after, limit)
    return [_payment(row) for row in rows]


async def drop(connection: Connection, account: str, customer: str, ref: str) -> bool:
    """Take a payment back; `False` where there is none of this ref."""
    return await connection.fetchval(DROP, account, customer, ref) is not None


def _payment(row: asyncpg.Record) -> ExpectedPayment:
    return ExpectedPayment(**{name: row[name] for name in ExpectedPayment.__slots__})
