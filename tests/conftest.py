"""Postgres for the tests: one private server, one migrated template, a fresh copy per test."""

import asyncio
import os
import signal
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import asyncpg
import httpx2
import pytest
from support.service import KEY, Service, a_service

from app.embedded import EmbeddedPostgres
from app.settings import Settings
from app.storage import schema

TEMPLATE = "creditgate_template"

# A shell that runs the tests in the background has Ctrl-C ignored, also in what they start.
signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.fixture(scope="session")
def postgres() -> Iterator[EmbeddedPostgres]:
    """A private server: the wheel's, or the one that CREDITGATE_TEST_POSTGRES_BIN names.

    Without durability: what these tests lose with the machine, they make anew.
    """
    named = os.environ.get("CREDITGATE_TEST_POSTGRES_BIN")
    options = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}
    with EmbeddedPostgres(options, bin_dir=Path(named) if named else None) as server:
        yield server


@pytest.fixture(scope="session")
async def template(postgres: EmbeddedPostgres) -> str:
    """The name of a database that the migrations made."""
    await _administer(postgres, f"CREATE DATABASE {TEMPLATE}")
    # In a thread, as Alembic runs an event loop of its own.
    await asyncio.to_thread(schema.migrate, postgres.url(TEMPLATE))
    return TEMPLATE


@pytest.fixture
async def database_url(postgres: EmbeddedPostgres, template: str) -> AsyncIterator[str]:
    """A fresh, migrated database, dropped after the test."""
    name = f"test_{os.urandom(6).hex()}"
    await _administer(postgres, f"CREATE DATABASE {name} TEMPLATE {template}")
    yield postgres.url(name)
    await _administer(postgres, f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture
async def empty_database_url(postgres: EmbeddedPostgres) -> AsyncIterator[str]:
    """A database without a schema."""
    name = f"empty_{os.urandom(6).hex()}"
    await _administer(postgres, f"CREATE DATABASE {name}")
    yield postgres.url(name)
    await _administer(postgres, f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture
def settings(database_url: str) -> Settings:
    """Settings for a service on the fresh database."""
    return Settings.model_validate({"database_url": database_url, "api_key": KEY})


@pytest.fixture
async def service(settings: Settings) -> AsyncIterator[Service]:
    """The whole service over ASGI, on the fresh database, with its administrator's key."""
    async with a_service(settings) as running:
        yield running


@pytest.fixture
def client(service: Service) -> httpx2.AsyncClient:
    """An HTTP client of the service."""
    return service.client


@pytest.fixture
async def connection(database_url: str) -> AsyncIterator["asyncpg.Connection[asyncpg.Record]"]:
    """A connection of the test's own to the fresh database."""
    opened = await asyncpg.connect(database_url)
    yield opened
    await opened.close()


async def _administer(postgres: EmbeddedPostgres, statement: str) -> None:
    opened = await asyncpg.connect(postgres.url())
    try:
        await opened.execute(statement)
    finally:
        await opened.close()
