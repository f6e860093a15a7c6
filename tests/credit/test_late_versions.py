"""Versions that come late, twice or in the wrong order end as the last of them says."""

from collections.abc import Callable
from itertools import permutations
from typing import Any

import pytest
from support.builders import EUR, NOW

from app.credit.commitment import Commitment
from app.credit.item import PLAIN, ItemKind, OpenItem
from app.credit.order import OrderStatement
from app.credit.posting import Effect, Posting

KEY, ORDER = ("C1", "R1"), ("C1", "SO-1")
Said = Callable[[Posting], Effect]


def left(minor: int, version: int | None, **said: Any) -> Said:
    item = OpenItem(*KEY, ItemKind.INVOICE, minor, "EUR", order_ref="SO-1", version=version)
    return lambda posting: posting.state_item(item._replace(**said))


def cleared(version: int | None, *, cancelled: bool = False) -> Said:
    return lambda posting: posting.clear_item(KEY, version=version, cancelled=cancelled)


def ordered(minor: int, version: int) -> Said:
    statement = OrderStatement(minor, EUR, invoiced_minor=0, version=version)
    return lambda posting: posting.state_order(ORDER, statement)


def after(*said: Said) -> Posting:
    posting = Posting("EUR", 0, NOW)
    for say in said:
        say(posting)
    return posting


def end(posting: Posting) -> tuple[int | None, int, int]:
    """Give version, what is still open and what the invoice takes off its order."""
    item = posting.items[KEY]
    return item.version, 0 if item.cleared else item.amount_minor, item.invoiced_minor


@pytest.mark.parametrize(
    ("life", "counted"),
    [
        ([left(60, 1), left(20, 2)], 40),
        ([left(60, 1), left(20, 2), cleared(3)], 40),
        ([left(60, 1), cleared(2)], 40),
        ([left(60, 1), cleared(2, cancelled=True)], 100),
        ([left(60, 1), left(20, 2), cleared(3, cancelled=True)], 100),
    ],
)
def test_an_invoice_takes_off_its_order_the_most_it_ever_was_whatever_comes_first(
    life: list[Said], counted: int
) -> None:
    for order_of_arrival in permutations([*life, ordered(100, 1)]):
        posting = after(*order_of_arrival)
        assert posting.orders[ORDER].counted_minor == counted
        assert end(posting) == end(after(*life))


@pytest.mark.parametrize(
    ("life", "invoiced"),
    [
        ([left(60, 1), left(20, 2), left(40, 3)], {"SO-1": 60}),
        ([left(60, 1), left(20, 2, order_ref="SO-2"), left(40, 3)], {"SO-1": 40, "SO-2": 0}),
        ([left(60, 1), left(50, 2), left(20, 3, currency="USD"), left(30, 4)], {"SO-1": 30}),
        ([left(60, 1), left(20, 2, kind=ItemKind.CREDIT_NOTE), left(40, 3)], {"SO-1": 40}),
        ([left(60, 1), cleared(2, cancelled=True), left(40, 3), left(20, 4)], {"SO-1": 40}),
        ([left(60, 1), cleared(2, cancelled=True), left(40, 3), cleared(4)], {"SO-1": 40}),
        ([left(60, 1), left(40, 2, order_ref="SO-2"), cleared(3)], {"SO-1": 0, "SO-2": 40}),
        ([left(60, 1), left(50, 2), left(40, 3), cleared(4, cancelled=True)], {"SO-1": 0}),
        ([left(60, 1), cleared(2, cancelled=True), cleared(3)], {"SO-1": 0}),
        ([left(60, 1), cleared(2), left(20, 3, order_ref=None), left(10, 4)], {"SO-1": 10}),
        ([left(60, 1), left(60, 2, order_ref=None), cleared(3)], {"SO-1": 0}),
        ([left(9, 1), cleared(2, cancelled=True), cleared(3, cancelled=True)], {"SO-1": 0}),
    ],
)
def test_any_life_ends_the_same_in_every_order_of_arrival(
    life: list[Said], invoiced: dict[str, int]
) -> None:
    expected = after(*life)
    for order_of_arrival in permutations(life):
        posting = after(*order_of_arrival, *order_of_arrival[:2])
        assert known(posting) == known(expected)
        for ref, minor in invoiced.items():
            order = posting.orders.get(("C1", ref), Commitment("C1", ref, "EUR"))
            assert order.invoiced_in("EUR") == minor


def known(posting: Posting) -> OpenItem:
    """Give the item without its history, of which more may be kept than is needed."""
    return posting.items[KEY]._replace(history=PLAIN, largest_minor=None)


def test_what_has_no_version_came_before_all_that_have_one() -> None:
    posting = after(ordered(100, 1), left(60, None), cleared(3), left(40, 2, order_ref="SO-2"))

    assert posting.items[KEY].order_ref == "SO-2"
    assert posting.orders[ORDER].counted_minor == 100


def test_a_past_version_that_takes_nothing_off_an_order_tells_nothing() -> None:
    posting = after(left(20, 2, order_ref=None))
    before = posting.items[KEY]

    assert left(60, 1, order_ref=None)(posting) is Effect.OUTDATED
    assert posting.items[KEY] is before


def test_an_older_version_for_another_order_is_what_it_was_before() -> None:
    posting = after(left(20, 3, order_ref=None), ordered(100, 1))

    assert left(60, 2)(posting) is Effect.OUTDATED
    assert posting.orders[ORDER].counted_minor == 100


def test_an_invoice_that_was_cancelled_and_is_issued_again_begins_anew() -> None:
    posting = after(ordered(100, 1), left(60, 1), cleared(2, cancelled=True), left(20, 3))

    assert posting.orders[ORDER].counted_minor == 80


def test_a_repeated_version_does_not_open_what_was_cleared_since() -> None:
    posting = after(left(60, 1), cleared(None))

    assert left(60, 1)(posting) is Effect.OUTDATED
    assert posting.items[KEY].cleared
    assert left(60, 2)(posting) is Effect.APPLIED
    assert not posting.items[KEY].cleared


def test_a_whole_list_has_what_was_cleared_open_again() -> None:
    posting = after(left(60, 1), cleared(None))

    assert posting.state_item(posting.items[KEY]._replace(cleared=False), listed=True)
    assert not posting.items[KEY].cleared


def test_a_repeated_version_does_not_bring_a_cancelled_order_back() -> None:
    posting = after(ordered(100, 1))
    posting.cancel_order(ORDER)

    assert ordered(100, 1)(posting) is Effect.OUTDATED
    assert posting.orders[ORDER].counted_minor == 0
    assert ordered(100, 2)(posting) is Effect.APPLIED
    assert posting.orders[ORDER].counted_minor == 100


def test_what_was_cancelled_stays_so_when_it_is_cleared_once_more() -> None:
    posting = after(left(60, 1), ordered(100, 1), cleared(2, cancelled=True))

    assert cleared(2)(posting) is Effect.UNCHANGED
    assert posting.orders[ORDER].counted_minor == 100
    assert cleared(3)(posting) is Effect.APPLIED
    assert posting.orders[ORDER].counted_minor == 100


def test_an_older_version_for_another_order_tells_nothing_of_this_one() -> None:
    posting = after(left(20, 2), ordered(100, 1))
    other = OpenItem(*KEY, ItemKind.INVOICE, 60, "EUR", order_ref="SO-2", version=1)

    assert posting.state_item(other) is Effect.OUTDATED
    assert posting.orders[ORDER].counted_minor == 80
