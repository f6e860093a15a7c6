"""Deliveries as they are looked at: where each stands, what the last try came to, once more."""

from dataclasses import dataclass
from datetime import datetime

import asyncpg

from app.storage.database import Connection

_READ = """
    SELECT d.id, d.account, d.event_id, o.kind, o.customer, o.order_ref, o.hold_id,
           o.occurred_at, d.channel, d.audience, d.receiver, d.state, d.tries, d.queued_at,
           CASE WHEN d.state = 'waiting' THEN d.next_at END AS next_at,
           d.last_tried_at, d.last_status, d.last_error, d.done_at
      FROM delivery d JOIN outbox o ON o.account = d.account AND o.id = d.event_id
"""

FIND = f"{_READ} WHERE d.id = $1"
"""One delivery."""

LIST = f"{_READ} WHERE d.id < $1 ORDER BY d.id DESC LIMIT $2"
"""Deliveries, newest first, those older than an id."""

# By a range of the index, not by equality: a plan made without values would take states for
# equally frequent, and look for a few dead letters among all that was delivered.
LIST_IN_STATE = f"""
    {_READ}
     WHERE (d.state, d.id) < ($3::text, $1) AND d.state >= $3
       AND ($4::text IS NULL OR d.receiver = $4)
     ORDER BY d.state DESC, d.id DESC LIMIT $2
"""
"""The same of those in one state, of all receivers or one."""

LIST_FOR_RECEIVER = f"""
    {_READ}
     WHERE (d.receiver, d.id) < ($3::text, $1) AND d.receiver >= $3
     ORDER BY d.receiver DESC, d.id DESC LIMIT $2
"""
"""The same of those for one receiver."""

NEWEST = "~"
"""Sorts after every id."""

# Of a fact there is one mail, so that its new receiver is none that has it already.
_RECEIVER_NOW = """
    CASE WHEN d.channel = 'webhook' THEN d.receiver
         WHEN d.audience = 'credit' THEN coalesce($2, d.receiver)
         ELSE coalesce((SELECT c.sales_contact
                          FROM outbox o JOIN customer_account m ON m.customer = o.customer
                          JOIN customer c ON c.account = m.account AND c.ref = m.customer
                         WHERE o.account = d.account AND o.id = d.event_id), $2, d.receiver) END
"""

# What is under way now is left to whoever has it in hand.
_AGAIN = f"""
    UPDATE delivery d
       SET state = 'waiting', tries = 0, queued_at = now(), next_at = now(), done_at = NULL,
           first_tried_at = NULL, claim_token = NULL, receiver = {_RECEIVER_NOW}
"""  # noqa: S608 - no value is put in

REDELIVER = f"{_AGAIN} WHERE d.id = $1 AND (d.state <> 'waiting' OR d.claim_token IS NULL)"
"""Has one delivery tried at once, with all its time before it; a mail to who reads it now."""

REDELIVER_DEAD = f"""
    {_AGAIN}
     WHERE (d.account, d.id) IN (
         SELECT account, id FROM delivery
          WHERE state = 'dead' AND ($1::text IS NULL OR receiver = $1) ORDER BY id LIMIT $3)
"""  # noqa: S608 - no value is put in
"""The same for what was given up, oldest first."""


@dataclass(frozen=True, slots=True)
class DeliveryRecord:
    """One fact for one receiver: where that stands, and what the last try came to."""

    id: str
    account: str
    event_id: str
    kind: str
    customer: str | None
    order_ref: str | None
    hold_id: str | None
    occurred_at: datetime
    channel: str
    audience: str
    receiver: str
    state: str
    tries: int
    queued_at: datetime
    next_at: datetime | None
    last_tried_at: datetime | None
    last_status: int | None
    last_error: str | None
    done_at: datetime | None


@dataclass(frozen=True, slots=True)
class DeliveryFilter:
    """Which deliveries to list; `None` is no condition."""

    state: str | None = None
    receiver: str | None = None


async def find(connection: Connection, delivery: str) -> DeliveryRecord | None:
    """Give one delivery, or `None`."""
    row = await connection.fetchrow(FIND, delivery)
    return None if row is None else _record(row)


async def listed(
    connection: Connection, wanted: DeliveryFilter, *, before: str | None, limit: int
) -> list[DeliveryRecord]:
    """Give deliveries, newest first, those older than `before`."""
    page = (before or NEWEST, limit)
    match wanted:
        case DeliveryFilter(state=None, receiver=None):
            rows = await connection.fetch(LIST, *page)
        case DeliveryFilter(state=None):
            rows = await connection.fetch(LIST_FOR_RECEIVER, *page, wanted.receiver)
        case _:
            rows = await connection.fetch(LIST_IN_STATE, *page, wanted.state, wanted.receiver)
    return [_record(row) for row in rows]


async def redeliver(connection: Connection, delivery: str, credit_mailbox: str | None) -> None:
    """Have a delivery tried at once; one that is under way is left alone."""
    await connection.execute(REDELIVER, delivery, credit_mailbox)


async def redeliver_dead(
    connection: Connection, receiver: str | None, credit_mailbox: str | None, limit: int
) -> int:
    """Have what was given up tried at once; gives how many that were."""
    status = await connection.execute(REDELIVER_DEAD, receiver, credit_mailbox, limit)
    return int(status.rpartition(" ")[2])


def _record(row: asyncpg.Record) -> DeliveryRecord:
    return DeliveryRecord(**dict(row))
