"""Latencies of one connection, taken in turn, and the rate of many."""

import random
import time
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import count
from statistics import median, quantiles
from typing import Any, Self

from bench.accounts import CURRENCY, LIMIT, POLICY, POLICY_BODY
from bench.wire import Wire, request

CHECKS = "/v1/checks"
PREVIEW = "/v1/checks/preview"
MICROSECONDS = 1_000_000
PARTS = ("median", "p90", "p99")

Requests = Callable[[], bytes]


@dataclass(frozen=True, slots=True)
class Latency:
    """What a request took, in microseconds."""

    median_us: float
    p90_us: float
    p99_us: float
    requests: int

    @classmethod
    def of(cls, taken_s: Sequence[float]) -> Self:
        hundredths = quantiles(taken_s, n=100)
        return cls(
            median_us=_microseconds(median(taken_s)),
            p90_us=_microseconds(hundredths[89]),
            p99_us=_microseconds(hundredths[98]),
            requests=len(taken_s),
        )


def _microseconds(taken_s: float) -> float:
    return round(taken_s * MICROSECONDS, 1)


def set_up(port: int, customers: Sequence[str]) -> None:
    """Have customers with a high limit and nothing owed, under a policy with a horizon."""
    with Wire(port) as wire:
        wire.send(request("PUT", f"/v1/policies/{POLICY}", POLICY_BODY))
        for ref in customers:
            body = {"name": ref, "currency": CURRENCY, "policy": POLICY}
            wire.send(request("PUT", f"/v1/customers/{ref}", body))
            limit = {"amount": LIMIT, "currency": CURRENCY}
            wire.send(request("PUT", f"/v1/accounts/{ref}/limit", limit))


def asking(path: str, customers: Sequence[str], *, first: int = 0) -> Requests:
    """Give requests without end, each about an order of its own, customer by customer."""
    numbers = count(first)

    def following() -> bytes:
        number = next(numbers)
        customer = customers[number % len(customers)]
        return request("POST", path, question(customer, f"SO-{number}"))

    return following


def question(customer: str, ref: str) -> dict[str, Any]:
    """Give a check with two lines, as order entry would send it."""
    lines = [{"ref": "10", "amount": "42.00"}, {"ref": "20", "amount": "142.50"}]
    order = {"ref": ref, "amount": "184.50", "currency": CURRENCY, "ship_date": "2026-11-27"}
    return {"customer": customer, "channel": "erp", "order": order | {"lines": lines}}


def interleaved(
    wire: Wire, asked: Mapping[str, Requests], *, rounds: int, seed: int
) -> dict[str, Latency]:
    """Time one request of each kind per round, in an order drawn anew for each round.

    Taken so, whatever else the machine does meets all kinds alike.
    """
    drawn = random.Random(seed)  # noqa: S311 - an order to measure in
    taken_s: dict[str, list[float]] = {name: [] for name in asked}
    for _ in range(rounds):
        for name in drawn.sample(list(asked), k=len(asked)):
            sent = asked[name]()
            started = time.perf_counter()
            wire.send(sent)
            taken_s[name].append(time.perf_counter() - started)
    return {name: Latency.of(times_s) for name, times_s in taken_s.items()}


def rate(port: int, asked: Sequence[Requests], *, seconds: float) -> float:
    """Give the requests answered per second, with one connection for each of the kinds."""
    deadline = time.perf_counter() + seconds

    def answered(following: Requests) -> int:
        with Wire(port) as wire:
            for number in count():
                if time.perf_counter() > deadline:
                    return number
                wire.send(following())
        raise AssertionError("a count has no end")

    with ThreadPoolExecutor(len(asked)) as threads:
        return round(sum(threads.map(answered, asked)) / seconds, 1)
