"""What others are to be told: facts, written in the transaction of the change.

They are worded later, by the worker, for each receiver in its own language. Amounts are minor
units under names that end in `_minor`, beside their `currency`.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

import uuid_utils

from app.credit.decision import Decision
from app.storage import outbox
from app.storage.accounts import LimitRecord
from app.storage.database import Connection
from app.storage.outbox import StoredFact


class EventKind(StrEnum):
    """What can be told. The values are the event types of webhooks."""

    HOLD_OPENED = "hold.opened"
    HOLD_READY = "hold.ready"
    HOLD_RELEASED = "hold.released"
    HOLD_REFUSED = "hold.refused"
    HOLD_ESCALATED = "hold.escalated"
    LIMIT_CHANGED = "limit.changed"
    CHECK_DECIDED = "check.decided"


MAILED = frozenset(
    {
        EventKind.HOLD_OPENED,
        EventKind.HOLD_RELEASED,
        EventKind.HOLD_REFUSED,
        EventKind.HOLD_ESCALATED,
    }
)
"""What somebody is mailed about. The others are written only where an endpoint wants them."""


@dataclass(frozen=True, slots=True)
class Fact:
    """One thing that happened on an account. `at` is the instant, by default the database's now.

    What a kind carries in `facts` besides order and hold (all of it optional):
    released `amount_minor, currency, until, reason, note, by`; refused `amount_minor, currency,
    reason, note, options, by` (the amount is the order's); escalated the same but for options;
    ready `reason, note, by`. Nobody is `by` where the rules did it.
    """

    kind: EventKind
    account: str
    facts: Mapping[str, Any]
    customer: str | None = None
    order: str | None = None
    hold: str | None = None
    at: datetime | None = None


async def tell(connection: Connection, fact: Fact) -> None:
    """Note in the caller's transaction what others are to be told; it is sent after the commit.

    What nobody could want to hear is not written.
    """
    stored = StoredFact(
        id=f"evt_{uuid_utils.uuid7().hex}",
        account=fact.account,
        kind=fact.kind,
        customer=fact.customer,
        order_ref=fact.order,
        hold_id=fact.hold,
        facts=as_json(fact.facts),
        at=fact.at,
    )
    await outbox.add(connection, stored, always=fact.kind in MAILED)


def as_json(facts: Mapping[str, Any]) -> str:
    """Give facts as they are stored; days and instants as ISO 8601 writes them."""
    return json.dumps(facts, default=lambda value: value.isoformat(), separators=(",", ":"))


def limit_changed(
    account: str, currency: str, before: LimitRecord | None, after: LimitRecord
) -> Fact:
    """Give the fact that an account has another limit; amounts of `None` are unlimited."""
    facts = {
        "limit": _limit(after, currency),
        "before": None if before is None else _limit(before, currency),
    }
    return Fact(EventKind.LIMIT_CHANGED, account, facts)


def _limit(limit: LimitRecord, currency: str) -> dict[str, Any]:
    return {
        "amount_minor": limit.amount_minor,
        "currency": currency,
        "unlimited": limit.amount_minor is None,
        "valid_until": limit.valid_until,
        "reason": limit.reason,
    }


def hold_facts(decision: Decision) -> dict[str, Any]:
    """Give what is told of an order that is stopped: the order, the figures, reasons, options."""
    order, account = decision.order, decision.position.account
    exposure = decision.verdict.judgement.exposure
    return {
        "check": decision.id,
        "revision": order.revision,
        "amount_minor": order.amount_minor,
        "currency": order.currency.code,
        "ship_date": order.ship_date,
        "credit": {
            "currency": account.currency.code,
            "limit_minor": None if account.limit is None else account.limit.amount_minor,
            "unlimited": account.limit is not None and account.limit.amount_minor is None,
            "exposure_minor": exposure.after_minor,
            "overdue_minor": exposure.overdue_minor,
        },
        "reasons": [
            {
                "code": reason.code,
                "mode": reason.mode,
                "observed": reason.observed,
                "threshold": reason.threshold,
                "unit": reason.unit,
                "amount_minor": reason.amount_minor,
            }
            for reason in decision.verdict.judgement.reasons
        ],
        "options": [
            {
                "type": option.type,
                "amount_minor": option.amount_minor,
                "currency": account.currency.code,
                "lines": option.lines,
                "outcome": option.outcome,
            }
            for option in decision.verdict.options
        ],
    }
