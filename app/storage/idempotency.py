"""Idempotency keys: what a caller's key was used for, and what was answered."""

from dataclasses import dataclass
from uuid import UUID

from app.storage.database import Connection

# A claim that outlives its claimer lapses; the action is done again, which finds its own traces.
# One whose commit was lost on the way back is known by its token when it is made again.
CLAIM = """
    INSERT INTO idempotency_key AS k
           (caller, route, key, fingerprint, claimed_until, expires_at, claim_token)
    VALUES ($1, $2, $3, $4, clock_timestamp() + make_interval(secs => $5),
            clock_timestamp() + make_interval(secs => $6), $7)
    ON CONFLICT (caller, route, key) DO UPDATE
       SET fingerprint = excluded.fingerprint, claimed_until = excluded.claimed_until,
           expires_at = excluded.expires_at, claim_token = excluded.claim_token,
           status = NULL, media_type = NULL, answer = NULL
     WHERE k.expires_at <= clock_timestamp()
        OR (k.status IS NULL AND k.fingerprint = excluded.fingerprint
            AND (k.claimed_until <= clock_timestamp() OR k.claim_token = excluded.claim_token))
    RETURNING true
"""
"""Takes a key that is free, has expired, was left behind by a claimer that died, or is ours."""

FIND = """
    SELECT fingerprint, status, media_type, answer FROM idempotency_key
    WHERE caller = $1 AND route = $2 AND key = $3
"""
"""What a taken key stands for."""

STORE = """
    UPDATE idempotency_key SET status = $4, media_type = $5, answer = $6
    WHERE caller = $1 AND route = $2 AND key = $3 AND claim_token = $7
"""
"""Keeps the answer, unless the claim has lapsed and the key is another's by now."""

FREE = """
    DELETE FROM idempotency_key
    WHERE caller = $1 AND route = $2 AND key = $3 AND claim_token = $4
"""
"""Gives the key up, unless it is another's by now: nothing was done under it."""

FORGET_EXPIRED = """
    DELETE FROM idempotency_key WHERE (caller, route, key) IN (
        SELECT caller, route, key FROM idempotency_key
        WHERE expires_at <= clock_timestamp() LIMIT $1 FOR UPDATE SKIP LOCKED)
"""
"""Drops a batch of keys whose time is over."""


@dataclass(frozen=True, slots=True)
class KeyRef:
    """A key as its caller sees it: the same text on another route is another key."""

    caller: str
    route: str
    key: str


@dataclass(frozen=True, slots=True)
class Claim:
    """A key in the hands of one request; `token` tells it from every other claim of the key."""

    ref: KeyRef
    token: UUID


@dataclass(frozen=True, slots=True)
class TakenKey:
    """What a key was used for; `status` is `None` while the first request is running."""

    fingerprint: bytes
    status: int | None
    media_type: str | None
    answer: bytes | None


async def claim(
    connection: Connection, claim: Claim, fingerprint: bytes, *, claim_s: float, keep_s: float
) -> bool:
    """Take the key; `False` when it is taken."""
    ref = claim.ref
    taken = await connection.fetchval(
        CLAIM, ref.caller, ref.route, ref.key, fingerprint, claim_s, keep_s, claim.token
    )
    return bool(taken)


async def find(connection: Connection, ref: KeyRef) -> TakenKey | None:
    """Give what a key stands for, or `None` when it is free."""
    row = await connection.fetchrow(FIND, ref.caller, ref.route, ref.key)
    return None if row is None else TakenKey(**dict(row))


async def store(
    connection: Connection, claim: Claim, *, status: int, media_type: str | None, answer: bytes
) -> None:
    """Keep the answer that the key gets from now on, if the claim still holds it."""
    ref = claim.ref
    await connection.execute(
        STORE, ref.caller, ref.route, ref.key, status, media_type, answer, claim.token
    )


async def free(connection: Connection, claim: Claim) -> None:
    """Give the key up, if the claim still holds it."""
    ref = claim.ref
    await connection.execute(FREE, ref.caller, ref.route, ref.key, claim.token)


async def forget_expired(connection: Connection, batch: int) -> None:
    """Drop a batch of keys whose time is over."""
    await connection.execute(FORGET_EXPIRED, batch)
