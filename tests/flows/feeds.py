"""Random feeds: every version of some documents, and what they come to in the end.

An invoice takes off its order the most that it ever came to, whichever of its versions come late,
and nothing if it was cancelled in the end. It keeps its kind, order and currency, and is not
issued again once it was cancelled: of others the order of arrival still tells, see DECISIONS 7.
Orders say how much of them is invoiced, as the last statement of one that does not would mean what
is known when it arrives.
"""

from dataclasses import dataclass, field
from typing import Any, Literal

from flows.plain_model import Key
from flows.world import OWN, money
from hypothesis import strategies as st

ORDERS = [(customer, ref) for customer in OWN for ref in ("X", "Y")]
ITEMS = [(customer, ref) for customer in OWN for ref in ("I1", "I2", "I3")]

amounts = st.sampled_from([1, 10_00, 30_00, 60_00, 100_00])
Cancelled = Literal["cancelled"]
kinds = st.sampled_from(["invoice"] * 3 + ["credit_note", "payment"])


@dataclass(frozen=True)
class Item:
    """An item's life: what is left of it by version, `None` where it is cleared."""

    kind: str
    order: str | None
    life: list[int | Cancelled | None]


@dataclass(frozen=True)
class Order:
    """An order's life: its amount and what was invoiced of it, `None` where it is cancelled."""

    life: list[tuple[int, int] | None]


@dataclass(frozen=True)
class Feed:
    """Documents and all that is ever said of them."""

    items: dict[Key, Item] = field(default_factory=dict)
    orders: dict[Key, Order] = field(default_factory=dict)

    def lines(self) -> list[dict[str, Any]]:
        """Give every version of every document as a line of the ledger."""
        return [
            line
            for lines_of, documents in ((_item_line, self.items), (_order_line, self.orders))
            for key, document in documents.items()
            for line in _versions(lines_of, key, document)
        ]

    def open_items(self) -> list[tuple[str, str, str, int]]:
        """Give customer, ref, kind and amount of what is open in the end."""
        return sorted(
            (*key, item.kind, left)
            for key, item in self.items.items()
            if isinstance(left := item.life[-1], int)
        )

    def counted(self) -> list[tuple[str, str, int]]:
        """Give the orders that count in the end, and how much."""
        counted = [
            (*key, max(0, last[0] - max(0, self.invoiced(key) - last[1])))
            for key, order in self.orders.items()
            if (last := order.life[-1]) is not None
        ]
        return sorted(entry for entry in counted if entry[2])

    def invoiced(self, order: Key) -> int:
        """Give the most that the order's invoices ever amounted to, the cancelled ones apart."""
        return sum(
            max((left for left in item.life if isinstance(left, int)), default=0)
            for (customer, _), item in self.items.items()
            if item.kind == "invoice" and (customer, item.order) == order
            if item.life[-1] != "cancelled"
        )


def _versions(line_of: Any, key: Key, document: Any) -> list[dict[str, Any]]:
    return [
        line_of(key, document, stated) | {"version": version}
        for version, stated in enumerate(document.life, 1)
    ]


def _item_line(key: Key, item: Item, left: int | Cancelled | None) -> dict[str, Any]:
    at = {"customer": key[0], "ref": key[1]}
    if left is None:
        return {"delete": "open_item"} | at
    if left == "cancelled":
        return {"delete": "open_item", "cancelled": True} | at
    body = {"kind": item.kind, "amount": money(left), "currency": "EUR", "order": item.order}
    return {"put": "open_item"} | at | body


def _order_line(key: Key, _: Order, stated: tuple[int, int] | None) -> dict[str, Any]:
    at = {"customer": key[0], "ref": key[1]}
    if stated is None:
        return {"delete": "order"} | at
    amount, invoiced = map(money, stated)
    return {"put": "order"} | at | {"amount": amount, "currency": "EUR", "invoiced": invoiced}


@st.composite
def feeds(draw: st.DrawFn) -> Feed:
    """Give a feed."""
    feed = Feed()
    for key in draw(st.lists(st.sampled_from(ITEMS), unique=True, min_size=1)):
        order = draw(st.sampled_from([None, "X", "X", "Y"]))
        feed.items[key] = Item(draw(kinds), order, draw(_item_lives))
    for key in draw(st.lists(st.sampled_from(ORDERS), unique=True)):
        feed.orders[key] = Order(draw(_order_lives))
    return feed


_cancelled: Cancelled = "cancelled"
_item_lives = st.builds(
    list.__add__,
    st.lists(st.one_of(st.none(), amounts, amounts), min_size=1, max_size=3),
    st.one_of(st.just([]), st.just([_cancelled])),
)
_order_lives = st.lists(st.none() | st.tuples(amounts, amounts), min_size=1, max_size=3)
