"""Holds as they are read."""

import json
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
from app.desk.records import StoredHold

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
    at_stop: AtTheStop


class HoldList(Answer):
    """Holds, oldest first."""

    items: list[HoldAnswer]
    next_cursor: str | None


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
        "at_stop": json.loads(hold.picture),
    }
