"""The loop that tells others: looks what is due, and delivers it lane by lane."""

import asyncio
import random
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Protocol

from app.desk.deliveries import Arrived, Claimed, Deliveries, Undelivered
from app.desk.failures import StorageUnavailableError
from app.notices.addressing import DIGEST, MAIL, Addressing

LOOKS_EVERY_S = 0.25
"""How often a worker looks what is due, in seconds."""

AT_ONCE_MAX = 8
"""How many deliveries of one lane are under way at a time in one worker, while all arrive.

Of a lane in which one did not arrive, a single one is tried at a time until one does.
"""

DIGEST_HOLDS_MAX = 200
"""How many holds one digest tells of at most; more are a second mail."""

STOP_LIMIT_S = 2.0
"""How long a worker that is told to stop may go on with what it has begun, in seconds."""

NO_ANSWER = "telling others: the database gives no answer ({}); trying again"
BROKEN = "telling others: {} could not be settled and is sent again: {}"
GIVEN_UP = "{} {} to {} given up: {}"

Report = Callable[[str], None]


class Channel(Protocol):
    """One way to tell: words what is claimed and sends it, once."""

    async def send(self, claimed: Sequence[Claimed]) -> Arrived | Undelivered:
        """Send what is claimed as one; says whether it has arrived."""
        ...


@dataclass(frozen=True, slots=True)
class Dispatcher:
    """Delivers what is due, each lane for itself, so that a slow receiver delays no other.

    Without a way to `mail` it leaves alone what another worker may mail.
    """

    deliveries: Deliveries
    addressing: Addressing
    mail: Channel | None
    webhooks: Channel
    digest_every: timedelta
    _lanes: dict[str, asyncio.Task[None]] = field(default_factory=dict)

    async def run(self, report: Report) -> None:
        """Deliver until cancelled; a database that is away is waited for."""
        is_away = False
        try:
            while True:
                try:
                    is_more, is_away = await self._look(report), False
                except StorageUnavailableError as error:
                    if not is_away:  # once: it is looked for many times a second
                        report(NO_ANSWER.format(error))
                    is_more, is_away = False, True
                if not is_more:
                    await asyncio.sleep(LOOKS_EVERY_S * random.uniform(0.5, 1))  # noqa: S311
        finally:
            await self._stop()

    async def _look(self, report: Report) -> bool:
        """Make out what is new, and start each lane in which something is due.

        Says whether there was something new, and so may be more.
        """
        made_out = await self.deliveries.make_out_webhooks(self.addressing.endpoints)
        if self.mail is not None:
            mailboxes = self.addressing.mailboxes
            made_out += await self.deliveries.make_out_mails(mailboxes, self.digest_every)
        for lane in await self.deliveries.lanes():
            channel = self.mail if lane in {MAIL, DIGEST} else self.webhooks
            if channel is not None and lane not in self._lanes:
                self._lanes[lane] = asyncio.create_task(self._drain(lane, channel, report))
        return made_out > 0

    async def _stop(self) -> None:
        # What is under way is about to arrive: noted now, it is not sent twice.
        under_way = list(self._lanes.values())
        self._lanes.clear()
        if under_way:
            await asyncio.wait(under_way, timeout=STOP_LIMIT_S)
        for lane in under_way:
            lane.cancel()
        await asyncio.gather(*under_way, return_exceptions=True)

    async def _drain(self, lane: str, channel: Channel, report: Report) -> None:
        """Deliver what is due in a lane until nothing is, or until the worker stops."""
        this, at_once = asyncio.current_task(), 1
        try:
            while self._lanes.get(lane) is this:
                claimed = await self._claimed(lane, at_once)
                if not claimed:
                    break
                parcels = [claimed] if lane == DIGEST else [[one] for one in claimed]
                done = await asyncio.gather(
                    *(self._deliver(p, channel, report) for p in parcels), return_exceptions=True
                )
                for bug in (one for one in done if isinstance(one, BaseException)):
                    report(BROKEN.format(lane, repr(bug)))
                at_once = AT_ONCE_MAX if all(one is True for one in done) else 1
        finally:
            if self._lanes.get(lane) is this:
                del self._lanes[lane]

    async def _claimed(self, lane: str, at_once: int) -> Sequence[Claimed]:
        together = lane == DIGEST
        limit = DIGEST_HOLDS_MAX if together else at_once
        with suppress(StorageUnavailableError):  # it is said where lanes are looked for
            return await self.deliveries.claim(lane, limit=limit, together=together)
        return []

    async def _deliver(self, parcel: Sequence[Claimed], channel: Channel, report: Report) -> bool:
        """Send a parcel and note what came of it; says whether it has arrived."""
        outcome = await self._sent(parcel, channel)
        # What cannot be noted is sent again once its lease has ended.
        with suppress(StorageUnavailableError):
            if isinstance(outcome, Arrived):
                await self.deliveries.arrived(parcel, outcome)
                return True
            states = await self.deliveries.failed(parcel, outcome)
            for one, state in zip(parcel, states, strict=False):
                if state == "dead":
                    report(
                        GIVEN_UP.format(one.kind, one.event_id, one.receiver, outcome.plain_error)
                    )
        return False

    async def _sent(self, parcel: Sequence[Claimed], channel: Channel) -> Arrived | Undelivered:
        limit_s = self.deliveries.patience.try_s
        try:
            async with asyncio.timeout(limit_s):
                return await channel.send(parcel)
        except TimeoutError:
            return Undelivered(f"no answer within {limit_s:g} s")
        except Exception as error:  # noqa: BLE001 - one that cannot be worded stops no other
            return Undelivered(f"{type(error).__name__}: {error}")
