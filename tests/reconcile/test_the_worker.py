import asyncio
import signal
from collections.abc import Awaitable, Callable
from datetime import timedelta

import pytest
from reconcile.book import Connection, desk_of, is_marked, written
from support.commands import run, running
from support.service import Service

from app.desk import worker
from app.desk.worker import Job, Worker

HOUR = timedelta(hours=1)


class Told:
    """What a job did, and what was said of it."""

    def __init__(self) -> None:
        self.runs: list[str] = []
        self.sentences: list[str] = []

    def doing(self, name: str, outcome: str = "done") -> Callable[[], Awaitable[str]]:
        """Give a job's work, which takes a moment."""

        async def work() -> str:
            self.runs.append(name)
            await asyncio.sleep(0.05)
            return outcome

        return work


def worker_of(service: Service, *jobs: Job) -> Worker:
    return Worker(desk_of(service).work, jobs)


async def failing() -> str:
    raise ZeroDivisionError("a bug")


async def test_of_several_workers_one_runs_what_is_due(service: Service) -> None:
    told = Told()
    workers = [worker_of(service, Job("count", HOUR, told.doing("count"))) for _ in range(4)]
    await asyncio.gather(*(one.run_due(told.sentences.append) for one in workers))
    assert (told.runs, told.sentences) == (["count"], ["count: done"])


async def test_a_job_is_due_again_when_its_interval_has_passed(
    service: Service, connection: Connection
) -> None:
    told = Told()
    alone = worker_of(service, Job("count", HOUR, told.doing("count")))
    for _ in range(2):
        await alone.run_due(told.sentences.append)
    await connection.execute("UPDATE job SET started_at = started_at - interval '1 hour'")
    await alone.run_due(told.sentences.append)
    assert told.runs == ["count", "count"]


async def test_a_job_that_fails_stops_no_other_and_is_not_tried_at_once(
    service: Service, connection: Connection
) -> None:
    told = Told()
    jobs = (Job("broken", HOUR, failing), Job("count", HOUR, told.doing("count")))
    for _ in range(2):
        await worker_of(service, *jobs).run_due(told.sentences.append)
    assert told.sentences == ["broken: failed: ZeroDivisionError('a bug')", "count: done"]
    outcomes = await connection.fetch("SELECT name, outcome FROM job ORDER BY name")
    assert [tuple(row.values()) for row in outcomes] == [
        ("broken", "failed: ZeroDivisionError('a bug')"),
        ("count", "done"),
    ]


async def test_a_job_that_was_broken_off_is_due_at_once(service: Service) -> None:
    told = Told()
    begun = asyncio.Event()

    async def endless() -> str:
        told.runs.append("begun")
        begun.set()
        await asyncio.sleep(60)
        return "never"

    one = asyncio.create_task(worker_of(service, Job("long", HOUR, endless)).run(print))
    await begun.wait()
    one.cancel()
    await asyncio.gather(one, return_exceptions=True)

    other = worker_of(service, Job("long", HOUR, told.doing("taken over")))
    await other.run_due(told.sentences.append)
    assert told.runs == ["begun", "taken over"]


async def test_a_worker_that_lost_its_claim_stops_and_leaves_the_next_ones_alone(
    service: Service, connection: Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(worker, "PROLONGED_EVERY_S", 0.05)
    told = Told()

    async def endless() -> str:
        await connection.execute("UPDATE job SET claim_token = gen_random_uuid()")
        await asyncio.sleep(60)
        return "never"

    await worker_of(service, Job("long", HOUR, endless)).run_due(told.sentences.append)

    assert told.sentences == ["long: failed: ClaimLostError('long')"]
    assert await connection.fetchval("SELECT finished_at IS NULL AND outcome IS NULL FROM job")


async def test_the_command_works_until_it_is_told_to_stop(
    service: Service, connection: Connection, database_url: str
) -> None:
    await written(service, "C1")
    await connection.execute("UPDATE credit_account SET orders_minor = orders_minor + 7")
    with running("worker", database_url=database_url) as process:
        said = await asyncio.to_thread(process.wait_for, "payment behaviour: ")
        code = await asyncio.to_thread(process.end, signal.SIGTERM)
        told_last = process.said
    assert "reconcile: 1 accounts reconciled, 1 drift, 1 marked" in said
    assert "payment behaviour: 1 customers counted, 0 old documents dropped" in said
    assert (code, "Traceback" in told_last) == (0, False)
    assert await is_marked(connection, "C1")


def test_a_worker_with_nothing_to_do_says_so(database_url: str) -> None:
    done = run(
        "worker",
        database_url=database_url,
        reconcile_interval_minutes="0",
        behaviour_interval_minutes="0",
        holds_interval_s="0",
    )
    assert (done.returncode, done.stderr.count("\n")) == (78, 1)
