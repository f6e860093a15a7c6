"""The load: a seeded mix of checks and of everything else that changes an account."""

import asyncio
import random
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from prove import deeds, masters
from prove.client import Client
from prove.heartbeat import Heartbeat
from prove.history import Recorder
from prove.wire import Wire

HOT, SECOND_OF_HOT = "HOT", "HOT-2"
LIVE_SALES_MAX = 12
"""How many sales a client minds at a time; older ones end."""


@dataclass(frozen=True, slots=True)
class Scale:
    """How much load, from which seed. `pace_s` is the longest pause between two deeds.

    `resolve_s` is how long an unknown is retried: far longer than any fault lasts.
    """

    seed: int
    checks: int
    clients: int = 32
    warm_accounts: int = 100
    hot_share: float = 0.35
    limit_minor: int = 100_000
    pace_s: float = 0.0
    resolve_s: float = 60.0
    mix: dict[str, float] = field(default_factory=lambda: dict(deeds.MIX))


def accounts_of(scale: Scale) -> list[str]:
    return [HOT, *(f"W{number:03d}" for number in range(scale.warm_accounts))]


@dataclass(slots=True)
class Load:
    """Runs the clients against the replicas' sockets; histories go into a folder."""

    scale: Scale
    sockets: Sequence[str]
    folder: Path
    counts: Counter[str] = field(default_factory=Counter)
    heartbeat: Heartbeat = field(default_factory=Heartbeat)
    wanted: Callable[[], bool] = lambda: False
    """Says whether more load is wanted although the checks are made."""

    @property
    def is_enough(self) -> bool:
        return self.counts["checks"] >= self.scale.checks and not self.wanted()

    async def prepare(self) -> None:
        """State policy, customers and limits, before any fault."""
        client = self._client("setup")
        await client.perform(masters.policy(client, masters.policy_document()))
        customers = {account: account for account in accounts_of(self.scale)}
        for customer, account in (customers | {SECOND_OF_HOT: HOT}).items():
            await client.perform(masters.customer(client, customer, account))
        for account in customers:
            share = 5 if account == HOT else 1
            minor = self.scale.limit_minor * share
            await client.perform(masters.limit(client, account, minor))
        client.close()

    async def run(self) -> None:
        """Let all clients work until the checks are made."""
        clients = [self._client(f"c{number}") for number in range(self.scale.clients)]
        beating = asyncio.create_task(self.heartbeat.run())
        try:
            await asyncio.gather(*(self._work(client) for client in clients))
        finally:
            beating.cancel()

    def _client(self, name: str) -> Client:
        chance = random.Random(f"{self.scale.seed}/{name}")  # noqa: S311
        recorder = Recorder.at(self.folder / f"{name}.jsonl")
        wires = [Wire(socket) for socket in (*self.sockets, self.sockets[0])]
        return Client(name, wires, recorder, chance, self.counts, self.scale.resolve_s)

    async def _work(self, client: Client) -> None:
        seller = deeds.Seller(client, self._pick)
        names, weights = list(self.scale.mix), list(self.scale.mix.values())
        while not self.is_enough:
            name = client.chance.choices(names, weights)[0]
            await getattr(seller, name)()
            self.counts[f"deed {name}"] += 1
            await seller.tidy(LIVE_SALES_MAX)
            if self.scale.pace_s:
                await asyncio.sleep(client.chance.uniform(0, self.scale.pace_s))
        client.close()

    def _pick(self, chance: random.Random) -> tuple[str, str]:
        """Choose an account and one of its customers."""
        accounts = accounts_of(self.scale)
        if chance.random() < self.scale.hot_share or len(accounts) == 1:
            return HOT, chance.choice([HOT, SECOND_OF_HOT])
        account = chance.choice(accounts[1:])
        return account, account
