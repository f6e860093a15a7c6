"""The demo's database: a private one that goes at the end, or one that was given to it."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager

import asyncpg

from app.demo.portfolio import demo_customers
from app.embedded import EmbeddedPostgres
from app.storage import schema
from app.storage.database import Database, Limits, StorageUnavailableError

# The data go with the demo, so that no crash can lose any.
OPTIONS = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}
CONNECT_LIMIT_S = 5.0

IS_EMPTY = """
    SELECT NOT EXISTS (
        SELECT FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
         WHERE n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'
           AND c.relkind IN ('r', 'p')
    )
"""
"""Whether nobody has made a table in the database yet."""

STRANGERS = "SELECT count(*) FROM customer WHERE ref <> ALL ($1::text[])"
"""How many customers are not the demo's."""


class DemoError(Exception):
    """The demo cannot go on; the message says why and what to do."""


@contextmanager
def private_postgres() -> Iterator[str]:
    """Run a Postgres of the demo's own while the block runs; gives its address."""
    with EmbeddedPostgres(OPTIONS) as postgres:
        yield postgres.url()


def require_ours(url: str) -> None:
    """Raise `DemoError` unless the database is empty or holds the demo's customers only."""
    asyncio.run(_require_ours(url))


async def _require_ours(url: str) -> None:
    try:
        connection = await asyncpg.connect(url, timeout=CONNECT_LIMIT_S)
    except (OSError, asyncpg.PostgresError, asyncpg.InterfaceError) as error:
        raise StorageUnavailableError(type(error).__name__) from error
    try:
        if await connection.fetchval(IS_EMPTY):
            return
        await _require_schema(url)
        strangers = await connection.fetchval(STRANGERS, sorted(demo_customers()))
    finally:
        await connection.close(timeout=CONNECT_LIMIT_S)
    if strangers:
        raise DemoError(
            f"The database of CREDITGATE_DATABASE_URL holds {strangers} customers that are not "
            "the demo's. Give it an empty database, or none."
        )


async def _require_schema(url: str) -> None:
    """Refuse what is not ours, or is ours of another version: the demo changes neither."""
    database = Database(url, Limits(connections_min=1, connections_max=1))
    try:
        await database.open()
    except schema.SchemaMismatchError as error:
        raise DemoError(
            "The database of CREDITGATE_DATABASE_URL is neither empty nor of this version "
            f"(schema {error.found or 'none'}). Give the demo an empty database, or none."
        ) from None
    await database.close()
