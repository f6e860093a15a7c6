"""Random feeds: every version of some documents, and what they come to in the end.

A document may change its kind, its order and its currency, be cleared or cancelled and be issued
again. An invoice takes off its order the most that it came to since it was last issued anew. An
order says how much of it is invoiced, unless it is stated only once: "the part not invoiced" of a
further statement that does not say so is what is not invoiced when it is said.
"""

from dataclasses import dataclass, field
from typing import Any, Literal, NamedTuple

from flows.plain_model import Key
from flows.world import OWN, money
from hypothesis import strategies as st

ORDERS = [(customer, ref) for customer in OWN for ref in ("X", "Y")]
ITEMS = [(customer, ref) for customer in OWN for ref in ("I1", "I2", "I3")]

Cancelled = Literal["cancelled"]


class Left(NamedTuple):
    """What a version says is left of a document."""

    kind: str
    amount: int
    currency: str
    order: str | None
    due: str | None

    @property
    def bill(self) -> tuple[str, str] | None:
        return (self.order, self.currency) if self.order and self.kind == "invoice" else None


class Ordered(NamedTuple):
    """What a version says of an order."""

    amount: int
    currency: str
    invoiced: int | None


@dataclass(frozen=True)
class Feed:
    """Documents and all that is ever said of them by version; `None` is cleared or cancelled."""

    items: dict[Key, list[Left | Cancelled | None]] = field(default_factory=dict)
    orders: dict[Key, list[Ordered | None]] = field(default_factory=dict)

    def lines(self) -> list[dict[str, Any]]:
        """Give every version of every document as a line of the ledger."""
        return [
            line | {"customer": customer, "ref": ref, "version": version}
            for documents in (
                {key: map(_item_line, life) for key, life in self.items.items()},
                {key: map(_order_line, life) for key, life in self.orders.items()},
            )
            for (customer, ref), lines in documents.items()
            for version, line in enumerate(lines, 1)
        ]

    def open_items(self) -> list[tuple[str, str, str, int, str]]:
        """Give customer, ref, kind, amount and currency of what is open in the end."""
        return sorted(
            (*key, left.kind, left.amount, left.currency)
            for key, life in self.items.items()
            if isinstance(left := life[-1], Left)
        )

    def counted(self) -> list[tuple[str, str, int, str]]:
        """Give the orders that count in the end, how much, and in which currency."""
        counted = [
            (*key, max(0, last.amount - max(0, invoiced - (last.invoiced or 0))), last.currency)
            for key, life in self.orders.items()
            if (last := life[-1]) is not None
            for invoiced in (self._invoiced(key, last.currency),)
        ]
        return sorted(entry for entry in counted if entry[2])

    def _invoiced(self, order: Key, currency: str) -> int:
        """Give what an order's invoices take off it."""
        return sum(
            taken
            for (customer, _), life in self.items.items()
            for bill, taken in (_taken(life),)
            if customer == order[0] and bill == (order[1], currency)
        )


def _taken(life: list[Left | Cancelled | None]) -> tuple[tuple[str, str] | None, int]:
    bill, most = None, 0
    for said in life:
        if isinstance(said, Left):
            most = max(most if said.bill == bill else 0, said.amount)
            bill = said.bill
        elif said == "cancelled":
            most = 0
    return bill, most


def _item_line(said: Left | Cancelled | None) -> dict[str, Any]:
    if said is None:
        return {"delete": "open_item"}
    if said == "cancelled":
        return {"delete": "open_item", "cancelled": True}
    body = {"kind": said.kind, "amount": money(said.amount), "currency": said.currency}
    return {"put": "open_item"} | body | {"order": said.order, "due_on": said.due}


def _order_line(said: Ordered | None) -> dict[str, Any]:
    if said is None:
        return {"delete": "order"}
    body = {"put": "order", "amount": money(said.amount), "currency": said.currency}
    return body if said.invoiced is None else body | {"invoiced": money(said.invoiced)}


@st.composite
def feeds(draw: st.DrawFn) -> Feed:
    """Give a feed."""
    feed = Feed()
    for key in draw(st.lists(st.sampled_from(ITEMS), unique=True, min_size=1)):
        feed.items[key] = draw(st.lists(_left | _ends, min_size=1, max_size=5))
    for key in draw(st.lists(st.sampled_from(ORDERS), unique=True)):
        feed.orders[key] = draw(_order_lives)
    return feed


_amounts = st.sampled_from([1, 10_00, 30_00, 60_00, 100_00])
_currencies = st.sampled_from(["EUR"] * 4 + ["USD"])
_cancelled: Cancelled = "cancelled"
_ends = st.sampled_from([None, _cancelled])
_left = st.builds(
    Left,
    st.sampled_from(["invoice"] * 4 + ["credit_note", "payment"]),
    _amounts,
    _currencies,
    st.sampled_from([None, "X", "X", "X", "Y"]),
    st.sampled_from([None, "2030-01-01", "2030-02-02"]),
)
_order_lives: st.SearchStrategy[list[Ordered | None]] = st.one_of(
    st.lists(st.builds(Ordered, _amounts, _currencies, _amounts) | st.none(), min_size=1),
    st.permutations([None, Ordered(100_00, "EUR", None)]),
    st.lists(st.builds(Ordered, _amounts, _currencies, st.none()), min_size=1, max_size=1),
)
