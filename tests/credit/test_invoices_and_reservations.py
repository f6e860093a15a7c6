"""An invoice takes its part off a reservation, and gives it back when it turns out smaller."""

from datetime import timedelta

from support.builders import EUR, NOW, an_order

from app.credit.commitment import Commitment
from app.credit.order import OrderStatement

UNTIL = NOW + timedelta(minutes=60)
STUB = Commitment(customer="D10027", ref="SO-4711", currency="EUR")


def reserved(amount_minor: int, known: Commitment = STUB) -> Commitment:
    order = an_order(amount_minor)
    return known.passed(order, credit_minor=amount_minor, check_id="chk_1", until=UNTIL)


def stated(amount_minor: int, known: Commitment = STUB) -> Commitment:
    return known.stated(OrderStatement(amount_minor, EUR))


def test_an_invoice_that_turns_out_smaller_gives_the_reservation_back() -> None:
    line = reserved(100).invoiced(60, "EUR").invoiced(-60, "EUR")
    assert (line.reserved_minor, line.reserved_until) == (100, UNTIL)
    assert reserved(100).invoiced(130, "EUR").invoiced(-60, "EUR").reserved_minor == 30
    beside = reserved(150, stated(100)).invoiced(120, "EUR").invoiced(-100, "EUR")
    assert (beside.counted_minor, beside.reserved_minor) == (80, 50)


def test_what_is_no_longer_set_aside_is_not_set_aside_again_for_an_invoice() -> None:
    line = stated(100, reserved(100)).invoiced(60, "EUR").invoiced(-60, "EUR")
    assert (line.counted_minor, line.reserved_minor) == (100, 0)
    lapsed = reserved(100).invoiced(60, "EUR").given_back().invoiced(-60, "EUR")
    assert lapsed.tied_up_minor == 0
