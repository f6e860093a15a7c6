"""Callers' keys: stored by their digests, found by them, revoked and listed."""

from dataclasses import dataclass, fields
from datetime import datetime

import asyncpg

from app.storage.database import Connection

ADD = """
    INSERT INTO api_key (id, digest, name, person, roles, scopes, release_ceiling_minor, currency,
                         created_at, created_by)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8, clock_timestamp(), $9)
    RETURNING *
"""
"""Adds a key."""

FIND = "SELECT * FROM api_key WHERE digest = $1 AND revoked_at IS NULL"
"""The key with this digest, unless it was revoked."""

REVOKE = """
    UPDATE api_key SET revoked_at = coalesce(revoked_at, clock_timestamp()),
                       revoked_by = coalesce(revoked_by, $2)
     WHERE id = $1 RETURNING *
"""
"""Revokes a key, once; the row stays, as traces name it."""

LIST = "SELECT * FROM api_key WHERE ($1::text IS NULL OR id > $1) ORDER BY id LIMIT $2"
"""Keys, oldest first, revoked ones among them."""


@dataclass(frozen=True, slots=True)
class NewKey:
    """A key that is to be stored; of itself only its digest."""

    id: str
    digest: bytes
    name: str
    person: str | None
    roles: tuple[str, ...]
    scopes: tuple[str, ...]
    release_ceiling_minor: int | None
    currency: str | None
    created_by: str


@dataclass(frozen=True, slots=True)
class StoredKey:
    """A key as it is known, without the key."""

    id: str
    name: str
    person: str | None
    roles: tuple[str, ...]
    scopes: tuple[str, ...]
    release_ceiling_minor: int | None
    currency: str | None
    created_at: datetime
    created_by: str
    revoked_at: datetime | None
    revoked_by: str | None


async def add(connection: Connection, key: NewKey) -> StoredKey:
    """Store a key."""
    row = await connection.fetchrow(ADD, *(getattr(key, f.name) for f in fields(key)))
    assert row is not None, "an INSERT of one row returns one row"
    return _stored(row)


async def find(connection: Connection, digest: bytes) -> StoredKey | None:
    """Give the live key with this digest, or `None`."""
    row = await connection.fetchrow(FIND, digest)
    return None if row is None else _stored(row)


async def revoke(connection: Connection, key_id: str, by: str) -> StoredKey | None:
    """Revoke a key, or give `None` where there is none."""
    row = await connection.fetchrow(REVOKE, key_id, by)
    return None if row is None else _stored(row)


async def listed(connection: Connection, *, after: str | None, limit: int) -> list[StoredKey]:
    """Give keys, oldest first, those younger than `after`."""
    return [_stored(row) for row in await connection.fetch(LIST, after, limit)]


def _stored(row: asyncpg.Record) -> StoredKey:
    values = {f.name: row[f.name] for f in fields(StoredKey)}
    lists = {"roles": tuple(row["roles"]), "scopes": tuple(row["scopes"])}
    return StoredKey(**(values | lists))
