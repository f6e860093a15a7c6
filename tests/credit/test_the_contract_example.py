"""The example of the published contract, to the cent: customer D10027 orders for 18,450.00 EUR."""

from datetime import UTC, date, datetime

from support.builders import a_limit, a_policy, a_position, an_account, an_order

from app.credit.account import Overdue, Totals
from app.credit.decision import Verdict, decide
from app.credit.exposure import Exposure
from app.credit.judgement import Judgement, Outcome, Reason
from app.credit.options import Figures, Option, OptionType
from app.credit.order import Line
from app.credit.policy import Mode
from app.credit.rules import RULES, Advice, ReasonCode, Unit
from app.credit.texts import Language, message

TOTALS = Totals(
    invoices_minor=3_890_000,
    credit_notes_minor=215_000,
    payments_minor=100_000,
    open_orders_minor=930_000,
)

ACCOUNT = an_account(
    limit=a_limit(5_000_000, valid_until=date(2027, 3, 31)),
    totals=TOTALS,
    overdue=Overdue(612_000, oldest_due_on=date(2026, 10, 31)),
)

POSITION = a_position(
    account=ACCOUNT,
    policy=a_policy(version=4),
    data_as_of=datetime(2026, 11, 22, 9, 8, 51, tzinfo=UTC),
)

ORDER = an_order(
    1_845_000,
    ship_date=date(2026, 11, 27),
    payment_terms="NET30",
    lines=(Line("10", 420_000), Line("20", 1_425_000)),
)

LIMIT_EXCEEDED = Reason(
    ReasonCode.LIMIT_EXCEEDED, Mode.HARD, 6_350_000, 5_000_000, Unit.MONEY, 1_350_000
)
OVERDUE_ITEMS = Reason(ReasonCode.OVERDUE_ITEMS, Mode.SOFT, 22, 3, Unit.DAYS, 612_000)


def test_the_whole_verdict_is_the_one_of_the_contract() -> None:
    assert decide(ORDER, POSITION) == Verdict(
        Judgement(
            Outcome.HOLD,
            (LIMIT_EXCEEDED, OVERDUE_ITEMS),
            Exposure(TOTALS, 0, this_order_minor=1_845_000, overdue_minor=612_000),
        ),
        Figures(
            headroom_minor=495_000,
            shippable_minor=495_000,
            required_prepayment_minor=1_350_000,
        ),
        (
            Option(OptionType.PREPAY, 1_350_000, Outcome.WARNING),
            Option(OptionType.SHIP_PART, 420_000, Outcome.WARNING, ("10",)),
        ),
    )


def test_the_exposure_is_45050_before_and_63500_after_the_order() -> None:
    exposure = decide(ORDER, POSITION).judgement.exposure
    assert (exposure.before_minor, exposure.after_minor) == (4_505_000, 6_350_000)


def test_the_texts_are_those_of_the_contract() -> None:
    texts = [
        message(r, ACCOUNT.currency, Language.ENGLISH) for r in (LIMIT_EXCEEDED, OVERDUE_ITEMS)
    ]
    assert texts == [
        "With this order the exposure is 13,500.00 EUR over the limit.",
        "6,120.00 EUR are overdue, the oldest by 22 days.",
    ]


def test_the_advice_is_that_of_the_contract() -> None:
    advice = [RULES[reason.code].advice for reason in (LIMIT_EXCEEDED, OVERDUE_ITEMS)]
    assert advice == [
        (Advice.PREPAY, Advice.SHIP_PART, Advice.AWAIT_RELEASE),
        (Advice.COLLECT,),
    ]
