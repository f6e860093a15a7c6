"""Webhook endpoints: who wants to hear what, where, and how it is signed."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import asyncpg

from app.storage.database import Connection

ADD = """
    INSERT INTO webhook_endpoint (id, url, events, description, enabled, secret, created_at)
    VALUES ($1, $2, $3::text[], $4, $5, $6, clock_timestamp())
"""
"""Stores a new endpoint."""

REPLACE = """
    UPDATE webhook_endpoint
       SET url = $2, events = $3::text[], description = $4, enabled = $5, disabled_reason = NULL
     WHERE id = $1 AND deleted_at IS NULL
"""
"""Replaces what an endpoint says, but not its secret."""

_SIGNING = "(p ->> 'until')::timestamptz > clock_timestamp()"

ROTATE = f"""
    UPDATE webhook_endpoint
       SET secret = $2,
           previous_secrets =
               jsonb_build_array(jsonb_build_object(
                   'secret', secret, 'until', clock_timestamp() + $3::interval))
               || coalesce((SELECT jsonb_agg(p) FROM jsonb_array_elements(previous_secrets) p
                             WHERE {_SIGNING}), '[]')
     WHERE id = $1 AND deleted_at IS NULL
       AND (SELECT count(*) FROM jsonb_array_elements(previous_secrets) p WHERE {_SIGNING}) < $4
"""  # noqa: S608 - no value is put in
"""Gives an endpoint a new secret; those before sign beside it, each until its time is over."""

DELETE = """
    UPDATE webhook_endpoint
       SET enabled = false, deleted_at = clock_timestamp(), secret = NULL,
           previous_secrets = '[]'
     WHERE id = $1 AND deleted_at IS NULL
"""
"""Deletes an endpoint; its row stays, as deliveries name it."""

DISABLE = """
    UPDATE webhook_endpoint SET enabled = false, disabled_reason = $2 WHERE id = $1 AND enabled
"""
"""Stops telling an endpoint anything, and says why."""

_READ = f"""
    SELECT id, url, events, description, enabled, disabled_reason, created_at,
           (SELECT max((p ->> 'until')::timestamptz)
              FROM jsonb_array_elements(previous_secrets) p WHERE {_SIGNING}) AS previous_until
      FROM webhook_endpoint WHERE deleted_at IS NULL
"""  # noqa: S608 - no value is put in

FIND = f"{_READ} AND id = $1"
"""One endpoint."""

LIST = f"{_READ} AND id > $1 ORDER BY id LIMIT $2"
"""Endpoints, oldest first, those after an id."""


@dataclass(frozen=True, slots=True)
class Endpoint:
    """An endpoint without its secrets; `previous_until` is set while earlier ones sign too."""

    id: str
    url: str
    events: tuple[str, ...]
    description: str | None
    enabled: bool
    disabled_reason: str | None = None
    created_at: datetime | None = None
    previous_until: datetime | None = None


async def add(connection: Connection, endpoint: Endpoint, secret: str) -> None:
    """Store a new endpoint with its secret."""
    await connection.execute(ADD, *_said(endpoint), secret)


async def replace(connection: Connection, endpoint: Endpoint) -> bool:
    """Replace what an endpoint says; `False` where there is none."""
    return _did(await connection.execute(REPLACE, *_said(endpoint)))


async def rotate(
    connection: Connection, endpoint: str, secret: str, *, overlap: timedelta, earlier_max: int
) -> bool:
    """Give an endpoint a new secret; `False` where there is none, or `earlier_max` sign yet."""
    return _did(await connection.execute(ROTATE, endpoint, secret, overlap, earlier_max))


async def delete(connection: Connection, endpoint: str) -> bool:
    """Delete an endpoint; `False` where there is none."""
    return _did(await connection.execute(DELETE, endpoint))


async def disable(connection: Connection, endpoint: str, reason: str) -> None:
    """Stop telling an endpoint anything."""
    await connection.execute(DISABLE, endpoint, reason)


async def find(connection: Connection, endpoint: str) -> Endpoint | None:
    """Give one endpoint, or `None`."""
    row = await connection.fetchrow(FIND, endpoint)
    return None if row is None else _endpoint(row)


async def listed(connection: Connection, *, after: str, limit: int) -> list[Endpoint]:
    """Give endpoints, oldest first, those after an id."""
    return [_endpoint(row) for row in await connection.fetch(LIST, after, limit)]


def _said(endpoint: Endpoint) -> Sequence[object]:
    return (
        endpoint.id, endpoint.url, list(endpoint.events), endpoint.description, endpoint.enabled,
    )  # fmt: skip


def _did(status: str) -> bool:
    return status.endswith(" 1")


def _endpoint(row: asyncpg.Record) -> Endpoint:
    return Endpoint(**{**dict(row), "events": tuple(row["events"])})
