"""Defects in how answers are given: too early, made up, not the same twice."""

import asyncio
import random
from dataclasses import replace
from datetime import timedelta
from typing import Any

from prove.planted.defect import Defect, swap

from app.api.wording import wording_in
from app.credit.texts import Language
from app.desk import statements
from app.desk.checks import Answered, Ask, Checks, Task, Wording
from app.desk.failures import StorageUnavailableError
from app.desk.shelf import PolicyShelf
from app.desk.statements import Posted, Statements
from app.desk.work import Work
from app.storage import decisions, positions
from app.storage.database import Connection

WRITE_DELAY_S = 0.03
STALE_S = 0.05
LOST_SHARE = 0.1
LATE_SHARE, LATE_S = 0.02, 3.0
RECORDED_SHARE = 0.3

_running: set[asyncio.Task[Any]] = set()


def commit_after_the_answer() -> None:
    record = decisions.record

    async def written_later(self: Checks, entry: decisions.DecisionEntry) -> None:
        await asyncio.sleep(WRITE_DELAY_S)
        async with self.work.database.connection() as connection:
            await record(connection, entry)

    async def attempted(self: Checks, connection: Connection, task: Task) -> Answered | None:
        async def begun(_connection: Connection, entry: decisions.DecisionEntry) -> bool:
            writing = asyncio.create_task(written_later(self, entry))
            _running.add(writing)
            writing.add_done_callback(_forget)
            return True

        swap(decisions, "record", begun)
        answered: Answered | None = await attempt(self, connection, task)
        return answered

    attempt = swap(Checks, "_attempt", attempted)


def _forget(task: asyncio.Task[Any]) -> None:
    _running.discard(task)
    if not task.cancelled():
        task.exception()


def never_written() -> None:
    async def pretended(_connection: Connection, _entry: decisions.DecisionEntry) -> bool:
        return True

    swap(decisions, "record", pretended)


def no_look_up() -> None:
    swap(positions, "_earlier", lambda _row: None)


def failure_as_hold() -> None:

    async def guessed(self: Checks, ask: Ask, wording: Wording) -> Answered:
        try:
            answered: Answered = await check(self, ask, wording)
        except StorageUnavailableError:
            held = f'{{"id":"chk_0","outcome":"hold","account_seq":0,"customer":"{ask.customer}"}}'
            return Answered(held, replayed=False)
        return answered

    check = swap(Checks, "check", guessed)


def other_bytes_on_replay() -> None:

    async def spaced(self: Checks, ask: Ask, wording: Wording) -> Answered:
        answered: Answered = await check(self, ask, wording)
        text = answered.answer.replace(",", ", ") if answered.replayed else answered.answer
        return replace(answered, answer=text)

    check = swap(Checks, "check", spaced)


def decides_on_a_stale_snapshot() -> None:
    """Take the account as it was up to 50 ms ago; the guard is told the current number."""
    kept: dict[str, tuple[float, Any]] = {}

    async def stale(connection: Connection, question: positions.Question) -> positions.Reading:
        reading: positions.Reading = await read(connection, question)
        now = asyncio.get_running_loop().time()
        at, account = kept.get(question.account, (float("-inf"), None))
        if account is None or reading.account is None or now - at > STALE_S:
            kept[question.account] = (now, reading.account)
            return reading
        return replace(reading, account=replace(account, seq=reading.account.seq))

    read = swap(positions, "read", stale)


def statement_lost_after_the_answer() -> None:

    class RolledBackError(Exception):
        def __init__(self, posted: Posted) -> None:
            super().__init__()
            self.posted = posted

    async def undone(
        self: Statements, connection: Connection, statement: statements.Statement
    ) -> Posted:
        posted: Posted = await self._post(connection, statement)
        if random.random() < LOST_SHARE:  # noqa: S311
            raise RolledBackError(posted)
        return posted

    async def answered(self: Statements, statement: statements.Statement) -> Posted:
        try:
            return await self.work.writing(lambda connection: undone(self, connection, statement))
        except RolledBackError as rolled_back:
            return rolled_back.posted

    swap(Statements, "post", answered)


def old_policy_under_the_new_name() -> None:

    async def mixed(self: PolicyShelf, connection: Connection, key: tuple[str, int]) -> Any:
        first = await rules(self, connection, (key[0], 1))
        return replace(first, version=key[1])

    rules = swap(PolicyShelf, "rules", mixed)


def old_policy_kept() -> None:

    async def first_one(self: PolicyShelf, connection: Connection, key: tuple[str, int]) -> Any:
        return await rules(self, connection, (key[0], 1))

    rules = swap(PolicyShelf, "rules", first_one)


def clock_of_the_service() -> None:

    def skewed(row: Any) -> positions.Reading:
        reading: positions.Reading = reading_of(row)
        late = timedelta(seconds=random.random())  # noqa: S311
        return replace(reading, now=reading.now - late)

    reading_of = swap(positions, "_reading", skewed)


def preview_recorded() -> None:

    async def recorded(self: Checks, ask: Ask) -> Any:
        previewed = await preview(self, ask)
        if random.random() < RECORDED_SHARE:  # noqa: S311
            await self.check(ask, wording_in(Language.ENGLISH))
        return previewed

    preview = swap(Checks, "preview", recorded)


def deadline_not_kept() -> None:

    async def held_up(self: Work, attempt_once: Any) -> Any:
        if random.random() < LATE_SHARE:  # noqa: S311
            await asyncio.sleep(LATE_S)
        return await tried(self, attempt_once)

    tried = swap(Work, "tried", held_up)


NO_UNIQUE_KEY = "ALTER TABLE decision DROP CONSTRAINT uq_decision_order_revision"

DEFECTS = (
    Defect("commit after the answer", commit_after_the_answer, "O4", replicas=2),
    Defect("decision never written", never_written, "O4"),
    Defect("no unique key and no look-up", no_look_up, "O5", sql=NO_UNIQUE_KEY, replicas=2),
    Defect("retry without look-up", no_look_up, "O6"),
    Defect("failure answered as hold", failure_as_hold, "O4", ("hot account locked",)),
    Defect("other bytes on replay", other_bytes_on_replay, "O4"),
    Defect("stale snapshot", decides_on_a_stale_snapshot, "O2", replicas=2),
    Defect("statement lost after the answer", statement_lost_after_the_answer, "O4"),
    Defect("old policy under the new name", old_policy_under_the_new_name, "O1",
           mix={"change_policy": 8}),
    Defect("old policy kept", old_policy_kept, "O3", mix={"change_policy": 8}),
    Defect("preview recorded", preview_recorded, "O5", mix={"preview": 20}),
    Defect("deadline not kept", deadline_not_kept, "O9"),
    Defect("clock of the service", clock_of_the_service, "O8"),
)  # fmt: skip
