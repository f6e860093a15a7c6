"""A source's whole list clears what it has stated before and leaves out now."""

from datetime import timedelta
from typing import Any

from support.builders import NOW

from app.credit.commitment import Commitment
from app.credit.item import ItemKind, OpenItem
from app.credit.posting import Effect, Posting
from app.credit.whole_list import cancel_missing, clear_missing


def an_invoice(ref: str, *, source: str = "erp", order: str | None = None) -> OpenItem:
    return OpenItem("C1", ref, ItemKind.INVOICE, 100, "EUR", order_ref=order, source=source)


def stored(*items: OpenItem) -> Posting:
    """Give a posting on these items, as they are stored."""
    return Posting("EUR", 0, NOW, items={(item.customer, item.ref): item for item in items})


def totals(posting: Posting) -> dict[str, int]:
    return {name: value for name, value in posting.change().totals.items() if value}


def test_what_is_left_out_is_cleared_and_what_is_stated_stays() -> None:
    posting = stored(an_invoice("R1"), an_invoice("R2"), an_invoice("R3"))

    cleared = clear_missing(posting, {("C1", "R2")}, source="erp")

    assert (len(cleared), totals(posting)) == (2, {"invoices_minor": -200})
    assert [item.ref for item in posting.items.values() if not item.cleared] == ["R2"]
    assert [item.ref for item in posting.changed_items()] == ["R1", "R3"]


def test_what_another_source_has_stated_stays() -> None:
    posting = stored(an_invoice("R1", source="shop"))
    assert (clear_missing(posting, set(), source="erp"), posting.has_changed) == ([], False)


def test_what_is_cleared_already_is_not_cleared_again() -> None:
    posting = stored(an_invoice("R1")._replace(cleared=True))
    assert (clear_missing(posting, set(), source="erp"), posting.has_changed) == ([], False)


def test_an_invoice_that_is_left_out_does_not_reopen_its_order() -> None:
    posting = stored(an_invoice("R1", order="X")._replace(invoiced_minor=100))
    order = Commitment("C1", "X", "EUR", stated_minor=300, admitted_minor=300, invoiced_minor=100)
    posting.orders["C1", "X"] = order

    clear_missing(posting, set(), source="erp")

    assert posting.orders["C1", "X"] == order
    assert totals(posting) == {"invoices_minor": -100}


def test_the_same_list_again_clears_nothing_more() -> None:
    posting = stored(an_invoice("R1"), an_invoice("R2"))
    clear_missing(posting, {("C1", "R1")}, source="erp")
    again = stored(*posting.items.values())
    assert (clear_missing(again, {("C1", "R1")}, source="erp"), again.has_changed) == ([], False)


def test_what_was_given_back_or_never_set_aside_is_not_given_back_again() -> None:
    posting = stored()
    posting.orders["C1", "X"] = Commitment("C1", "X", "EUR", revision=1, check_id="chk_1")
    assert posting.give_back(("C1", "X"), check_id="chk_1") is Effect.UNCHANGED
    assert not posting.has_changed


def an_order(ref: str, *, source: str = "erp", **more: Any) -> Commitment:
    return Commitment(
        "C1", ref, "EUR", stated_minor=100, admitted_minor=100, source=source, **more
    )


def left_out(*orders: Commitment) -> list[str]:
    posting = stored()
    posting.orders = {(order.customer, order.ref): order for order in orders}
    cancelled = cancel_missing(posting, {("C1", "LISTED")}, source="erp")
    assert all(posting.orders[key].cancelled for key in cancelled)
    return [ref for _, ref in cancelled]


def test_orders_that_hang_on_the_word_of_their_source_are_cancelled_when_left_out() -> None:
    held_as_stated = an_order("HELD", hold_id="hld_1")
    invoiced = an_order("INVOICED", invoiced_minor=100)
    asked = an_order("ASKED", reserved_minor=50, reserved_until=NOW + timedelta(hours=1))
    lapsed = an_order("LAPSED", reserved_minor=50, reserved_until=NOW - timedelta(hours=1))
    stopped = an_order("STOPPED", hold_id="hld_2", check_id="chk_2")
    other, listed = an_order("OTHER", source="shop"), an_order("LISTED")
    found = left_out(
        an_order("LEFT"), held_as_stated, invoiced, asked, lapsed, stopped, other, listed
    )
    assert found == ["LEFT", "HELD", "LAPSED"]
