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
TAKE_FOR_WEBHOOKS = """
    SELECT account, id, kind, NULL AS sales_contact, false AS is_late
      FROM outbox
     WHERE webhooks_made_at IS NULL
     ORDER BY occurred_at LIMIT $1
       FOR UPDATE SKIP LOCKED
"""
"""Takes facts whose webhooks are not made out yet, until the transaction ends."""

MAILED = "'hold.opened', 'hold.released', 'hold.refused', 'hold.escalated'"
"""The kinds that somebody is mailed about, as the index of what is not mailed yet has them."""

# A fact is late that workers without a mail server have dealt with all that time: a mail server
# that is named later shall not send old news. While no worker ran at all nothing becomes late.
TAKE_FOR_MAILS = f"""
    SELECT o.account, o.id, o.kind, c.sales_contact,
           coalesce(o.webhooks_made_at < now() - $2::interval, false) AS is_late
      FROM outbox o
      LEFT JOIN customer_account m ON m.customer = o.customer
      LEFT JOIN customer c ON c.account = m.account AND c.ref = m.customer
     WHERE o.mails_made_at IS NULL AND o.kind IN ({MAILED})
     ORDER BY o.occurred_at LIMIT $1
       FOR UPDATE OF o SKIP LOCKED
"""  # noqa: S608 - no value is put in
"""Takes facts whose mails are not made out yet, until the transaction ends."""

LISTENERS = "SELECT id, events FROM webhook_endpoint WHERE enabled"
"""Which endpoints want to hear what."""

MAKE_OUT = """
    INSERT INTO delivery (account, id, event_id, channel, audience, receiver, state, queued_at,
                          next_at, done_at, last_error)
    SELECT d.account, d.id, d.event_id, d.channel, d.audience, d.receiver,
           CASE WHEN d.dropped IS NULL THEN 'waiting' ELSE 'dropped' END, clock_timestamp(),
           CASE WHEN d.channel = 'digest'
                THEN date_bin($2::interval, clock_timestamp(), 'epoch'::timestamptz) + $2::interval
                ELSE clock_timestamp() END,
           CASE WHEN d.dropped IS NOT NULL THEN clock_timestamp() END, d.dropped
      FROM jsonb_to_recordset($1::jsonb) AS d (account text, id text, event_id text, channel text,
                                               audience text, receiver text, dropped text)
    ON CONFLICT (account, event_id, channel, receiver) DO NOTHING
"""
"""Makes out deliveries; those of a digest wait for its next turn, and a late one for nothing."""

MARK_WEBHOOKS_MADE = """
    UPDATE outbox o SET webhooks_made_at = clock_timestamp()
      FROM unnest($1::text[], $2::text[]) AS taken (account, id)
     WHERE o.account = taken.account AND o.id = taken.id
"""
"""Notes that the webhooks of facts are made out."""

MARK_MAILS_MADE = """
    UPDATE outbox o SET mails_made_at = clock_timestamp()
      FROM unnest($1::text[], $2::text[]) AS taken (account, id)
     WHERE o.account = taken.account AND o.id = taken.id
"""
"""Notes that the mails of facts are made out."""

# A worker without a mail server leaves mails alone; where none has one, this ends them.
GIVE_UP_MAILS = """
    UPDATE delivery
       SET state = 'dead', done_at = clock_timestamp(), claim_token = NULL,
           last_error = coalesce(last_error, 'no worker had a mail server')
     WHERE lane IN ('mail', 'digest') AND state = 'waiting'
       AND next_at < now() - greatest($1::interval, $2::interval)
"""
"""Gives up mails that no worker has tried for long."""

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
         WHERE f.webhooks_made_at < now() - $1::interval
           AND (f.mails_made_at IS NOT NULL
                OR f.webhooks_made_at < now() - greatest($1::interval, $2::interval))
           AND NOT EXISTS (SELECT FROM delivery d
                            WHERE d.account = f.account AND d.event_id = f.id)
         ORDER BY f.webhooks_made_at LIMIT 5000
    ) old WHERE o.account = old.account AND o.id = old.id
"""
"""Drops facts that everybody was told long ago, or that nobody was there to mail."""


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
    """What decides who hears a fact. One that `is_late` is old news to whom it would be mailed."""

    account: str
    id: str
    kind: str
    sales_contact: str | None
    is_late: bool


@dataclass(frozen=True, slots=True)
class NewDelivery:
    """One fact for one receiver: an address (`mail`, `digest`) or an endpoint (`webhook`).

    `dropped` says why it is not sent, where it is only noted that it would have been.
    """

    account: str
    id: str
    event_id: str
    channel: str
    audience: str
    receiver: str
    dropped: str | None = None


async def add(connection: Connection, fact: StoredFact, *, always: bool) -> None:
    """Note a fact; one that is not needed `always` only where an endpoint wants it."""
    await connection.execute(
        ADD, fact.account, fact.id, fact.kind, fact.customer, fact.order_ref, fact.hold_id,
        fact.facts, fact.at, always,
    )  # fmt: skip


async def take_for_webhooks(connection: Connection, limit: int) -> list[TakenFact]:
    """Take facts whose webhooks are not made out, oldest first, until the transaction ends."""
    return [TakenFact(*row) for row in await connection.fetch(TAKE_FOR_WEBHOOKS, limit)]


async def take_for_mails(
    connection: Connection, limit: int, *, late_after: timedelta
) -> list[TakenFact]:
    """Take facts whose mails are not made out, oldest first, until the transaction ends."""
    return [TakenFact(*row) for row in await connection.fetch(TAKE_FOR_MAILS, limit, late_after)]


async def listeners(connection: Connection) -> dict[str, frozenset[str]]:
    """Give what each endpoint wants to hear, by its id."""
    rows = await connection.fetch(LISTENERS)
    return {row["id"]: frozenset(row["events"]) for row in rows}


async def make_out_webhooks(
    connection: Connection, facts: Sequence[TakenFact], deliveries: Sequence[NewDelivery]
) -> None:
    """Make out the webhooks of facts that were taken."""
    await connection.execute(MAKE_OUT, _as_json(deliveries), timedelta(minutes=1))
    await connection.execute(MARK_WEBHOOKS_MADE, *_keys(facts))


async def make_out_mails(
    connection: Connection,
    facts: Sequence[TakenFact],
    deliveries: Sequence[NewDelivery],
    *,
    digest_every: timedelta,
) -> None:
    """Make out the mails of facts that were taken."""
    await connection.execute(MAKE_OUT, _as_json(deliveries), digest_every)
    await connection.execute(MARK_MAILS_MADE, *_keys(facts))


async def drop_old(connection: Connection, keep: timedelta, give_up_after: timedelta) -> int:
    """Drop some of what ended longer ago than `keep`; gives how many rows went.

    Mails that no worker could send are kept for as long as they are tried, if that is longer.
    """
    await connection.execute(GIVE_UP_MAILS, keep, give_up_after)
    dropped = [
        await connection.execute(DROP_DELIVERIES, keep),
        await connection.execute(DROP_FACTS, keep, give_up_after),
    ]
    return sum(int(status.rpartition(" ")[2]) for status in dropped)


def _as_json(deliveries: Sequence[NewDelivery]) -> str:
    return json.dumps([asdict(delivery) for delivery in deliveries])


def _keys(facts: Sequence[TakenFact]) -> tuple[list[str], list[str]]:
    return [fact.account for fact in facts], [fact.id for fact in facts]
