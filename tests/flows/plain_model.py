"""A plain model of the documents: what a customer owes and has ordered, in dicts and ints.

Written from `design.md` and `api.md`; nothing is imported from the code it is compared with, and
it keeps no totals: it adds everything up anew each time it is asked. Amounts are cents, moments
and days are whole numbers.
"""

from dataclasses import dataclass, field, replace

from flows.plain_documents import Document, Item, is_past

GRACE_DAYS = 3
TRIFLE = 50_00
RESERVED_FOR = 60

Key = tuple[str, str]
"""Customer and ref."""


@dataclass
class Order:
    revision: int | None = None
    granted: int = 0
    reserved: int = 0
    lapses_at: int | None = None
    stated: int | None = None
    admitted: int = 0
    ship: int | None = None
    version: int | None = None
    invoiced: int = 0
    left_out: int = 0
    cancelled: bool = False
    held: bool = False
    held_as_stated: bool = False

    @property
    def counted(self) -> int:
        if self.stated is None or self.cancelled:
            return 0
        return max(0, self.admitted - self.invoiced_since)

    @property
    def invoiced_since(self) -> int:
        return max(0, self.invoiced - self.left_out)

    @property
    def tied_up(self) -> int:
        return self.counted + self.reserved

    @property
    def state(self) -> str:
        if self.cancelled:
            return "cancelled"
        if self.held:
            return "held"
        if self.stated is not None:
            return "open" if self.stated > self.invoiced_since else "invoiced"
        if self.revision is None:
            return "unknown"
        return "reserved" if self.granted else "expired"

    def lapse(self, now: int) -> None:
        if self.lapses_at is not None and self.lapses_at <= now:
            self.reserved, self.lapses_at = 0, None
            self.granted = min(self.granted, self.stated or 0)

    def bill(self, more: int) -> None:
        """Take an invoice off what counts, and what is left of it off what is reserved."""
        before = self.counted
        self.invoiced += more
        left = more - (before - self.counted)
        if left >= 0:
            self.reserved = max(0, self.reserved - left)
        elif self.reserved or self.lapses_at is not None:
            unused = self.granted - self.counted - self.invoiced
            self.reserved = max(self.reserved, min(self.reserved - left, unused))

    def forget_cancellation(self) -> None:
        if self.cancelled:
            self.cancelled, self.stated, self.admitted = False, None, 0


@dataclass
class Model:
    now: int = 0
    home: dict[str, str] = field(default_factory=dict)
    limits: dict[str, int | None] = field(default_factory=dict)
    items: dict[Key, Document] = field(default_factory=dict)
    orders: dict[Key, Order] = field(default_factory=dict)
    decided: dict[tuple[str, str, int], int] = field(default_factory=dict)

    def pass_time(self, minutes: int) -> None:
        self.now += minutes
        for order in self.orders.values():
            order.lapse(self.now)

    def exposure(self, account: str) -> dict[str, int]:
        """Give every part of an account's exposure."""
        items = [
            document.content
            for (customer, _), document in self.items.items()
            if self.home[customer] == account and not document.cleared and document.content
        ]
        orders = [o for (customer, _), o in self.orders.items() if self.home[customer] == account]
        owed = {kind: sum(i.amount for i in items if i.kind == kind) for kind in KINDS}
        return {
            "invoices": owed["invoice"],
            "credit_notes": -owed["credit_note"],
            "payments": -owed["payment"],
            "open_orders": sum(order.counted for order in orders),
            "reservations": sum(order.reserved for order in orders),
            "overdue": sum(item.amount for item in items if _is_overdue(item)),
        }

    def total(self, account: str) -> int:
        parts = self.exposure(account)
        return sum(parts.values()) - parts["overdue"]

    def check(self, key: Key, revision: int, amount: int) -> str:
        """Give what a check answers: an outcome, or `replayed`, `conflict` or `outdated`."""
        known = self.decided.get((*key, revision))
        if known is not None:
            return "replayed" if known == amount else "conflict"
        order = self.orders.get(key, Order())
        if order.revision is not None and revision < order.revision:
            return "outdated"
        outcome = self.outcome(key, amount)
        is_stated_above = not order.cancelled and (order.stated or 0) > order.admitted
        self.orders[key] = order
        self.decided[*key, revision] = amount
        order.revision = revision
        order.forget_cancellation()
        order.held, order.held_as_stated = outcome == "hold", False
        if order.held:
            order.lapses_at = None
            return outcome
        order.reserved = max(0, amount - order.counted - order.invoiced)
        order.lapses_at = None if is_stated_above or not amount else self.now + RESERVED_FOR
        order.granted = amount
        return outcome

    def outcome(self, key: Key, amount: int) -> str:
        """Judge a whole order; what is invoiced of it is owed already."""
        order = self.orders.get(key, Order())
        return self._judged(key, amount, max(0, amount - order.invoiced))

    def _judged(self, key: Key, amount: int, credit: int) -> str:
        order = self.orders.get(key, Order())
        account = self.home[key[0]]
        granted_credit = min(order.granted, order.tied_up)
        if order.granted and amount <= order.granted and credit <= granted_credit:
            return "pass"
        if not self._has_room(account, order, credit):
            return "hold"
        return "warning" if self.exposure(account)["overdue"] else "pass"

    def _has_room(self, account: str, order: Order, amount: int) -> bool:
        if not amount:
            return True
        if account not in self.limits:
            return False
        limit = self.limits[account]
        return limit is None or self.total(account) - order.tied_up + amount <= limit

    def state_item(self, key: Key, item: Item) -> str:
        document = self.items.setdefault(key, Document())
        repeated = not document.cleared and document.content == replace(
            item, version=document.version
        )
        if repeated and item.version in {None, document.version}:
            return "unchanged"
        return self._tell(key, item.version, item)

    def clear_item(self, key: Key, version: int | None) -> str:
        document = self.items.get(key)
        if document is None and version is None:
            return "unknown"
        if document is not None and document.cleared and version in {None, document.version}:
            return "unchanged"
        self.items.setdefault(key, Document())
        return self._tell(key, version, None)

    def _tell(self, key: Key, version: int | None, item: Item | None) -> str:
        """Put it in its place among the versions, and take off the orders what that comes to."""
        document = self.items[key]
        order_before, taken_before = document.taken
        is_last = document.add(version, item)
        if item is not None and item is document.content:
            item.version = document.version
        order, taken = document.taken
        if order_before != order and order_before is not None:
            self.orders[key[0], order_before].bill(-taken_before)
            taken_before = 0
        if order is not None and taken != taken_before:
            self.orders.setdefault((key[0], order), Order()).bill(taken - taken_before)
        return "applied" if is_last else "outdated"

    def state_order(self, key: Key, amount: int, ship: int | None, version: int | None) -> str:
        """Take the ERP's word; what outgrows its grant is `judge`d once all is stated."""
        order = self.orders.get(key, Order())
        if is_past(version, order.version, ended=order.cancelled):
            return "outdated"
        repeats = not order.cancelled and (order.stated, order.ship) == (amount, ship)
        if repeats and version in {None, order.version}:
            return "unchanged"
        self.orders[key] = order
        tied_up = order.tied_up
        is_whole = order.revision is None or amount == order.granted
        order.left_out = 0 if order.stated is None and is_whole else order.invoiced
        order.stated, order.ship, order.cancelled = amount, ship, False
        order.admitted, order.reserved, order.lapses_at = amount, 0, None
        order.version = order.version if version is None else version
        if order.revision is None:
            return "applied"
        outgrown = amount > order.granted or order.counted > tied_up
        if order.counted > tied_up:
            order.admitted = tied_up + order.invoiced_since
        if order.held:
            return "outgrown" if order.held_as_stated else "applied"
        return "outgrown" if outgrown else "applied"

    def judge(self, key: Key) -> None:
        """Hold an order above its grant; where the grant is gone or freed, ask the rules."""
        order = self.orders[key]
        if order.cancelled:
            return
        amount = order.stated or 0
        above = 0 < order.granted < amount
        order.held = above or self._judged(key, amount, amount) == "hold"
        order.held_as_stated = order.held
        if not order.held:
            order.granted = max(order.granted, amount + order.left_out)
            order.admitted = amount

    def cancel_order(self, key: Key, version: int | None) -> str:
        order = self.orders.get(key, Order())
        if order.state == "unknown" and version is None:
            return "unknown"
        self.orders[key] = order
        if _is_older(version, order.version):
            return "outdated"
        if order.cancelled and version in {None, order.version}:
            return "unchanged"
        if version is not None and version == order.version and order.stated is None:
            return "unchanged"
        order.version = order.version if version is None else version
        order.granted = order.reserved = order.admitted = 0
        order.lapses_at, order.held, order.cancelled = None, False, True
        order.held_as_stated = False
        return "applied"


KINDS = ("invoice", "credit_note", "payment")


def _is_overdue(item: Item) -> bool:
    late = item.due is not None and item.due < -GRACE_DAYS
    return late and item.kind == "invoice" and item.amount >= TRIFLE


def _is_older(stated: int | None, known: int | None) -> bool:
    return stated is not None and known is not None and stated < known
