"""Runs of files: what was asked, how far each is, and what it came to."""

from dataclasses import dataclass
from datetime import datetime

import asyncpg

from app.storage.database import Connection

ENTER = """
    INSERT INTO file_import (id, state, asked, report, begun_at, seen_at, caller, person)
    SELECT $1, $2, $3::jsonb, '{}', at, at, $4, $5 FROM (SELECT clock_timestamp() AS at) now
    ON CONFLICT (id) DO UPDATE SET state = excluded.state, seen_at = excluded.seen_at
        WHERE file_import.ended_at IS NULL
    RETURNING caller, person
"""
"""Enters a run; one that waits already keeps what was asked and by whom, and one that ended stays
so."""

FOLLOW = """
    UPDATE file_import SET state = $2, report = $3::jsonb, seen_at = clock_timestamp()
    WHERE id = $1 AND ended_at IS NULL
"""
"""Notes how far a run is, which also shows that it lives."""

STILL_WAITING = """
    UPDATE file_import SET seen_at = clock_timestamp() WHERE id = $1 AND state = 'waiting'
"""
"""Shows that a run which has not begun is still going to."""

END = """
    UPDATE file_import
       SET state = $2, report = $3::jsonb, seen_at = clock_timestamp(),
           ended_at = clock_timestamp()
     WHERE id = $1 AND ended_at IS NULL
"""
"""Ends a run; the first end stays."""

GIVE_UP = """
    UPDATE file_import SET state = 'failed', ended_at = clock_timestamp()
    WHERE id = $1 AND ended_at IS NULL
"""
"""Ends a run whose process is gone, with what it last said of itself."""

# A run says once a second that it lives; one that has not for a minute was ended from outside.
_READ = """
    SELECT id, state, asked::text, report::text, begun_at, ended_at,
           ended_at IS NULL AND seen_at < clock_timestamp() - interval '1 minute' AS is_interrupted
    FROM file_import
"""

FIND = f"{_READ} WHERE id = $1"
"""One run."""

LIST = f"{_READ} WHERE $1::text IS NULL OR id < $1 ORDER BY id DESC LIMIT $2"
"""Runs, newest first (ids rise with time), those before an id."""


@dataclass(frozen=True, slots=True)
class FileImport:
    """A run of a file. `asked` and `report` are JSON texts; `ended_at` is `None` until it ended.

    `is_interrupted`: it did not end, and shows no sign of life.
    """

    id: str
    state: str
    asked: str
    report: str
    begun_at: datetime
    ended_at: datetime | None
    is_interrupted: bool


@dataclass(frozen=True, slots=True)
class Sender:
    """Who sent a file: the key's id, and its person; neither for one that was taken by a shell."""

    caller: str | None = None
    person: str | None = None


async def enter(
    connection: Connection, run: str, state: str, asked: str, *, sender: Sender
) -> Sender | None:
    """Enter a run, or let one that waits begin; gives who sent it, `None` where it has ended."""
    row = await connection.fetchrow(ENTER, run, state, asked, sender.caller, sender.person)
    return None if row is None else Sender(**dict(row))


async def follow(connection: Connection, run: str, state: str, report: str) -> None:
    """Note how far a run is."""
    await connection.execute(FOLLOW, run, state, report)


async def still_waiting(connection: Connection, run: str) -> None:
    """Note that a run is still going to begin."""
    await connection.execute(STILL_WAITING, run)


async def end(connection: Connection, run: str, state: str, report: str) -> None:
    """Note what a run came to."""
    await connection.execute(END, run, state, report)


async def give_up(connection: Connection, run: str) -> None:
    """Note that a run's process ended without a word."""
    await connection.execute(GIVE_UP, run)


async def find(connection: Connection, run: str) -> FileImport | None:
    """Give one run."""
    row = await connection.fetchrow(FIND, run)
    return None if row is None else _run(row)


async def listed(connection: Connection, *, before: str | None, limit: int) -> list[FileImport]:
    """Give runs, newest first."""
    return [_run(row) for row in await connection.fetch(LIST, before, limit)]


def _run(row: asyncpg.Record) -> FileImport:
    return FileImport(**dict(row))
