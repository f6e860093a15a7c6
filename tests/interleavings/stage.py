"""Two desks on one database that starts from the same state each time."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, cast
from unittest.mock import patch

import asyncpg
from interleavings.hold_writers import have_held, hold_writers
from interleavings.schedules import Runner, every_schedule, run
from interleavings.situation import PUT_BACK, REMEMBER, Situation, situation
from interleavings.stepped import Session, SteppedDatabase
from interleavings.writers import LIMIT_MINOR, Canonical, Writer, furnish, writers
from support.service import KEY, a_service

from app.desk.desk import Desk
from app.settings import Settings
from app.storage.database import Limits
from app.wiring import wired_desk

PATIENT_S = 60.0
"""No limit of the service's own may end a statement while it waits for its turn."""

# Not by autovacuum, which takes locks for a moment and is no writer.
IS_BLOCKED = """
    SELECT EXISTS (SELECT FROM unnest(pg_blocking_pids($1)) AS blocking (pid)
                     JOIN pg_stat_activity a USING (pid)
                    WHERE a.backend_type = 'client backend')
"""
POLICY_IN_FORCE = "SELECT name, version FROM policy ORDER BY version DESC LIMIT 1"

FAILED = "failed"


@dataclass(frozen=True)
class Result:
    """What a schedule led to."""

    answers: tuple[Canonical, Canonical]
    after: Situation

    def means_the_same_as(self, other: "Result") -> bool:
        """Say whether both writers were told the same and left the same behind."""
        return (self.answers, self.after.state) == (other.answers, other.after.state)


@dataclass(frozen=True)
class Stage:
    """Where schedules are played. `monitor` looks at what is committed and at who waits."""

    settings: Settings
    databases: tuple[SteppedDatabase, SteppedDatabase]
    monitor: Any
    now: datetime
    writers: tuple[Writer, ...]
    hold_writers: tuple[Writer, ...]

    def named(self, name: str) -> Writer:
        return next(w for w in (*self.writers, *self.hold_writers) if w.name == name)

    async def flaws(self, pair: tuple[Writer, Writer]) -> tuple[int, list[str]]:
        """Play every schedule of a pair; gives their number and whatever is wrong with them."""

        async def play(beginning: tuple[int, ...]) -> tuple[str, Result]:
            return await self._play(pair, beginning)

        played = [schedule async for schedule in every_schedule(play)]
        serial = [result for schedule, result in played if _is_serial(schedule)]
        assert len(serial) == 2, f"both serial orders are among {[s for s, _ in played]}"
        names = f"{pair[0].name} / {pair[1].name}"
        return len(played), [
            f"{names} {schedule}: {flaw}"
            for schedule, result in played
            for flaw in _flaws(pair, result, serial)
        ]

    async def _play(
        self, pair: tuple[Writer, Writer], beginning: tuple[int, ...]
    ) -> tuple[str, Result]:
        await self.monitor.execute(PUT_BACK)
        first, second = [await self._runner(n, writer) for n, writer in enumerate(pair)]
        schedule = await run((first, second), beginning, self._is_blocked)
        answers = (await _answer(first), await _answer(second))
        return schedule, Result(answers, await situation(self.monitor))

    async def _runner(self, index: int, writer: Writer) -> Runner:
        desk = await self._desk(self.databases[index], late=writer.late)
        self.databases[index].session = session = Session(writer.name)
        return Runner(session, asyncio.ensure_future(writer.act(desk)))

    async def _desk(self, database: SteppedDatabase, *, late: bool) -> Desk:
        """Give a desk of its own for each run: what one remembers of policies is not put back.

        It knows the policy in force, as any desk does after its first check.
        """
        with patch("app.wiring.desk.Database", lambda *_: database):
            now = self.now + timedelta(hours=2 if late else 0)
            desk = wired_desk(self.settings, fixed_now=now)
        name, version = await self.monitor.fetchrow(POLICY_IN_FORCE)
        await desk.policies.rules(self.monitor, (name, version))
        return desk

    async def _is_blocked(self, pid: int) -> bool:
        return bool(await self.monitor.fetchval(IS_BLOCKED, pid))


@asynccontextmanager
async def a_stage(
    database_url: str, monitor: "asyncpg.Connection[asyncpg.Record]"
) -> AsyncIterator[Stage]:
    """Furnish the database and open two desks' connections to it."""
    settings = Settings.model_validate(
        {"database_url": database_url, "api_key": KEY, "deadline_s": PATIENT_S}
    )
    now = datetime.now(UTC)
    async with a_service(settings, fixed_now=now) as service:
        acting = writers(await furnish(service))
        deciding = hold_writers(await have_held(service))
    await monitor.execute(REMEMBER)
    limits = Limits(1, 2, PATIENT_S, PATIENT_S, PATIENT_S, PATIENT_S)
    databases = (SteppedDatabase(database_url, limits), SteppedDatabase(database_url, limits))
    async with AsyncExitStack() as stack:
        for database in databases:
            await database.open()
            stack.push_async_callback(database.close)
        yield Stage(settings, databases, monitor, now, acting, deciding)


async def _answer(runner: Runner) -> Canonical:
    """Give what a writer was answered; whoever was answered by a failure is a flaw as well."""
    try:
        return cast("Canonical", await runner.task)
    except Exception as failure:  # noqa: BLE001 - whatever it is, it is reported
        return (FAILED, type(failure).__name__)


def _flaws(pair: tuple[Writer, Writer], result: Result, serial: list[Result]) -> list[str]:
    found = result.after.flaws()
    found += [f"failed with {answer[1]}" for answer in result.answers if answer[0] == FAILED]
    over_minor = result.after.exposure_minor - LIMIT_MINOR
    if all(writer.binding for writer in pair) and over_minor > 0:
        found.append(f"exposure is {over_minor} over the limit")
    if not any(result.means_the_same_as(one) for one in serial):
        found.append("neither writer was wholly before the other")
    return found


def _is_serial(schedule: str) -> bool:
    """Say whether one writer was done before the other began."""
    went = schedule.lower()
    return "".join(sorted(went)) in {went, went[::-1]}
