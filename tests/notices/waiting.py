"""Waiting for what a worker does: soon, and never for ever."""

import asyncio
from collections.abc import Awaitable, Callable

WAIT_LIMIT_S = 60.0
LOOKS_EVERY_S = 0.01


async def until(is_so: Callable[[], object]) -> None:
    """Wait until something is so."""
    async with asyncio.timeout(WAIT_LIMIT_S):
        while not is_so():  # noqa: ASYNC110 - it happens in another task or process
            await asyncio.sleep(LOOKS_EVERY_S)


async def until_it_gives(ask: Callable[[], Awaitable[object]], wanted: object) -> None:
    """Wait until asking gives what is wanted; shows what it gave last where it never does."""
    given: object = None
    try:
        async with asyncio.timeout(WAIT_LIMIT_S):
            while (given := await ask()) != wanted:  # noqa: ASYNC110 - as above
                await asyncio.sleep(LOOKS_EVERY_S)
    except TimeoutError:
        assert given == wanted
