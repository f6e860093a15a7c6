"""The schema's version: bring a database to it, and refuse one that has another."""

from pathlib import Path
from typing import Literal

import asyncpg
from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory
from asyncpg.pool import PoolConnectionProxy
from sqlalchemy import CheckConstraint

from app.storage import tables

TOTAL_CONSTRAINTS = frozenset(
    constraint.name
    for table in (tables.credit_account, tables.calendar_total, tables.sales_order)
    for constraint in table.constraints
    if isinstance(constraint, CheckConstraint) and str(constraint.name).endswith("_minor")
)
"""The constraints that say a total has left its range."""


class SchemaMismatchError(Exception):
    """The database's schema is not the one that this version of the service knows."""

    def __init__(self, found: str | None, known: str) -> None:
        super().__init__(
            f"The database has schema {found or 'none'}; this version knows {known} only. "
            "Run `creditgate migrate` with the version you want to serve."
        )
        self.found = found
        self.known = known


def migrations_folder() -> Path:
    """Find the migrations: inside the installed package, or beside it in a checkout."""
    package = Path(__file__).resolve().parents[1]
    installed = package / "migrations"
    return installed if installed.is_dir() else package.parent / "migrations"


def head() -> str:
    """Give the schema version that this version of the service knows."""
    known = ScriptDirectory.from_config(_config("")).get_current_head()
    assert known is not None, "the migrations folder holds at least one revision"
    return known


def migrate(
    database_url: str, revision: str = "head", *, direction: Literal["up", "down"] = "up"
) -> None:
    """Bring the database to a schema version; a no-op where it is there already."""
    run = command.upgrade if direction == "up" else command.downgrade
    run(_config(database_url), revision)


async def require_known(connection: "PoolConnectionProxy[asyncpg.Record]") -> None:
    """Raise `SchemaMismatchError` unless the database is at the version this code knows."""
    known = head()
    exists = await connection.fetchval("SELECT to_regclass('alembic_version') IS NOT NULL")
    found = (
        await connection.fetchval("SELECT version_num FROM alembic_version") if exists else None
    )
    if found != known:
        raise SchemaMismatchError(found, known)


def _config(database_url: str) -> Config:
    config = Config()
    config.set_main_option("script_location", str(migrations_folder()))
    config.set_main_option("sqlalchemy.url", sqlalchemy_url(database_url).replace("%", "%%"))
    return config


def sqlalchemy_url(database_url: str) -> str:
    """Give a Postgres address (`postgresql://…`) in the form that names the driver."""
    _, separator, rest = database_url.partition("://")
    return f"postgresql+asyncpg{separator}{rest}" if separator else ""
