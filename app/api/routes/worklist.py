"""Holds, what is said of them now, and the advice, in words."""

from decimal import Decimal
from typing import assert_never

from app.api.models.holds import hold_document, traced_document
from app.api.routes.hold_query import HoldQuery
from app.api.routes.pages import next_cursor
from app.api.wording import Document, judged_document
from app.credit.caller import same_person
from app.credit.money import Currency, decimal_text
from app.credit.refusal_offers import Offered
from app.credit.release_advice import REQUIRED, Advice, Figure, Finding, Money
from app.credit.texts import Language
from app.desk.worklist import CloseView, HoldView, Judged, Listing, Part, Wanted


def wanted_of(query: HoldQuery) -> Wanted:
    """Give what a query asks for."""
    return Wanted(
        states=None if query.state is None else tuple(dict.fromkeys(query.state)),
        customer=query.customer,
        order=query.order,
        reason=query.reason,
        assignee=None if query.assignee is None else same_person(query.assignee),
        assigned=query.assigned,
        ready=query.ready,
        currency=query.currency,
        amount_min_minor=query.minor("min_amount"),
        amount_max_minor=query.minor("max_amount"),
        age_min_hours=query.min_age_hours,
        age_max_hours=query.max_age_hours,
        sales_contact=query.sales_contact,
    )


def part_of(query: HoldQuery) -> Part:
    """Give which part of the list a query asks for."""
    return Part(query.limit, query.cursor, query.sort)


def list_document(listing: Listing, query: HoldQuery) -> Document:
    """Give a page of the worklist."""
    counts = listing.counts
    return {
        "items": [listed_document(view) for view in listing.views],
        "next_cursor": next_cursor([view.hold.id for view in listing.views], query),
        "counts": None
        if counts is None
        else {
            "holds": counts.total,
            "more": counts.more,
            "by_state": counts.by_state,
            "by_reason": counts.by_reason,
        },
    }


def listed_document(view: HoldView) -> Document:
    """Give a hold with its customer and how the account stands."""
    return hold_document(view.hold) | {
        "customer_name": view.customer_name,
        "sales_contact": view.sales_contact,
        "now": _now(view),
    }


def detail_document(seen: CloseView, language: Language) -> Document:
    """Give a hold with its history and with what is to be said of it now."""
    judged, now = seen.judged, dict.fromkeys(("judged_now", "advice"))
    if judged is not None:
        now = {
            "judged_now": judged_document(judged.decision, language),
            "advice": _advice(judged, seen.view.account.currency),
        }
    return listed_document(seen.view) | traced_document(seen.traced) | now


def _now(view: HoldView) -> Document:
    account, limit = view.account, view.account.limit
    limit_minor = None if limit is None else limit.amount_minor
    exposure_minor = view.exposure.before_minor
    headroom_minor = None if limit_minor is None else limit_minor - exposure_minor
    return {
        "currency": account.currency.code,
        "limit": _money(limit_minor, account.currency),
        "unlimited": limit is not None and limit_minor is None,
        "exposure": _money(exposure_minor, account.currency),
        "headroom": _money(headroom_minor, account.currency),
        "overdue": _money(view.exposure.overdue_minor, account.currency),
        "account_seq": account.seq,
    }


def _advice(judged: Judged, currency: Currency) -> Document:
    advice = judged.advice
    released = _money(advice.release_up_to_minor, judged.decision.order.currency)
    return {
        "verdict": advice.verdict.value,
        "release_up_to": released,
        "overrun": _money(advice.overrun_minor, currency),
        "limit_needed": _money(advice.limit_needed_minor, currency),
        "conditions": [_condition(finding, currency) for finding in advice.findings],
        "assessment": _assessment(advice),
        "offers": [_offer(offered, currency) for offered in judged.offers],
    }


def _condition(finding: Finding, currency: Currency) -> Document:
    return {
        "code": finding.condition.value,
        "required": finding.condition in REQUIRED,
        "met": finding.met,
        "figures": {name: _figure(f, currency) for name, f in finding.figures.items()},
    }


def _figure(figure: Figure, currency: Currency) -> str | int | bool | None:
    match figure:
        case Money(minor):
            return decimal_text(minor, currency)
        case Decimal():
            return f"{figure:f}"
        case bool() | int() | None:
            return figure
        case _ as never:
            assert_never(never)


def _assessment(advice: Advice) -> Document:
    known = advice.assessment
    return {
        "age_days": known.age_days,
        "max_age_days": known.max_age_days,
        "current": known.is_current,
    }


def _offer(offered: Offered, currency: Currency) -> Document:
    return {"type": offered.offer.value, "amount": _money(offered.amount_minor, currency)}


def _money(minor: int | None, currency: Currency) -> str | None:
    return None if minor is None else decimal_text(minor, currency)
