from decimal import Decimal

from support.builders import EUR, JPY, USD, a_policy_of_only, a_position, an_account, an_order

from app.credit.account import Position
from app.credit.judgement import Reason, judge
from app.credit.money import Currency
from app.credit.policy import Mode, OrderMaximumRule
from app.credit.rules import ReasonCode, Unit


def at_most_500(currency: Currency = EUR) -> Position:
    rule = OrderMaximumRule(Mode.HARD, Decimal("500.00"))
    return a_position(
        account=an_account(currency=currency), policy=a_policy_of_only(order_maximum=rule)
    )


def too_large(amount_minor: int, maximum_minor: int) -> Reason:
    return Reason(ReasonCode.ORDER_MAXIMUM, Mode.HARD, amount_minor, maximum_minor, Unit.MONEY)


def test_an_order_of_exactly_the_maximum_passes() -> None:
    assert judge(an_order(50_000), at_most_500()).reasons == ()


def test_one_cent_above_the_maximum_holds() -> None:
    assert judge(an_order(50_001), at_most_500()).reasons == (too_large(50_001, 50_000),)


def test_the_maximum_is_in_the_currency_of_the_account() -> None:
    reasons = judge(an_order(501, currency=JPY), at_most_500(JPY)).reasons
    assert reasons == (too_large(501, 500),)


def test_paying_in_advance_does_not_make_an_order_smaller() -> None:
    order = an_order(50_001, prepaid_minor=50_001)
    assert judge(order, at_most_500()).reasons == (too_large(50_001, 50_000),)


def test_an_order_without_a_rate_is_compared_with_no_maximum() -> None:
    reasons = judge(an_order(10**15, currency=USD), at_most_500()).reasons
    assert [reason.code for reason in reasons] == [ReasonCode.RATE_MISSING]
