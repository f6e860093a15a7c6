from collections import Counter
from dataclasses import replace
from datetime import date

import pytest
from support.builders import EUR, NOW, USD

from app.credit.change import Day
from app.credit.commitment import Commitment
from app.credit.item import ItemKind, OpenItem
from app.credit.order import OrderStatement
from app.credit.posting import Effect, Posting

DUE = date(2026, 10, 31)


def a_posting(*, trifle_minor: int = 0) -> Posting:
    return Posting("EUR", trifle_minor, NOW)


def after(posting: Posting) -> Posting:
    """Give the next posting on what this one stored."""
    later = a_posting(trifle_minor=posting.trifle_minor)
    later.items, later.orders = dict(posting.items), dict(posting.orders)
    return later


def an_invoice(amount_minor: int = 100, *, ref: str = "R1", order: str | None = None) -> OpenItem:
    return OpenItem("C1", ref, ItemKind.INVOICE, amount_minor, "EUR", due_on=DUE, order_ref=order)


def totals(posting: Posting) -> dict[str, int]:
    return {name: value for name, value in posting.change().totals.items() if value}


@pytest.mark.parametrize(
    ("kind", "total"),
    [
        (ItemKind.INVOICE, "invoices_minor"),
        (ItemKind.CREDIT_NOTE, "credit_notes_minor"),
        (ItemKind.PAYMENT, "payments_minor"),
    ],
)
def test_each_kind_of_item_has_its_total(kind: ItemKind, total: str) -> None:
    posting = a_posting()

    effect = posting.state_item(OpenItem("C1", "R1", kind, 100, "EUR"))

    assert (effect, totals(posting)) == (Effect.APPLIED, {total: 100})


def test_a_part_payment_changes_the_total_by_what_was_paid() -> None:
    posting = a_posting()
    posting.state_item(an_invoice(100))
    later = after(posting)

    later.state_item(an_invoice(30))

    assert totals(later) == {"invoices_minor": -70}


def test_the_same_statement_again_changes_nothing() -> None:
    posting = a_posting()
    posting.state_item(an_invoice())
    later = after(posting)

    assert later.state_item(an_invoice()) is Effect.UNCHANGED
    assert (later.changed_items(), totals(later)) == ([], {})


def test_an_older_version_changes_nothing_and_the_same_version_may_correct() -> None:
    posting = a_posting()
    posting.state_item(OpenItem("C1", "R1", ItemKind.INVOICE, 100, "EUR", version=3))

    assert posting.state_item(an_invoice(70)._replace(version=2)) is Effect.OUTDATED
    assert posting.state_item(an_invoice(80)._replace(version=3)) is Effect.APPLIED
    assert posting.clear_item(("C1", "R1"), version=2) is Effect.OUTDATED


def test_a_statement_without_a_version_keeps_the_one_that_is_known() -> None:
    posting = a_posting()
    posting.state_item(OpenItem("C1", "R1", ItemKind.INVOICE, 100, "EUR", version=3))

    posting.state_item(an_invoice(50))

    assert posting.items["C1", "R1"].version == 3


def test_a_cleared_item_counts_no_more_and_can_be_stated_again() -> None:
    posting = a_posting()
    posting.state_item(an_invoice())
    later = after(posting)

    assert later.clear_item(("C1", "R1"), version=4) is Effect.APPLIED
    assert later.clear_item(("C1", "R1")) is Effect.UNCHANGED
    assert totals(later) == {"invoices_minor": -100}
    assert after(later).state_item(an_invoice()) is Effect.APPLIED


def test_an_item_or_order_never_stated_is_unknown() -> None:
    posting = a_posting()
    posting.state_item(an_invoice(order="SO-1"))

    assert posting.clear_item(("C1", "R9")) is Effect.UNKNOWN
    assert posting.cancel_order(("C1", "SO-9")) is Effect.UNKNOWN
    assert posting.cancel_order(("C1", "SO-1")) is Effect.UNKNOWN


def test_invoices_count_by_due_day_from_the_trifle_on() -> None:
    posting = a_posting(trifle_minor=50)
    posting.state_item(an_invoice(49, ref="R1"))
    posting.state_item(an_invoice(50, ref="R2"))
    posting.state_item(OpenItem("C1", "R3", ItemKind.INVOICE, 70, "EUR"))

    change = posting.change()

    assert change.days_minor == Counter({Day("due", DUE): 50})
    assert change.days_documents == Counter({Day("due", DUE): 1})


def test_a_document_in_another_currency_is_counted_but_not_added() -> None:
    posting = a_posting()
    posting.state_item(OpenItem("C1", "R1", ItemKind.INVOICE, 100, "USD", due_on=DUE))
    posting.state_order(("C1", "SO-1"), OrderStatement(100, USD))
    posting.state_order(("C1", "SO-2"), OrderStatement(0, USD))

    assert totals(posting) == {"foreign_documents": 2}


def test_an_open_order_counts_by_its_ship_date() -> None:
    posting = a_posting()
    posting.state_order(("C1", "SO-1"), OrderStatement(100, EUR, DUE))

    assert totals(posting) == {"orders_minor": 100}
    assert posting.change().days_minor == Counter({Day("ship", DUE): 100})


def test_an_invoice_takes_its_amount_off_its_order() -> None:
    posting = a_posting()
    posting.state_order(("C1", "SO-1"), OrderStatement(100, EUR))

    posting.state_item(an_invoice(60, order="SO-1"))

    assert totals(posting) == {"invoices_minor": 60, "orders_minor": 40}


def test_with_what_was_invoiced_orders_and_invoices_may_come_in_any_order() -> None:
    posting, other = a_posting(), a_posting()
    statement = OrderStatement(100, EUR, invoiced_minor=0)
    posting.state_order(("C1", "SO-1"), statement)
    posting.state_item(an_invoice(60, order="SO-1"))
    other.state_item(an_invoice(60, order="SO-1"))
    other.state_order(("C1", "SO-1"), statement)

    assert totals(posting) == totals(other) == {"invoices_minor": 60, "orders_minor": 40}


def test_paying_an_invoice_does_not_reopen_its_order() -> None:
    posting = a_posting()
    posting.state_order(("C1", "SO-1"), OrderStatement(100, EUR))
    posting.state_item(an_invoice(60, order="SO-1"))

    posting.state_item(an_invoice(10, order="SO-1"))
    posting.clear_item(("C1", "R1"))

    assert totals(posting) == {"orders_minor": 40}


def test_an_invoice_that_changes_its_order_gives_the_first_one_back() -> None:
    posting = a_posting()
    for ref in ("SO-1", "SO-2"):
        posting.state_order(("C1", ref), OrderStatement(100, EUR))

    posting.state_item(an_invoice(60, order="SO-1"))
    posting.state_item(an_invoice(60, order="SO-2"))

    assert [order.counted_minor for order in posting.changed_orders()] == [100, 40]


def test_an_invoice_in_another_currency_takes_nothing_off_its_order() -> None:
    posting = a_posting()
    posting.state_order(("C1", "SO-1"), OrderStatement(100, USD))

    posting.state_item(an_invoice(60, order="SO-1"))

    assert posting.orders["C1", "SO-1"].counted_minor == 100


def test_a_credit_note_that_names_an_order_leaves_it_alone() -> None:
    posting = a_posting()
    posting.state_order(("C1", "SO-1"), OrderStatement(100, EUR))

    posting.state_item(OpenItem("C1", "G1", ItemKind.CREDIT_NOTE, 60, "EUR", order_ref="SO-1"))

    assert totals(posting) == {"orders_minor": 100, "credit_notes_minor": 60}


def test_an_older_order_statement_changes_nothing() -> None:
    posting = a_posting()
    posting.state_order(("C1", "SO-1"), OrderStatement(100, EUR, version=2))

    assert (
        posting.state_order(("C1", "SO-1"), OrderStatement(9, EUR, version=1)) is Effect.OUTDATED
    )
    assert posting.cancel_order(("C1", "SO-1"), version=1) is Effect.OUTDATED


def test_a_repeated_order_statement_changes_nothing_and_a_newer_one_knows_more_invoices() -> None:
    posting = a_posting()
    posting.state_order(("C1", "SO-1"), OrderStatement(100, EUR, version=1))
    posting.state_item(an_invoice(60, order="SO-1"))

    assert posting.state_order(("C1", "SO-1"), OrderStatement(100, EUR, version=1)) is (
        Effect.UNCHANGED
    )
    assert posting.orders["C1", "SO-1"].counted_minor == 40
    newer = OrderStatement(100, EUR, version=2)
    assert posting.state_order(("C1", "SO-1"), newer) is Effect.APPLIED
    assert posting.orders["C1", "SO-1"].counted_minor == 100


def test_what_was_withdrawn_by_version_before_it_was_stated_stays_away() -> None:
    posting = a_posting()

    assert posting.clear_item(("C1", "R1"), version=5) is Effect.APPLIED
    assert posting.cancel_order(("C1", "SO-1"), version=5) is Effect.APPLIED

    assert posting.state_item(an_invoice()._replace(version=4)) is Effect.OUTDATED
    order = OrderStatement(100, EUR, version=4)
    assert posting.state_order(("C1", "SO-1"), order) is Effect.OUTDATED
    assert totals(posting) == {}


def test_a_cancelled_order_is_cancelled_once() -> None:
    posting = a_posting()
    posting.state_order(("C1", "SO-1"), OrderStatement(100, EUR))

    assert posting.cancel_order(("C1", "SO-1")) is Effect.APPLIED
    assert posting.cancel_order(("C1", "SO-1")) is Effect.UNCHANGED
    assert totals(posting) == {}


def test_an_order_stated_above_its_grant_is_noted_until_it_is_corrected() -> None:
    posting = a_posting()
    granted = Commitment("C1", "SO-1", "EUR", revision=1, granted_minor=100, reserved_minor=100)
    posting.orders["C1", "SO-1"] = replace(granted, granted_credit_minor=100)
    larger = OrderStatement(150, EUR)

    posting.state_order(("C1", "SO-1"), larger)
    assert posting.exceeding == {("C1", "SO-1"): larger}

    posting.state_order(("C1", "SO-1"), OrderStatement(90, EUR))
    assert posting.exceeding == {}


def test_an_order_that_a_check_put_on_hold_is_noted_where_it_may_have_grown() -> None:
    posting = a_posting()
    posting.orders["C1", "SO-1"] = Commitment(
        "C1", "SO-1", "EUR", revision=1, check_id="chk_1", hold_id="hld_1"
    )

    larger = OrderStatement(150, EUR)
    posting.state_order(("C1", "SO-1"), larger)

    assert posting.exceeding == {("C1", "SO-1"): larger}


def test_a_cancellation_sent_again_leaves_what_was_asked_about_since() -> None:
    key = ("C1", "SO-1")
    posting = a_posting()
    posting.orders[key] = Commitment(
        "C1", "SO-1", "EUR", revision=2, check_id="chk_2", reserved_minor=100, version=7
    )

    assert posting.cancel_order(key, version=7) is Effect.UNCHANGED
    assert posting.cancel_order(key, version=8) is Effect.APPLIED


def test_what_the_rules_decide_for_an_order_replaces_what_it_ties_up() -> None:
    posting = a_posting()
    decided = Commitment("C1", "SO-1", "EUR", reserved_minor=70)

    posting.put_order(("C1", "SO-1"), decided)

    assert posting.changed_orders() == [decided]
    assert totals(posting) == {"reservations_minor": 70}


def test_credit_is_given_back_once_and_only_by_the_check_that_set_it_aside() -> None:
    posting = a_posting()
    key = ("C1", "SO-1")
    posting.orders[key] = Commitment(
        "C1", "SO-1", "EUR", revision=1, check_id="chk_1", granted_minor=70, reserved_minor=70
    )

    assert posting.give_back(("C1", "SO-9"), check_id="chk_1") is Effect.UNCHANGED
    assert posting.give_back(key, check_id="chk_9") is Effect.UNCHANGED
    assert posting.give_back(key, check_id="chk_1") is Effect.APPLIED
    assert posting.give_back(key, check_id="chk_1") is Effect.UNCHANGED
    assert totals(posting) == {"reservations_minor": -70}
