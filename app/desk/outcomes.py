"""What follows from a decision: until when it reserves, what it ties up, what holds the order."""

from datetime import datetime, timedelta

from app.credit.commitment import Commitment
from app.credit.decision import Decision
from app.credit.exposure import is_exempt
from app.credit.policy import Mode
from app.credit.rules import ReasonCode
from app.desk.outbox import as_json, hold_facts
from app.storage.decisions import HoldEntry


def reserved_until(decision: Decision, known: Commitment | None) -> datetime | None:
    """Give when the reservation ends; one within a release does not end before that does."""
    position, judgement = decision.position, decision.verdict.judgement
    until = position.now + timedelta(minutes=position.policy.reservation_minutes)
    if known is None:
        return until
    if known.awaits_no_statement:
        return None
    granted = any(r.code is ReasonCode.RELEASE_APPLIED for r in judgement.reasons)
    return max(until, known.reserved_until or until) if granted else until


def commitment_after(decision: Decision, known: Commitment | None) -> Commitment:
    """Give what the order ties up once the decision is recorded."""
    order = decision.order
    line = known or Commitment(decision.customer, order.ref, order.currency.code)
    assert decision.id is not None, "a recorded decision has an id"
    if decision.hold_id is not None:
        return line.held(order, check_id=decision.id, hold_id=decision.hold_id)
    assert decision.reservation is not None, "what is not held is reserved"
    return line.passed(
        order,
        credit_minor=0 if is_exempt(order, decision.position) else order.owed_minor,
        check_id=decision.id,
        until=decision.reservation.expires_at,
    )


def hold_entry(decision: Decision, picture: str) -> HoldEntry:
    """Give what the worklist is told of an order that was stopped."""
    assert decision.hold_id is not None, "what is held has a hold"
    reasons = decision.verdict.judgement.reasons
    holding = tuple(reason.code.value for reason in reasons if reason.mode is not Mode.INFO)
    order = decision.order
    return HoldEntry(
        decision.hold_id,
        holding,
        picture,
        as_json(hold_facts(decision)),
        order.prepaid_minor,
        order.payment_terms,
        order.ship_date,
        order.lines,
    )
