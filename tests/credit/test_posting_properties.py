from collections import Counter
from dataclasses import dataclass
from datetime import date
from random import Random

from hypothesis import given
from hypothesis import strategies as st
from support.builders import EUR, NOW

from app.credit.item import ItemKind, OpenItem
from app.credit.order import OrderStatement
from app.credit.posting import Posting

DUE = date(2026, 10, 31)


def a_posting() -> Posting:
    return Posting("EUR", 0, NOW)


def after(posting: Posting) -> Posting:
    """Give the next posting on what this one stored."""
    later = a_posting()
    later.items, later.orders = dict(posting.items), dict(posting.orders)
    return later


@dataclass(frozen=True)
class Drawn:
    what: str
    number: str
    amount_minor: int
    order: str | None
    version: int | None
    kind: ItemKind


drawn_statements = st.builds(
    Drawn,
    what=st.sampled_from(["item", "clear", "order", "cancel"]),
    number=st.sampled_from(["1", "2", "3"]),
    amount_minor=st.integers(1, 500),
    order=st.sampled_from([None, "SO-1", "SO-2"]),
    version=st.sampled_from([None, 1, 2, 3]),
    kind=st.sampled_from(list(ItemKind)),
)


@given(st.lists(drawn_statements, max_size=20))
def test_after_any_statements_the_totals_are_the_sum_of_the_details(drawn: list[Drawn]) -> None:
    summed: Counter[str] = Counter()
    posting = a_posting()
    for statement in drawn:
        posting = after(posting)
        take(posting, statement)
        summed.update(posting.change().totals)

    invoices = [item for item in posting.items.values() if item.kind is ItemKind.INVOICE]
    counted = [order.counted_minor for order in posting.orders.values()]
    assert summed["invoices_minor"] == sum(i.amount_minor for i in invoices if not i.cleared)
    assert summed["orders_minor"] == sum(counted)
    assert min(counted, default=0) >= 0


def take(posting: Posting, drawn: Drawn) -> None:
    item_key, order_key = ("C1", drawn.number), ("C1", f"SO-{drawn.number}")
    amount_minor, version = drawn.amount_minor, drawn.version
    match drawn.what:
        case "item":
            item = OpenItem("C1", drawn.number, drawn.kind, amount_minor, "EUR", due_on=DUE)
            posting.state_item(item._replace(order_ref=drawn.order, version=version))
        case "clear":
            posting.clear_item(item_key, version=version)
        case "order":
            posting.state_order(order_key, OrderStatement(amount_minor, EUR, DUE, version))
        case _:
            posting.cancel_order(order_key, version=version)


items = st.lists(st.tuples(st.sampled_from(list(ItemKind)), st.integers(1, 500)), max_size=8).map(
    lambda drawn: [
        OpenItem("C1", f"R{number}", kind, amount_minor, "EUR", due_on=DUE)
        for number, (kind, amount_minor) in enumerate(drawn)
    ]
)


@given(items, st.randoms(use_true_random=False))
def test_the_order_of_items_does_not_matter(stated: list[OpenItem], chance: Random) -> None:
    posting, other = a_posting(), a_posting()
    shuffled = list(stated)
    chance.shuffle(shuffled)

    for item in stated:
        posting.state_item(item)
    for item in shuffled:
        other.state_item(item)

    assert posting.change() == other.change()
