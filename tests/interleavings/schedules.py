"""Every order of two writers' statements: which there are, and how one of them is run.

A schedule says who goes next, statement by statement. Each run follows a given beginning, goes on
as it likes, and notes who else could have gone at each point: those beginnings are run next. A
writer that waits for a lock of the other cannot go; Postgres itself says who waits.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from typing import TypeVar

from interleavings.stepped import Session

PATIENCE_S = 0.002
"""How long a statement may take before Postgres is asked whether it waits for a lock."""

LIMIT_S = 30.0
"""How long one schedule may take: two writers that wait for each other are a defect."""

T = TypeVar("T")

Blocked = Callable[[int], Awaitable[bool]]
"""Whether the backend of this process id waits for a lock that another one holds."""


@dataclass
class Runner:
    """One writer of a schedule: its task, and whether it waits for the other's lock."""

    session: Session
    task: asyncio.Task[object]
    blocked: bool = False

    @property
    def ready(self) -> bool:
        return not self.task.done() and not self.blocked

    async def settle(self, is_blocked: Blocked) -> None:
        """Wait until the writer stands before a statement, has ended, or waits for a lock."""
        while not self.task.done() and not self.session.arrived.is_set():
            arrival = asyncio.ensure_future(self.session.arrived.wait())
            await asyncio.wait(
                (arrival, self.task), timeout=PATIENCE_S, return_when=asyncio.FIRST_COMPLETED
            )
            settled = arrival.done() or self.task.done()
            arrival.cancel()
            if not settled and await is_blocked(self.session.pid):
                self.blocked = True
                return
        self.blocked = False


@dataclass(frozen=True)
class Choice:
    """Who went at one point of a schedule, and whether the other could have gone as well."""

    chosen: int
    both_ready: bool


async def run(runners: tuple[Runner, Runner], wanted: tuple[int, ...], blocked: Blocked) -> str:
    """Let the writers go in the wanted order, then as it comes; gives every choice as text."""
    async with asyncio.timeout(LIMIT_S):
        choices = await _run(runners, wanted, blocked)
    return "".join(("ab" if not c.both_ready else "AB")[c.chosen] for c in choices)


async def _run(
    runners: tuple[Runner, Runner], wanted: tuple[int, ...], blocked: Blocked
) -> list[Choice]:
    choices: list[Choice] = []
    for runner in runners:
        await runner.settle(blocked)
    while not all(runner.task.done() for runner in runners):
        ready = [index for index in (0, 1) if runners[index].ready]
        if ready:
            place = len(choices)
            chosen = wanted[place] if place < len(wanted) else ready[0]
            assert chosen in ready, f"{wanted} cannot be repeated at {place}"
            choices.append(Choice(chosen, both_ready=len(ready) > 1))
            runners[chosen].session.go()
            await runners[chosen].settle(blocked)
        for runner in runners:
            if runner.blocked:
                await runner.settle(blocked)
    return choices


async def every_schedule(
    one: Callable[[tuple[int, ...]], Awaitable[tuple[str, T]]],
) -> AsyncIterator[tuple[str, T]]:
    """Run each schedule once, given how to run one from its beginning; `a` and `b` had no choice.

    The two serial orders are among them: the first one is `A` alone and then `B`.
    """
    beginnings: list[tuple[int, ...]] = [()]
    while beginnings:
        beginning = beginnings.pop()
        schedule, result = await one(beginning)
        went = tuple("ab".index(letter.lower()) for letter in schedule)
        beginnings += [
            (*went[:place], 1 - went[place])
            for place in range(len(beginning), len(schedule))
            if schedule[place].isupper()
        ]
        yield schedule, result
