"""The outbox: facts that others are told, and the deliveries made out for them."""

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta

from app.storage.database import Connection

ADD = """
    INSERT INTO outbox (account, id, kind, customer, order_ref, hold_id, facts, occurred_at)
    SELECT $1, $2, $3, $4, $5, $6, $7::jsonb, coalesce($8::timestamptz, clock_timestamp())
     WHERE $9::boolean
        OR EXISTS (SELECT FROM webhook_endpoint w WHERE w.enabled AND $3 = ANY (w.events))
"""
"""Notes a fact; one that nobody is mailed about only where an endpoint wants it."""

# Several workers may look at once: each passes over what another has in hand.
TAKE_FACTS = """
    SELECT o.account, o.id, o.kind, o.occurred_at, c.sales_contact
      FROM outbox o
      LEFT JOIN customer_account m ON m.customer = o.customer
      LEFT JOIN customer c ON c.account = m.account AND c.ref = m.customer
     WHERE o.addressed_at IS NULL
     ORDER BY o.occurred_at LIMIT $1
       FOR UPDATE OF o SKIP LOCKED
"""
"""Takes facts whose deliveries are not made out yet, until the transaction ends."""

LISTENERS = "SELECT id, events FROM webhook_endpoint WHERE enabled"
"""Which endpoints want to hear what."""

MAKE_OUT = """
    INSERT INTO delivery (account, id, event_id, channel, audience, receiver, queued_at, next_at)
    SELECT d.account, d.id, d.event_id, d.channel, d.audience, d.receiver, clock_timestamp(),
           CASE WHEN d.channel = 'digest'
                THEN date_bin($2::interval, clock_timestamp(), 'epoch'::timestamptz) + $2::interval
                ELSE clock_timestamp() END
      FROM jsonb_to_recordset($1::jsonb) AS d (account text, id text, event_id text, channel text,
                                               audience text, receiver text)
    ON CONFLICT (account, event_id, channel, receiver) DO NOTHING
"""
"""Makes out deliveries; those of a digest wait for its next turn."""

MARK_ADDRESSED = """
    UPDATE outbox o SET addressed_at = clock_timestamp()
      FROM unnest($1::text[], $2::text[]) AS taken (account, id)
     WHERE o.account = taken.account AND o.id = taken.id
"""
"""Notes that the deliveries of facts are made out."""

# In small parts, so that none holds back anybody.
DROP_DELIVERIES = """
    DELETE FROM delivery d USING (
        SELECT account, id FROM delivery
         WHERE state <> 'waiting' AND done_at < now() - $1::interval
         ORDER BY done_at LIMIT 5000
    ) old WHERE d.account = old.account AND d.id = old.id
"""
"""Drops deliveries that ended long ago."""

DROP_FACTS = """
    DELETE FROM outbox o USING (
        SELECT account, id FROM outbox f
         WHERE f.addressed_at < now() - $1::interval
           AND NOT EXISTS (SELECT FROM delivery d
                            WHERE d.account = f.account AND d.event_id = f.id)
         ORDER BY f.addressed_at LIMIT 5000
    ) old WHERE o.account = old.account AND o.id = old.id
"""
"""Drops facts that everybody was told long ago."""


@dataclass(frozen=True, slots=True)
class StoredFact:
    """A fact with its id; `facts` are JSON, and no instant is the database's now."""

    id: str
    account: str
    kind: str
    customer: str | None
    order_ref: str | None
    hold_id: str | None
    facts: str
    at: datetime | None


@dataclass(frozen=True, slots=True)
class TakenFact:
    """What decides who hears a fact."""

    account: str
    id: str
    kind: str
    sales_contact: str | None


@dataclass(frozen=True, slots=True)
class NewDelivery:
    """One fact for one receiver: an address (`mail`, `digest`) or an endpoint (`webhook`)."""

    account: str
    id: str
    event_id: str
    channel: str
    audience: str
    receiver: str


async def add(connection: Connection, fact: StoredFact, *, always: bool) -> None:
    """Note a fact; one that is not needed `always` only where an endpoint wants it."""
    await connection.execute(
        ADD, fact.account, fact.id, fact.kind, fact.customer, fact.order_ref, fact.hold_id,
        fact.facts, fact.at, always,
    )  # fmt: skip


async def take_facts(connection: Connection, limit: int) -> list[TakenFact]:
    """Take facts whose deliveries are not made out, oldest first, until the transaction ends."""
    rows = await connection.fetch(TAKE_FACTS, limit)
    return [TakenFact(r["account"], r["id"], r["kind"], r["sales_contact"]) for r in rows]


async def listeners(connection: Connection) -> dict[str, frozenset[str]]:
    """Give what each endpoint wants to hear, by its id."""
    rows = await connection.fetch(LISTENERS)
    return {row["id"]: frozenset(row["events"]) for row in rows}


async def make_out(
    connection: Connection,
    facts: Sequence[TakenFact],
    deliveries: Sequence[NewDelivery],
    *,
    digest_every: timedelta,
) -> None:
    """Make out the deliveries of facts that were taken."""
    await connection.execute(
        MAKE_OUT, json.dumps([asdict(delivery) for delivery in deliveries]), digest_every
    )
    await connection.execute(
        MARK_ADDRESSED, [fact.account for fact in facts], [fact.id for fact in facts]
    )


async def drop_old(connection: Connection, keep: timedelta) -> int:
    """Drop some of what ended longer ago than that; gives how many rows went."""
    dropped = 0
    for statement in (DROP_DELIVERIES, DROP_FACTS):
        dropped += int((await connection.execute(statement, keep)).rpartition(" ")[2])
    return dropped
