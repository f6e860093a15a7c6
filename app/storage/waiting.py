"""Holds that wait, account by account: which are due to be judged again, and what came of it.

`credit_account.holds_due_at` says when. Whoever changes what an account owes, has ordered or may
owe sets it to `epoch` in that very statement, where orders wait there; it is empty where none
does, nor any was released that is not used yet. What comes without a statement (a reservation
that expires, a new day) is a later instant.
"""

from dataclasses import dataclass
from datetime import datetime

import asyncpg

from app.credit.commitment import Commitment
from app.credit.held_order import HeldOrder
from app.credit.money import Currency
from app.credit.order import Order
from app.storage import holds, orders
from app.storage.database import Connection
from app.storage.holds import StoredHold

DUE = """
    SELECT ref FROM credit_account
    WHERE holds_due_at <= coalesce($1::timestamptz, clock_timestamp()) AND ref > $2
    ORDER BY ref LIMIT $3
"""
"""Accounts whose holds are due to be judged again."""

_COMMITMENT = ", ".join(
    f"o.{name} AS o_{name}" for name in (*orders.COLUMNS, "elsewhere", "cancelled_at")
)

_HELD = f"""
    SELECT h.*, a.exponent, {_COMMITMENT}
      FROM hold h
      JOIN sales_order o ON o.account = h.account AND o.customer = h.customer
       AND o.ref = h.order_ref AND o.hold_id = h.id
      JOIN credit_account a ON a.ref = h.account
     WHERE h.account = $1 AND ({{}})
     ORDER BY h.opened_at, h.id
"""  # noqa: S608 - our own names
_WAITS = "h.state IN ('open', 'awaiting_second', 'ready', 'escalated')"

WAITING = _HELD.format(_WAITS)
"""The account's waiting holds with what their orders tie up, oldest first."""

WAITING_AND_ONE = _HELD.format(f"{_WAITS} OR h.id = $2")
"""The same with one more hold that still stops its order, though it waits for nobody."""

LAPSED = """
    SELECT * FROM sales_order WHERE account = $1 AND reserved_until <= $2
"""
"""Orders of the account whose reservations have expired and still stand among its totals."""

_UNUSED = """
    hold h
      JOIN sales_order o ON o.account = h.account AND o.customer = h.customer
       AND o.ref = h.order_ref AND o.stated_minor IS NULL
       AND o.invoiced_minor = 0 AND o.elsewhere IS NULL
       AND (o.granted_minor = 0 OR o.reserved_until IS NOT NULL)
"""
"""Holds with orders of which nothing was stated or invoiced, and whose grants come to an end."""

EXPIRE = f"""
    WITH lapsed AS (
        SELECT h.account, h.id, {holds.TOLD} AS told
          FROM {_UNUSED}
          JOIN credit_account a ON a.ref = h.account
         WHERE h.account = $1 AND h.state = 'released'
           AND h.released_until < ($2::timestamptz AT TIME ZONE $3)::date
           AND (o.reserved_until IS NULL OR o.reserved_until <= $2::timestamptz)
    ), expired AS (
        UPDATE hold h SET state = 'expired', version = h.version + 1, events = h.events + 1
          FROM lapsed l WHERE h.account = l.account AND h.id = l.id
     RETURNING h.account, h.id, h.events, l.told
    )
    INSERT INTO hold_event (account, hold_id, no, at, action, before, after)
    SELECT account, id, events, $2, 'expire', told {holds.ENDED.format("'released'")},
           told {holds.ENDED.format("'expired'")}
      FROM expired
"""  # noqa: S608 - our own fragments
"""Ends releases whose last day is over and which nobody has used; the account is locked."""

NEXT_LOOK = f"""
    UPDATE credit_account a
       SET holds_due_at = CASE WHEN EXISTS (
               SELECT FROM hold h WHERE h.account = a.ref
                  AND h.state IN ('open', 'awaiting_second', 'ready', 'escalated')
           ) THEN least(
               (SELECT min(o.reserved_until) FROM sales_order o
                 WHERE o.account = a.ref AND o.reserved_until > $2::timestamptz),
               (($2::timestamptz AT TIME ZONE $3)::date + 1)::timestamp AT TIME ZONE $3,
               $4::timestamptz
           ) ELSE (
               SELECT min(greatest((h.released_until + 1)::timestamp AT TIME ZONE $3,
                                   o.reserved_until))
                 FROM {_UNUSED}
                WHERE h.account = a.ref AND h.state = 'released'
                  AND h.released_until < '9999-12-31'
           ) END
     WHERE a.ref = $1
"""  # noqa: S608 - our own fragments
"""Says when to look at the account again unless something is written: when a reservation expires,
when the day ends, or at the instant that is asked for; where no order waits, when a release that
nobody has used comes to its end. The account is locked by then."""

WAKE = """
    UPDATE credit_account SET holds_due_at = 'epoch'
     WHERE ref = $1 AND EXISTS (
         SELECT FROM hold h WHERE h.account = $1
            AND h.state IN ('open', 'awaiting_second', 'ready', 'escalated'))
"""
"""Has an account's holds looked at, where any wait there."""


@dataclass(frozen=True, slots=True)
class WaitingHold:
    """A hold that waits, and its order for the rules."""

    hold: StoredHold
    held: HeldOrder


async def due(
    connection: Connection, *, after: str, limit: int, fixed_now: datetime | None
) -> list[str]:
    """Give accounts whose holds are due, by ref, those after `after`."""
    return [row["ref"] for row in await connection.fetch(DUE, fixed_now, after, limit)]


async def load(
    connection: Connection, account: str, *, also: str | None = None
) -> list[WaitingHold]:
    """Give the account's waiting holds, oldest first.

    `also` names one that waits for nobody, such as a refused one, and takes its place among them.
    """
    if also is None:
        rows = await connection.fetch(WAITING, account)
    else:
        rows = await connection.fetch(WAITING_AND_ONE, account, also)
    return [_waiting(row) for row in rows]


async def lapsed(connection: Connection, account: str, now: datetime) -> list[Commitment]:
    """Give the orders whose reservations have expired, as they are stored."""
    rows = await connection.fetch(LAPSED, account, now)
    return [orders.from_row(row) for row in rows]


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


async def expire_releases(
    connection: Connection, account: str, now: datetime, *, time_zone: str
) -> None:
    """End the account's releases that have run out unused."""
    await connection.execute(EXPIRE, account, now, time_zone)


async def wake(connection: Connection, account: str) -> None:
    """Have the account's holds looked at, where any wait."""
    await connection.execute(WAKE, account)


def _waiting(row: asyncpg.Record) -> WaitingHold:
    hold = holds.from_row(row)
    asked = Order(
        ref=hold.order_ref,
        revision=hold.revision,
        amount_minor=hold.amount_minor,
        # Of a currency that is not the account's only the code counts.
        currency=Currency(hold.currency, row["exponent"]),
        prepaid_minor=hold.prepaid_minor,
        ship_date=hold.ship_date,
        payment_terms=hold.payment_terms,
        lines=hold.lines,
    )
    return WaitingHold(hold, HeldOrder(hold.id, asked, orders.from_row(row, "o_")))
