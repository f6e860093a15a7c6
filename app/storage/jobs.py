"""Which replica's worker runs which job, and when each ran last."""

from datetime import timedelta
from uuid import UUID, uuid4

from app.storage.database import Connection

# Only one claims what is due, by the row's lock; a claim that nobody prolongs lapses, and what it
# left unfinished is due at once.
CLAIM = """
    INSERT INTO job (name, started_at, claimed_until, claim_token)
    VALUES ($1, clock_timestamp(), clock_timestamp() + $3::interval, $4)
    ON CONFLICT (name) DO UPDATE
       SET started_at = excluded.started_at, finished_at = NULL, outcome = NULL,
           claimed_until = excluded.claimed_until, claim_token = excluded.claim_token
     WHERE job.claimed_until <= clock_timestamp()
       AND (job.finished_at IS NULL OR job.started_at + $2::interval <= clock_timestamp())
    RETURNING claim_token
"""
"""Claims a job if it is due and nobody else runs it."""

PROLONG = """
    UPDATE job SET claimed_until = clock_timestamp() + $3::interval
     WHERE name = $1 AND claim_token = $2 RETURNING name
"""
"""Keeps a claim; finds nothing when another has taken the job over."""

FINISH = """
    UPDATE job
       SET claimed_until = clock_timestamp(), outcome = $3::text,
           finished_at = CASE WHEN $3::text IS NOT NULL THEN clock_timestamp() END
     WHERE name = $1 AND claim_token = $2
"""
"""Gives a claim back: with an outcome, or without one when the job was broken off."""


async def claim(
    connection: Connection, name: str, *, every: timedelta, lease: timedelta
) -> UUID | None:
    """Claim a job that is due; gives the claim's token, `None` when it is not ours to run."""
    token: UUID | None = await connection.fetchval(CLAIM, name, every, lease, uuid4())
    return token


async def prolong(connection: Connection, name: str, token: UUID, *, lease: timedelta) -> bool:
    """Keep a claim for another lease; `False` when it is no longer ours."""
    return await connection.fetchval(PROLONG, name, token, lease) is not None


async def finish(connection: Connection, name: str, token: UUID, outcome: str | None) -> None:
    """Give a claim back; without an outcome the job is due at once."""
    await connection.execute(FINISH, name, token, outcome)
