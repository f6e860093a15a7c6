"""Posting: what statements about items and orders do to an account's totals.

The totals change by what the touched documents contribute after the posting, less what they
contributed before; so they are the sum of the details at every commit.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from app.credit import versions
from app.credit.change import Change, Day
from app.credit.commitment import Commitment
from app.credit.item import Bill, ItemKind, Key, OpenItem
from app.credit.order import OrderState, OrderStatement


class Effect(StrEnum):
    """What a statement did. `outdated`: a newer version was known, so that nothing changed."""

    APPLIED = "applied"
    UNCHANGED = "unchanged"
    OUTDATED = "outdated"
    UNKNOWN = "unknown"


@dataclass(slots=True)
class Posting:
    """One batch of statements on one account, from the documents as they are stored.

    `items` and `orders` hold what was loaded and become what is to be stored.
    """

    currency: str
    trifle_minor: int
    now: datetime
    items: dict[Key, OpenItem] = field(default_factory=dict)
    orders: dict[Key, Commitment] = field(default_factory=dict)
    exceeding: dict[Key, OrderStatement] = field(default_factory=dict)
    _items_before: dict[Key, OpenItem | None] = field(default_factory=dict)
    _orders_before: dict[Key, Commitment | None] = field(default_factory=dict)

    def state_item(self, item: OpenItem, *, listed: bool = False) -> Effect:
        """Take a statement of what is left open of one document, alone or in a whole list."""
        key = (item.customer, item.ref)
        known = self.items.get(key)
        ended = known is not None and known.cleared and not listed
        if known is not None and _is_past(item.version, known.version, ended=ended):
            self._put_if_new(key, versions.learnt(known, item))
            return Effect.OUTDATED
        return self._put_if_new(key, versions.issued(item, known))

    def clear_item(
        self, key: Key, *, version: int | None = None, cancelled: bool = False
    ) -> Effect:
        """Clear a document: it is paid or used, and its order stays as far invoiced.

        A `cancelled` invoice gives its order back what it took off it.
        """
        known = self.items.get(key)
        if known is None:
            return self._bury_item(key, version, cancelled=cancelled)
        if version is not None and _is_older(version, known.version):
            if cancelled:
                self._put_if_new(key, versions.cancelled_once(known, version))
            return Effect.OUTDATED
        return self._put_if_new(key, versions.ended(known, version, cancelled=cancelled))

    def _bury_item(self, key: Key, version: int | None, *, cancelled: bool) -> Effect:
        """Remember a document that was cleared, by version, before it was stated."""
        if version is None:
            return Effect.UNKNOWN
        customer, ref = key
        unsaid = OpenItem(customer, ref, ItemKind.INVOICE, 0, self.currency, cleared=True)
        return self._put_if_new(key, versions.ended(unsaid, version, cancelled=cancelled))

    def state_order(self, key: Key, statement: OrderStatement) -> Effect:
        """Take the ERP's word for an order; notes it in `exceeding` when it must be judged."""
        known = self._order(key, statement.currency.code)
        if _is_past(
            statement.version, known.version, ended=known.cancelled and not statement.listed
        ):
            return Effect.OUTDATED
        if known.says_the_same(statement):
            return Effect.UNCHANGED
        current = known.at(self.now)
        if current.must_be_judged(statement):
            self.exceeding[key] = statement
        else:
            self.exceeding.pop(key, None)
        self._put_order(key, current.stated(statement))
        return Effect.APPLIED

    def cancel_order(self, key: Key, *, version: int | None = None) -> Effect:
        """Cancel an order: what it reserved, counted or was held for is free again."""
        known = self._order(key, self.currency)
        if known.state is OrderState.STUB and version is None:
            return Effect.UNKNOWN
        if _is_older(version, known.version):
            return Effect.OUTDATED
        if known.repeats_cancellation(version):
            return Effect.UNCHANGED
        cancelled = known.cancelled_now(version=version)
        if cancelled == known:
            return Effect.UNCHANGED
        self._put_order(key, cancelled)
        return Effect.APPLIED

    def give_back(self, key: Key, *, check_id: str) -> Effect:
        """Give up the reservation of this very check, if it is still live."""
        known = self.orders.get(key)
        current = None if known is None else known.at(self.now)
        if current is None or (current.check_id, current.hold_id) != (check_id, None):
            return Effect.UNCHANGED
        if not current.reserved_minor:
            return Effect.UNCHANGED
        self._put_order(key, current.given_back())
        return Effect.APPLIED

    def put_order(self, key: Key, commitment: Commitment) -> None:
        """Replace what an order ties up, as the rules or a person decided."""
        self._put_order(key, commitment)

    @property
    def has_changed(self) -> bool:
        """Whether there is anything to be stored."""
        return bool(self._items_before or self._orders_before)

    def changed_items(self) -> list[OpenItem]:
        """Give the items to be stored."""
        return [self.items[key] for key in self._items_before]

    def changed_orders(self) -> list[Commitment]:
        """Give the orders to be stored."""
        return [self.orders[key] for key in self._orders_before]

    def change(self) -> Change:
        """Give what the posting does to the account's totals."""
        change = Change()
        for key, item in self._items_before.items():
            self._count_item(change, self.items[key], sign=1)
            if item is not None:
                self._count_item(change, item, sign=-1)
        for key, order in self._orders_before.items():
            self._count_order(change, self.orders[key], sign=1)
            self._count_order(change, order, sign=-1)
        return change

    def _put_if_new(self, key: Key, item: OpenItem) -> Effect:
        known = self.items.get(key)
        if item == known:
            return Effect.UNCHANGED
        self._items_before.setdefault(key, known)
        self.items[key] = item
        if item.order_ref is not None or (known is not None and known.order_ref is not None):
            for (order_key, currency), more_minor in _invoiced_changes(known, item):
                order = self._order(order_key, currency)
                self._put_order(order_key, order.invoiced(more_minor, currency))
        return Effect.APPLIED

    def _put_order(self, key: Key, order: Commitment) -> None:
        self._orders_before.setdefault(key, self.orders.get(key))
        self.orders[key] = order

    def _order(self, key: Key, currency: str) -> Commitment:
        return self.orders.get(key) or Commitment(customer=key[0], ref=key[1], currency=currency)

    def _count_item(self, change: Change, item: OpenItem, *, sign: int) -> None:
        if item.cleared:
            return
        if item.currency != self.currency:
            change.totals["foreign_documents"] += sign
            return
        change.totals[_TOTAL_OF[item.kind]] += sign * item.amount_minor
        if item.kind is not ItemKind.INVOICE or item.amount_minor < self.trifle_minor:
            return
        if item.due_on is not None:
            self._count_day(change, Day("due", item.due_on), item.amount_minor, sign=sign)

    def _count_order(self, change: Change, order: Commitment | None, *, sign: int) -> None:
        if order is None:
            return
        if order.currency != self.currency:
            change.totals["foreign_documents"] += sign * (order.counted_minor > 0)
            return
        change.totals["orders_minor"] += sign * order.counted_minor
        change.totals["reservations_minor"] += sign * order.reserved_minor
        if order.counted_minor and order.ship_date is not None:
            self._count_day(change, Day("ship", order.ship_date), order.counted_minor, sign=sign)

    @staticmethod
    def _count_day(change: Change, day: Day, amount_minor: int, *, sign: int) -> None:
        change.days_minor[day] += sign * amount_minor
        change.days_documents[day] += sign


_TOTAL_OF = {
    ItemKind.INVOICE: "invoices_minor",
    ItemKind.CREDIT_NOTE: "credit_notes_minor",
    ItemKind.PAYMENT: "payments_minor",
}


def _is_older(stated: int | None, known: int | None) -> bool:
    return stated is not None and known is not None and stated < known


def _is_past(stated: int | None, known: int | None, *, ended: bool) -> bool:
    """Say whether a version tells of a state that is past.

    That a document has `ended` outlives a repeated statement of its version: only a whole list,
    which is stated as of a time of its own, has it open again.
    """
    if stated is None or known is None:
        return False
    return stated <= known if ended else stated < known


def _invoiced_changes(known: OpenItem | None, item: OpenItem) -> Iterator[tuple[Bill, int]]:
    """Give by how much the invoiced part of which orders changes, most often of one or none."""
    before, taken_minor = (None, 0) if known is None else (known.bill, known.invoiced_minor)
    if before is not None and before != item.bill:
        yield before, -taken_minor
        taken_minor = 0
    if item.bill is not None and item.invoiced_minor != taken_minor:
        yield item.bill, item.invoiced_minor - taken_minor
