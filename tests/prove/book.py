"""The checker's own book of an account, from design sections 2 and 5; knows nothing of `app`.

Amounts are in cents, instants in microseconds.
"""

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from heapq import heappop, heappush
from typing import Any

Key = tuple[str, str]


@dataclass(slots=True)
class OrderLine:
    """One order: what it was granted, what is set aside for it, what the ERP has stated."""

    revision: int | None = None
    check_id: str | None = None
    hold_id: str | None = None
    held: int = 0
    granted: int = 0
    granted_credit: int = 0
    reserved: int = 0
    until: int | None = None
    stated: int | None = None
    admitted: int = 0
    invoiced: int = 0
    invoiced_before: int = 0
    ship_date: str | None = None
    version: int | None = None
    cancelled: bool = False

    @property
    def counted(self) -> int:
        """The open order: what is admitted, less what was invoiced since it was stated."""
        if self.stated is None or self.cancelled:
            return 0
        return max(0, self.admitted - max(0, self.invoiced - self.invoiced_before))

    @property
    def is_stated_beyond_what_counts(self) -> bool:
        """The ERP has said more than was admitted: there is no statement left to wait for."""
        if self.cancelled or self.stated is None:
            return False
        return self.stated - self.paid > self.admitted

    def has_lapsed(self, now: int) -> bool:
        return self.until is not None and self.until <= now

    def tied_up(self, now: int) -> int:
        """Give the credit that the order takes already."""
        return self.counted + (0 if self.has_lapsed(now) else self.reserved)

    def let_lapse(self, now: int) -> None:
        if self.has_lapsed(now):
            self.give_back()

    def give_back(self) -> None:
        """Free what is set aside; the grant stays only as far as the ERP has stated it."""
        self.reserved, self.until = 0, None
        paid, self.granted = self.paid, min(self.granted, self.stated or 0)
        self.granted_credit = max(0, self.granted - paid)

    def _reopen(self) -> None:
        if self.cancelled:
            self.cancelled, self.stated, self.admitted = False, None, 0

    def grant(self, asked: "Asked", check_id: str, expires_at: int) -> None:
        """A check let it pass: the new revision takes the old one's place."""
        waits_for_statement = not self.is_stated_beyond_what_counts
        self._reopen()
        self.revision, self.check_id, self.hold_id = asked.revision, check_id, None
        self.granted, self.granted_credit = asked.amount, asked.credit
        self.reserved = max(0, asked.credit - self.counted - self.invoiced)
        self.until = expires_at if waits_for_statement and asked.credit else None

    def hold(self, asked: "Asked", check_id: str, hold_id: str) -> None:
        """A check stopped it: what an earlier revision was granted keeps counting."""
        self._reopen()
        self.revision, self.check_id, self.hold_id = asked.revision, check_id, hold_id
        self.held, self.until = asked.amount, None

    @property
    def paid(self) -> int:
        """The part of the grant that takes no credit."""
        return self.granted - self.granted_credit

    def state(self, amount: int, ship_date: str | None) -> bool:
        """The ERP's word takes the reservation's place, as far as credit is tied up already.

        Gives whether the rest, or what a statement put on hold before, must be judged. What a
        check put on hold waits unless it is stated larger than that.
        """
        had = self.counted + self.reserved
        is_whole = self.revision is None or amount == self.granted
        self.invoiced_before = 0 if self.stated is None and is_whole else self.invoiced
        self.stated, self.admitted, self.ship_date = amount, max(0, amount - self.paid), ship_date
        self.reserved, self.until, self.cancelled = 0, None, False
        if self.revision is None:
            return False
        freed_since = max(0, self.counted - had)
        self.admitted -= freed_since
        if self.hold_id is not None and self.check_id is None:
            return True
        is_more = amount > self.granted or freed_since > 0
        return is_more and (self.hold_id is None or amount > self.held)

    def stop(self, amount: int, hold_id: str) -> None:
        """A statement put it on hold, or it grew beyond what its hold was about."""
        if self.hold_id is None or amount > self.held:
            self.hold_id, self.held = hold_id, amount
        self.check_id = None

    def cancel(self) -> None:
        self.hold_id, self.until, self.cancelled = None, None, True
        self.granted = self.granted_credit = self.reserved = self.admitted = 0

    def invoice(self, more: int) -> None:
        """An invoice comes off what counts, and what is left of it off the reservation."""
        before = self.counted
        self.invoiced += more
        left = more - (before - self.counted)
        self.reserved = max(0, self.reserved - max(0, left))

    def admit_as_stated(self) -> None:
        paid, stated = self.paid, self.stated or 0
        self.hold_id, self.admitted = None, max(0, stated - paid)
        self.granted = max(self.granted, stated + self.invoiced_before)
        self.granted_credit = self.granted - paid


@dataclass(frozen=True, slots=True)
class Asked:
    """What a check asked: gross amount, the part on credit, and what of it is invoiced."""

    revision: int
    amount: int
    credit: int
    invoiced: int = 0

    @property
    def this_order(self) -> int:
        """Give the credit that is asked for beside the order's invoices."""
        return max(0, self.credit - self.invoiced)


@dataclass(slots=True)
class Item:
    """One open item; `taken` is the most that it ever took off its order."""

    kind: str
    amount: int
    order: str | None = None
    due_on: str | None = None
    version: int = 0
    taken: int = 0
    cleared: bool = False

    @property
    def facts(self) -> tuple[Any, ...]:
        """What of it the database should have, as `ITEM_FACTS` calls it."""
        return (self.kind, self.amount, self.order, self.due_on, self.version)


@dataclass(slots=True)
class Book:
    """One account, as the entries up to some number have made it; its sums are kept up."""

    limit: int | None = None
    limit_named: str | None = None
    orders: dict[Key, OrderLine] = field(default_factory=dict)
    items: dict[Key, Item] = field(default_factory=dict)
    sums: Counter[str] = field(default_factory=Counter)
    _expiries: list[tuple[int, Key]] = field(default_factory=list)

    def order(self, key: Key) -> OrderLine:
        return self.orders.setdefault(key, OrderLine())

    @contextmanager
    def changing(self, key: Key) -> Iterator[OrderLine]:
        """Change an order, and with it the sums."""
        line = self.orders.setdefault(key, OrderLine())
        self._add(line, -1)
        yield line
        self._add(line, 1)
        if line.until is not None:
            heappush(self._expiries, (line.until, key))

    def _add(self, line: OrderLine, sign: int) -> None:
        self.sums["orders_minor"] += sign * line.counted
        self.sums["reservations_minor"] += sign * line.reserved

    def sweep(self, now: int, own: Key) -> None:
        """Give back what has lapsed of all orders but the one that is asked about."""
        for key in self._lapsed(now):
            if key != own:
                with self.changing(key) as line:
                    line.give_back()
        while self._expiries and self._expiries[0][0] <= now and self._expiries[0][1] != own:
            heappop(self._expiries)

    def _lapsed(self, now: int) -> set[Key]:
        due = {key for until, key in takewhile_due(self._expiries, now)}
        return {key for key in due if self.orders[key].has_lapsed(now)}

    def state_item(self, key: Key, stated: Item) -> None:
        """Take an item; an invoice for an order comes off that order, once."""
        known = self.items.get(key)
        before = 0 if known is None else known.taken
        if stated.kind == "invoice" and stated.order is not None:
            stated.taken = max(before, stated.amount)
            if stated.taken != before:
                with self.changing((key[0], stated.order)) as line:
                    line.invoice(stated.taken - before)
        if known is not None and not known.cleared:
            self.sums[TOTAL_OF[known.kind]] -= known.amount
        self.items[key] = stated
        if not stated.cleared:
            self.sums[TOTAL_OF[stated.kind]] += stated.amount

    def totals(self) -> dict[str, int]:
        """Give the running totals that the account should show."""
        return {name: self.sums[name] for name in TOTALS}

    def exposure_without(self, key: Key, now: int) -> dict[str, int]:
        """Give the parts of the exposure at an instant, leaving one order out."""
        own = self.orders.get(key, OrderLine())
        lapsed = sum(self.orders[other].reserved for other in self._lapsed(now) if other != key)
        return {
            "invoices": self.sums["invoices_minor"],
            "credit_notes": -self.sums["credit_notes_minor"],
            "payments": -self.sums["payments_minor"],
            "open_orders": self.sums["orders_minor"] - own.counted,
            "reservations": self.sums["reservations_minor"] - own.reserved - lapsed,
        }


def takewhile_due(expiries: list[tuple[int, Key]], now: int) -> Iterator[tuple[int, Key]]:
    """Give the heap's entries that are due, without a look at the others."""
    waiting = [0]
    while waiting:
        index = waiting.pop()
        if index < len(expiries) and expiries[index][0] <= now:
            yield expiries[index]
            waiting += (2 * index + 1, 2 * index + 2)


TOTAL_OF = {
    "invoice": "invoices_minor",
    "credit_note": "credit_notes_minor",
    "payment": "payments_minor",
}
TOTALS = (*TOTAL_OF.values(), "orders_minor", "reservations_minor")

ITEM_FACTS = ("kind", "amount_minor", "order_ref", "due_on", "version")

FACT_OF = {
    "revision": "revision", "check_id": "check_id", "hold_id": "hold_id",
    "granted": "granted_minor", "granted_credit": "granted_credit_minor",
    "reserved": "reserved_minor", "until": "reserved_until", "stated": "stated_minor",
    "admitted": "admitted_minor", "invoiced": "invoiced_minor",
    "invoiced_before": "invoiced_before_minor", "ship_date": "ship_date", "version": "version",
    "cancelled": "cancelled", "counted": "counted_minor",
}  # fmt: skip
"""How the database calls what a line has."""


def differences(line: OrderLine, stored: dict[str, Any]) -> str:
    """Say where an order as stored is not as it should be; empty where it is."""
    wrong = []
    for ours, theirs in FACT_OF.items():
        expected, found = getattr(line, ours), stored[theirs]
        if expected != found:
            wrong.append(f"{theirs} is {found}, should be {expected}")
    return "; ".join(wrong)


def adopt(line: OrderLine, stored: dict[str, Any]) -> None:
    """Go on from what is stored, so that one fault is told once."""
    for ours, theirs in FACT_OF.items():
        if ours != "counted":
            setattr(line, ours, stored[theirs])
