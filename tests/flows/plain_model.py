"""A plain model of the documents: what a customer owes and has ordered, in dicts and ints.

Written from `design.md` and `api.md`; nothing is imported from the code it is compared with, and
it keeps no totals: it adds everything up anew each time it is asked. Amounts are cents, moments
and days are whole numbers.
"""

from dataclasses import dataclass, field

GRACE_DAYS = 3
TRIFLE = 50_00
RESERVED_FOR = 60

Key = tuple[str, str]
"""Customer and ref."""


@dataclass
class Item:
    kind: str
    amount: int
    due: int | None = None
    order: str | None = None
    version: int | None = None
    taken_off: int = 0
    cleared: bool = False

    @property
    def bills(self) -> str | None:
        """Give the order that this item takes its amount off."""
        return self.order if self.kind == "invoice" else None

    @property
    def is_buried(self) -> bool:
        """Say whether it was cleared before anything was told of it."""
        return self.cleared and not self.amount and self.order is None


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
    invoiced_before: int = 0
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
        return max(0, self.invoiced - self.invoiced_before)

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
        self.reserved = max(0, self.reserved - max(0, left))

    def forget_cancellation(self) -> None:
        if self.cancelled:
            self.cancelled, self.stated, self.admitted = False, None, 0


@dataclass
class Model:
    now: int = 0
    home: dict[str, str] = field(default_factory=dict)
    limits: dict[str, int | None] = field(default_factory=dict)
    items: dict[Key, Item] = field(default_factory=dict)
    orders: dict[Key, Order] = field(default_factory=dict)
    decided: dict[tuple[str, str, int], int] = field(default_factory=dict)

    def pass_time(self, minutes: int) -> None:
        self.now += minutes
        for order in self.orders.values():
            order.lapse(self.now)

    def exposure(self, account: str) -> dict[str, int]:
        """Give every part of an account's exposure."""
        items = [
            item
            for (customer, _), item in self.items.items()
            if self.home[customer] == account and not item.cleared
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
        known = self.items.get(key)
        if known is not None and _is_past(item.version, known.version, ended=known.cleared):
            return self._learn_from_older(key, known, item)
        before = None if known is None else known.bills
        taken = 0 if known is None else known.taken_off
        if known is not None and item.version is None:
            item.version = known.version
        if item.bills is not None:
            item.taken_off = max(taken if before == item.bills else 0, item.amount)
        if item == known:
            return "unchanged"
        self.items[key] = item
        customer = key[0]
        if before is not None and before != item.bills:
            self.orders[customer, before].bill(-taken)
            taken = 0
        if item.bills is not None and item.taken_off != taken:
            order = self.orders.setdefault((customer, item.bills), Order())
            order.bill(item.taken_off - taken)
        return "applied"

    def _learn_from_older(self, key: Key, known: Item, older: Item) -> str:
        """Of a version that is past, only that the invoice was larger once still counts."""
        if known.is_buried:
            known.order = older.order if older.bills else None
        if known.bills is None or older.bills != known.bills or older.amount <= known.taken_off:
            return "outdated"
        order = self.orders.setdefault((key[0], known.bills), Order())
        order.bill(older.amount - known.taken_off)
        known.taken_off = older.amount
        return "learnt"

    def clear_item(self, key: Key, version: int | None) -> str:
        known = self.items.get(key)
        if known is None and version is not None:
            self.items[key] = Item("invoice", 0, version=version, cleared=True)
            return "applied"
        if known is None:
            return "unknown"
        if _is_older(version, known.version):
            return "outdated"
        if known.cleared and version in {None, known.version}:
            return "unchanged"
        known.cleared = True
        known.version = known.version if version is None else version
        return "applied"

    def state_order(self, key: Key, amount: int, ship: int | None, version: int | None) -> str:
        """Take the ERP's word; what outgrows its grant is `judge`d once all is stated."""
        order = self.orders.get(key, Order())
        if _is_past(version, order.version, ended=order.cancelled):
            return "outdated"
        repeats = not order.cancelled and (order.stated, order.ship) == (amount, ship)
        if repeats and version in {None, order.version}:
            return "unchanged"
        self.orders[key] = order
        tied_up = order.tied_up
        confirms = order.stated is None and amount == order.granted
        order.invoiced_before = 0 if confirms else order.invoiced
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
            order.granted = max(order.granted, amount + order.invoiced_before)
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


def _is_past(stated: int | None, known: int | None, *, ended: bool) -> bool:
    if stated is None or known is None:
        return False
    return stated < known or (ended and stated == known)
