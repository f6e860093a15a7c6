"""The worker: runs each job when it is due, one worker at a time however many there are.

A job is claimed as a row with a lease, not by a lock, so that no connection is kept for it and
PgBouncer may stand in between. It is prolonged while the job runs and given back at the end.
"""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from app.desk.work import Work
from app.storage import jobs
from app.storage.database import StorageUnavailableError

LEASE = timedelta(seconds=60)
"""How long a claim lasts unless it is prolonged; after that another worker takes the job over."""

PROLONGED_EVERY_S = 15.0
"""How often a running job's claim is prolonged, in seconds."""

LOOKS_EVERY_S = 5.0
"""How often a worker looks for jobs that are due, in seconds."""

FAILED = "failed: {}"
"""The outcome of a job that could not do its work; it is tried again when it is due next."""

NO_ANSWER = "the database gives no answer ({}); trying again"
"""What is said while nothing can be claimed."""

Report = Callable[[str], None]
"""Told a sentence about each job that was run."""


class ClaimLostError(Exception):
    """Another worker has taken the job over, as its claim was not prolonged in time."""


@dataclass(frozen=True, slots=True)
class Job:
    """Something done every so often: its name, how often, and what it does.

    `run` says in a sentence what came of it.
    """

    name: str
    every: timedelta
    run: Callable[[], Awaitable[str]]


@dataclass(frozen=True, slots=True)
class Watch:
    """Something that every worker looks at all the time, beside the jobs.

    `look` says in a sentence what it did, or `None` where nothing was to be done. Others may look
    at the same moment.
    """

    name: str
    every_s: float
    look: Callable[[], Awaitable[str | None]]


@dataclass(frozen=True, slots=True)
class Worker:
    """Runs jobs that are due, one after the other, and keeps its watches beside them."""

    work: Work
    jobs: Sequence[Job]
    watches: Sequence[Watch] = ()

    async def run(self, report: Report) -> None:
        """Run jobs as they fall due, until cancelled; a database that is away is waited for."""
        async with asyncio.TaskGroup() as group:
            for watch in self.watches:
                group.create_task(_kept(watch, report))
            while True:
                try:
                    await self.run_due(report)
                except StorageUnavailableError as error:
                    report(NO_ANSWER.format(error))
                await asyncio.sleep(LOOKS_EVERY_S)

    async def run_due(self, report: Report) -> None:
        """Run once each job that is due and that no other worker runs."""
        for job in self.jobs:
            token = await self._claimed(job)
            if token is not None:
                report(f"{job.name}: {await self._run(job, token)}")

    async def _claimed(self, job: Job) -> UUID | None:
        return await self.work.writing(
            lambda connection: jobs.claim(connection, job.name, every=job.every, lease=LEASE)
        )

    async def _run(self, job: Job, token: UUID) -> str:
        outcome: str | None = None
        try:
            outcome = await self._outcome(job, token)
        finally:
            # Also when it is broken off: it is due at once then.
            with suppress(StorageUnavailableError):
                await self._finish(job, token, outcome)
        return outcome

    async def _outcome(self, job: Job, token: UUID) -> str:
        try:
            async with asyncio.TaskGroup() as group:
                prolonging = group.create_task(self._prolonged(job, token))
                outcome = await job.run()
                prolonging.cancel()
        except* Exception as failures:  # noqa: BLE001 - one job's bug must not stop the others
            outcome = FAILED.format(repr(failures.exceptions[0]))
        return outcome

    async def _prolonged(self, job: Job, token: UUID) -> None:
        while True:
            await asyncio.sleep(PROLONGED_EVERY_S)
            with suppress(StorageUnavailableError):
                if not await self._is_ours(job, token):
                    raise ClaimLostError(job.name)

    async def _is_ours(self, job: Job, token: UUID) -> bool:
        return await self.work.writing(
            lambda connection: jobs.prolong(connection, job.name, token, lease=LEASE)
        )

    async def _finish(self, job: Job, token: UUID, outcome: str | None) -> None:
        await self.work.writing(
            lambda connection: jobs.finish(connection, job.name, token, outcome)
        )


async def _kept(watch: Watch, report: Report) -> None:
    while True:
        try:
            told = await watch.look()
        except StorageUnavailableError as error:
            told = NO_ANSWER.format(error)
        except Exception as error:  # noqa: BLE001 - one watch's bug must not stop the others
            told = f"{watch.name}: {FAILED.format(repr(error))}"
        if told is not None:
            report(told)
        await asyncio.sleep(watch.every_s)
