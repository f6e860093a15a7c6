"""Versions that come late, twice or in the wrong order end as the last of them says."""

from collections.abc import Callable
from itertools import permutations

import pytest
from support.builders import EUR, NOW

from app.credit.item import ItemKind, OpenItem
from app.credit.order import OrderStatement
from app.credit.posting import Effect, Posting

KEY, ORDER = ("C1", "R1"), ("C1", "SO-1")
Said = Callable[[Posting], Effect]


def left(minor: int, version: int) -> Said:
    item = OpenItem(*KEY, ItemKind.INVOICE, minor, "EUR", order_ref="SO-1", version=version)
    return lambda posting: posting.state_item(item)


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
    return item.version, 0 if item.cleared else item.amount_minor, item.taken_minor


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
    assert posting.orders[ORDER].counted_minor == 40


def test_an_older_version_for_another_order_tells_nothing_of_this_one() -> None:
    posting = after(left(20, 2), ordered(100, 1))
    other = OpenItem(*KEY, ItemKind.INVOICE, 60, "EUR", order_ref="SO-2", version=1)

    assert posting.state_item(other) is Effect.OUTDATED
    assert posting.orders[ORDER].counted_minor == 80
