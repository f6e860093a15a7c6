"""What is done with holds: the hold as it is then, its trace, and who agreed."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from app.storage.database import Connection
from app.storage.holds import StoredHold, asked_about, from_row

CHANGEABLE = (
    "version", "state", "closed_at", "ready_at", "assignee", "events", "round", "release_kind",
    "released_minor", "released_credit_minor", "released_until", "released_by", "second_by",
    "barred", "window_minor", "alone_up_to_minor",
)  # fmt: skip
"""What of a hold an action may change."""

FIND = """
    SELECT h.*, (SELECT coalesce(jsonb_agg(to_jsonb(e) ORDER BY e.no), '[]') FROM hold_event e
                  WHERE e.account = h.account AND e.hold_id = h.id) AS history
      FROM hold h WHERE h.id = $1 AND ($2::text IS NULL OR h.account = $2)
"""
"""A hold with its history, oldest first; on its account where that is locked."""

PUT_DOWN = """
    WITH saved AS (
        UPDATE hold SET {},
               askers = CASE WHEN $4 = 'released' AND state <> 'released'
                             THEN ARRAY(SELECT DISTINCT entered_by FROM ({}) asked ORDER BY 1)
                             ELSE askers END
         WHERE account = $1 AND id = $2 RETURNING account, id, events
    )
    INSERT INTO hold_event (account, hold_id, no, at, by, action, reason, note, before, after,
                            token)
    SELECT account, id, events, ${}, ${}, ${}, ${}, ${}, ${}::jsonb, ${}::jsonb, ${} FROM saved
""".format(  # noqa: S608 - our own names
    ", ".join(f"{name} = ${place}" for place, name in enumerate(CHANGEABLE, start=3)),
    asked_about("hold.account", "hold.customer", "hold.order_ref"),
    *range(len(CHANGEABLE) + 3, len(CHANGEABLE) + 11),
)
"""Writes a hold as an action has left it, with the entry that tells so; the account is locked.

With a release it says who ever asked about the order, as that is stored and whatever was looked at
before: the table lets none of them have released it."""

AGREE = """
    INSERT INTO hold_approval (account, hold_id, round, part, person, at)
    VALUES ($1, $2, $3, $4, $5, $6)
"""
"""Notes that a person agrees; the table lets nobody do so twice in a round."""

AGREED = """
    SELECT part, person FROM hold_approval WHERE account = $1 AND hold_id = $2 AND round = $3
"""
"""Who has agreed in this round."""

LOOK_BACK = f"""
    SELECT (SELECT coalesce(sum(released_credit_minor), 0)::bigint FROM hold
             WHERE account = $1 AND state IN ('released', 'expired') AND closed_at > $2
               AND release_kind IN ('once', 'committee')) AS released_minor,
           ARRAY(SELECT DISTINCT facts ->> 'by' FROM journal
                  WHERE account = $1 AND kind = 'limit' AND recorded_at > $2
                    AND facts ->> 'by' IS NOT NULL ORDER BY 1) AS changed_limit,
           ARRAY(SELECT DISTINCT entered_by FROM ({asked_about("$1", "$3", "$4")}) asked
                  ORDER BY 1) AS entered_by
"""  # noqa: S608 - our own fragments
"""What was released over the rules on the account since then, who changed its limit, and who ever
asked about the order."""


@dataclass(frozen=True, slots=True)
class Event:
    """One entry of a hold's history. `by` is `None` where nobody put a name to it.

    By `token` a try whose commit was lost is known by the next.
    """

    no: int
    at: datetime
    by: str | None
    action: str
    reason: str | None
    note: str | None
    before: Mapping[str, Any] | None
    after: Mapping[str, Any]
    token: UUID | None = None


@dataclass(frozen=True, slots=True)
class TracedHold:
    """A hold with everything that was done with it, oldest first."""

    hold: StoredHold
    history: tuple[Event, ...]


@dataclass(frozen=True, slots=True)
class LookBack:
    """What happened on an account in a while: credit released, who changed the limit.

    `entered_by` is who ever asked about the hold's order, in whichever revision.
    """

    released_minor: int
    changed_limit: frozenset[str]
    entered_by: frozenset[str]


async def find(
    connection: Connection, hold_id: str, account: str | None = None
) -> TracedHold | None:
    """Give a hold with its history, or `None`; only on this account where one is named."""
    row = await connection.fetchrow(FIND, hold_id, account)
    if row is None:
        return None
    return TracedHold(from_row(row), tuple(map(_event, json.loads(row["history"]))))


async def put_down(connection: Connection, done: Sequence[tuple[StoredHold, Event]]) -> None:
    """Write holds as actions have left them, and the entries that tell so."""
    await connection.executemany(PUT_DOWN, [_values(hold, event) for hold, event in done])


def _values(hold: StoredHold, event: Event) -> tuple[Any, ...]:
    return (
        hold.account, hold.id, *(getattr(hold, name) for name in CHANGEABLE),
        event.at, event.by, event.action, event.reason, event.note,
        None if event.before is None else json.dumps(event.before), json.dumps(event.after),
        event.token,
    )  # fmt: skip


async def agree(
    connection: Connection, hold: StoredHold, *, part: str, person: str, now: datetime
) -> None:
    """Note that a person agrees in this part."""
    await connection.execute(AGREE, hold.account, hold.id, hold.round, part, person, now)


async def agreed(connection: Connection, hold: StoredHold) -> dict[str, str]:
    """Give who has agreed in this round, by part."""
    rows = await connection.fetch(AGREED, hold.account, hold.id, hold.round)
    return {row["part"]: row["person"] for row in rows}


async def look_back(
    connection: Connection, hold: StoredHold, *, now: datetime, days: int
) -> LookBack:
    """Give what happened on the hold's account in these last days, and to its order ever."""
    since = now - timedelta(days=days)
    row = await connection.fetchrow(LOOK_BACK, hold.account, since, hold.customer, hold.order_ref)
    assert row is not None, "a statement without a table gives one row"
    return LookBack(
        row["released_minor"], frozenset(row["changed_limit"]), frozenset(row["entered_by"])
    )


def _event(document: Mapping[str, Any]) -> Event:
    token = document["token"]
    return Event(
        no=document["no"],
        at=datetime.fromisoformat(document["at"]),
        by=document["by"],
        action=document["action"],
        reason=document["reason"],
        note=document["note"],
        before=document["before"],
        after=document["after"],
        token=None if token is None else UUID(token),
    )
