import asyncio

import asyncpg
import pytest
from alembic import command
from alembic.config import Config
from sqlalchemy.ext.asyncio import create_async_engine
from storage.catalog import FOREIGN_KEYS, KEYS, TRIGGERS, UNCHECKED_AMOUNTS, catalog, rows
from support.service import KEY, a_service

from app.settings import Settings
from app.storage import schema
from app.storage.schema import SchemaMismatchError
from app.storage.tables import metadata

# Keyed by the caller: no account is known yet when a key is claimed.
BY_CALLER = {"idempotency_key"}
REFERENCE_DATA = BY_CALLER | {
    "api_key", "policy", "source", "customer_account", "job", "file_import", "webhook_endpoint",
}  # fmt: skip


async def test_migrations_make_exactly_the_tables_that_the_code_knows(
    database_url: str, empty_url: str
) -> None:
    engine = create_async_engine(schema.sqlalchemy_url(empty_url))
    async with engine.begin() as connection:
        await connection.run_sync(metadata.create_all)
    await engine.dispose()

    migrated, made = await catalog(database_url), await catalog(empty_url)
    assert len(made["columns"]) > 80
    assert migrated == made


async def test_alembic_finds_nothing_to_migrate(database_url: str) -> None:
    config = Config()
    config.set_main_option("script_location", str(schema.migrations_folder()))
    url = schema.sqlalchemy_url(database_url).replace("%", "%%")
    config.set_main_option("sqlalchemy.url", url)
    await asyncio.to_thread(command.check, config)


async def test_migrations_go_up_down_and_up_again(empty_url: str) -> None:
    nothing = await catalog(empty_url)
    await asyncio.to_thread(schema.migrate, empty_url)
    first = await catalog(empty_url)
    standard = await rows(empty_url, "SELECT name, version, document FROM policy")
    await asyncio.to_thread(schema.migrate, empty_url, "base", direction="down")
    assert await rows(empty_url, "SELECT * FROM alembic_version") == []
    down = await catalog(empty_url)
    without_alembic = [row for row in down["indexes"] if row[0] != "alembic_version"]
    assert (down["columns"], without_alembic) == (nothing["columns"], nothing["indexes"])
    await asyncio.to_thread(schema.migrate, empty_url)
    assert await catalog(empty_url) == first
    assert await rows(empty_url, "SELECT name, version, document FROM policy") == standard


async def test_migrating_twice_changes_nothing(database_url: str) -> None:
    before = await catalog(database_url)
    await asyncio.to_thread(schema.migrate, database_url)
    assert await catalog(database_url) == before


async def start(url: str) -> None:
    settings = Settings.model_validate({"database_url": url, "api_key": KEY})
    async with a_service(settings):
        pass


async def test_the_service_refuses_a_database_without_a_schema(empty_url: str) -> None:
    with pytest.raises(SchemaMismatchError) as refused:
        await start(empty_url)
    assert (refused.value.found, refused.value.known) == (None, schema.head())


@pytest.mark.parametrize("version", ["0000", "9999_from_the_future", None])
async def test_the_service_refuses_a_schema_it_does_not_know(
    database_url: str, version: str | None
) -> None:
    connection = await asyncpg.connect(database_url)
    await connection.execute("DELETE FROM alembic_version")
    if version is not None:
        await connection.execute("INSERT INTO alembic_version VALUES ($1)", version)
    await connection.close()
    with pytest.raises(SchemaMismatchError) as refused:
        await start(database_url)
    assert (refused.value.found, refused.value.known) == (version, schema.head())
    assert "creditgate migrate" in str(refused.value)


async def test_a_service_that_was_refused_leaves_no_connection_open(
    database_url: str, empty_url: str
) -> None:
    with pytest.raises(SchemaMismatchError):
        await start(empty_url)
    found = await rows(
        database_url,
        "SELECT datname FROM pg_stat_activity WHERE application_name = 'creditgate'"
        " AND datname LIKE 'empty%'",
    )
    assert found == []


async def test_every_amount_has_a_check_of_its_own(database_url: str) -> None:
    assert await rows(database_url, UNCHECKED_AMOUNTS) == []


async def test_there_are_no_triggers_and_no_foreign_keys(database_url: str) -> None:
    assert await rows(database_url, TRIGGERS) == []
    assert await rows(database_url, FOREIGN_KEYS) == []


async def test_the_account_leads_every_key_that_grows_with_business(database_url: str) -> None:
    first = {str(row[0]): row[1] for row in await rows(database_url, KEYS)}
    assert set(first) == set(metadata.tables)
    assert first.pop("credit_account") == "ref"
    grown = {table: column for table, column in first.items() if table not in REFERENCE_DATA}
    assert grown == dict.fromkeys(grown, "account")
