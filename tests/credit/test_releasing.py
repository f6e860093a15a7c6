from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest
from support.builders import EUR, NOW, USD, a_position, an_order

from app.credit.account import Customer, Grant
from app.credit.caller import Caller, Ceiling, Role, same_person
from app.credit.commitment import Commitment
from app.credit.hold import (
    HoldAction,
    HoldState,
    NotForRole,
    NotInState,
    may_release,
    objection,
)
from app.credit.order import OrderState, OrderStatement
from app.credit.policy import ReleaseRule
from app.credit.release import (
    Ban,
    Circumstances,
    NotThisPerson,
    alone_up_to_minor,
    forbidding,
    grant_for,
    is_above_ceiling,
    least_minor,
    refused,
    released,
    withdrawn,
)
from app.credit.release_advice import Standing

UNTIL = NOW + timedelta(days=14)
STUB = Commitment("D10027", "SO-4711", "EUR")
CLERK = "clerk@example.com"


def granted(amount_minor: int) -> Commitment:
    order = an_order(amount_minor)
    return STUB.passed(order, credit_minor=amount_minor, check_id="chk_1", until=UNTIL)


def held(known: Commitment = STUB) -> Commitment:
    return known.held(an_order(revision=2), check_id="chk_2", hold_id="hld_2")


def stated(amount_minor: int, known: Commitment = STUB) -> Commitment:
    return known.stated(OrderStatement(amount_minor, EUR))


def held_as_stated() -> Commitment:
    """Have the ERP state 150 of what was granted as 100."""
    return stated(150, granted(100)).stopped("hld_2")


def test_a_release_grants_and_sets_aside_what_it_says() -> None:
    line = released(held(), Grant(100, 70), EUR, UNTIL)

    assert (line.hold_id, line.state) == (None, OrderState.RESERVED)
    assert (line.grant, line.reserved_minor) == (Grant(100, 70), 70)
    assert line.at(UNTIL).grant is None


def test_a_release_counts_what_is_stated_and_invoiced_already() -> None:
    line = released(held(stated(40, granted(40)).invoiced(10, "EUR")), Grant(100, 100), EUR, UNTIL)

    assert (line.counted_minor, line.reserved_minor) == (30, 60)


def test_a_release_in_another_currency_than_before_begins_anew() -> None:
    line = released(replace(held(), currency="USD"), Grant(100, 100), EUR, UNTIL)

    assert (line.currency, line.reserved_minor) == ("EUR", 100)


def test_what_stands_stated_in_another_currency_is_granted_nothing_there() -> None:
    known = held(replace(stated(40, granted(40)), currency="USD"))

    line = released(known, Grant(100, 0), EUR, UNTIL)

    assert (line.currency, line.counted_minor, line.grant) == ("USD", 40, None)


def test_what_the_erp_has_stated_whole_is_released_without_end() -> None:
    known = held(stated(150, granted(100)))

    line = released(known, Grant(150, 150), EUR, UNTIL)

    assert (line.counted_minor, line.reserved_minor, line.reserved_until) == (100, 50, None)


def test_an_order_that_a_statement_held_is_granted_as_stated() -> None:
    line = released(held_as_stated(), Grant(150, 150), EUR, UNTIL)

    assert (line.state, line.counted_minor) == (OrderState.OPEN, 150)


def test_less_than_the_erp_has_stated_is_no_release() -> None:
    assert least_minor(held_as_stated()) == 150
    assert least_minor(held(stated(150, granted(100)))) == 150
    assert least_minor(held()) == 0


def test_a_refused_order_keeps_what_is_stated_and_frees_the_rest() -> None:
    line = refused(held(granted(100)))

    assert (line.state, line.reserved_minor) == (OrderState.HELD, 0)
    assert refused(held(stated(40, granted(40)))).counted_minor == 40


def test_what_is_withdrawn_is_cancelled_or_as_the_erp_has_it() -> None:
    plain = withdrawn(held(granted(100)))
    increase = withdrawn(held(stated(40, granted(40))))

    assert plain is not None
    assert (plain.state, plain.reserved_minor) == (OrderState.CANCELLED, 0)
    assert increase is not None
    assert (increase.state, increase.counted_minor) == (OrderState.OPEN, 40)


def test_what_the_erp_has_stated_above_its_grant_is_not_withdrawn_here() -> None:
    assert withdrawn(held_as_stated()) is None
    assert withdrawn(held(stated(150, granted(100)))) is None


def test_nothing_forbids_a_release_over_the_limit_alone() -> None:
    assert forbidding(an_order(), a_position(), Standing()) == ()


def test_overdue_items_forbid_it_but_not_to_the_committee() -> None:
    due = Standing(due_minor=1)

    assert forbidding(an_order(), a_position(), due) == (Ban.OVERDUE_ITEMS,)
    assert forbidding(an_order(), a_position(), due, committee=True) == ()


def test_a_blocked_or_unknown_customer_and_a_missing_rate_forbid_it_to_everybody() -> None:
    blocked = a_position(customer=Customer("D10027", blocked=True))
    order = an_order(currency=USD)

    assert forbidding(order, blocked, Standing(), committee=True) == (
        Ban.CUSTOMER_BLOCKED,
        Ban.RATE_MISSING,
    )
    unknown = a_position(customer=None)
    assert forbidding(an_order(), unknown, Standing()) == (Ban.CUSTOMER_UNKNOWN,)


def test_the_prepaid_part_and_exempt_terms_take_no_credit() -> None:
    assert grant_for(an_order(100, prepaid_minor=30), a_position(), 80) == Grant(80, 50)
    assert grant_for(an_order(100, payment_terms="COD"), a_position(), 80) == Grant(80, 0)


def circumstances(before_minor: int = 0, alone_minor: int | None = 100) -> Circumstances:
    return Circumstances(
        before_minor, alone_minor, frozenset({CLERK}), frozenset({"lead@example.com"})
    )


@pytest.mark.parametrize(
    ("before_minor", "alone_minor", "credit_minor", "expected"),
    [(0, 100, 100, False), (0, 100, 101, True), (60, 100, 41, True), (60, None, 10**9, False)],
)
def test_above_the_windows_amount_a_second_person_is_needed(
    before_minor: int, alone_minor: int | None, credit_minor: int, *, expected: bool
) -> None:
    assert circumstances(before_minor, alone_minor).needs_second(credit_minor) is expected


@pytest.mark.parametrize(
    ("person", "expected"),
    [
        (None, NotThisPerson.NAMELESS),
        (CLERK, NotThisPerson.ENTERED_ORDER),
        ("lead@example.com", NotThisPerson.CHANGED_LIMIT),
        ("other@example.com", None),
    ],
)
def test_who_has_a_part_in_it_has_no_say(
    person: str | None, expected: NotThisPerson | None
) -> None:
    assert circumstances().objection_to(person) is expected


def test_four_eyes_are_wanted_above_the_policys_amount_if_it_has_one() -> None:
    assert alone_up_to_minor(ReleaseRule(Decimal("12.50")), EUR) == 1_250
    assert alone_up_to_minor(ReleaseRule(None), EUR) is None


@pytest.mark.parametrize(
    ("ceiling", "expected"),
    [(None, False), (Ceiling(100, "EUR"), False), (Ceiling(99, "EUR"), True)],
)
def test_a_ceiling_allows_what_is_not_above_it(ceiling: Ceiling | None, *, expected: bool) -> None:
    caller = Caller("key_1", frozenset({Role.CREDIT}), CLERK, ceiling)
    assert is_above_ceiling(caller, 100, EUR) is expected


def test_a_ceiling_in_another_currency_allows_nothing() -> None:
    caller = Caller("key_1", frozenset({Role.CREDIT}), CLERK, Ceiling(10**9, "USD"))
    assert is_above_ceiling(caller, 1, EUR)


def test_a_caller_is_called_by_the_person_else_by_the_key() -> None:
    assert Caller("key_1", frozenset(), CLERK).name == CLERK
    assert Caller("key_1", frozenset()).name == "key_1"
    assert same_person(" Clerk@Example.com ") == CLERK
    assert same_person("Ann   B") == same_person("ann b") == "ann b"


def test_who_may_never_do_it_is_told_so_whatever_the_state_is() -> None:
    sales = frozenset({Role.SALES})
    assert objection(HoldAction.RELEASE, HoldState.RELEASED, sales) == NotForRole(
        frozenset({Role.CREDIT, Role.CREDIT_LEAD})
    )
    assert objection(HoldAction.ESCALATE, HoldState.RELEASED, sales) == NotInState(
        HoldState.RELEASED
    )
    assert objection(HoldAction.ESCALATE, HoldState.OPEN, sales) is None


def test_what_is_refused_is_checked_again_by_the_credit_department_alone() -> None:
    finance = frozenset({Role.CREDIT, Role.CREDIT_LEAD})
    against = objection(HoldAction.RECHECK, HoldState.REFUSED, frozenset({Role.ORDER_ENTRY}))
    assert against == NotForRole(finance)
    assert may_release(HoldState.READY, finance)
    assert not may_release(HoldState.ESCALATED, finance)
