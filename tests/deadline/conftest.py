"""A server of these tests' own, which they may freeze, and a service in a hurry."""

import asyncio
import os
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import asyncpg
import pytest
from support.service import KEY

from app.embedded import EmbeddedPostgres
from app.settings import Settings
from app.storage import schema

TEMPLATE = "hurried_template"


@pytest.fixture(scope="session")
def own_server() -> Iterator[EmbeddedPostgres]:
    named = os.environ.get("CREDITGATE_TEST_POSTGRES_BIN")
    options = {"fsync": "off", "deadlock_timeout": "100ms"}
    with EmbeddedPostgres(options, bin_dir=Path(named) if named else None) as server:
        yield server


@pytest.fixture(scope="session")
async def own_template(own_server: EmbeddedPostgres) -> str:
    await _administer(own_server, f"CREATE DATABASE {TEMPLATE}")
    await asyncio.to_thread(schema.migrate, own_server.url(TEMPLATE))
    return TEMPLATE


@pytest.fixture
async def database_url(own_server: EmbeddedPostgres, own_template: str) -> AsyncIterator[str]:
    """A fresh database on the server that may be frozen, in place of the shared one's."""
    name = f"hurried_{os.urandom(6).hex()}"
    await _administer(own_server, f"CREATE DATABASE {name} TEMPLATE {own_template}")
    yield own_server.url(name)
    await _administer(own_server, f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture
def settings(database_url: str) -> Settings:
    """Give up soon; the time-outs of the sessions are below the deadline, as in production."""
    return Settings.model_validate(
        {
            "database_url": database_url,
            "api_key": KEY,
            "deadline_s": 0.4,
            "statement_timeout_s": 0.3,
            "lock_timeout_s": 0.15,
            "acquire_timeout_s": 0.1,
            "connections_max": 4,
        }
    )


@pytest.fixture
def patient_sessions(settings: Settings) -> Settings:
    """The same where the sessions wait far longer than the deadline allows."""
    return settings.model_copy(update={"statement_timeout_s": 30.0, "lock_timeout_s": 20.0})


async def _administer(server: EmbeddedPostgres, statement: str) -> None:
    opened = await asyncpg.connect(server.url())
    try:
        await opened.execute(statement)
    finally:
        await opened.close()
