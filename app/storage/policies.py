"""Policies: every version kept, none changed."""

import json
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

import asyncpg

from app.storage.database import Connection, StorageUnavailableError

STANDARD = "standard"
"""The policy that exists from the start and applies where nothing else is said."""

ADD_VERSION = """
    INSERT INTO policy (name, version, document, grace_days, trifle, horizon_days)
    SELECT $1, coalesce(max(version), 0) + 1, $2::jsonb, $3, $4, $5 FROM policy WHERE name = $1
    RETURNING name, version, document, created_at
"""
"""Adds the next version of a policy; two at once meet in the primary key."""

CURRENT = """
    SELECT name, version, document, created_at FROM policy
    WHERE name = $1 ORDER BY version DESC LIMIT 1
"""
"""The version in force."""

VERSION = "SELECT name, version, document, created_at FROM policy WHERE name = $1 AND version = $2"
"""One version."""

VERSIONS = """
    SELECT name, version, document, created_at FROM policy
    WHERE name = $1 AND version < $2 ORDER BY version DESC LIMIT $3
"""
"""The history, newest first."""

BEFORE_ALL = 2**31 - 1
"""A version above every version: where a history is read from."""


class PolicyVersionTakenError(StorageUnavailableError):
    """Somebody else stored a version of this policy at the same instant. Try again."""


@dataclass(frozen=True, slots=True)
class StoredPolicy:
    """One version of a policy, with the complete document as it was stored."""

    name: str
    version: int
    document: dict[str, Any]
    created_at: datetime


async def add_version(connection: Connection, name: str, document: dict[str, Any]) -> StoredPolicy:
    """Store a complete document as the policy's next version."""
    rules = document["rules"]
    try:
        row = await connection.fetchrow(
            ADD_VERSION,
            name,
            json.dumps(document),
            rules["overdue_items"]["grace_days"],
            Decimal(rules["overdue_items"]["min_amount"]),
            rules["limit"]["horizon_days"],
        )
    except asyncpg.UniqueViolationError as error:
        raise PolicyVersionTakenError(name) from error
    assert row is not None, "an INSERT of one row returns one row"
    return _stored(row)


async def current(connection: Connection, name: str) -> StoredPolicy | None:
    """Give the version in force, or `None` when there is no such policy."""
    row = await connection.fetchrow(CURRENT, name)
    return None if row is None else _stored(row)


async def version(connection: Connection, name: str, number: int) -> StoredPolicy | None:
    """Give one version of a policy."""
    row = await connection.fetchrow(VERSION, name, number)
    return None if row is None else _stored(row)


async def versions(
    connection: Connection, name: str, *, before: int, limit: int
) -> list[StoredPolicy]:
    """Give the versions below `before`, newest first."""
    return [_stored(row) for row in await connection.fetch(VERSIONS, name, before, limit)]


def _stored(row: asyncpg.Record) -> StoredPolicy:
    return StoredPolicy(
        row["name"], row["version"], json.loads(row["document"]), row["created_at"]
    )
