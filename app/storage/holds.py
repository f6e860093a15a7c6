"""Holds: the orders that wait for the credit department."""

from dataclasses import dataclass
from datetime import date, datetime

import asyncpg

from app.storage.database import Connection

FIND = "SELECT * FROM hold WHERE id = $1"
"""One hold."""

ADD = """
    WITH account AS (
        UPDATE credit_account SET holds_due_at = 'epoch' WHERE ref = $1 RETURNING ref
    )
    INSERT INTO hold (account, id, state, customer, order_ref, revision, amount_minor, currency,
                      reasons, picture, check_id, opened_at, asked, ship_date)
    SELECT ref, $2, 'open', $3, $4, $5, $6, $7, $8, $9, NULL, $10, $11, $12 FROM account
"""
"""Opens a hold for an order that was not stopped by a recorded check."""

CLOSE_OF_ORDER = """
    UPDATE hold SET state = $4, version = version + 1, closed_at = $5
    WHERE account = $1 AND customer = $2 AND order_ref = $3
      AND state IN ('open', 'awaiting_second', 'ready', 'escalated')
"""
"""Ends whatever holds the order; the account is locked by then."""


@dataclass(frozen=True, slots=True)
class StoredHold:
    """A hold with what was known when the order was stopped (`picture`, JSON text).

    `asked` has of the order what stands in no other field, as JSON. `ready_at` is since when the
    rules let the order pass, while it waits.
    """

    id: str
    account: str
    version: int
    state: str
    customer: str
    order_ref: str
    revision: int
    amount_minor: int
    currency: str
    reasons: tuple[str, ...]
    picture: str
    check_id: str | None
    opened_at: datetime
    closed_at: datetime | None
    asked: str
    ship_date: date | None
    ready_at: datetime | None = None
    assignee: str | None = None


async def find(connection: Connection, hold_id: str) -> StoredHold | None:
    """Give one hold, or `None`."""
    row = await connection.fetchrow(FIND, hold_id)
    return None if row is None else from_row(row)


async def add(connection: Connection, hold: StoredHold) -> None:
    """Open a hold outside a recorded check; the account is locked by then."""
    await connection.execute(
        ADD, hold.account, hold.id, hold.customer, hold.order_ref, hold.revision,
        hold.amount_minor, hold.currency, list(hold.reasons), hold.picture, hold.opened_at,
        hold.asked, hold.ship_date,
    )  # fmt: skip


async def close_of_order(
    connection: Connection, account: str, order: tuple[str, str], *, state: str, now: datetime
) -> None:
    """End what holds the order (customer and ref), with the state that says why."""
    await connection.execute(CLOSE_OF_ORDER, account, *order, state, now)


def from_row(row: asyncpg.Record) -> StoredHold:
    """Read a row that has a hold's columns, among others."""
    values = {name: row[name] for name in StoredHold.__slots__}
    return StoredHold(**{**values, "reasons": tuple(row["reasons"])})
