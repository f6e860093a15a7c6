"""When a source last stated anything. What the customer owes is as fresh as that."""

from app.storage.database import Connection

MARK_STATED = """
    INSERT INTO source (name, stated_at) VALUES ($1, clock_timestamp())
    ON CONFLICT (name) DO UPDATE SET stated_at = excluded.stated_at
"""
"""Notes that the source has stated something just now."""


async def mark_stated(connection: Connection, source: str) -> None:
    """Note that the source has stated something just now, by the database's clock."""
    await connection.execute(MARK_STATED, source)
