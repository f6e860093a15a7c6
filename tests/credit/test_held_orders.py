from dataclasses import replace
from datetime import timedelta
from typing import Any

from hypothesis import given
from hypothesis import strategies as st
from support.builders import EUR, TODAY, a_limit, a_policy, a_position, an_account, an_order

from app.credit.account import Position, Totals
from app.credit.commitment import Commitment
from app.credit.exposure import exposure_of
from app.credit.held_order import HeldOrder, in_turn
from app.credit.order import Order
from app.credit.policy import LimitRule


def a_held_order(ref: str, amount_minor: int, **parts: Any) -> HeldOrder:
    known = Commitment("D10027", ref, "EUR", revision=1, check_id=f"chk_{ref}", hold_id=ref)
    order = an_order(amount_minor, ref=ref)
    return HeldOrder(ref, order, replace(known, **parts))


def seen(limit_minor: int, **totals: int) -> dict[str, Position]:
    account = an_account(limit=a_limit(limit_minor), totals=Totals(**totals))
    return {"D10027": a_position(account=account)}


def passing(held: list[HeldOrder], positions: dict[str, Position]) -> list[str]:
    return [turn.held.hold_id for turn in in_turn(held, positions) if turn.passes]


def test_orders_pass_oldest_first_and_up_to_the_limit() -> None:
    held = [a_held_order(ref, 40_00) for ref in ("A", "B", "C")]
    assert passing(held, seen(90_00)) == ["A", "B"]


def test_one_that_does_not_fit_lets_the_next_have_its_turn() -> None:
    held = [a_held_order("A", 400_00), a_held_order("B", 40_00)]
    assert passing(held, seen(90_00)) == ["B"]


def test_what_an_earlier_revision_ties_up_is_its_own() -> None:
    grown = a_held_order(
        "A", 90_00, granted_minor=60_00, granted_credit_minor=60_00, reserved_minor=60_00
    )
    turns = in_turn([grown, a_held_order("B", 15_00)], seen(100_00, reservations_minor=60_00))
    assert [(turn.passes, turn.takes_minor) for turn in turns] == [(True, 30_00), (False, 0)]


def test_an_order_in_another_currency_ties_up_nothing_here() -> None:
    foreign = a_held_order("A", 40_00, currency="USD", reserved_minor=70_00)
    assert foreign.asking(seen(90_00)["D10027"]).account.totals == Totals()


def test_a_part_beyond_the_horizon_is_not_among_what_counts() -> None:
    policy = a_policy(limit=LimitRule(horizon_days=30))
    position = a_position(policy=policy, account=an_account(totals=Totals(open_orders_minor=50)))
    stated = {"stated_minor": 50, "admitted_minor": 50}
    for days, left_minor in ((30, 0), (31, 50)):
        held = a_held_order("A", 90, ship_date=TODAY + timedelta(days=days), **stated)
        assert held.asking(position).account.totals.open_orders_minor == left_minor
    assert a_held_order("A", 90, **stated).asking(position).account.totals == Totals()


def test_one_that_does_not_pass_takes_nothing_and_exempt_terms_take_nothing_either() -> None:
    large = a_held_order("A", 400_00)
    exempt = HeldOrder("B", an_order(payment_terms="COD"), a_held_order("B", 1).commitment)
    turns = in_turn([large, exempt], seen(90_00))
    assert [(turn.passes, turn.takes_minor) for turn in turns] == [(False, 0), (True, 0)]


def test_what_was_invoiced_since_the_statement_is_no_longer_the_orders() -> None:
    parts = {"check_id": None, "stated_minor": 60_00, "invoiced_before_minor": 5_00}
    known = a_held_order("A", 10_00, invoiced_minor=25_00, **parts)
    unknown = a_held_order("A", 10_00, **parts)
    assert (known.order.credit_minor, unknown.order.credit_minor) == (40_00, 60_00)


def test_an_order_that_a_statement_stopped_is_judged_and_admitted_as_stated() -> None:
    ship_date = TODAY + timedelta(days=3)
    held = a_held_order(
        "A", 10_00, check_id=None, stated_minor=60_00, invoiced_before_minor=5_00,
        invoiced_minor=5_00, ship_date=ship_date,
    )  # fmt: skip
    assert held.order == Order(
        "A", 1, 65_00, EUR, ship_date=ship_date, stated=True, invoiced_minor=5_00
    )
    [turn] = in_turn([held], seen(90_00))
    assert (turn.passes, turn.takes_minor) == (True, 60_00)


@given(
    limit_minor=st.integers(0, 500),
    owed_minor=st.integers(0, 500),
    amounts=st.lists(st.integers(0, 200), max_size=8),
)
def test_what_passes_together_never_passes_the_limit(
    limit_minor: int, owed_minor: int, amounts: list[int]
) -> None:
    positions = seen(limit_minor, invoices_minor=owed_minor)
    held = [a_held_order(str(n), amount) for n, amount in enumerate(amounts)]
    turns = in_turn(held, positions)
    taken_minor = sum(turn.takes_minor for turn in turns)
    owed_now = exposure_of(an_order(0), positions["D10027"]).before_minor
    assert not taken_minor or owed_now + taken_minor <= limit_minor
    assert taken_minor == sum(turn.held.asked.amount_minor for turn in turns if turn.passes)
