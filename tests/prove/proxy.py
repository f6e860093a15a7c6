"""A proxy between two Unix sockets that delays, loses and cuts, by chance and on command.

One stands between the clients and each replica, one between each replica and the database.
"""

import asyncio
import random
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from prove.points import Point, Watcher

CHUNK_BYTES = 65_536
STOP_LIMIT_S = 2.0
ANSWER_TIME_S = 0.05
"""How long the other side is given to act on what it was sent before the cut."""

UP, DOWN = "up", "down"
"""Towards the server, and back to the client."""


@dataclass(slots=True)
class Weather:
    """What happens to bytes at present. A swallowed direction is a black hole of one way."""

    delay_s: float = 0.0
    jitter_s: float = 0.0
    swallowed: frozenset[str] = frozenset()
    cut_after_bytes: int | None = None


@dataclass(frozen=True, slots=True)
class Trap:
    """What to do once at a point: before the bytes go on, or after, and to whom."""

    before: bool = False
    then: Callable[[], Awaitable[None]] | None = None
    sprung: asyncio.Event = field(default_factory=asyncio.Event)


@dataclass(slots=True, eq=False)
class _Link:
    """One connection through the proxy."""

    client: asyncio.StreamWriter
    server: asyncio.StreamWriter
    watcher: Watcher = field(default_factory=Watcher)
    answers_lost: bool = False
    passed_bytes: int = 0
    ended: asyncio.Event = field(default_factory=asyncio.Event)

    def cut(self) -> None:
        """Reset both sides."""
        for writer in (self.client, self.server):
            writer.transport.abort()


@dataclass(slots=True)
class Proxy:
    """Listens on `socket`, forwards to `target`."""

    socket: Path
    target: Path
    chance: random.Random
    watches: bool = False
    weather: Weather = field(default_factory=Weather)
    traps: dict[Point, Trap] = field(default_factory=dict)
    _links: set[_Link] = field(default_factory=set)
    _server: asyncio.Server | None = None

    async def start(self) -> None:
        self._server = await asyncio.start_unix_server(self._accept, str(self.socket))

    async def stop(self) -> None:
        """Listen no more, and cut what there is; those that are in a delay are waited for."""
        if self._server is not None:
            self._server.close()
        self.cut_all()
        with suppress(TimeoutError):
            async with asyncio.timeout(STOP_LIMIT_S):
                await asyncio.gather(*(link.ended.wait() for link in tuple(self._links)))

    def cut_all(self) -> None:
        """Reset every connection that there is."""
        for link in tuple(self._links):
            link.cut()

    async def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            answers, server = await asyncio.open_unix_connection(str(self.target))
        except OSError:
            writer.transport.abort()
            return
        link = _Link(writer, server)
        self._links.add(link)
        try:
            with suppress(OSError):
                pumps = (self._pump(link, reader, UP), self._pump(link, answers, DOWN))
                await asyncio.gather(*pumps)
        finally:
            link.cut()
            link.ended.set()
            self._links.discard(link)

    async def _pump(self, link: _Link, reader: asyncio.StreamReader, way: str) -> None:
        writer = link.server if way == UP else link.client
        while chunk := await reader.read(CHUNK_BYTES):
            await self._delay()
            if way in self.weather.swallowed or (way == DOWN and link.answers_lost):
                continue
            if self._is_cut(link, len(chunk)):
                writer.write(chunk[: len(chunk) // 2])
                break
            trap = self._trap_in(link, chunk) if way == UP and self.watches else None
            if trap is not None:
                await self._spring(link, trap, chunk)
            else:
                writer.write(chunk)
                await writer.drain()
        link.cut()

    async def _delay(self) -> None:
        weather = self.weather
        if weather.delay_s or weather.jitter_s:
            await asyncio.sleep(weather.delay_s + self.chance.uniform(0, weather.jitter_s))

    def _is_cut(self, link: _Link, more_bytes: int) -> bool:
        link.passed_bytes += more_bytes
        limit = self.weather.cut_after_bytes
        return limit is not None and link.passed_bytes % (2 * limit) > limit

    def _trap_in(self, link: _Link, chunk: bytes) -> Trap | None:
        for point in link.watcher.points_in(chunk):
            if point in self.traps:
                return self.traps.pop(point)
        return None

    async def _spring(self, link: _Link, trap: Trap, chunk: bytes) -> None:
        """Lose the bytes, or let them through and lose their answer; then cut."""
        trap.sprung.set()
        if not trap.before:
            link.answers_lost = True
            link.server.write(chunk)
            await link.server.drain()
            if trap.then is None:
                await asyncio.sleep(ANSWER_TIME_S)
        if trap.then is not None:
            await trap.then()
        link.cut()
