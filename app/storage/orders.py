"""Rows of sales_order as the commitments that they are."""

import json
from collections.abc import Sequence
from datetime import datetime
from typing import Any

import asyncpg

from app.credit.commitment import Commitment
from app.credit.invoicing import Invoiced
from app.storage.database import Connection

COLUMNS = (
    "customer", "ref", "currency", "revision", "check_id", "hold_id",
    "granted_minor", "granted_credit_minor", "reserved_minor", "reserved_until",
    "stated_minor", "admitted_minor", "invoiced_minor", "invoiced_before_minor",
    "ship_date", "version", "source",
)  # fmt: skip
"""What a commitment is made of as it is; `elsewhere` and `cancelled_at` say it in another way."""

LOAD_ORDERS = """
    SELECT o.* FROM sales_order o
    JOIN unnest($2::text[], $3::text[]) AS asked (customer, ref)
      ON o.account = $1 AND o.customer = asked.customer AND o.ref = asked.ref
"""
"""Reads the orders that a posting touches; the account is locked by then."""

LIST_ORDERS = """
    SELECT *, coalesce($5::timestamptz, clock_timestamp()) AS now FROM sales_order
    WHERE account = $1 AND customer = $2 AND ref > $3
      AND (revision IS NOT NULL OR stated_minor IS NOT NULL OR cancelled_at IS NOT NULL)
    ORDER BY ref LIMIT $4
"""
"""A customer's orders by ref, and the instant that they are read at; not those of which nothing is
known but that an invoice names them."""


async def load(
    connection: Connection, account: str, keys: Sequence[tuple[str, str]]
) -> dict[tuple[str, str], Commitment]:
    """Give the known ones of these orders, each key a customer and an order ref."""
    rows = await connection.fetch(
        LOAD_ORDERS, account, [customer for customer, _ in keys], [ref for _, ref in keys]
    )
    return {(row["customer"], row["ref"]): from_row(row) for row in rows}


async def listed(
    connection: Connection,
    of: tuple[str, str],
    *,
    after: str,
    limit: int,
    fixed_now: datetime | None,
) -> list[Commitment]:
    """Give the orders of an account's customer by ref, those after `after`, as they are now."""
    rows = await connection.fetch(LIST_ORDERS, *of, after, limit, fixed_now)
    return [from_row(row).at(row["now"]) for row in rows]


def from_row(row: asyncpg.Record, prefix: str = "") -> Commitment:
    """Read a row whose columns may carry a prefix."""
    values = {name: row[prefix + name] for name in COLUMNS}
    return Commitment(
        **values,
        elsewhere=_elsewhere(row[f"{prefix}elsewhere"]),
        cancelled=row[f"{prefix}cancelled_at"] is not None,
    )


def elsewhere_as_text(elsewhere: tuple[Invoiced, ...]) -> str | None:
    """Give what is known in other currencies as JSON text, `None` where nothing is."""
    return json.dumps(elsewhere) if elsewhere else None


def _elsewhere(text: str | None) -> tuple[Invoiced, ...]:
    return () if text is None else tuple(Invoiced(*each) for each in json.loads(text))


def as_record(commitment: Commitment) -> dict[str, Any]:
    """Give the commitment as a JSON object for the statements that write it."""
    record = {name: getattr(commitment, name) for name in COLUMNS}
    return record | {
        "counted_minor": commitment.counted_minor,
        "elsewhere": commitment.elsewhere or None,
        "cancelled": commitment.cancelled,
    }
