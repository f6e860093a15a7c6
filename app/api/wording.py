"""A decision in words: the answer as it is stored and sent."""

import json
from collections.abc import Callable
from datetime import datetime
from functools import partial
from typing import Any

from app.credit.account import Limit
from app.credit.decision import Decision
from app.credit.exposure import Exposure
from app.credit.judgement import Outcome, Reason
from app.credit.money import Currency, decimal_text
from app.credit.options import Option
from app.credit.rules import RULES, Unit, stale
from app.credit.texts import Language, figure_text, message
from app.desk.checks import Wording

Document = dict[str, Any]

PICTURE = (
    "limit", "exposure", "headroom", "shippable_amount", "required_prepayment",
    "reasons", "options", "data", "policy",
)  # fmt: skip
"""What of an answer a hold keeps: how things stood when the order was stopped."""


def wording_in(language: Language) -> Wording:
    """Give how decisions are told to a caller who reads this language."""
    return Wording(
        answer=lambda decision: as_json(answer_document(decision, language)),
        picture=lambda decision: picture_json(decision, language),
    )


def picture_json(decision: Decision, language: Language = Language.ENGLISH) -> str:
    """Give what a hold keeps of a decision."""
    document = answer_document(decision, language)
    return as_json({name: document[name] for name in PICTURE})


def judged_document(decision: Decision, language: Language) -> Document:
    """Give what a hold keeps of a decision, as it would be now, with its outcome."""
    document = answer_document(decision, language)
    return {name: document[name] for name in ("outcome", *PICTURE)}


def as_json(document: Document) -> str:
    """Give the text that is stored, and sent as it is stored."""
    return json.dumps(document, ensure_ascii=False, separators=(",", ":"))


def instant(moment: datetime | None) -> str | None:
    """Give an instant in UTC to the millisecond, as RFC 3339 writes it."""
    if moment is None:
        return None
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def answer_document(decision: Decision, language: Language) -> Document:
    """Give the whole answer of a check or a preview."""
    position, judgement = decision.position, decision.verdict.judgement
    currency = position.account.currency
    money = partial(decimal_text, currency=currency)
    figures = decision.verdict.figures
    return {
        "id": decision.id,
        "outcome": judgement.outcome.value,
        "may_ship": judgement.outcome is not Outcome.HOLD,
        "decided_at": instant(position.now),
        "customer": decision.customer,
        "account": position.account.ref,
        "account_seq": decision.account_seq,
        "order": _order(decision),
        "limit": limit_document(position.account.limit, currency),
        "exposure": _exposure(judgement.exposure, currency),
        "headroom": _money_or_none(figures.headroom_minor, money),
        "shippable_amount": decimal_text(figures.shippable_minor, decision.order.currency),
        "required_prepayment": _money_or_none(figures.required_prepayment_minor, money),
        "reasons": [_reason(reason, currency, language) for reason in judgement.reasons],
        "options": [_option(option, money) for option in decision.verdict.options],
        "data": _data(decision),
        "policy": {"name": position.policy.name, "version": position.policy.version},
        "reservation": _reservation(decision, money),
        "hold": None if decision.hold_id is None else {"id": decision.hold_id, "state": "open"},
    }


def limit_document(limit: Limit | None, currency: Currency) -> Document | None:
    """Give a limit, or null where none is set."""
    if limit is None:
        return None
    unlimited = limit.amount_minor is None
    return {
        "amount": None
        if limit.amount_minor is None
        else decimal_text(limit.amount_minor, currency),
        "currency": currency.code,
        "unlimited": unlimited,
        "valid_until": None if limit.valid_until is None else limit.valid_until.isoformat(),
    }


def parts_document(exposure: Exposure, currency: Currency) -> Document:
    """Give the parts of an exposure; what lowers it is negative."""
    money = partial(decimal_text, currency=currency)
    totals = exposure.totals
    return {
        "currency": currency.code,
        "invoices": money(totals.invoices_minor),
        "credit_notes": money(-totals.credit_notes_minor),
        "payments": money(-totals.payments_minor),
        "open_orders": money(totals.open_orders_minor),
        "reservations": money(totals.reservations_minor),
        "ignored_credit": money(exposure.ignored_credit_minor),
    }


def _exposure(exposure: Exposure, currency: Currency) -> Document:
    return parts_document(exposure, currency) | {
        "before": decimal_text(exposure.before_minor, currency),
        "this_order": decimal_text(exposure.this_order_minor, currency),
        "after": decimal_text(exposure.after_minor, currency),
        "overdue": decimal_text(exposure.overdue_minor, currency),
    }


def _order(decision: Decision) -> Document:
    order = decision.order
    return {
        "ref": order.ref,
        "revision": order.revision,
        "amount": decimal_text(order.amount_minor, order.currency),
        "currency": order.currency.code,
    }


def _reason(reason: Reason, currency: Currency, language: Language) -> Document:
    unit = currency.code if reason.unit is Unit.MONEY else reason.unit
    return {
        "code": reason.code.value,
        "mode": reason.mode.value,
        "observed": figure_text(reason.observed, reason.unit, currency),
        "threshold": figure_text(reason.threshold, reason.unit, currency),
        "unit": None if unit is None else str(unit),
        "message": message(reason, currency, language),
        "advice": [advice.value for advice in RULES[reason.code].advice],
    }


def _option(option: Option, money: Callable[[int], str]) -> Document:
    lines = {} if option.lines is None else {"lines": list(option.lines)}
    return {
        "type": option.type.value,
        "amount": money(option.amount_minor),
        **lines,
        "outcome": option.outcome.value,
    }


def _data(decision: Decision) -> Document:
    position = decision.position
    return {"as_of": instant(position.data_as_of), "stale": stale(position) is not None}


def _reservation(decision: Decision, money: Callable[[int], str]) -> Document | None:
    reservation = decision.reservation
    if reservation is None:
        return None
    return {
        "amount": money(reservation.amount_minor),
        "expires_at": instant(reservation.expires_at),
    }


def _money_or_none(minor: int | None, money: Callable[[int], str]) -> str | None:
    return None if minor is None else money(minor)
