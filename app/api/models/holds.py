"""Holds as they are read."""

import json
from datetime import date
from typing import Literal

from pydantic import AwareDatetime

from app.api.models.answers import (
    CheckedOrder,
    DataAnswer,
    ExposureAnswer,
    LimitAnswer,
    OptionAnswer,
    PolicyAnswer,
    ReasonAnswer,
)
from app.api.models.fields import Answer, currency_of
from app.api.wording import Document, instant
from app.credit.money import decimal_text
from app.desk.holds import Event, TracedHold
from app.desk.worklist import StoredHold

HoldState = Literal[
    "open",
    "awaiting_second",
    "ready",
    "released",
    "refused",
    "escalated",
    "cancelled",
    "superseded",
    "expired",
]


class AtTheStop(Answer):
    """How things stood when the order was stopped."""

    limit: LimitAnswer | None
    exposure: ExposureAnswer
    headroom: str | None
    shippable_amount: str
    required_prepayment: str | None
    reasons: list[ReasonAnswer]
    options: list[OptionAnswer]
    data: DataAnswer
    policy: PolicyAnswer


class ReleaseAnswer(Answer):
    """A release as it was made, or as it awaits a second person (`kind` is null then)."""

    kind: str | None
    amount: str
    currency: str
    until: date | None
    released_by: str | None
    second_by: str | None


class HoldAsItWas(Answer):
    """A hold before or after an action; `options` and `in_favour` where the action says them.

    `ready`: the rules let the order pass, while it waits. `kind`: on what ground it was released.
    """

    state: str
    assignee: str | None = None
    amount: str | None = None
    until: date | None = None
    released_by: str | None = None
    second_by: str | None = None
    kind: str | None = None
    ready: bool | None = None
    options: list[str] | None = None
    in_favour: bool | None = None


class HoldEvent(Answer):
    """One thing that was done with a hold; `by` is null where nobody put a name to it."""

    no: int
    at: AwareDatetime
    by: str | None
    action: str
    reason: str | None
    note: str | None
    before: HoldAsItWas | None
    after: HoldAsItWas


class HoldAnswer(Answer):
    """An order that waits for the credit department. `check` is null for one stated too large."""

    id: str
    state: HoldState
    version: int
    customer: str
    account: str
    order: CheckedOrder
    check: str | None
    reasons: list[str]
    opened_at: AwareDatetime
    closed_at: AwareDatetime | None
    ready_at: AwareDatetime | None
    ship_date: date | None
    entered_by: str | None
    assignee: str | None
    release: ReleaseAnswer | None
    at_stop: AtTheStop


class TracedHoldAnswer(HoldAnswer):
    """A hold with everything that was done with it, oldest first."""

    history: list[HoldEvent]


def hold_document(hold: StoredHold) -> Document:
    """Give a stored hold as it is answered."""
    return {
        "id": hold.id,
        "state": hold.state,
        "version": hold.version,
        "customer": hold.customer,
        "account": hold.account,
        "order": {
            "ref": hold.order_ref,
            "revision": hold.revision,
            "amount": decimal_text(hold.amount_minor, currency_of(hold.currency)),
            "currency": hold.currency,
        },
        "check": hold.check_id,
        "reasons": list(hold.reasons),
        "opened_at": instant(hold.opened_at),
        "closed_at": instant(hold.closed_at),
        "ready_at": instant(hold.ready_at),
        "ship_date": _day(hold.ship_date),
        "entered_by": hold.entered_by,
        "assignee": hold.assignee,
        "release": _release(hold),
        "at_stop": json.loads(hold.picture),
    }


def traced_document(traced: TracedHold) -> Document:
    """Give a hold with its history, which begins with the stop."""
    hold = traced.hold
    opened = Event(0, hold.opened_at, hold.entered_by, "open", None, None, None, _OPENED)
    history = [_event(event) for event in (opened, *traced.history)]
    return hold_document(hold) | {"history": history}


_OPENED = {"state": "open"}


def _event(event: Event) -> Document:
    return {
        "no": event.no,
        "at": instant(event.at),
        "by": event.by,
        "action": event.action,
        "reason": event.reason,
        "note": event.note,
        "before": event.before,
        "after": event.after,
    }


_SHOWING_A_RELEASE = {"awaiting_second", "escalated", "released", "expired"}


def _release(hold: StoredHold) -> Document | None:
    """Give the release that was made or proposed; one that came to nothing is history."""
    if hold.released_minor is None or hold.state not in _SHOWING_A_RELEASE:
        return None
    return {
        "kind": hold.release_kind,
        "amount": decimal_text(hold.released_minor, currency_of(hold.currency)),
        "currency": hold.currency,
        "until": _day(hold.released_until),
        "released_by": hold.released_by,
        "second_by": hold.second_by,
    }


def _day(day: date | None) -> str | None:
    return None if day is None else day.isoformat()
