"""Faults while the load runs: a shuffled deck of every kind, dealt again and again."""

import asyncio
import os
import random
import signal
import time
from collections import Counter
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass, field
from functools import partial

import asyncpg
from prove.load import HOT
from prove.points import Point
from prove.proxy import DOWN, UP, Proxy, Trap, Weather
from prove.replicas import Replica

from app.embedded import EmbeddedPostgres

TRAP_LIMIT_S = 1.5
"""How long a trap may wait for its point before it is taken away."""

BACKENDS = "SELECT pid FROM pg_stat_activity WHERE application_name = 'creditgate'"
TERMINATE = "SELECT pg_terminate_backend($1)"

SIDES = ("clients", "database")
WEATHERS = {
    "delay": Weather(delay_s=0.05, jitter_s=0.25),
    "black hole": Weather(swallowed=frozenset({UP, DOWN})),
    "requests lost": Weather(swallowed=frozenset({UP})),
    "answers lost": Weather(swallowed=frozenset({DOWN})),
    "cut after some bytes": Weather(cut_after_bytes=2_000),
}
DEADLY_POINTS = (Point.DECIDE, Point.COMMIT, Point.POST)

EXCUSING = ("service", "clients")
"""What the names of faults begin with that keep the service or its answers from the clients."""

Fault = Callable[[], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class Post:
    """One replica with the proxies before and behind it."""

    replica: Replica
    clients: Proxy
    database: Proxy


@dataclass(slots=True)
class Chaos:
    """Deals faults by chance, from the seed, until the load has had enough."""

    postgres: EmbeddedPostgres
    database: str
    posts: list[Post]
    chance: random.Random
    pause_s: float
    only: frozenset[str] = frozenset()
    counts: Counter[str] = field(default_factory=Counter)
    rounds: int = 0
    excuses: list[tuple[int, int]] = field(default_factory=list)
    """When the service could not answer, or was not heard: killed, frozen, cut from clients."""
    _restarts: set[asyncio.Task[None]] = field(default_factory=set)

    @property
    def kills(self) -> int:
        """How often something was killed so far."""
        return sum(number for name, number in self.counts.items() if "killed" in name)

    async def run(self, *, until: Callable[[], bool]) -> None:
        """Deal whole decks, and heal everything at the end."""
        while not until():
            deck = [(name, f) for name, f in self._deck().items() if self._is_dealt(name)]
            self.chance.shuffle(deck)
            for name, fault in deck:
                if self.rounds and until():
                    break
                await asyncio.sleep(self.chance.uniform(0, 2 * self.pause_s))
                self.counts[name] += 1
                began_ns = time.monotonic_ns()
                with suppress(OSError, asyncpg.PostgresError, asyncpg.InterfaceError):
                    await fault()
                if name.startswith(EXCUSING):
                    self.excuses.append((began_ns, time.monotonic_ns()))
            self.rounds += 1
        await self._heal()

    def _is_dealt(self, name: str) -> bool:
        return not self.only or name in self.only

    async def _heal(self) -> None:
        for post in self.posts:
            self._clear(post)
        await asyncio.gather(*self._restarts)

    @staticmethod
    def _clear(post: Post) -> None:
        for proxy in (post.clients, post.database):
            proxy.weather = Weather()
            proxy.traps.clear()

    def _deck(self) -> dict[str, Fault]:
        faults: dict[str, Fault] = {
            "service killed": self._kill_service,
            "service frozen": self._freeze_service,
            "backend terminated": self._terminate_backend,
            "backend killed": self._kill_backend,
            "Postgres killed": self._kill_postgres,
            "hot account locked": partial(self._hold_lock, (0.1, 1.2)),
            "hot account held briefly": partial(self._hold_lock, (0.03, 0.15)),
        }
        for where in SIDES:
            faults[f"{where}: cut"] = partial(self._cut_all, where)
            for name, weather in WEATHERS.items():
                faults[f"{where}: {name}"] = partial(self._change_weather, where, weather)
        for point in Point:
            faults[f"cut before {point}"] = partial(self._trap, point, before=True)
            faults[f"answer lost at {point}"] = partial(self._trap, point)
        for point in DEADLY_POINTS:
            faults[f"service killed at {point}"] = partial(self._kill_service_at, point)
        return faults

    def _post(self) -> Post:
        return self.chance.choice(self.posts)

    async def _kill_service(self) -> None:
        await self._killed(self._post())

    async def _killed(self, post: Post) -> None:
        await post.replica.kill()
        restart = asyncio.create_task(self._restarted(post))
        self._restarts.add(restart)
        restart.add_done_callback(self._restarts.discard)

    async def _restarted(self, post: Post) -> None:
        began_ns = time.monotonic_ns()
        await post.replica.start()
        self.excuses.append((began_ns, time.monotonic_ns()))

    async def _freeze_service(self) -> None:
        post = self._post()
        post.replica.signal(signal.SIGSTOP)
        await asyncio.sleep(self.chance.uniform(0.3, 1.2))
        post.replica.signal(signal.SIGCONT)

    async def _terminate_backend(self) -> None:
        connection = await asyncpg.connect(self.postgres.url(self.database))
        try:
            pids = [row["pid"] for row in await connection.fetch(BACKENDS)]
            for pid in self.chance.sample(pids, min(2, len(pids))):
                await connection.execute(TERMINATE, pid)
        finally:
            await connection.close()

    async def _kill_backend(self) -> None:
        """Kill -9 one backend: Postgres then ends all others and recovers."""
        connection = await asyncpg.connect(self.postgres.url(self.database))
        pids = [row["pid"] for row in await connection.fetch(BACKENDS)]
        await connection.close()
        if pids:
            os.kill(self.chance.choice(pids), signal.SIGKILL)

    async def _kill_postgres(self) -> None:
        await asyncio.to_thread(self.postgres.kill)
        await asyncio.sleep(self.chance.uniform(0, 0.3))
        await asyncio.to_thread(self.postgres.restart)

    async def _hold_lock(self, seconds: tuple[float, float]) -> None:
        connection = await asyncpg.connect(self.postgres.url(self.database))
        try:
            async with connection.transaction():
                await connection.execute(
                    "SELECT FROM credit_account WHERE ref = $1 FOR UPDATE", HOT
                )
                await asyncio.sleep(self.chance.uniform(*seconds))
        finally:
            await connection.close()

    async def _cut_all(self, where: str) -> None:
        proxy: Proxy = getattr(self._post(), where)
        proxy.cut_all()

    async def _change_weather(self, where: str, weather: Weather) -> None:
        proxy: Proxy = getattr(self._post(), where)
        proxy.weather = weather
        await asyncio.sleep(self.chance.uniform(0.3, 1.2))
        proxy.weather = Weather()
        if weather.swallowed:
            # What was swallowed is gone for good: no connection lives on with a hole in it.
            proxy.cut_all()

    async def _trap(self, point: Point, *, before: bool = False) -> None:
        await self._set_trap(self._post(), point, Trap(before=before))

    async def _kill_service_at(self, point: Point) -> None:
        post = self._post()
        await self._set_trap(post, point, Trap(then=partial(self._killed, post)))

    async def _set_trap(self, post: Post, point: Point, trap: Trap) -> None:
        post.database.traps[point] = trap
        with suppress(TimeoutError):
            async with asyncio.timeout(TRAP_LIMIT_S):
                await trap.sprung.wait()
                self.counts["traps sprung"] += 1
        post.database.traps.pop(point, None)
