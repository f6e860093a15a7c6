"""Holds that wait, account by account: which are due to be judged again, and what came of it.

`credit_account.holds_due_at` says when. Whoever changes what an account owes, has ordered or may
owe sets it to `epoch` in that very statement, where orders wait there; it is empty where none
does. What comes without a statement (a reservation that expires, a new day) is a later instant.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

import asyncpg

from app.credit.commitment import Commitment
from app.credit.held_order import HeldOrder, order_of
from app.credit.money import Currency
from app.credit.order import Order
from app.storage import orders
from app.storage.database import Connection

DUE = """
    SELECT ref FROM credit_account
    WHERE holds_due_at <= coalesce($1::timestamptz, clock_timestamp()) AND ref > $2
    ORDER BY ref LIMIT $3
"""
"""Accounts whose holds are due to be judged again."""

_COMMITMENT = ", ".join(f"o.{name} AS o_{name}" for name in (*orders.COLUMNS, "cancelled_at"))

WAITING = f"""
    SELECT h.id, h.state, h.ready_at, h.order_ref, h.revision, h.amount_minor, h.currency,
           h.asked, h.ship_date, a.exponent, {_COMMITMENT}
      FROM hold h
      JOIN sales_order o ON o.account = h.account AND o.customer = h.customer
       AND o.ref = h.order_ref AND o.hold_id = h.id
      JOIN credit_account a ON a.ref = h.account
     WHERE h.account = $1 AND h.state IN ('open', 'awaiting_second', 'ready', 'escalated')
     ORDER BY h.opened_at, h.id
"""  # noqa: S608 - our own names
"""The account's waiting holds with what their orders tie up, oldest first; it is locked then."""

LAPSED = """
    SELECT * FROM sales_order WHERE account = $1 AND reserved_until <= $2
"""
"""Orders of the account whose reservations have expired and still stand among its totals."""

MARK = """
    UPDATE hold h
       SET version = h.version + 1, ready_at = CASE WHEN m.ready THEN $4::timestamptz END,
           state = CASE WHEN h.state NOT IN ('open', 'ready') THEN h.state
                        WHEN m.ready THEN 'ready' ELSE 'open' END
      FROM unnest($2::text[], $3::boolean[]) AS m (id, ready)
     WHERE h.account = $1 AND h.id = m.id
       AND h.state IN ('open', 'awaiting_second', 'ready', 'escalated')
"""
"""Marks holds as ready, or takes the mark off. What waits for somebody's word goes on waiting."""

RELEASE = """
    UPDATE hold
       SET state = 'released', version = version + 1, closed_at = $3,
           ready_at = coalesce(ready_at, $3)
     WHERE account = $1 AND id = ANY ($2::text[]) AND state IN ('open', 'ready')
"""
"""Ends holds whose orders were granted."""

NEXT_LOOK = """
    UPDATE credit_account a
       SET holds_due_at = CASE WHEN EXISTS (
               SELECT FROM hold h WHERE h.account = a.ref
                  AND h.state IN ('open', 'awaiting_second', 'ready', 'escalated')
           ) THEN least(
               (SELECT min(o.reserved_until) FROM sales_order o
                 WHERE o.account = a.ref AND o.reserved_until > $2::timestamptz),
               (($2::timestamptz AT TIME ZONE $3)::date + 1)::timestamp AT TIME ZONE $3,
               $4::timestamptz
           ) END
     WHERE a.ref = $1
"""
"""Says when to look at the account again unless something is written: when a reservation expires,
when the day ends, or at the instant that is asked for. The account is locked by then."""

WAKE = """
    UPDATE credit_account SET holds_due_at = 'epoch'
     WHERE ref = $1 AND holds_due_at IS NOT NULL
"""
"""Has an account's holds looked at, where it has any."""


@dataclass(frozen=True, slots=True)
class WaitingHold:
    """A hold that waits: its state, since when it is ready, and its order for the rules."""

    state: str
    ready_at: datetime | None
    held: HeldOrder


async def due(
    connection: Connection, *, after: str, limit: int, fixed_now: datetime | None
) -> list[str]:
    """Give accounts whose holds are due, by ref, those after `after`."""
    return [row["ref"] for row in await connection.fetch(DUE, fixed_now, after, limit)]


async def load(connection: Connection, account: str) -> list[WaitingHold]:
    """Give the account's waiting holds, oldest first; its row is locked by then."""
    return [_waiting(row) for row in await connection.fetch(WAITING, account)]


async def lapsed(connection: Connection, account: str, now: datetime) -> list[Commitment]:
    """Give the orders whose reservations have expired, as they are stored."""
    rows = await connection.fetch(LAPSED, account, now)
    return [orders.from_row(row) for row in rows]


async def mark(
    connection: Connection, account: str, ready: Mapping[str, bool], now: datetime
) -> None:
    """Mark holds as ready, or as not ready any more."""
    if ready:
        await connection.execute(MARK, account, [*ready.keys()], [*ready.values()], now)


async def release(
    connection: Connection, account: str, hold_ids: Sequence[str], now: datetime
) -> None:
    """End the holds of orders that are granted in this transaction."""
    if hold_ids:
        await connection.execute(RELEASE, account, hold_ids, now)


async def plan_next_look(
    connection: Connection,
    account: str,
    now: datetime,
    *,
    time_zone: str,
    at: datetime | None = None,
) -> None:
    """Note when to look at the account's holds again: by `at` at the latest, if that is said."""
    await connection.execute(NEXT_LOOK, account, now, time_zone, at)


async def wake(connection: Connection, account: str) -> None:
    """Have the account's holds looked at, where it has any."""
    await connection.execute(WAKE, account)


def _waiting(row: asyncpg.Record) -> WaitingHold:
    asked = Order(
        ref=row["order_ref"],
        revision=row["revision"],
        amount_minor=row["amount_minor"],
        currency=Currency(row["currency"], row["exponent"]),
        ship_date=row["ship_date"],
    )
    order = order_of(asked, json.loads(row["asked"]))
    held = HeldOrder(row["id"], order, orders.from_row(row, "o_"))
    return WaitingHold(row["state"], row["ready_at"], held)
