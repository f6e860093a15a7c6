import os
from collections.abc import AsyncIterator
from datetime import date

import asyncpg
import pytest
from stories.company import Company, a_company
from support.tables import business_day

from app.embedded import EmbeddedPostgres


@pytest.fixture(scope="module")
async def url(postgres: EmbeddedPostgres, template: str) -> AsyncIterator[str]:
    """One database for all stories of a file: each has its own customer."""
    name = f"stories_{os.urandom(6).hex()}"
    connection = await asyncpg.connect(postgres.url())
    await connection.execute(f"CREATE DATABASE {name} TEMPLATE {template}")
    yield postgres.url(name)
    await connection.execute(f"DROP DATABASE {name} WITH (FORCE)")
    await connection.close()


@pytest.fixture(scope="module")
async def company(url: str) -> AsyncIterator[Company]:
    """A company at work."""
    async with a_company(url) as running:
        yield running


@pytest.fixture
async def today(url: str) -> date:
    """The business day."""
    connection = await asyncpg.connect(url)
    day = await business_day(connection)
    await connection.close()
    return day
