from collections.abc import AsyncIterator

import httpx2
import pytest_asyncio
from api.door.tiny_app import build, client_of


@pytest_asyncio.fixture(scope="session")
async def client() -> AsyncIterator[httpx2.AsyncClient]:
    async with client_of(build()) as client:
        yield client
