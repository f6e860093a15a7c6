import os
from collections.abc import AsyncIterator

import asyncpg
import pytest

from app.embedded import EmbeddedPostgres


@pytest.fixture
async def empty_url(postgres: EmbeddedPostgres) -> AsyncIterator[str]:
    """A database without a single table, dropped after the test."""
    name = f"empty_{os.urandom(6).hex()}"
    administrator = await asyncpg.connect(postgres.url())
    await administrator.execute(f"CREATE DATABASE {name} TEMPLATE template0")
    yield postgres.url(name)
    await administrator.execute(f"DROP DATABASE {name} WITH (FORCE)")
    await administrator.close()
