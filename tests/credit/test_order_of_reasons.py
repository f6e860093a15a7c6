from datetime import timedelta
from decimal import Decimal

from support.builders import NOW, TODAY, a_limit, a_policy, a_position, an_account, an_order

from app.credit.account import Customer, Overdue
from app.credit.judgement import Outcome, judge
from app.credit.policy import Mode, OrderMaximumRule, OverdueRule, StaleRule, Threshold

LONG_AGO = TODAY - timedelta(days=400)
TROUBLE = a_position(
    customer=Customer("D10027", blocked=True, dunning_level=3),
    account=an_account(
        limit=a_limit(100, valid_until=LONG_AGO, set_on=LONG_AGO),
        overdue=Overdue(500, oldest_due_on=LONG_AGO),
        oldest_invoice_on=LONG_AGO,
        foreign_documents=1,
        drift_found_on=LONG_AGO,
    ),
    data_as_of=NOW - timedelta(days=400),
    policy=a_policy(
        overdue_items=OverdueRule(Mode.HARD),
        oldest_item=Threshold(Mode.SOFT, 90),
        dunning_level=Threshold(Mode.HARD, 2),
        order_maximum=OrderMaximumRule(Mode.SOFT, Decimal("0.50")),
        limit_review_due=Threshold(Mode.HARD, 365),
        data_stale=StaleRule(Mode.SOFT, 1_440),
    ),
)


def test_all_reasons_are_given_and_what_holds_comes_before_what_warns() -> None:
    judgement = judge(an_order(200), TROUBLE)
    assert judgement.outcome is Outcome.HOLD
    assert [(reason.code, reason.mode) for reason in judgement.reasons] == [
        ("customer_blocked", "hard"),
        ("rate_missing", "hard"),
        ("limit_expired", "hard"),
        ("limit_exceeded", "hard"),
        ("overdue_items", "hard"),
        ("dunning_level", "hard"),
        ("limit_review_due", "hard"),
        ("oldest_item", "soft"),
        ("order_maximum", "soft"),
        ("totals_drift", "soft"),
        ("data_stale", "soft"),
    ]


def test_an_order_that_nothing_stops_has_no_reasons() -> None:
    judgement = judge(an_order(), a_position())
    assert (judgement.outcome, judgement.reasons) == (Outcome.PASS, ())
