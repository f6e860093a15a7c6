"""When this process itself did not run: what it measured then says nothing of the service."""

import asyncio
import time
from dataclasses import dataclass, field

BEAT_S = 0.05
LATE_NS = 200_000_000


@dataclass(slots=True)
class Heartbeat:
    """Notes the moments in which the event loop came late, until it is cancelled."""

    missed: list[tuple[int, int]] = field(default_factory=list)

    async def run(self) -> None:
        while True:
            began_ns = time.monotonic_ns()
            await asyncio.sleep(BEAT_S)
            ended_ns = time.monotonic_ns()
            if ended_ns - began_ns > LATE_NS:
                self.missed.append((began_ns, ended_ns))
