"""The written rules that the load's policies use, read anew from design section 2."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from prove.book import Asked, Book, Key

WHOLE_BP = 10_000


@dataclass(frozen=True, slots=True)
class Ruling:
    """What should have been answered."""

    outcome: str
    codes: frozenset[str]
    parts: dict[str, int]
    this_order: int
    allowed: int | None

    @property
    def before(self) -> int:
        return sum(self.parts.values())

    @property
    def after(self) -> int:
        return self.before + self.this_order

    @property
    def is_covered(self) -> bool:
        """Whether an earlier grant lets it pass, whatever the limit."""
        return self.outcome != "hold" and "release_applied" in self.codes

    def shippable(self, asked: Asked, terms: "Terms") -> int:
        """Give the largest part of the order that the limit rule lets pass."""
        if self.outcome == "hold" and "limit_exceeded" not in self.codes:
            return 0
        if self.is_covered or self.allowed is None:
            return asked.amount
        return asked.amount - self._excess(terms)

    def prepayment(self, terms: "Terms") -> int:
        """Give what must be paid in advance for the limit rule to pass."""
        return 0 if self.is_covered else self._excess(terms)

    def _excess(self, terms: "Terms") -> int:
        if self.allowed is None or terms.mode == "off":
            return self.this_order if "limit_missing" in self.codes else 0
        return min(self.this_order, max(0, self.after - self.allowed))


@dataclass(frozen=True, slots=True)
class Terms:
    """The figures of one version of a policy."""

    mode: str
    tolerance_bp: int
    equality_fires: bool
    near_mode: str
    near_bp: int
    minutes: int

    @classmethod
    def of(cls, document: dict[str, Any]) -> "Terms":
        rules = document["rules"]
        return cls(
            mode=rules["limit"]["mode"],
            tolerance_bp=int(Decimal(rules["limit"]["tolerance_percent"]) * 100),
            equality_fires=rules["limit"]["boundary"] == "reached",
            near_mode=rules["limit_near"]["mode"],
            near_bp=int(Decimal(rules["limit_near"]["at_percent"]) * 100),
            minutes=document["reservation_minutes"],
        )

    def allows(self, limit: int) -> int:
        """Give the largest exposure at which the limit rule is silent."""
        raised = limit * (WHOLE_BP + self.tolerance_bp)
        return (raised - 1 if self.equality_fires else raised) // WHOLE_BP


def rule(book: Book, key: Key, asked: Asked, terms: Terms, now: int) -> Ruling:
    """Say what the rules make of an order at its place in the account's history."""
    parts = book.exposure_without(key, now)
    before = sum(parts.values())
    fired = _fired(book.limit, before, asked.this_order, terms)
    allowed = None if book.limit is None else terms.allows(book.limit)
    if _is_within_grant(book, key, asked, now):
        codes = frozenset({*fired, "release_applied"})
        return Ruling("pass", codes, parts, asked.this_order, allowed)
    outcome = "pass"
    if "hard" in fired.values():
        outcome = "hold"
    elif "soft" in fired.values():
        outcome = "warning"
    return Ruling(outcome, frozenset(fired), parts, asked.this_order, allowed)


def _is_within_grant(book: Book, key: Key, asked: Asked, now: int) -> bool:
    """Say whether an earlier revision was granted at least as much, and ties it up still."""
    line = book.orders.get(key)
    if line is None:
        return False
    granted, credit = line.granted, line.granted_credit
    if line.has_lapsed(now):
        paid, granted = granted - credit, min(granted, line.stated or 0)
        credit = max(0, granted - paid)
    credit = min(credit, line.tied_up(now))
    return bool(granted) and asked.amount <= granted and asked.this_order <= credit


def _fired(limit: int | None, before: int, credit: int, terms: Terms) -> dict[str, str]:
    """Give the codes of the rules that fire, with their modes."""
    if limit is None:
        return {"limit_missing": "hard"} if credit else {}
    after, fired = before + credit, {}
    if not credit:
        return {}
    over = after > terms.allows(limit)
    if over and terms.mode != "off":
        fired["limit_exceeded"] = terms.mode
    told = over and (terms.mode in {"hard", terms.near_mode})
    near = after > 0 and after * WHOLE_BP >= limit * terms.near_bp
    if near and not told and terms.near_mode != "off":
        fired["limit_near"] = terms.near_mode
    return fired
