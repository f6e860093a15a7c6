"""Deliveries on their way: taken for the time of a lease, and settled by what came of them."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import asyncpg

from app.storage.database import Connection

LANES = """
    SELECT lane FROM (
        SELECT unnest(ARRAY['mail', 'digest']) UNION ALL SELECT id FROM webhook_endpoint
    ) AS lanes (lane)
     WHERE EXISTS (SELECT FROM delivery d
                    WHERE d.lane = lanes.lane AND d.state = 'waiting' AND d.next_at <= now())
"""
"""Where something is due."""

_CLAIM = """
    WITH due AS (
        SELECT d.account, d.id FROM delivery d
         WHERE d.lane = $1 AND d.state = 'waiting' AND d.next_at <= now() {together}
         ORDER BY d.next_at LIMIT $2 FOR UPDATE SKIP LOCKED
    ), claimed AS (
        UPDATE delivery d
           SET tries = d.tries + 1, first_tried_at = coalesce(d.first_tried_at, now()),
               last_tried_at = now(), claim_token = $4, next_at = now() + $3::interval
          FROM due WHERE d.account = due.account AND d.id = due.id
     RETURNING d.*
    )
    SELECT d.account, d.id, d.audience, d.receiver, d.tries, d.claim_token, d.event_id,
           o.kind, o.customer, o.order_ref, o.hold_id, o.facts, h.facts AS stop, o.occurred_at,
           c.name AS customer_name, c.language, c.sales_contact,
           w.url, w.enabled, w.deleted_at IS NOT NULL AS deleted,
           array_remove(w.secret || ARRAY(
               SELECT p ->> 'secret' FROM jsonb_array_elements(w.previous_secrets) p
                WHERE (p ->> 'until')::timestamptz > now()), NULL) AS secrets
      FROM claimed d
      JOIN outbox o ON o.account = d.account AND o.id = d.event_id
      LEFT JOIN customer_account m ON m.customer = o.customer
      LEFT JOIN customer c ON c.account = m.account AND c.ref = m.customer
      LEFT JOIN hold h ON d.channel <> 'webhook' AND h.id = o.hold_id
      LEFT JOIN webhook_endpoint w ON d.channel = 'webhook' AND w.id = d.receiver
     ORDER BY o.occurred_at, d.id
"""

CLAIM = _CLAIM.format(together="")
"""Takes what is due in a lane for the time of a lease, with all that it takes to word it."""

# Who retries a digest retries the same one: what goes together is due at one instant, always. One
# worker at a time claims it: two would each lock a part of its rows, and send that.
CLAIM_DIGEST = _CLAIM.format(
    together="""
           AND (d.next_at, d.receiver) = (
               SELECT e.next_at, e.receiver FROM delivery e
                WHERE e.lane = $1 AND e.state = 'waiting'
                ORDER BY e.next_at, e.receiver LIMIT 1)
           AND (SELECT pg_try_advisory_xact_lock(hashtextextended('claim of a digest', 0)))"""
)
"""The same for what goes into one mail."""

# Whoever has delivered says so, also when its lease had ended by then: that is a fact.
DELIVERED = """
    UPDATE delivery d
       SET state = 'delivered', done_at = clock_timestamp(), claim_token = NULL,
           last_status = $3::int, last_error = NULL
      FROM unnest($1::text[], $2::text[]) AS done (account, id)
     WHERE d.account = done.account AND d.id = done.id AND d.state <> 'delivered'
"""
"""Notes that deliveries have arrived."""

FAILED = """
    UPDATE delivery d
       SET claim_token = NULL, last_status = $4::int, last_error = $5::text,
           next_at = now() + $6::interval,
           state = CASE WHEN $8::text <> 'waiting' THEN $8::text
                        WHEN now() + $6::interval > d.first_tried_at + $7::interval
                        THEN 'dead' ELSE 'waiting' END,
           done_at = CASE WHEN $8::text <> 'waiting'
                            OR now() + $6::interval > d.first_tried_at + $7::interval
                          THEN now() END
      FROM unnest($1::text[], $2::text[]) AS done (account, id)
     WHERE d.account = done.account AND d.id = done.id AND d.claim_token = $3::uuid
 RETURNING d.state
"""
"""Notes that deliveries have failed: they are tried again after a pause, or given up."""


@dataclass(frozen=True, slots=True)
class Claimed:
    """A delivery that is ours until its lease ends, with what it takes to word and send it.

    `stop` is what others were told when the order was stopped, for who is mailed of its hold.
    """

    account: str
    id: str
    audience: str
    receiver: str
    tries: int
    claim_token: UUID
    event_id: str
    kind: str
    customer: str | None
    order_ref: str | None
    hold_id: str | None
    facts: dict[str, Any]
    occurred_at: datetime
    customer_name: str | None
    language: str | None
    sales_contact: str | None
    url: str | None
    enabled: bool | None
    deleted: bool
    secrets: tuple[str, ...]
    stop: dict[str, Any] | None = None


@dataclass(frozen=True, slots=True)
class Failure:
    """Why a delivery failed, and what becomes of it: tried after `pause`, or given up.

    `state` is `waiting`, or `dead` or `dropped` where no further try can help.
    """

    error: str
    status: int | None
    pause: timedelta
    state: str


async def lanes(connection: Connection) -> list[str]:
    """Give the lanes in which something is due."""
    return [row["lane"] for row in await connection.fetch(LANES)]


async def claim(
    connection: Connection, lane: str, *, limit: int, lease: timedelta, together: bool
) -> list[Claimed]:
    """Take what is due in a lane for the time of a lease; `together` what makes one mail."""
    statement = CLAIM_DIGEST if together else CLAIM
    rows = await connection.fetch(statement, lane, limit, lease, uuid4())
    return [_claimed(row) for row in rows]


async def delivered(
    connection: Connection, deliveries: Sequence[Claimed], status: int | None
) -> None:
    """Note that deliveries have arrived."""
    await connection.execute(
        DELIVERED, [d.account for d in deliveries], [d.id for d in deliveries], status
    )


async def failed(
    connection: Connection,
    deliveries: Sequence[Claimed],
    failure: Failure,
    *,
    give_up_after: timedelta,
) -> list[str]:
    """Note that deliveries of one claim have failed; gives the states that they are in now."""
    rows = await connection.fetch(
        FAILED, [d.account for d in deliveries], [d.id for d in deliveries],
        deliveries[0].claim_token, failure.status, failure.error, failure.pause, give_up_after,
        failure.state,
    )  # fmt: skip
    return [row["state"] for row in rows]


def _claimed(row: asyncpg.Record) -> Claimed:
    stop = None if row["stop"] is None else json.loads(row["stop"])
    loaded = {"facts": json.loads(row["facts"]), "stop": stop, "secrets": tuple(row["secrets"])}
    return Claimed(**{**dict(row), **loaded})
