"""What people do with holds: taken up under the account's lock, done, put down with a trace."""

from dataclasses import dataclass, replace
from typing import Literal, assert_never
from uuid import uuid4

from app.credit.caller import Caller
from app.credit.hold import HoldAction, HoldState, NotForRole, NotInState, objection
from app.credit.release import refused, withdrawn
from app.desk.calendar import Calendar
from app.desk.cases import Case, known_order, require_current, without_proposal
from app.desk.deeds import (
    Deed,
    Errand,
    HoldChangedError,
    HoldStateError,
    OrderIsStatedError,
    RoleNeededError,
)
from app.desk.granting import Done
from app.desk.releases import Releases
from app.desk.traces import Step, put_down
from app.desk.unknown import HoldUnknownError
from app.desk.work import Work
from app.storage import hold_actions, holds, postings, waiting
from app.storage.database import Connection, StorageUnavailableError
from app.storage.hold_actions import Event, TracedHold
from app.storage.holds import StoredHold
from app.storage.postings import Told

__all__ = ["Event", "Holds", "TracedHold"]

SPOKEN = frozenset({HoldAction.ASSIGN, HoldAction.COMMENT})
"""What needs no hold that still stops its order, nor a version that was seen."""


@dataclass(frozen=True, slots=True)
class Holds:
    """Takes every action on a hold. The first commit wins; who has seen less is told so."""

    work: Work
    calendar: Calendar
    releases: Releases

    async def read(self, hold_id: str) -> TracedHold:
        """Give a hold with its history; raises `HoldUnknownError`."""
        return await self.work.reading(lambda connection: _traced(connection, hold_id))

    async def act(
        self, hold_id: str, deed: Deed, by: Caller, *, version: int | None
    ) -> TracedHold:
        """Do it, or raise one of the refusals of `app.desk.deeds` or `HoldUnknownError`.

        `version` is the one that the caller has seen; `None` asks for none.
        """
        errand = Errand(hold_id, deed, by, version, uuid4())
        return await self.work.writing(lambda connection: self.act_on(connection, errand))

    async def act_on(self, connection: Connection, errand: Errand) -> TracedHold:
        """Do the same inside the caller's transaction."""
        case = await self._taken_up(connection, errand)
        if any(event.token == errand.token for event in case.history):
            return TracedHold(case.hold, case.history)
        _require_may(case)
        return await self._put_down(case, await self._done(case))

    async def _taken_up(self, connection: Connection, errand: Errand) -> Case:
        hold_id = errand.hold_id
        place = (await holds.accounts_of(connection, [hold_id])).get(hold_id)
        if place is None:
            raise HoldUnknownError(hold_id)
        account = await postings.lock(connection, place, self.calendar.fixed_now)
        found = await hold_actions.find(connection, hold_id, place)
        if account is None or found is None:
            raise StorageUnavailableError("the customer moved meanwhile")
        known = await known_order(connection, found.hold)
        return Case(connection, account, errand, found.hold, known=known, history=found.history)

    async def _done(self, case: Case) -> Done:
        match case.deed.action:
            case HoldAction.RELEASE:
                return await self.releases.release(case)
            case HoldAction.COMMITTEE:
                return await self.releases.decide(case)
            case HoldAction.RECHECK:
                return await self.releases.recheck(case)
            case action:
                return _put(case, action)

    async def _put_down(self, case: Case, done: Done) -> TracedHold:
        """Write what was done, to the hold, its order and its history; others on it are woken."""
        before, by = case.hold, case.errand.by.name
        action = case.deed.action.value
        step = Step(before, done.hold, case.now, action, case.deed, by, case.errand.token)
        events = await put_down(case.connection, case.currency, [step])
        if done.order is not None and done.order != case.known:
            facts = {"hold": before.id, "action": action, "by": by}
            posting = case.with_order(done.order)
            await postings.record(case.connection, case.account, posting, Told("hold", facts))
        if step.hold.state != before.state:
            await waiting.wake(case.connection, case.account.ref)
        return TracedHold(step.hold, (*case.history, *events))


async def _traced(connection: Connection, hold_id: str) -> TracedHold:
    found = await hold_actions.find(connection, hold_id)
    if found is None:
        raise HoldUnknownError(hold_id)
    return found


def _require_may(case: Case) -> None:
    """Raise what stands against the deed: the role, then the version, then the state."""
    hold, action, version = case.hold, case.deed.action, case.errand.version
    against = objection(action, HoldState(hold.state), case.errand.by.roles)
    if isinstance(against, NotForRole):
        raise RoleNeededError(against.needs)
    if version is not None and version != hold.version:
        raise HoldChangedError(hold.version)
    if isinstance(against, NotInState):
        raise HoldStateError(against.state)
    if action not in SPOKEN:
        require_current(case)


Plain = Literal[
    HoldAction.REFUSE,
    HoldAction.ESCALATE,
    HoldAction.ASSIGN,
    HoldAction.COMMENT,
    HoldAction.CANCEL,
]


def _put(case: Case, action: Plain) -> Done:
    """Do what asks no rules."""
    match action:
        case HoldAction.REFUSE:
            return _refused(case)
        case HoldAction.ESCALATE:
            return Done(_escalated(case.hold))
        case HoldAction.ASSIGN:
            return Done(replace(case.hold, assignee=case.deed.assignee))
        case HoldAction.COMMENT:
            return Done(case.hold)
        case HoldAction.CANCEL:
            return _cancelled(case)
        case _ as never:
            assert_never(never)


def _refused(case: Case) -> Done:
    ended = replace(case.hold, state=HoldState.REFUSED.value, closed_at=case.now)
    return Done(ended, refused(case.known))


def _escalated(hold: StoredHold) -> StoredHold:
    """Hand the hold to the committee."""
    return replace(
        without_proposal(hold),
        state=HoldState.ESCALATED.value,
        closed_at=None,
        ready_at=hold.ready_at if hold.closed_at is None else None,
        round=hold.round + 1,
    )


def _cancelled(case: Case) -> Done:
    order = withdrawn(case.known)
    if order is None:
        raise OrderIsStatedError(case.hold.order_ref)
    return Done(replace(case.hold, state=HoldState.CANCELLED.value, closed_at=case.now), order)
