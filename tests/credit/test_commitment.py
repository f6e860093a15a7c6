from dataclasses import replace
from datetime import date, timedelta

from support.builders import EUR, NOW, USD, an_order

from app.credit.account import Grant
from app.credit.commitment import Commitment
from app.credit.order import OrderState, OrderStatement

UNTIL = NOW + timedelta(minutes=60)
STUB = Commitment("D10027", "SO-4711", "EUR")


def reserved(amount_minor: int = 100, known: Commitment = STUB) -> Commitment:
    order = an_order(amount_minor)
    return known.passed(order, credit_minor=amount_minor, check_id="chk_1", until=UNTIL)


def stated(
    amount_minor: int, known: Commitment = STUB, *, invoiced_minor: int | None = None
) -> Commitment:
    return known.stated(OrderStatement(amount_minor, EUR, invoiced_minor=invoiced_minor))


def held(known: Commitment = STUB, *, revision: int = 1) -> Commitment:
    return known.held(an_order(revision=revision), check_id="chk_2", hold_id="hld_2")


def test_an_order_that_passes_is_granted_and_its_credit_set_aside() -> None:
    assert reserved(100) == replace(
        STUB,
        revision=1,
        check_id="chk_1",
        granted_minor=100,
        granted_credit_minor=100,
        reserved_minor=100,
        reserved_until=UNTIL,
    )


def test_a_reservation_counts_until_its_expiry_and_not_at_it() -> None:
    line = reserved(100)

    assert line.at(UNTIL - timedelta(microseconds=1)) == line
    assert line.at(UNTIL).reserved_minor == 0
    assert line.at(UNTIL).grant is None
    assert line.at(UNTIL).state is OrderState.EXPIRED


def test_an_increase_that_expires_leaves_what_was_confirmed() -> None:
    line = reserved(150, stated(100, reserved(100)))

    assert (line.counted_minor, line.reserved_minor) == (100, 50)
    assert line.at(UNTIL).grant == Grant(100, 100)
    assert line.at(UNTIL).counted_minor == 100


def test_a_statement_takes_the_place_of_the_reservation() -> None:
    line = stated(100, reserved(100))

    assert (line.counted_minor, line.reserved_minor, line.state) == (100, 0, OrderState.OPEN)


def test_an_order_never_asked_about_simply_counts() -> None:
    line = stated(100)

    assert (line.is_checked, line.counted_minor) == (False, 100)
    assert not STUB.must_be_judged(OrderStatement(100, EUR))


def test_an_order_stated_larger_than_granted_counts_as_far_as_it_was_granted() -> None:
    line = reserved(100)

    assert line.must_be_judged(OrderStatement(101, EUR))
    assert not line.must_be_judged(OrderStatement(100, EUR))
    assert stated(150, line).counted_minor == 100


def test_what_a_smaller_statement_freed_must_be_judged_when_it_is_stated_again() -> None:
    line = stated(50, reserved(100))

    assert line.must_be_judged(OrderStatement(100, EUR))
    assert stated(100, line).counted_minor == 50
    assert stated(100, line).granted_as_stated().counted_minor == 100


def test_what_is_left_after_a_part_invoice_needs_no_judgement() -> None:
    line = stated(100, reserved(100)).invoiced(40, "EUR")

    assert not line.must_be_judged(OrderStatement(60, EUR))
    assert line.must_be_judged(OrderStatement(61, EUR))
    assert stated(60, line).counted_minor == 60


def test_a_new_revision_after_a_part_invoice_sets_nothing_aside_for_that_part() -> None:
    line = stated(100, reserved(100)).invoiced(40, "EUR")

    same, larger = reserved(100, line), reserved(120, line)

    assert (same.counted_minor, same.reserved_minor) == (60, 0)
    assert (larger.counted_minor, larger.reserved_minor) == (60, 20)


def test_what_is_on_hold_is_looked_at_again_when_it_is_stated() -> None:
    line = stated(150, reserved(100)).stopped("hld_1")

    assert line.is_held_as_stated
    assert line.must_be_judged(OrderStatement(90, EUR))
    assert held().must_be_judged(OrderStatement(90, EUR))


def test_what_was_prepaid_stays_so_when_the_order_is_granted_as_it_is_stated() -> None:
    prepaid = STUB.passed(an_order(150), credit_minor=50, check_id="chk_1", until=UNTIL)

    line = stated(160, stated(120, prepaid)).granted_as_stated()

    assert (line.counted_minor, line.granted_minor, line.paid_minor) == (60, 160, 100)


def test_a_cancellation_is_repeated_only_where_nothing_was_stated_since() -> None:
    again = reserved(100, stated(100, reserved(100)).cancelled_now(version=7))

    assert again.repeats_cancellation(7)
    assert not again.repeats_cancellation(8)
    assert not again.repeats_cancellation(None)
    assert not stated(100, again).repeats_cancellation(7)


def test_a_held_order_does_not_count_when_it_is_stated() -> None:
    assert stated(100, held()).counted_minor == 0


def test_what_an_earlier_revision_was_granted_keeps_counting_while_the_new_one_is_held() -> None:
    line = held(reserved(100), revision=2)

    assert (line.reserved_minor, line.reserved_until, line.state) == (100, None, OrderState.HELD)
    assert line.at(UNTIL) == line


def test_an_order_that_passes_after_it_was_stated_too_large_waits_for_no_statement() -> None:
    line = stated(150, reserved(100)).stopped("hld_1")

    assert line.awaits_no_statement
    passed = line.passed(an_order(150), credit_minor=150, check_id="chk_2", until=None)
    assert (passed.counted_minor, passed.reserved_minor, passed.reserved_until) == (100, 50, None)


def test_an_order_granted_as_it_is_stated_counts_in_full() -> None:
    line = stated(150, reserved(100)).stopped("hld_1").granted_as_stated()

    assert (line.counted_minor, line.hold_id, line.grant) == (150, None, Grant(150, 150))


def test_a_cancelled_order_ties_nothing_up() -> None:
    line = stated(100, reserved(100)).cancelled_now(version=7)

    assert (line.counted_minor, line.reserved_minor, line.grant, line.version) == (0, 0, None, 7)
    assert line.state is OrderState.CANCELLED
    assert line.cancelled_now() == line


def test_a_cancelled_order_that_is_asked_about_again_starts_anew() -> None:
    line = reserved(60, stated(100).cancelled_now())

    assert (line.stated_minor, line.counted_minor, line.reserved_minor) == (None, 0, 60)
    assert line.state is OrderState.RESERVED


def test_an_invoice_takes_its_amount_off_the_open_order_and_never_more() -> None:
    assert stated(100).invoiced(40, "EUR").counted_minor == 60
    assert stated(100).invoiced(140, "EUR").counted_minor == 0
    assert stated(100).invoiced(140, "EUR").state is OrderState.INVOICED


def test_an_invoice_takes_its_amount_off_a_reservation() -> None:
    assert reserved(100).invoiced(40, "EUR").reserved_minor == 60


def test_what_an_invoice_leaves_over_is_taken_off_the_increase() -> None:
    assert reserved(150, stated(100)).invoiced(120, "EUR").reserved_minor == 30


def test_an_order_that_passes_after_its_invoice_sets_aside_the_rest() -> None:
    assert reserved(100, STUB.invoiced(40, "EUR")).reserved_minor == 60


def test_the_first_word_of_an_order_is_of_all_of_it_as_invoices_may_have_overtaken_it() -> None:
    assert stated(100, STUB.invoiced(40, "EUR")).counted_minor == 60
    assert stated(100).invoiced(40, "EUR").counted_minor == 60


def test_a_whole_list_speaks_of_the_present_and_leaves_out_what_is_invoiced() -> None:
    listed = OrderStatement(60, EUR, listed=True)

    assert STUB.invoiced(40, "EUR").stated(listed).counted_minor == 60
    assert reserved(100).invoiced(40, "EUR").stated(listed).counted_minor == 60
    assert reserved(60).invoiced(40, "EUR").stated(listed).counted_minor == 20


def test_a_further_word_of_an_order_is_what_is_not_invoiced_by_then() -> None:
    first = stated(100).invoiced(40, "EUR")

    assert stated(80, first).counted_minor == 80
    assert stated(80, first).invoiced(30, "EUR").counted_minor == 50


def test_what_is_invoiced_in_another_currency_is_known_when_the_order_is_stated_so() -> None:
    line = STUB.invoiced(40, "EUR").invoiced(30, "USD").invoiced(-10, "USD").invoiced(5, "JPY")
    in_dollars = line.stated(OrderStatement(100, USD, version=1))

    assert (in_dollars.currency, in_dollars.counted_minor) == ("USD", 80)
    assert stated(100, in_dollars).counted_minor == 60


def test_a_statement_of_just_what_was_granted_confirms_the_whole_order() -> None:
    assert stated(100, reserved(100).invoiced(40, "EUR")).counted_minor == 60
    assert stated(60, reserved(100).invoiced(40, "EUR")).counted_minor == 60


def test_a_statement_that_says_what_was_invoiced_may_come_at_any_time() -> None:
    assert stated(60, STUB.invoiced(40, "EUR"), invoiced_minor=40).counted_minor == 60
    assert stated(60, invoiced_minor=40).invoiced(40, "EUR").counted_minor == 60


def test_a_repeated_statement_is_known_by_its_content() -> None:
    line = STUB.stated(OrderStatement(100, EUR, date(2026, 12, 1), version=3))

    assert line.says_the_same(OrderStatement(100, EUR, date(2026, 12, 1), version=3))
    assert line.says_the_same(OrderStatement(100, EUR, date(2026, 12, 1)))
    assert not line.says_the_same(OrderStatement(100, EUR, date(2026, 12, 1), version=4))
    assert not line.says_the_same(OrderStatement(101, EUR, date(2026, 12, 1)))
    assert not line.says_the_same(OrderStatement(100, USD, date(2026, 12, 1)))
    assert not line.says_the_same(OrderStatement(100, EUR))
    assert not line.cancelled_now().says_the_same(OrderStatement(100, EUR, date(2026, 12, 1)))


def test_an_order_known_by_its_invoice_alone_is_a_stub() -> None:
    assert STUB.invoiced(40, "EUR").state is OrderState.STUB


def test_what_was_prepaid_does_not_count_once_the_order_is_stated() -> None:
    prepaid = STUB.passed(an_order(150), credit_minor=50, check_id="chk_1", until=UNTIL)

    line = stated(150, prepaid)

    assert (line.counted_minor, line.state) == (50, OrderState.OPEN)


def test_an_order_on_exempt_terms_ties_nothing_up_and_does_not_expire() -> None:
    exempt = STUB.passed(an_order(150), credit_minor=0, check_id="chk_1", until=UNTIL)

    assert (exempt.reserved_minor, exempt.reserved_until) == (0, None)
    assert (stated(150, exempt).counted_minor, stated(150, exempt).state) == (0, OrderState.OPEN)


def test_an_order_stated_in_another_currency_is_not_what_was_granted() -> None:
    assert reserved(100).must_be_judged(OrderStatement(100, USD))


def test_a_grant_is_no_more_credit_than_the_order_still_ties_up() -> None:
    assert stated(60, reserved(100)).grant == Grant(100, 60)


def test_what_is_invoiced_in_another_currency_is_no_part_of_this_one() -> None:
    line = reserved(100).invoiced(40, "EUR")

    assert (line.invoiced_in("EUR"), line.invoiced_in("USD")) == (40, 0)


def test_only_what_is_stated_and_not_admitted_awaits_no_other_statement() -> None:
    assert not reserved(100).awaits_no_statement
    assert not stated(100, reserved(100)).cancelled_now().awaits_no_statement
    assert not stated(80, held()).granted_as_stated().awaits_no_statement
    assert stated(80, held()).awaits_no_statement


def test_a_grant_is_void_once_the_order_is_stated_in_another_currency() -> None:
    line = reserved(100).stated(OrderStatement(70, USD))

    assert (line.currency, line.granted_minor, line.grant) == ("USD", 0, None)
    assert (line.counted_minor, line.reserved_minor) == (70, 0)
    assert stated(70, line).grant is None


def test_an_order_of_which_only_a_foreign_invoice_is_known_starts_anew_in_its_own_currency() -> (
    None
):
    line = reserved(100, replace(STUB, currency="USD", invoiced_minor=40))

    assert (line.currency, line.invoiced_minor, line.reserved_minor) == ("EUR", 0, 100)


def test_an_order_that_passes_without_credit_keeps_its_foreign_statement() -> None:
    foreign = STUB.stated(OrderStatement(70, USD))

    line = foreign.passed(an_order(100), credit_minor=0, check_id="chk_1", until=UNTIL)

    assert (line.currency, line.counted_minor, line.granted_minor) == ("USD", 70, 0)
