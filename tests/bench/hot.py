"""One hot account: what it costs its own checks, and what it costs everybody else's.

Traffic on one account is compared with the same traffic spread over a hundred, so that what is
seen is what the account does, and not what a busy machine does.
"""

import asyncio
import random
import time
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import asdict, dataclass, replace
from itertools import chain, count
from statistics import median
from typing import Any

from bench.accounts import refresh
from bench.measure import Latency
from bench.traffic import Answers, Traffic, Window, generators, send

ONE = ("HOT",)
MANY = tuple(f"SPREAD-{number}" for number in range(100))
OTHERS = tuple(f"NEIGHBOUR-{number}" for number in range(50))
KINDS = {"one account": ONE, "100 accounts": MANY}
CUSTOMERS = (*ONE, *MANY, *OTHERS)

OTHERS_PER_S = 50.0
"""Few enough to leave most of the machine to the others, enough for a 99th percentile."""

OTHERS_CONNECTIONS = 16
OPEN_CONNECTIONS = 64
"""So many that an open load seldom waits for one of its own connections."""

START_S = 0.3
"""How long the generators get to connect before a window begins, in seconds."""

LEAD_S = 0.5
"""How long the background goes on before and after what is measured, in seconds."""

FIRST_NUMBER = 100_000_000
NUMBERS_A_WINDOW = 1_000_000


@dataclass(frozen=True, slots=True)
class Plan:
    """How long and how often to measure. Lengths of windows are in seconds."""

    rounds: int
    seconds: float
    connections: int
    seed: int


@dataclass(frozen=True, slots=True)
class _Stage:
    """The service, the processes that ask it, and numbers for orders nobody asked about."""

    port: int
    processes: ProcessPoolExecutor
    numbers: Iterator[int]

    def window(self, seconds: float, *, after_s: float = 0.0) -> Window:
        starts_s = time.monotonic() + START_S + after_s
        return Window(self.port, starts_s, starts_s + seconds, next(self.numbers))


@dataclass(frozen=True, slots=True)
class _Beside:
    """What one window gave: others' answers, and those of the traffic beside them."""

    others: Answers
    background: Answers


def measured(port: int, database_url: str, plan: Plan) -> dict[str, Any]:
    """Give rates in checks per second, and what others' checks took in microseconds, by round."""
    with generators(2) as processes:
        stage = _Stage(port, processes, count(FIRST_NUMBER, NUMBERS_A_WINDOW))
        _rates(stage, replace(plan, rounds=1))
        asyncio.run(refresh(database_url))
        rates = _rates(stage, plan)
        half_per_s = round(min(median(of_kind) for of_kind in rates.values()) / 2, 1)
        return {
            "checks_per_s": rates,
            "half_load_per_s": half_per_s,
            "others_per_s": OTHERS_PER_S,
            "others": _others(stage, plan, _backgrounds(half_per_s, plan.connections)),
        }


def _rates(stage: _Stage, plan: Plan) -> dict[str, list[float]]:
    """Give the checks answered per second on one account and on many, by round."""
    found: dict[str, list[float]] = {name: [] for name in KINDS}
    for number in range(plan.rounds):
        for name in sorted(KINDS, reverse=number % 2 == 0):
            traffic = Traffic(KINDS[name], plan.connections)
            answers = stage.processes.submit(send, traffic, stage.window(plan.seconds)).result()
            found[name].append(round(answers.in_window / plan.seconds, 1))
    return found


def _backgrounds(half_per_s: float, connections: int) -> dict[str, Traffic | None]:
    """Give what others' checks are measured beside, from nothing to all that is answered."""
    half = {
        f"half load on {name}": Traffic(customers, OPEN_CONNECTIONS, half_per_s)
        for name, customers in KINDS.items()
    }
    full = {
        f"full load on {name}": Traffic(customers, connections)
        for name, customers in KINDS.items()
    }
    return {"nothing": None, **half, **full}


def _others(
    stage: _Stage, plan: Plan, backgrounds: Mapping[str, Traffic | None]
) -> dict[str, dict[str, Any]]:
    """Give what others' checks took beside each background, which take turns in random order."""
    drawn = random.Random(plan.seed)  # noqa: S311 - an order to measure in
    found: dict[str, list[_Beside]] = {name: [] for name in backgrounds}
    for _ in range(plan.rounds):
        for name in drawn.sample(list(backgrounds), k=len(backgrounds)):
            found[name].append(_beside(stage, plan, backgrounds[name]))
    return {name: _summary(rounds) for name, rounds in found.items()}


def _beside(stage: _Stage, plan: Plan, background: Traffic | None) -> _Beside:
    others = Traffic(OTHERS, OTHERS_CONNECTIONS, OTHERS_PER_S)
    around = stage.window(plan.seconds + 2 * LEAD_S)
    within = stage.window(plan.seconds, after_s=LEAD_S)
    asked = stage.processes.submit(send, background, around) if background else None
    answers = stage.processes.submit(send, others, within).result()
    return _Beside(answers, asked.result() if asked else Answers())


def _summary(rounds: Sequence[_Beside]) -> dict[str, Any]:
    taken_s = [beside.others.taken_s for beside in rounds]
    return asdict(Latency.of(list(chain.from_iterable(taken_s)))) | {
        "p99_us_by_round": [Latency.of(of_round).p99_us for of_round in taken_s],
        "unanswered": sum(beside.others.unanswered for beside in rounds),
        "background_requests": sum(len(beside.background.taken_s) for beside in rounds),
        "background_unanswered": sum(beside.background.unanswered for beside in rounds),
    }
