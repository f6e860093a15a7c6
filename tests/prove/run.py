"""One run of the proof: a database, replicas, load and faults; then the evidence of it."""

import asyncio
import os
import random
import tempfile
import time
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import parse_qs, quote, urlsplit

import asyncpg
from prove.chaos import Chaos, Post
from prove.evidence import Evidence, dump
from prove.history import read_histories
from prove.load import Load, Scale
from prove.proxy import Proxy
from prove.replicas import Replica

from app.embedded import EmbeddedPostgres
from app.storage import schema

TEMPLATE = "proof_template"
SOCKET = ".s.PGSQL.5432"


@dataclass(frozen=True, slots=True)
class Setting:
    """How a run is set up: its load, how many replicas, how long a minute lasts, the defect."""

    scale: Scale
    replicas: int = 2
    minute_s: float = 60.0
    defect: str = ""
    faults: bool = False
    only: frozenset[str] = frozenset()
    pause_s: float = 0.5
    sql: str = ""
    kills: int = 0


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a run left: evidence, counts of load and faults, starts, and what services logged."""

    evidence: Evidence
    load: Counter[str]
    faults: Counter[str]
    restarts: int
    log: str


async def make_template(postgres: EmbeddedPostgres) -> None:
    """Migrate a database that every run gets a copy of."""
    await administer(postgres, f"CREATE DATABASE {TEMPLATE}")
    await asyncio.to_thread(schema.migrate, postgres.url(TEMPLATE))


async def administer(
    postgres: EmbeddedPostgres, statement: str, database: str = "postgres"
) -> None:
    connection = await asyncpg.connect(postgres.url(database))
    try:
        await connection.execute(statement)
    finally:
        await connection.close()


@dataclass(slots=True)
class Stage:
    """A running service on a fresh database, with its proxies, and where histories go."""

    folder: Path
    database: str
    posts: list[Post]

    @property
    def sockets(self) -> list[str]:
        return [str(post.clients.socket) for post in self.posts]


@asynccontextmanager
async def staged(postgres: EmbeddedPostgres, setting: Setting) -> AsyncIterator[Stage]:
    """Make a database and start replicas and proxies; all of it goes at the end."""
    name = f"proof_{os.urandom(4).hex()}"
    await administer(postgres, f"CREATE DATABASE {name} TEMPLATE {TEMPLATE}")
    if setting.sql:
        await administer(postgres, setting.sql, name)
    with tempfile.TemporaryDirectory(prefix="cg-prove-") as path:
        stage = Stage(Path(path), name, [])
        stage.posts = [_post(stage, setting, postgres, n) for n in range(setting.replicas)]
        try:
            for post in stage.posts:
                await post.database.start()
                await post.clients.start()
            await asyncio.gather(*(post.replica.start() for post in stage.posts))
            yield stage
        finally:
            await asyncio.gather(*(post.replica.stop() for post in stage.posts))
            for proxy in (p for post in stage.posts for p in (post.clients, post.database)):
                await proxy.stop()
    await administer(postgres, f"DROP DATABASE {name} WITH (FORCE)")


def _post(stage: Stage, setting: Setting, postgres: EmbeddedPostgres, number: int) -> Post:
    folder = stage.folder / f"r{number}"
    folder.mkdir()
    real = Path(parse_qs(urlsplit(postgres.url()).query)["host"][0])
    url = f"postgresql://creditgate@/{stage.database}?host={quote(str(folder))}&port=5432"
    arguments = ["--minute-s", str(setting.minute_s), "--defect", setting.defect]
    chance = random.Random(f"{setting.scale.seed}/proxy{number}")  # noqa: S311
    return Post(
        Replica(folder / "http", url, arguments, stage.folder / f"service{number}.log"),
        Proxy(folder / "clients", folder / "http", chance),
        Proxy(folder / SOCKET, real / SOCKET, chance, watches=True),
    )


async def run(postgres: EmbeddedPostgres, setting: Setting) -> Outcome:
    """Run load and faults on a fresh database, and gather what they left."""
    async with staged(postgres, setting) as stage:
        load = Load(setting.scale, stage.sockets, stage.folder)
        await load.prepare()
        chance = random.Random(f"{setting.scale.seed}/chaos")  # noqa: S311
        chaos = Chaos(postgres, stage.database, stage.posts, chance, setting.pause_s, setting.only)
        if setting.faults:
            load.wanted = lambda: not chaos.rounds or chaos.kills < setting.kills
            await asyncio.gather(load.run(), chaos.run(until=lambda: load.is_enough))
        else:
            await load.run()
        evidence = await gather(stage.folder, postgres.url(stage.database), setting)
        evidence.excuses += chaos.excuses + load.heartbeat.missed
        kills = sum(post.replica.starts - 1 for post in stage.posts)
        trouble = [(stage.folder / f"service{n}.log").read_text() for n in range(len(stage.posts))]
        return Outcome(evidence, load.counts, chaos.counts, kills, "".join(trouble))


async def gather(folder: Path, url: str, setting: Setting) -> Evidence:
    """Read the histories and the database as they are now."""
    ahead_ns = time.time_ns() - time.monotonic_ns()
    minute_us = int(setting.minute_s * 1_000_000)
    return Evidence(read_histories(folder), await dump(url), minute_us, ahead_ns)
