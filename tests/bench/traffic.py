"""Traffic from a process of its own: many connections, one thread, no waiting for any of them."""

import random
import selectors
import time
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from multiprocessing import get_context
from typing import Self

from bench.measure import CHECKS, asking
from bench.wire import ANSWER_LIMIT_S, NoAnswerError, Wire

NO_ANSWER_S = 0.8
"""What a 503 counts as having taken, at least: the service's own deadline, in seconds."""

STARTED_S = 0.5
"""How long each process is kept busy at first, so that all of them are started."""


@dataclass(frozen=True, slots=True)
class Traffic:
    """Recorded checks on some customers, each about an order of its own.

    Open with `per_s`: so many arrive in a second, at random instants (Poisson), however slow the
    answers are. Closed without: each connection asks again as soon as it is answered.
    """

    customers: tuple[str, ...]
    connections: int
    per_s: float | None = None


@dataclass(frozen=True, slots=True)
class Window:
    """From when to when requests are sent, by the machine's monotonic clock in seconds.

    `first` is the number of the first order, and the seed of the instants.
    """

    port: int
    starts_s: float
    ends_s: float
    first: int


@dataclass(frozen=True, slots=True)
class Answers:
    """How long each request took, in seconds, and how many were answered within the window.

    Time counts from when a request was to be sent: waiting for a free connection is part of it.
    `unanswered` are those that got a 503; they are among the times, but not in the window.
    """

    taken_s: list[float] = field(default_factory=list)
    in_window: int = 0
    unanswered: int = 0


@contextmanager
def generators(number: int) -> Iterator[ProcessPoolExecutor]:
    """Give processes that send traffic; none shares an interpreter with another or with us."""
    with ProcessPoolExecutor(number, mp_context=get_context("spawn")) as processes:
        for started in [processes.submit(time.sleep, STARTED_S) for _ in range(number)]:
            started.result()
        yield processes


def send(traffic: Traffic, window: Window) -> Answers:
    """Send the traffic and wait for its last answer: a success or, counted apart, a 503."""
    with _Lines(traffic, window) as lines:
        time.sleep(max(0.0, window.starts_s - time.monotonic()))
        while lines.are_open():
            lines.ask()
            lines.take()
        return lines.answers()


class _Lines:
    """The connections, which of them wait for an answer since when, and when the next asks."""

    def __init__(self, traffic: Traffic, window: Window) -> None:
        self._taken_s: list[float] = []
        self._answered_s: list[float] = []
        self._unanswered = 0
        self._traffic, self._window = traffic, window
        self._drawn = random.Random(window.first)  # noqa: S311 - instants to measure at
        self._next_s = window.starts_s
        self._following = asking(CHECKS, traffic.customers, first=window.first)
        self._since_s: dict[Wire, float] = {}
        self._idle: list[Wire] = []
        # Not epoll, which rounds a wait up to a whole millisecond.
        self._selector = selectors.SelectSelector()
        self._opened = ExitStack()

    def __enter__(self) -> Self:
        for _ in range(self._traffic.connections):
            wire = self._opened.enter_context(Wire(self._window.port))
            self._selector.register(wire, selectors.EVENT_READ)
            self._idle.append(wire)
        return self

    def __exit__(self, *_: object) -> None:
        self._selector.close()
        self._opened.close()

    def are_open(self) -> bool:
        return bool(self._since_s) or self._due_s() < self._window.ends_s

    def ask(self) -> None:
        """Send whatever is due and finds a free connection."""
        while self._idle and self._due_s() <= time.monotonic():
            due_s = self._due_s()
            if due_s >= self._window.ends_s:
                return
            wire = self._idle.pop()
            wire.ask(self._following())
            self._since_s[wire] = due_s
            if self._traffic.per_s is not None:
                self._next_s += self._drawn.expovariate(self._traffic.per_s)

    def take(self) -> None:
        """Take what is answered; waits for that until the next request is due."""
        patience_s = self._patience_s()
        answering = self._selector.select(patience_s)
        if not answering and patience_s == ANSWER_LIMIT_S:
            raise TimeoutError("the service does not answer")
        for key, _ in answering:
            assert isinstance(key.fileobj, Wire), "nothing else is registered"
            self._take_one(key.fileobj)
            self._idle.append(key.fileobj)

    def answers(self) -> Answers:
        in_window = sum(at_s <= self._window.ends_s for at_s in self._answered_s)
        return Answers(self._taken_s, in_window, self._unanswered)

    def _take_one(self, wire: Wire) -> None:
        due_s = self._since_s.pop(wire)
        try:
            wire.answer()
        except NoAnswerError:
            self._unanswered += 1
            self._taken_s.append(max(NO_ANSWER_S, time.monotonic() - due_s))
        else:
            now_s = time.monotonic()
            self._answered_s.append(now_s)
            self._taken_s.append(now_s - due_s)

    def _due_s(self) -> float:
        return time.monotonic() if self._traffic.per_s is None else self._next_s

    def _patience_s(self) -> float:
        due_s = self._due_s()
        if not self._idle or due_s >= self._window.ends_s:
            return ANSWER_LIMIT_S
        return max(0.0, due_s - time.monotonic())
