"""The release advice of a hold, from what sources have stated, condition by condition."""

from datetime import date, timedelta
from typing import Any

import pytest
from holds.desk_of_credit import desk_of, held, look
from support.service import Service
from support.tables import Connection, business_day, require_sound

Findings = dict[str, tuple[bool, dict[str, Any]]]


@pytest.fixture
async def today(connection: Connection) -> date:
    """The business day."""
    return await business_day(connection)


def on(day: date, days: int) -> str:
    return (day + timedelta(days=days)).isoformat()


async def advised(service: Service, hold_id: str) -> tuple[dict[str, Any], Findings]:
    """Read a hold's advice; gives it with its conditions by code."""
    hold = await service.get(f"/v1/holds/{hold_id}")
    advice: dict[str, Any] = hold["advice"]
    return advice, {c["code"]: (c["met"], c["figures"]) for c in advice["conditions"]}


async def an_order_over_the_limit(service: Service, **customer: Any) -> str:
    """Have 900.00 owed of a limit of 1,000.00, and an order of 300.00 on hold."""
    await service.customer("C1", payment_terms_days=30, **customer)
    await service.item("C1", "RE-1", "900.00")
    return await held(service, "C1", "SO-1", "300.00")


async def expect(service: Service, amount: str, day: str, ref: str = "EP-1") -> None:
    path = f"/v1/customers/C1/expected-payments/{ref}"
    await service.put(path, amount=amount, currency="EUR", expected_on=day)


async def test_released_once_with_every_condition_shown(service: Service, today: date) -> None:
    hold_id = await an_order_over_the_limit(service, takes_discount=True)
    await expect(service, "250.00", on(today, 7))

    advice, found = await advised(service, hold_id)

    assert found == {
        "no_due_items": (True, {"due": "0.00", "grace_days": 3}),
        "pays_in_time": (
            True,
            {"takes_discount": True, "dso_days": None, "payment_terms_days": 30},
        ),
        "order_values_only": (True, {"open_item_balance": "900.00", "limit": "1000.00"}),
        "order_peak": (
            False,
            {
                "on_order": "300.00",
                "average_month": "0.00",
                "largest_month": "0.00",
                "months_known": 0,
                "peak_percent": "150",
            },
        ),
        "direct_debit_not_collected": (False, {"direct_debit": False, "uncollected": "0.00"}),
        "expected_payments": (
            True,
            {"expected": "250.00", "overrun": "200.00", "within_days": 7},
        ),
    }
    assert [c["code"] for c in advice["conditions"] if c["required"]] == [
        "no_due_items",
        "expected_payments",
    ]
    told = {name: advice[name] for name in ("verdict", "release_up_to", "overrun", "limit_needed")}
    assert told == {
        "verdict": "release_once",
        "release_up_to": "300.00",
        "overrun": "200.00",
        "limit_needed": "1200.00",
    }
    assert advice["assessment"] == {"age_days": 0, "max_age_days": 365, "current": True}


async def test_forbidden_by_items_that_are_due(service: Service, today: date) -> None:
    hold_id = await an_order_over_the_limit(service, takes_discount=True)
    await expect(service, "900.00", on(today, 1))
    await service.item("C1", "RE-2", "60.00", due_on=on(today, -4))
    await service.item("C1", "TRIFLE", "49.99", due_on=on(today, -40))
    await service.item("C1", "IN-GRACE", "80.00", due_on=on(today, -3))

    advice, found = await advised(service, hold_id)

    assert (advice["verdict"], advice["release_up_to"]) == ("forbidden", None)
    assert found["no_due_items"] == (False, {"due": "60.00", "grace_days": 3})
    assert advice["offers"][0] == {"type": "pay_due_items", "amount": "60.00"}


async def test_items_of_others_on_the_account_forbid_it_too(service: Service, today: date) -> None:
    hold_id = await an_order_over_the_limit(service)
    await service.customer("C2", limit=None, account="C1")
    await service.item("C2", "RE-2", "60.00", due_on=on(today, -4))
    advice, found = await advised(service, hold_id)
    assert (advice["verdict"], found["no_due_items"][1]["due"]) == ("forbidden", "60.00")


async def test_refused_with_what_the_customer_can_do(service: Service) -> None:
    await service.customer("C1", payment_terms_days=30)
    await service.item("C1", "RE-1", "1100.00")
    hold_id = await held(service, "C1", "SO-1", "300.00")

    advice, _ = await advised(service, hold_id)

    assert advice["verdict"] == "refuse"
    assert advice["offers"] == [
        {"type": "pay_early", "amount": "400.00"},
        {"type": "shorten_terms", "amount": None},
        {"type": "prepay", "amount": "300.00"},
        {"type": "cash_on_delivery", "amount": None},
        {"type": "security", "amount": "400.00"},
    ]


async def test_a_limit_that_is_missing_is_to_be_set_on_an_assessment(service: Service) -> None:
    await service.customer("C1", limit=None)
    hold_id = await held(service, "C1", "SO-1", "300.00")
    advice, _ = await advised(service, hold_id)
    assert (advice["verdict"], advice["overrun"], advice["limit_needed"]) == (
        "raise_limit",
        None,
        "300.00",
    )
    assert advice["assessment"] == {"age_days": None, "max_age_days": 365, "current": False}


async def test_an_assessment_grows_old(service: Service, connection: Connection) -> None:
    hold_id = await an_order_over_the_limit(service, takes_discount=True)
    await connection.execute(
        "UPDATE credit_account SET limit_set_at = limit_set_at - interval '400 days'"
    )
    advice, _ = await advised(service, hold_id)
    assert advice["verdict"] == "raise_limit"
    assert advice["assessment"] == {"age_days": 400, "max_age_days": 365, "current": False}


async def test_how_the_customer_paid_and_bought_speaks_for_it(
    service: Service, today: date
) -> None:
    await service.customer("C1", payment_terms_days=30)
    first = today.replace(day=1)
    for months in range(1, 4):
        issued = (first - timedelta(days=28 * months)).replace(day=2)
        await service.item("C1", f"RE-{months}", "300.00", issued_on=issued.isoformat())
        await service.delete(f"/v1/customers/C1/open-items/RE-{months}")
    await service.item("C1", "RE-9", "1.00", issued_on=first.isoformat())
    await service.order("C1", "SO-0", "400.00")
    hold_id = await held(service, "C1", "SO-1", "700.00")
    assert await desk_of(service).behaviours.count() == 1

    _, found = await advised(service, hold_id)

    met, figures = found["pays_in_time"]
    assert (met, float(figures["dso_days"]) < 30) == (True, True)
    assert found["order_peak"] == (
        True,
        {
            "on_order": "1100.00",
            "average_month": "300.00",
            "largest_month": "300.00",
            "months_known": 3,
            "peak_percent": "150",
        },
    )


async def test_what_we_did_not_collect_from_who_pays_by_direct_debit(
    service: Service, today: date
) -> None:
    hold_id = await an_order_over_the_limit(service, direct_debit=True)
    await service.item("C1", "RE-2", "80.00", due_on=on(today, -3))
    await service.item("C1", "RE-3", "70.00", due_on=on(today, 0))
    _, found = await advised(service, hold_id)
    assert found["direct_debit_not_collected"] == (
        True,
        {"direct_debit": True, "uncollected": "80.00"},
    )


async def test_a_policy_may_give_our_collecting_more_time(service: Service, today: date) -> None:
    hold_id = await an_order_over_the_limit(service, direct_debit=True)
    await service.item("C1", "RE-2", "80.00", due_on=on(today, -6))
    before, _ = await advised(service, hold_id)
    await service.put("/v1/policies/standard", release_advice={"collection_days": 3})
    after, found = await advised(service, hold_id)
    assert (before["verdict"], found["no_due_items"][0]) == ("forbidden", True)
    assert found["direct_debit_not_collected"][1]["uncollected"] == "80.00"
    assert after["verdict"] == "refuse"


async def test_the_policy_has_the_marks(service: Service, today: date) -> None:
    hold_id = await an_order_over_the_limit(service, takes_discount=True)
    await expect(service, "250.00", on(today, 9))
    before, _ = await advised(service, hold_id)
    marks = {"expected_within_days": 9, "overrun_max_percent": "5"}
    await service.put("/v1/policies/standard", release_advice=marks)
    after, _ = await advised(service, hold_id)
    assert before["verdict"] == "raise_limit"
    assert (after["verdict"], after["release_up_to"]) == ("release_once", "150.00")


async def test_what_is_expected_too_late_or_in_the_past_does_not_count(
    service: Service, today: date
) -> None:
    hold_id = await an_order_over_the_limit(service, takes_discount=True)
    await expect(service, "900.00", on(today, 8), "LATE")
    await expect(service, "900.00", on(today, -1), "PAST")
    await expect(service, "30.00", on(today, 0), "TODAY")
    _, found = await advised(service, hold_id)
    assert found["expected_payments"] == (
        False,
        {"expected": "30.00", "overrun": "200.00", "within_days": 7},
    )


async def test_a_hold_that_is_ready_says_that_the_rules_let_it_pass(service: Service) -> None:
    hold_id = await an_order_over_the_limit(service)
    await service.delete("/v1/customers/C1/open-items/RE-1")
    await look(service)
    hold = await service.get(f"/v1/holds/{hold_id}")
    judged = (hold["state"], hold["judged_now"]["outcome"], hold["advice"]["verdict"])
    assert judged == ("ready", "pass", "passes")


async def test_a_hold_is_judged_after_the_older_ones_that_are_ready(service: Service) -> None:
    await service.customer("C1", limit="10.00")
    holds = [await held(service, "C1", ref, "60.00") for ref in ("SO-1", "SO-2")]
    await service.put("/v1/accounts/C1/limit", amount="100.00", currency="EUR")
    seen = [(await service.get(f"/v1/holds/{hold_id}"))["judged_now"] for hold_id in holds]
    assert [(one["outcome"], one["headroom"]) for one in seen] == [
        ("pass", "100.00"),
        ("hold", "40.00"),
    ]


async def test_of_a_hold_that_is_over_nothing_is_advised(service: Service) -> None:
    hold_id = await an_order_over_the_limit(service)
    await service.delete("/v1/customers/C1/orders/SO-1")
    hold = await service.get(f"/v1/holds/{hold_id}")
    assert (hold["state"], hold["judged_now"], hold["advice"]) == ("cancelled", None, None)


async def test_an_unknown_customer_is_advised_against(service: Service) -> None:
    hold_id = await held(service, "NOBODY", "SO-1", "300.00")
    hold = await service.get(f"/v1/holds/{hold_id}")
    assert (hold["customer_name"], hold["advice"]["verdict"]) == (None, "refuse")


async def test_the_rules_speak_in_the_readers_language(service: Service) -> None:
    hold_id = await an_order_over_the_limit(service)
    path, german = f"/v1/holds/{hold_id}", {"accept-language": "de"}
    hold = (await service.client.get(path, headers=german)).json()
    assert "liegt das Obligo" in hold["judged_now"]["reasons"][0]["message"]


async def test_expected_payments_change_no_check_and_wake_no_hold(
    service: Service, connection: Connection, today: date
) -> None:
    hold_id = await an_order_over_the_limit(service)
    await expect(service, "900.00", on(today, 1))
    await look(service)
    assert (await service.get(f"/v1/holds/{hold_id}"))["state"] == "open"
    assert (await service.preview("C1", "SO-2", "300.00"))["outcome"] == "hold"
    await require_sound(connection)
