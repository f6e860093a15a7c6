"""What is done with holds: the hold as it is then, its trace, and who agreed."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import asyncpg

from app.storage.database import Connection
from app.storage.holds import StoredHold

CHANGEABLE = (
    "version", "state", "closed_at", "assignee", "events", "round", "release_kind",
    "released_minor", "released_credit_minor", "released_until", "released_by", "second_by",
    "barred", "window_minor", "alone_up_to_minor",
)  # fmt: skip
"""What of a hold an action may change."""

SAVE = "UPDATE hold SET {} WHERE account = $1 AND id = $2".format(  # noqa: S608 - our own names
    ", ".join(f"{name} = ${place}" for place, name in enumerate(CHANGEABLE, start=3))
)
"""Writes a hold as an action has left it; the account is locked by then."""

TRACE = """
    INSERT INTO hold_event (account, hold_id, no, at, by, action, reason, note, before, after,
                            token)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9::jsonb, $10::jsonb, $11)
"""
"""Adds an entry to a hold's history."""

WAS_DONE = "SELECT 1 FROM hold_event WHERE account = $1 AND hold_id = $2 AND token = $3"
"""Whether an earlier try of the same action was committed after all."""

HISTORY = """
    SELECT no, at, by, action, reason, note, before, after FROM hold_event
    WHERE account = $1 AND hold_id = $2 ORDER BY no
"""
"""A hold's history, oldest first."""

AGREE = """
    INSERT INTO hold_approval (account, hold_id, round, part, person, at)
    VALUES ($1, $2, $3, $4, $5, $6)
"""
"""Notes that a person agrees; the table lets nobody do so twice in a round."""

AGREED = """
    SELECT part, person FROM hold_approval WHERE account = $1 AND hold_id = $2 AND round = $3
"""
"""Who has agreed in this round."""

LOOK_BACK = """
    SELECT (SELECT coalesce(sum(released_credit_minor), 0)::bigint FROM hold
             WHERE account = $1 AND state = 'released' AND closed_at > $2
               AND release_kind IN ('once', 'committee')) AS released_minor,
           ARRAY(SELECT DISTINCT facts ->> 'by' FROM journal
                  WHERE account = $1 AND kind = 'limit' AND recorded_at > $2
                    AND facts ->> 'by' IS NOT NULL ORDER BY 1) AS changed_limit
"""
"""What was released over the rules on the account since then, and who changed its limit."""


@dataclass(frozen=True, slots=True)
class Event:
    """One entry of a hold's history. `by` is `None` where nobody put a name to it."""

    no: int
    at: datetime
    by: str | None
    action: str
    reason: str | None
    note: str | None
    before: Mapping[str, Any] | None
    after: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class LookBack:
    """What happened on an account in a while: credit released, who changed the limit."""

    released_minor: int
    changed_limit: tuple[str, ...]


async def save(connection: Connection, hold: StoredHold) -> None:
    """Write a hold as an action has left it; the account is locked by then."""
    values = (getattr(hold, name) for name in CHANGEABLE)
    await connection.execute(SAVE, hold.account, hold.id, *values)


async def trace(connection: Connection, hold: StoredHold, event: Event, token: UUID) -> None:
    """Add an entry to the hold's history."""
    await connection.execute(
        TRACE, hold.account, hold.id, event.no, event.at, event.by, event.action, event.reason,
        event.note, None if event.before is None else json.dumps(event.before),
        json.dumps(event.after), token,
    )  # fmt: skip


async def is_done(connection: Connection, hold: StoredHold, token: UUID) -> bool:
    """Say whether an earlier try of the same action was committed after all."""
    return await connection.fetchval(WAS_DONE, hold.account, hold.id, token) is not None


async def history(connection: Connection, account: str, hold_id: str) -> list[Event]:
    """Give a hold's history, oldest first."""
    return [_event(row) for row in await connection.fetch(HISTORY, account, hold_id)]


async def agree(
    connection: Connection, hold: StoredHold, *, part: str, person: str, now: datetime
) -> None:
    """Note that a person agrees in this part."""
    await connection.execute(AGREE, hold.account, hold.id, hold.round, part, person, now)


async def agreed(connection: Connection, hold: StoredHold) -> dict[str, str]:
    """Give who has agreed in this round, by part."""
    rows = await connection.fetch(AGREED, hold.account, hold.id, hold.round)
    return {row["part"]: row["person"] for row in rows}


async def look_back(connection: Connection, account: str, *, now: datetime, days: int) -> LookBack:
    """Give what happened on the account in these last days."""
    row = await connection.fetchrow(LOOK_BACK, account, now - timedelta(days=days))
    assert row is not None, "a statement without a table gives one row"
    return LookBack(row["released_minor"], tuple(row["changed_limit"]))


def _event(row: asyncpg.Record) -> Event:
    before = None if row["before"] is None else json.loads(row["before"])
    return Event(**{**dict(row), "before": before, "after": json.loads(row["after"])})
