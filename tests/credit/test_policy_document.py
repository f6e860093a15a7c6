from decimal import Decimal
from typing import Any

from app.credit.policy import (
    Boundary,
    LimitRule,
    Mode,
    OrderMaximumRule,
    OverdueRule,
    Policy,
    ReleaseMarks,
    ReleaseRule,
    StaleRule,
    Threshold,
)

STANDARD: dict[str, Any] = {
    "reservation_minutes": 60,
    "exempt_payment_terms": ["PREPAID", "COD"],
    "auto_release": False,
    "release_advice": {
        "overrun_max_percent": "20",
        "expected_within_days": 7,
        "peak_percent": "150",
        "peak_history_months": 3,
        "collection_days": 0,
    },
    "rules": {
        "limit": {
            "mode": "hard",
            "tolerance_percent": "0",
            "boundary": "exceeded",
            "horizon_days": None,
            "floor_credit_balance": False,
        },
        "limit_missing": {"mode": "hard"},
        "limit_near": {"mode": "soft", "at_percent": "90"},
        "limit_expired": {"mode": "hard"},
        "overdue_items": {"mode": "soft", "grace_days": 3, "min_amount": "50.00"},
        "oldest_item": {"mode": "off", "max_age_days": 90},
        "dunning_level": {"mode": "off", "from_level": 2},
        "order_maximum": {"mode": "off", "amount": "100000.00"},
        "limit_review_due": {"mode": "off", "max_age_days": 365},
        "data_stale": {"mode": "soft", "max_age_minutes": 1440, "hard_after_minutes": None},
        "customer_unknown": {"mode": "hard"},
    },
    "releases": {"four_eyes_above": "50000.00", "window_days": 30, "valid_days": 14},
}
"""As the contract prints it, with the floor that the API fills in."""

OWN: dict[str, Any] = {
    "reservation_minutes": 15,
    "exempt_payment_terms": ["CARD"],
    "auto_release": True,
    "release_advice": {
        "overrun_max_percent": "12.5",
        "expected_within_days": 10,
        "peak_percent": "200",
        "peak_history_months": 6,
        "collection_days": 4,
    },
    "rules": {
        "limit": {
            "mode": "soft",
            "tolerance_percent": "2.5",
            "boundary": "reached",
            "horizon_days": 30,
            "floor_credit_balance": True,
        },
        "limit_missing": {"mode": "soft"},
        "limit_near": {"mode": "hard", "at_percent": "87.65"},
        "limit_expired": {"mode": "off"},
        "overdue_items": {"mode": "hard", "grace_days": 7, "min_amount": "12.345"},
        "oldest_item": {"mode": "soft", "max_age_days": 11},
        "dunning_level": {"mode": "hard", "from_level": 4},
        "order_maximum": {"mode": "soft", "amount": "777"},
        "limit_review_due": {"mode": "hard", "max_age_days": 12},
        "data_stale": {"mode": "soft", "max_age_minutes": 13, "hard_after_minutes": 14},
        "customer_unknown": {"mode": "off"},
    },
    "releases": {"four_eyes_above": "75000", "window_days": 8, "valid_days": 9},
}


def test_the_policy_of_the_contract_is_the_default() -> None:
    assert Policy.from_document("standard", 1, STANDARD) == Policy()


def test_a_document_from_before_data_could_hold_is_read_as_it_was() -> None:
    rules = STANDARD["rules"] | {"data_stale": {"mode": "soft", "max_age_minutes": 1440}}
    assert Policy.from_document("standard", 1, STANDARD | {"rules": rules}) == Policy()


def test_a_document_from_before_anything_was_released_is_read_with_the_default() -> None:
    document = {name: part for name, part in STANDARD.items() if name != "releases"}
    assert Policy.from_document("standard", 1, document) == Policy()


def test_four_eyes_may_be_never_wanted() -> None:
    releases = STANDARD["releases"] | {"four_eyes_above": None}
    policy = Policy.from_document("standard", 1, STANDARD | {"releases": releases})
    assert policy.releases == ReleaseRule(four_eyes_above=None)


def test_a_document_from_before_there_was_a_worklist_is_read_as_it_was() -> None:
    later = {"auto_release", "release_advice"}
    before = {name: part for name, part in STANDARD.items() if name not in later}
    assert Policy.from_document("standard", 1, before) == Policy()


def test_every_part_of_a_policy_is_read() -> None:
    assert Policy.from_document("export", 7, OWN) == Policy(
        name="export",
        version=7,
        reservation_minutes=15,
        exempt_payment_terms=frozenset({"CARD"}),
        limit=LimitRule(
            Mode.SOFT,
            tolerance_bp=250,
            boundary=Boundary.REACHED,
            horizon_days=30,
            floor_credit_balance=True,
        ),
        limit_missing=Mode.SOFT,
        limit_near=Threshold(Mode.HARD, 8_765),
        limit_expired=Mode.OFF,
        overdue_items=OverdueRule(Mode.HARD, grace_days=7, min_amount=Decimal("12.345")),
        oldest_item=Threshold(Mode.SOFT, 11),
        dunning_level=Threshold(Mode.HARD, 4),
        order_maximum=OrderMaximumRule(Mode.SOFT, Decimal(777)),
        limit_review_due=Threshold(Mode.HARD, 12),
        data_stale=StaleRule(Mode.SOFT, 13, 14),
        customer_unknown=Mode.OFF,
        releases=ReleaseRule(Decimal(75_000), window_days=8, valid_days=9),
        auto_release=True,
        advice=ReleaseMarks(1_250, 10, 20_000, 6, 4),
    )
