"""The credit department's procedure, condition by condition, and what it comes to."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest
from support.builders import TODAY, USD, a_limit, a_policy, a_position, an_account, an_order

from app.credit.account import Account, Customer, Limit, Totals
from app.credit.hold import Offer
from app.credit.judgement import judge
from app.credit.order import Order
from app.credit.policy import Mode, OrderMaximumRule, Policy, ReleaseMarks
from app.credit.refusal_offers import Offered, offers_for
from app.credit.release_advice import (
    Advised,
    Assessment,
    Case,
    Condition,
    Figure,
    Money,
    Standing,
    advise,
    assessment_of,
)

IN_TIME = Standing(payment_terms_days=30, dso_days=Decimal(28), expected_minor=500_00)
"""Who pays in time, and is expected to pay 500.00 soon."""


def a_case(
    order: Order | None = None,
    standing: Standing = IN_TIME,
    *,
    account: Account | None = None,
    policy: Policy | None = None,
    blocked: bool = False,
) -> Case:
    """Give an order of 300.00 on an account that owes 900.00 of a limit of 1,000.00."""
    order = order or an_order(300_00)
    known = account or an_account(totals=Totals(invoices_minor=900_00))
    customer = Customer("D10027", blocked=blocked)
    position = a_position(account=known, policy=policy or a_policy(), customer=customer)
    return Case(order, position, judge(order, position), standing)


def condition(case: Case, name: Condition) -> tuple[bool, dict[str, Figure]]:
    [finding] = [one for one in advise(case).findings if one.condition is name]
    return finding.met, finding.figures


@pytest.mark.parametrize(("due_minor", "met"), [(0, True), (1, False)])
def test_due_items_are_told_with_the_grace(due_minor: int, *, met: bool) -> None:
    case = a_case(standing=replace(IN_TIME, due_minor=due_minor))
    expected = {"due": Money(due_minor), "grace_days": 3}
    assert condition(case, Condition.NO_DUE_ITEMS) == (met, expected)


@pytest.mark.parametrize(
    ("discount", "dso", "terms", "met"),
    [
        (False, "30", 30, True),
        (False, "30.1", 30, False),
        (False, None, 30, False),
        (False, "12", None, False),
        (True, None, None, True),
        (True, "90", 30, True),
    ],
)
def test_who_takes_discount_or_has_a_dso_within_the_terms_pays_in_time(
    dso: str | None, terms: int | None, *, discount: bool, met: bool
) -> None:
    dso_days = None if dso is None else Decimal(dso)
    standing = Standing(takes_discount=discount, dso_days=dso_days, payment_terms_days=terms)
    figures = {"takes_discount": discount, "dso_days": dso_days, "payment_terms_days": terms}
    assert condition(a_case(standing=standing), Condition.PAYS_IN_TIME) == (met, figures)


@pytest.mark.parametrize(
    ("limit", "met"),
    [(a_limit(900_00), True), (a_limit(899_99), False), (a_limit(None), True), (None, False)],
    ids=["exactly", "a cent over", "unlimited", "no limit"],
)
def test_the_overrun_comes_from_orders_where_the_balance_is_within_the_limit(
    limit: Limit | None, *, met: bool
) -> None:
    totals = Totals(invoices_minor=1_000_00, credit_notes_minor=60_00, payments_minor=40_00)
    case = a_case(account=an_account(limit=limit, totals=totals))
    amount = None if limit is None else limit.amount_minor
    figures = {
        "open_item_balance": Money(900_00),
        "limit": None if amount is None else Money(amount),
    }
    assert condition(case, Condition.ORDER_VALUES_ONLY) == (met, figures)


@pytest.mark.parametrize(
    ("on_order_minor", "months", "met"),
    [(300_01, 3, True), (300_00, 3, False), (300_01, 2, False)],
)
def test_a_peak_is_more_on_order_than_half_again_an_average_month(
    on_order_minor: int, months: int, *, met: bool
) -> None:
    usual = Standing(month_average_minor=400_00, month_largest_minor=500_00)
    standing = replace(usual, months_known=months, on_order_minor=on_order_minor)
    assert condition(a_case(standing=standing), Condition.ORDER_PEAK) == (
        met,
        {
            "on_order": Money(on_order_minor + 300_00),
            "average_month": Money(400_00),
            "largest_month": Money(500_00),
            "months_known": months,
            "peak_percent": Decimal(150),
        },
    )


@pytest.mark.parametrize(
    ("debit", "minor", "met"), [(True, 1, True), (True, 0, False), (False, 1, False)]
)
def test_what_we_failed_to_collect_counts_for_who_pays_by_direct_debit(
    minor: int, *, debit: bool, met: bool
) -> None:
    standing = Standing(direct_debit=debit, uncollected_minor=minor)
    expected = {"direct_debit": debit, "uncollected": Money(minor)}
    case = a_case(standing=standing)
    assert condition(case, Condition.DIRECT_DEBIT_NOT_COLLECTED) == (met, expected)


@pytest.mark.parametrize(("expected_minor", "met"), [(200_00, True), (199_99, False)])
def test_expected_payments_must_bring_the_account_back(expected_minor: int, *, met: bool) -> None:
    case = a_case(standing=replace(IN_TIME, expected_minor=expected_minor))
    figures = {"expected": Money(expected_minor), "overrun": Money(200_00), "within_days": 7}
    assert condition(case, Condition.EXPECTED_PAYMENTS) == (met, figures)


def test_without_a_limit_nothing_brings_an_account_back() -> None:
    case = a_case(account=an_account(limit=None))
    assert condition(case, Condition.EXPECTED_PAYMENTS)[0] is False
    assert (advise(case).overrun_minor, advise(case).verdict) == (None, Advised.RAISE_LIMIT)


NOBODY_SPEAKS = replace(IN_TIME, dso_days=Decimal(99))
A_BALANCE_OVER_THE_LIMIT = an_account(totals=Totals(invoices_minor=1_000_01))


@pytest.mark.parametrize(
    ("case", "verdict"),
    [
        (a_case(), Advised.RELEASE_ONCE),
        (a_case(an_order(50_00)), Advised.PASSES),
        (a_case(standing=replace(IN_TIME, due_minor=1)), Advised.FORBIDDEN),
        (a_case(standing=replace(IN_TIME, expected_minor=0)), Advised.RAISE_LIMIT),
        (
            a_case(
                standing=replace(
                    IN_TIME, expected_minor=0, months_known=12, month_average_minor=100_00
                )
            ),
            Advised.REFUSE,
        ),
        (a_case(standing=NOBODY_SPEAKS, account=A_BALANCE_OVER_THE_LIMIT), Advised.REFUSE),
        (a_case(standing=NOBODY_SPEAKS), Advised.RELEASE_ONCE),
        (a_case(account=an_account(limit=a_limit(0))), Advised.RAISE_LIMIT),
        (a_case(blocked=True), Advised.REFUSE),
        (a_case(an_order(300_00, currency=USD)), Advised.REFUSE),
        (
            a_case(
                an_order(50_00),
                policy=a_policy(order_maximum=OrderMaximumRule(Mode.HARD, Decimal(1))),
            ),
            Advised.RELEASE_ONCE,
        ),
        (
            a_case(account=an_account(limit=a_limit(valid_until=date(2026, 11, 21)))),
            Advised.RELEASE_ONCE,
        ),
        (
            a_case(
                standing=Standing(),
                account=an_account(
                    limit=a_limit(valid_until=date(2026, 11, 21)),
                    totals=Totals(invoices_minor=2_000_00),
                ),
            ),
            Advised.RAISE_LIMIT,
        ),
    ],
    ids=[
        "pays in time, and pays soon",
        "passes by now",
        "items are due",
        "pays in time, and needs more for good",
        "a peak that no payment covers",
        "nothing speaks for it",
        "from order values only",
        "a limit of nothing",
        "blocked",
        "no rate",
        "held by another rule, within the limit",
        "an expired limit that it keeps",
        "an expired limit that is long passed",
    ],
)
def test_the_verdict_follows_the_procedure(case: Case, verdict: Advised) -> None:
    assert advise(case).verdict is verdict


@pytest.mark.parametrize(
    ("overrun_bp", "up_to_minor"), [(2_000, 300_00), (1_999, 299_90), (500, 150_00)]
)
def test_a_release_passes_the_limit_by_no_more_than_the_policy_allows(
    overrun_bp: int, up_to_minor: int
) -> None:
    advice = advise(a_case(policy=a_policy(advice=ReleaseMarks(overrun_max_bp=overrun_bp))))
    told = (advice.release_up_to_minor, advice.overrun_minor, advice.limit_needed_minor)
    assert told == (up_to_minor, 200_00, 1_200_00)


def test_a_release_of_nothing_is_none() -> None:
    account = an_account(totals=Totals(invoices_minor=1_500_00))
    case = a_case(standing=replace(IN_TIME, expected_minor=9_000_00), account=account)
    assert advise(case).verdict is Advised.RAISE_LIMIT


def test_only_a_limit_in_force_that_was_set_of_late_is_a_current_assessment() -> None:
    def assessed(limit: Limit | None) -> Assessment:
        return assessment_of(a_position(account=an_account(limit=limit)))

    year_ago = TODAY - timedelta(days=365)
    assert assessed(None) == Assessment(None, 365, is_current=False)
    assert assessed(a_limit(set_on=year_ago)) == Assessment(365, 365, is_current=True)
    older = a_limit(set_on=year_ago - timedelta(days=1))
    assert assessed(older) == Assessment(366, 365, is_current=False)
    ended = a_limit(valid_until=TODAY - timedelta(days=1))
    assert assessed(ended) == Assessment(0, 365, is_current=False)
    assert assessed(a_limit(valid_until=TODAY)).is_current


def test_a_refused_customer_is_told_what_it_can_do() -> None:
    case = a_case(standing=Standing(due_minor=50_00, payment_terms_days=30))
    assert offers_for(case) == (
        Offered(Offer.PAY_DUE_ITEMS, 50_00),
        Offered(Offer.PAY_EARLY, 150_00),
        Offered(Offer.SHORTEN_TERMS),
        Offered(Offer.PREPAY, 200_00),
        Offered(Offer.CASH_ON_DELIVERY),
        Offered(Offer.SECURITY, 200_00),
    )


def test_what_cannot_help_is_not_offered() -> None:
    blocked = a_case(an_order(50_00), Standing(), blocked=True)
    at_once = a_case(
        standing=Standing(payment_terms_days=0),
        account=an_account(totals=Totals(open_orders_minor=900_00)),
    )
    assert offers_for(blocked) == ()
    assert [offered.offer for offered in offers_for(at_once)] == [
        Offer.PREPAY,
        Offer.CASH_ON_DELIVERY,
        Offer.SECURITY,
    ]
