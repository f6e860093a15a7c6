"""Putting holds down: as they are then, with what was done in their history, told to others."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from uuid import UUID

from app.credit.hold import LIVE, HoldState
from app.credit.money import Currency, decimal_text
from app.desk.deeds import Deed
from app.desk.outbox import EventKind, Fact, tell
from app.storage import hold_actions
from app.storage.database import Connection
from app.storage.hold_actions import Event
from app.storage.holds import StoredHold

TOLD_OF = {
    HoldState.RELEASED.value: EventKind.HOLD_RELEASED,
    HoldState.REFUSED.value: EventKind.HOLD_REFUSED,
    HoldState.ESCALATED.value: EventKind.HOLD_ESCALATED,
}
"""The states that others are told of when a hold comes to them."""


@dataclass(frozen=True, slots=True)
class Step:
    """One thing that was done with a hold: how it was, and how it is now.

    `by` is `None` where nobody did it: the rules themselves let the order pass, or do not any
    more. Then `deed` is `None` too, unless they released it.
    """

    before: StoredHold
    after: StoredHold
    at: datetime
    action: str
    deed: Deed | None = None
    by: str | None = None
    token: UUID | None = None

    @property
    def hold(self) -> StoredHold:
        """The hold as it is written: with its next version where it has changed, and entry."""
        version = self.before.version + (self.after != self.before)
        return replace(self.after, version=version, events=self.before.events + 1)

    @property
    def kind(self) -> EventKind | None:
        """What others are told of it, if anything."""
        before, after = self.before, self.after
        if after.state != before.state and after.state in TOLD_OF:
            return TOLD_OF[after.state]
        is_ready = after.ready_at is not None and after.state in LIVE
        return EventKind.HOLD_READY if is_ready and before.ready_at is None else None


async def put_down(
    connection: Connection, currency: Currency, steps: Sequence[Step]
) -> list[Event]:
    """Write what was done with an account's holds; the account is locked. Here it always ends."""
    events = [_event(step, currency) for step in steps]
    holds = [step.hold for step in steps]
    await hold_actions.put_down(connection, list(zip(holds, events, strict=True)))
    for step in steps:
        if step.kind is not None:
            await tell(connection, _fact(step.kind, step))
    return events


def _fact(kind: EventKind, step: Step) -> Fact:
    """Give what others are told of the state that the hold has come to."""
    hold, deed = step.after, step.deed
    said: dict[str, Any] = {"by": step.by}
    if deed is not None:
        said |= {"reason": deed.reason, "note": deed.note}
    if kind in {EventKind.HOLD_REFUSED, EventKind.HOLD_ESCALATED}:
        said |= {"amount_minor": hold.amount_minor, "currency": hold.currency}
    if kind is EventKind.HOLD_RELEASED:
        amount_minor = hold.released_minor or hold.amount_minor
        said |= {"amount_minor": amount_minor, "currency": hold.currency}
        said |= {"until": hold.released_until}
    if deed is not None and deed.options:
        said |= {"options": [offer.value for offer in deed.options]}
    return Fact(
        kind=kind,
        account=hold.account,
        facts={name: value for name, value in said.items() if value is not None},
        customer=hold.customer,
        order=hold.order_ref,
        hold=hold.id,
        at=step.at,
    )


def _event(step: Step, currency: Currency) -> Event:
    deed, after = step.deed, _told(step.after, currency)
    if deed is not None and deed.options:
        after["options"] = [offer.value for offer in deed.options]
    if deed is not None and deed.in_favour is not None:
        after["in_favour"] = deed.in_favour
    return Event(
        no=step.before.events + 1,
        at=step.at,
        by=step.by,
        action=step.action,
        reason=None if deed is None else deed.reason,
        note=None if deed is None else deed.note,
        before=_told(step.before, currency),
        after=after,
        token=step.token,
    )


def _told(hold: StoredHold, currency: Currency) -> dict[str, Any]:
    """Give a hold as its history tells it before and after an action."""
    amount_minor = hold.released_minor
    return {
        "state": hold.state,
        "assignee": hold.assignee,
        "amount": None if amount_minor is None else decimal_text(amount_minor, currency),
        "until": None if hold.released_until is None else hold.released_until.isoformat(),
        "released_by": hold.released_by,
        "second_by": hold.second_by,
        "kind": hold.release_kind,
        "ready": hold.ready_at is not None and hold.state in LIVE,
    }
