"""Waking holds: an account on which something changed has its held orders judged again.

Every writer says on the account's row that its holds are due (`app/storage/waiting.py`); this
looks at those accounts, each under its lock, so that several workers do no harm to each other and
what passes fits together.
"""

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import timedelta

from app.credit.held_order import Turn
from app.credit.hold import HoldAction
from app.credit.money import Currency
from app.credit.policy import Mode
from app.credit.posting import Posting
from app.credit.rules import ReasonCode
from app.desk.calendar import Calendar
from app.desk.deeds import Deed
from app.desk.granting import BY_THE_RULES, Granting, marked, whole
from app.desk.sight import Sight
from app.desk.traces import Step, put_down
from app.desk.work import Work
from app.storage import postings, waiting
from app.storage.database import Connection, StorageUnavailableError, TotalOutOfRangeError
from app.storage.holds import StoredHold
from app.storage.postings import LockedAccount, Told
from app.storage.waiting import WaitingHold

READY, REOPEN = "ready", "reopen"
"""How a hold's history calls it that the rules let its order pass, or do not any more."""

RELEASE = Deed(HoldAction.RELEASE, reason="auto_release")
"""What the policy does with what passes, where it says so."""

ACCOUNTS_AT_ONCE = 500
"""How many due accounts are listed at a time."""

LOOKS_FOR_DATA_EVERY = timedelta(minutes=1)
"""How soon an order that waits for fresher data is judged again: a feed writes on no account."""


@dataclass(slots=True)
class Woken:
    """What looking at holds led to: ids of those that became ready, open again, or released."""

    ready: list[str] = field(default_factory=list)
    reopened: list[str] = field(default_factory=list)
    released: list[str] = field(default_factory=list)

    def note(self, step: Step) -> None:
        """Note what came of one hold."""
        {READY: self.ready, REOPEN: self.reopened}.get(step.action, self.released).append(
            step.after.id
        )

    def add(self, other: "Woken") -> None:
        """Add what came of another account."""
        self.ready += other.ready
        self.reopened += other.reopened
        self.released += other.released

    @property
    def sentence(self) -> str | None:
        """What happened in words; `None` when nothing did."""
        counts = ((self.ready, "ready"), (self.released, "released"), (self.reopened, "not ready"))
        told = [f"{len(ids)} {word}" for ids, word in counts if ids]
        return f"holds: {', '.join(told)}" if told else None


@dataclass(frozen=True, slots=True)
class Waking:
    """Judges held orders again where something has changed."""

    work: Work
    sight: Sight
    granting: Granting
    calendar: Calendar

    async def look(self) -> Woken:
        """Look at every account that is due; one that cannot be had is left to the next time."""
        woken = Woken()
        accounts = await self._due("")
        while accounts:
            for account in accounts:
                with suppress(StorageUnavailableError, TotalOutOfRangeError):
                    woken.add(await self.look_at(account))
            accounts = await self._due(accounts[-1])
        return woken

    async def look_at(self, account: str) -> Woken:
        """Judge the account's held orders again and write what follows, in one transaction."""
        return await self.work.writing(lambda connection: self.look_on(connection, account))

    async def look_on(self, connection: Connection, account: str) -> Woken:
        """Do so inside the caller's transaction."""
        locked = await postings.lock(connection, account, self.calendar.fixed_now)
        if locked is None:
            return Woken()
        holds = await waiting.load(connection, account)
        turns = await self.sight.turns(connection, account, [one.held for one in holds])
        woken = await self._written(connection, locked, list(zip(holds, turns, strict=True)))
        zone = self.calendar.time_zone
        await waiting.expire_releases(connection, account, locked.now, time_zone=zone)
        stale = any(_waits_for_data(turn) for turn in turns)
        await waiting.plan_next_look(
            connection,
            account,
            locked.now,
            time_zone=zone,
            at=locked.now + LOOKS_FOR_DATA_EVERY if stale else None,
        )
        return woken

    async def _written(
        self,
        connection: Connection,
        account: LockedAccount,
        judged: Sequence[tuple[WaitingHold, Turn]],
    ) -> Woken:
        """Write what the rules say now, with what others are told of it."""
        woken, steps = Woken(), list[Step]()
        posting = Posting(account.currency, account.trifle_minor, account.now)
        for waits, turn in judged:
            step = self._step(waits.hold, turn, posting)
            if step is not None:
                woken.note(step)
                steps.append(step)
        currency = Currency(account.currency, account.exponent)
        if posting.has_changed:
            await _sweep(connection, account, posting)
            told = Told("hold", {"holds": woken.released, "action": RELEASE.action.value})
            await postings.record(connection, account, posting, told)
        if steps:
            await put_down(connection, currency, steps)
        return woken

    def _step(self, hold: StoredHold, turn: Turn, posting: Posting) -> Step | None:
        """Give what the rules make of a hold, if anything; what they release is posted."""
        auto = turn.position.policy.auto_release and hold.state in {"open", "ready"}
        now = posting.now
        if turn.passes and auto:
            done = self.granting.granted(hold, turn, whole(turn), BY_THE_RULES, now=now)
            assert done.order is not None, "what is granted is an order"
            known = turn.held.commitment
            posting.orders[known.customer, known.ref] = known
            posting.put_order((known.customer, known.ref), done.order)
            return Step(hold, done.hold, now, RELEASE.action.value, RELEASE)
        if turn.passes == (hold.ready_at is not None):
            return None
        after = marked(hold, ready=turn.passes, now=now)
        return Step(hold, after, now, READY if turn.passes else REOPEN)

    async def _due(self, after: str) -> list[str]:
        return await self.work.reading(
            lambda connection: waiting.due(
                connection, after=after, limit=ACCOUNTS_AT_ONCE, fixed_now=self.calendar.fixed_now
            )
        )


async def _sweep(connection: Connection, account: LockedAccount, posting: Posting) -> None:
    """Give up what has lapsed: as with a check, it is in its place that others are granted."""
    for order in await waiting.lapsed(connection, account.ref, account.now):
        key = (order.customer, order.ref)
        if key not in posting.orders:
            posting.orders[key] = order
            posting.put_order(key, order.at(account.now))


def _waits_for_data(turn: Turn) -> bool:
    reasons = turn.judgement.reasons
    return any(r.code is ReasonCode.DATA_STALE and r.mode is Mode.HARD for r in reasons)
