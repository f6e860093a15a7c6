"""What a mail tells, before it is a mail: worded from facts, in the reader's language."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from app.credit.judgement import Reason
from app.credit.policy import Mode
from app.credit.rules import ReasonCode, Unit
from app.credit.texts import Language, amount_text, date_text, message
from app.desk.deliveries import Claimed
from app.desk.outbox import EventKind
from app.notices.money import CURRENCIES
from app.notices.texts import OPTIONS, Word, worded

SUBJECT_LENGTH_MAX = 150

_TURNING = "\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"
_CONTROLS = "".join(map(chr, (*range(9), 11, 12, *range(14, 32), *range(127, 160))))
_LEFT_OUT = dict.fromkeys(map(ord, _TURNING + _CONTROLS))
"""What turns the direction of what follows it, and controls but for line ends and tabs."""

TELL_THE_STOP = frozenset({EventKind.HOLD_REFUSED, EventKind.HOLD_ESCALATED})
"""Of what sales is told why, and for how much: who talks to the customer has not seen the hold."""

SUBJECTS = {
    EventKind.HOLD_OPENED: (Word.OPENED, Word.OPENED_INTRO),
    EventKind.HOLD_RELEASED: (Word.RELEASED, Word.RELEASED_INTRO),
    EventKind.HOLD_REFUSED: (Word.REFUSED, Word.REFUSED_INTRO),
    EventKind.HOLD_ESCALATED: (Word.ESCALATED, Word.ESCALATED_INTRO),
}


@dataclass(frozen=True, slots=True)
class Part:
    """One order of a letter: its figures, and lists under headings."""

    rows: tuple[tuple[str, str], ...]
    lists: tuple[tuple[str, tuple[str, ...]], ...]


@dataclass(frozen=True, slots=True)
class Letter:
    """Everything a mail says, as plain texts; whoever makes it HTML escapes them."""

    language: Language
    subject: str
    intro: tuple[str, ...]
    parts: tuple[Part, ...]
    footer: str


def letter_for(told: Claimed, language: Language, *, has_contact: bool = True) -> Letter:
    """Word one fact; a reader who is none of the customer's contacts is asked to pass it on."""
    subject, intro = SUBJECTS[EventKind(told.kind)]
    name = told.customer_name or told.customer
    title = worded(subject, language, order=told.order_ref, name=name, customer=told.customer)
    sentences = [worded(intro, language)]
    if not has_contact:
        sentences.append(worded(Word.HAND_ON, language))
    return Letter(
        language=language,
        subject=one_line(title),
        intro=tuple(sentences),
        parts=(_part(told, language),),
        footer=worded(Word.FOOTER, language, event=told.event_id),
    )


def digest_of(told: Sequence[Claimed], language: Language) -> Letter:
    """Word many holds as one letter."""
    return Letter(
        language=language,
        subject=worded(Word.DIGEST, language, count=len(told)),
        intro=(worded(Word.DIGEST_INTRO, language),),
        parts=tuple(_part(one, language) for one in told),
        footer=worded(Word.FOOTER, language, event=told[0].event_id),
    )


def one_line(text: str) -> str:
    """Give a text that fits a header: no line ends or other controls, and not too long.

    Encoded words (RFC 2047) are broken up: whoever puts a text into a header parses it first,
    and what they stand for may be line ends, which would begin another header.
    """
    printable = "".join(char if char.isprintable() else " " for char in text)
    line = " ".join(printable.split()).replace("=?", "= ?")
    return line if len(line) <= SUBJECT_LENGTH_MAX else line[: SUBJECT_LENGTH_MAX - 1] + "…"


def plain(text: str) -> str:
    """Give a text as it may stand in a mail: nothing in it makes what is read another order."""
    return text.translate(_LEFT_OUT)


def _part(told: Claimed, language: Language) -> Part:
    facts = _with_the_stop(told)
    name = f"{told.customer_name} ({told.customer})" if told.customer_name else told.customer
    amount = Word.RELEASED_AMOUNT if told.kind == EventKind.HOLD_RELEASED else Word.AMOUNT
    found = [
        (Word.CUSTOMER, name),
        (Word.ORDER, told.order_ref),
        (amount, _money(facts, "amount_minor", language)),
        (Word.SHIP_DATE, _day(facts.get("ship_date"), language)),
        (Word.UNTIL, _day(facts.get("until"), language)),
        *_credit(facts.get("credit"), language),
        (Word.NOTE, facts.get("note")),
    ]
    rows = tuple((worded(word, language), plain(str(value))) for word, value in found if value)
    lists = (
        (Word.REASONS, _reasons(facts, language)),
        (Word.OPTIONS, tuple(_option(option, language) for option in facts.get("options") or ())),
    )
    told_lists = [(worded(word, language), tuple(map(plain, items))) for word, items in lists]
    return Part(rows, tuple((heading, items) for heading, items in told_lists if items))


def _with_the_stop(told: Claimed) -> Mapping[str, Any]:
    """Give the facts, with amount, reasons and options of the stop where they are told too.

    Options that were offered are codes: what was known of them at the stop is their amount.
    """
    stop = told.stop
    if stop is None or told.kind not in TELL_THE_STOP:
        return told.facts
    credit, options = stop["credit"], {option["type"]: option for option in stop["options"]}
    due = {"amount_minor": credit["overdue_minor"] or None, "currency": credit["currency"]}
    options["pay_due_items"] = {"type": "pay_due_items"} | due
    known = [code for code in options if code not in {"pay_due_items", "await_release"}]
    codes = told.facts.get("options", ()) if told.kind == EventKind.HOLD_REFUSED else known
    shown = {name: stop[name] for name in ("amount_minor", "currency", "reasons")}
    offered = [options.get(code, code) for code in codes]
    return shown | {"money_of_reasons": credit["currency"]} | told.facts | {"options": offered}


def _credit(
    credit: Mapping[str, Any] | None, language: Language
) -> Sequence[tuple[Word, str | None]]:
    if credit is None:
        return ()
    limit = _money(credit, "limit_minor", language)
    if credit.get("unlimited"):
        limit = worded(Word.UNLIMITED, language)
    overdue = _money(credit, "overdue_minor", language) if credit.get("overdue_minor") else None
    return (
        (Word.LIMIT, limit),
        (Word.EXPOSURE, _money(credit, "exposure_minor", language)),
        (Word.OVERDUE, overdue),
    )


def _money(facts: Mapping[str, Any], name: str, language: Language) -> str | None:
    minor, currency = facts.get(name), CURRENCIES.get(facts.get("currency", ""))
    return None if minor is None or currency is None else amount_text(minor, currency, language)


def _day(text: str | None, language: Language) -> str | None:
    return None if text is None else date_text(date.fromisoformat(text[:10]), language)


def _reasons(facts: Mapping[str, Any], language: Language) -> tuple[str, ...]:
    """Word the reasons of a hold; what a release or refusal gives as its reason is a code."""
    credit = facts.get("credit")
    code = facts.get("money_of_reasons") if credit is None else credit["currency"]
    if code is None:
        return ()
    currency = CURRENCIES[code]
    return tuple(
        message(_reason(reason), currency, language) for reason in facts.get("reasons") or ()
    )


def _reason(stored: Mapping[str, Any]) -> Reason:
    return Reason(
        code=ReasonCode(stored["code"]),
        mode=Mode(stored["mode"]),
        observed=stored["observed"],
        threshold=stored["threshold"],
        unit=None if stored["unit"] is None else Unit(stored["unit"]),
        amount_minor=stored["amount_minor"],
    )


def _option(option: str | Mapping[str, Any], language: Language) -> str:
    """Word one way out: a code alone, or one with the amount that it takes."""
    if isinstance(option, str):
        return OPTIONS.get(option, {}).get(language, option)
    text = OPTIONS.get(option["type"], {}).get(language, option["type"])
    amount = _money(option, "amount_minor", language)
    return text if amount is None or option["type"] == "await_release" else f"{text}: {amount}"
