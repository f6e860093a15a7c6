"""Deliveries: made out from facts, taken by one worker at a time, settled by what came of them."""

import asyncio
import random
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import TypeVar

import uuid_utils

from app.desk.work import Work
from app.storage import deliveries, outbox, webhooks
from app.storage.database import Connection
from app.storage.deliveries import Claimed, Failure
from app.storage.outbox import NewDelivery, TakenFact

__all__ = ["Arrived", "Claimed", "Deliveries", "Patience", "Receiver", "TakenFact", "Undelivered"]

FACTS_AT_ONCE = 200
"""Of how many facts the deliveries are made out in one transaction."""

CONNECTIONS_MAX = 4
"""How many connections deliveries take at most, so that there are some left for the jobs."""

RETRY_AFTER_MAX_S = 3600.0
"""The longest pause that a receiver may ask for, in seconds."""

ERROR_LENGTH_MAX = 300
"""How much of an error is kept."""

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Patience:
    """How long one try may take, how pauses grow (threefold each), and when it is given up."""

    try_s: float
    first_pause_s: float
    longest_pause_s: float
    give_up_after: timedelta

    @property
    def lease(self) -> timedelta:
        """For how long a delivery is ours: the try, and as long again to note what came of it."""
        return timedelta(seconds=2 * self.try_s)

    def pause_after(self, tries: int, asked_s: float | None) -> timedelta:
        """Give the pause after so many tries, at least what the receiver asked for.

        It is a random part of its length, so that what failed together is not tried together.
        """
        grown_s = self.first_pause_s * 3.0 ** min(tries - 1, 20)
        pause_s = min(grown_s, self.longest_pause_s) * random.uniform(0.5, 1)  # noqa: S311
        return timedelta(seconds=max(pause_s, min(asked_s or 0, RETRY_AFTER_MAX_S)))


@dataclass(frozen=True, slots=True)
class Receiver:
    """Who is told: by which channel, as whom, and where (an address, or an endpoint's id)."""

    channel: str
    audience: str
    address: str


@dataclass(frozen=True, slots=True)
class Arrived:
    """The receiver has it; `status` is what it answered."""

    status: int | None = None


@dataclass(frozen=True, slots=True)
class Undelivered:
    """The receiver does not have it. `final` says that no further try can help.

    `disables` says that the endpoint wants nothing more, and `dropped` that nobody waits for it.
    """

    error: str
    status: int | None = None
    final: bool = False
    dropped: bool = False
    disables: bool = False
    asked_pause_s: float | None = None

    @property
    def plain_error(self) -> str:
        """The error as it is kept and said: a receiver's own words may hold anything."""
        kept = self.error[:ERROR_LENGTH_MAX]
        return "".join(char if char.isprintable() else " " for char in kept)


Endpoints = Callable[[TakenFact, Mapping[str, frozenset[str]]], Sequence[Receiver]]
"""Says which endpoints are told a fact; it is given what each wants to hear."""

Mailboxes = Callable[[TakenFact], Sequence[Receiver]]
"""Says who is mailed a fact."""

LATE = "older than mails are tried for when a worker with a mail server came"


@dataclass(frozen=True, slots=True)
class Deliveries:
    """What the worker asks and notes. Several workers may do so at once."""

    work: Work
    patience: Patience
    _turns: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(CONNECTIONS_MAX))

    async def make_out_webhooks(self, endpoints: Endpoints) -> int:
        """Make out the webhooks of some facts that have none yet; gives how many facts."""

        async def act(connection: Connection) -> int:
            facts = await outbox.take_for_webhooks(connection, FACTS_AT_ONCE)
            if facts:
                wanted = await outbox.listeners(connection)
                made = [_new(fact, one) for fact in facts for one in endpoints(fact, wanted)]
                await outbox.make_out_webhooks(connection, facts, made)
            return len(facts)

        return await self._in_turn(self.work.writing, act)

    async def make_out_mails(self, mailboxes: Mailboxes, digest_every: timedelta) -> int:
        """Make out the mails of some facts that have none yet; gives how many facts.

        Only a worker that can mail may ask. Of a late fact it is only noted who would be mailed.
        """
        late_after = self.patience.give_up_after

        async def act(connection: Connection) -> int:
            facts = await outbox.take_for_mails(connection, FACTS_AT_ONCE, late_after=late_after)
            if facts:
                made = [_new(fact, one) for fact in facts for one in mailboxes(fact)]
                await outbox.make_out_mails(connection, facts, made, digest_every=digest_every)
            return len(facts)

        return await self._in_turn(self.work.writing, act)

    async def lanes(self) -> list[str]:
        """Give the lanes in which something is due."""
        return await self._in_turn(self.work.reading, deliveries.lanes)

    async def claim(self, lane: str, *, limit: int, together: bool) -> list[Claimed]:
        """Take what is due in a lane; `together` what goes into one mail."""

        async def act(connection: Connection) -> list[Claimed]:
            return await deliveries.claim(
                connection, lane, limit=limit, lease=self.patience.lease, together=together
            )

        return await self._in_turn(self.work.reading, act)

    async def arrived(self, claimed: Sequence[Claimed], arrived: Arrived) -> None:
        """Note that what was claimed has arrived."""

        async def act(connection: Connection) -> None:
            await deliveries.delivered(connection, claimed, arrived.status)

        await self._in_turn(self.work.reading, act)

    async def failed(self, claimed: Sequence[Claimed], why: Undelivered) -> list[str]:
        """Note that what was claimed has not arrived; gives the states that follow from it.

        None follow where the claim had lapsed: somebody else has it in hand by then.
        """
        failure = Failure(
            error=why.plain_error,
            status=why.status,
            pause=self.patience.pause_after(claimed[0].tries, why.asked_pause_s),
            state="dropped" if why.dropped else "dead" if why.final else "waiting",
        )

        async def act(connection: Connection) -> list[str]:
            if why.disables:
                await webhooks.disable(connection, claimed[0].receiver, failure.error)
            return await deliveries.failed(
                connection, claimed, failure, give_up_after=self.patience.give_up_after
            )

        return await self._in_turn(self.work.writing, act)

    async def drop_old(self, keep: timedelta) -> int:
        """Drop what ended longer ago than that; gives how many rows went."""
        total, tried_for = 0, self.patience.give_up_after
        while dropped := await self.work.reading(lambda c: outbox.drop_old(c, keep, tried_for)):
            total += dropped
        return total

    async def _in_turn(
        self,
        how: Callable[[Callable[[Connection], Awaitable[T]]], Awaitable[T]],
        act: Callable[[Connection], Awaitable[T]],
    ) -> T:
        async with self._turns:
            return await how(act)


def _new(fact: TakenFact, receiver: Receiver) -> NewDelivery:
    return NewDelivery(
        account=fact.account,
        id=f"dlv_{uuid_utils.uuid7().hex}",
        event_id=fact.id,
        channel=receiver.channel,
        audience=receiver.audience,
        receiver=receiver.address,
        dropped=LATE if fact.is_late else None,
    )
