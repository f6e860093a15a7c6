"""One client: asks, records, and asks again until it knows what was done."""

import asyncio
import random
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from prove import bulk
from prove.history import Answer, Operation, Recorder
from prove.wire import Wire

RETRY_PAUSE_S = (0.02, 0.4)


@dataclass(slots=True)
class Client:
    """Sends operations to replicas at random, over one connection to each."""

    name: str
    wires: Sequence[Wire]
    recorder: Recorder
    chance: random.Random
    counts: Counter[str]
    resolve_s: float
    _numbers: Counter[str] = field(default_factory=Counter)

    def next_name(self, what: str) -> str:
        """Give a name that nobody has used: an order's, an item's, an operation's."""
        self._numbers[what] += 1
        return f"{what}-{self.name}-{self._numbers[what]}"

    async def perform(self, operation: Operation, *, wire: int | None = None) -> Answer:
        """Have it done: every unknown is retried with the same key until it is resolved."""
        give_up_s = time.monotonic() + self.resolve_s
        while True:
            answer = await self.attempt(operation, wire=wire)
            if answer.is_known or time.monotonic() > give_up_s:
                return answer
            self.counts[f"unknown {answer.trouble or answer.status}"] += 1
            await asyncio.sleep(self.chance.uniform(*RETRY_PAUSE_S))
            wire = None

    async def attempt(self, operation: Operation, *, wire: int | None = None) -> Answer:
        """Send it once, on record before and after."""
        chosen = self._free_wire(wire)
        number = self.recorder.begin(operation)
        answer = await chosen.call(operation)
        self.recorder.end(number, answer)
        return answer

    async def perform_as(
        self, request: Operation, operations: Sequence[Operation]
    ) -> list[Answer]:
        """Have operations done by one request; what that leaves unknown is asked for singly."""
        chosen = self._free_wire(None)
        numbers = [self.recorder.begin(o, among=len(operations)) for o in operations]
        answers = bulk.parts(request, await chosen.call(request), len(operations))
        for number, answer in zip(numbers, answers, strict=True):
            self.recorder.end(number, answer)
        return [
            answer if answer.is_known else await self.perform(operation)
            for operation, answer in zip(operations, answers, strict=True)
        ]

    def _free_wire(self, wire: int | None) -> Wire:
        """Give the wire asked for, or another: there are more than requests at a time."""
        if wire is not None and not self.wires[wire].busy:
            return self.wires[wire]
        return self.chance.choice([wire for wire in self.wires if not wire.busy])

    async def at_once(self, *operations: Operation) -> list[Answer]:
        """Perform operations at the same time, each over another connection."""
        performed = (self.perform(o, wire=i) for i, o in enumerate(operations))
        return list(await asyncio.gather(*performed))

    def close(self) -> None:
        self.recorder.file.close()
        for wire in self.wires:
            wire.close()


def money(minor: int) -> str:
    """Give cents as the contract writes them."""
    return f"{minor // 100}.{minor % 100:02d}"


def minor(text: str) -> int:
    """Give a decimal text with two decimals as cents."""
    whole, _, decimals = text.lstrip("-").partition(".")
    cents = int(whole) * 100 + int(decimals.ljust(2, "0"))
    return -cents if text.startswith("-") else cents


def in_euro(minor: int, **more: Any) -> dict[str, Any]:
    return {"amount": money(minor), "currency": "EUR"} | more
