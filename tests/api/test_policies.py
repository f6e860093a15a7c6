from datetime import timedelta
from typing import Any

import pytest
from support.service import Service, refusal
from support.tables import Connection, business_day, dump, require_sound

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


def content(answer: dict[str, Any]) -> dict[str, Any]:
    assert answer["created_at"].endswith("Z")
    return {name: value for name, value in answer.items() if name != "created_at"}


async def test_standard_exists_from_the_start(service: Service) -> None:
    answer = await service.get("/v1/policies/standard")
    assert content(answer) == {"name": "standard", "version": 1} | STANDARD


async def test_what_a_policy_leaves_out_is_filled_in(service: Service) -> None:
    answer = await service.put("/v1/policies/export", reservation_minutes=5)
    filled = {"name": "export", "version": 1} | STANDARD | {"reservation_minutes": 5}
    assert content(answer) == filled
    assert await service.get("/v1/policies/export") == answer


async def test_every_put_is_a_new_version_and_the_old_ones_stay(service: Service) -> None:
    first = await service.get("/v1/policies/standard")
    second = await service.policy(limit={"mode": "soft"})
    third = await service.policy(limit={"mode": "off"})
    assert await service.get("/v1/policies/standard") == third
    assert await service.get("/v1/policies/standard/versions") == {
        "items": [third, second, first],
        "next_cursor": None,
    }
    page = await service.get("/v1/policies/standard/versions", limit=2)
    rest = await service.get("/v1/policies/standard/versions", cursor=page["next_cursor"])
    assert (page["items"], rest["items"]) == ([third, second], [first])


@pytest.mark.parametrize("path", ["/v1/policies/none", "/v1/policies/none/versions"])
async def test_a_policy_that_is_not_there_is_not_found(service: Service, path: str) -> None:
    assert refusal(await service.client.get(path)) == (404, "policy_unknown", [])


BAD: dict[str, tuple[dict[str, Any], str, str]] = {
    "unknown field": ({"limits": {}}, "/limits", "unknown_field"),
    "unknown rule": ({"rules": {"mood": {}}}, "/rules/mood", "unknown_field"),
    "mode": ({"rules": {"limit": {"mode": "on"}}}, "/rules/limit/mode", "not_a_choice"),
    "mode left out": ({"rules": {"limit_missing": {}}}, "/rules/limit_missing/mode", "required"),
    "percent as number": (
        {"rules": {"limit_near": {"at_percent": 90}}},
        "/rules/limit_near/at_percent",
        "text_expected",
    ),
    "percent too fine": (
        {"rules": {"limit": {"tolerance_percent": "1.234"}}},
        "/rules/limit/tolerance_percent",
        "wrong_form",
    ),
    "percent below zero": (
        {"rules": {"limit": {"tolerance_percent": "-1"}}},
        "/rules/limit/tolerance_percent",
        "wrong_form",
    ),
    "amount as number": (
        {"rules": {"overdue_items": {"min_amount": 50}}},
        "/rules/overdue_items/min_amount",
        "amount_not_text",
    ),
    "amount too large": (
        {"rules": {"order_maximum": {"amount": "100000000000"}}},
        "/rules/order_maximum/amount",
        "amount_too_large",
    ),
    "days below zero": (
        {"rules": {"overdue_items": {"grace_days": -1}}},
        "/rules/overdue_items/grace_days",
        "too_small",
    ),
    "days as text": (
        {"rules": {"oldest_item": {"max_age_days": "90"}}},
        "/rules/oldest_item/max_age_days",
        "whole_number_expected",
    ),
    "too many days": (
        {"rules": {"limit": {"horizon_days": 3661}}},
        "/rules/limit/horizon_days",
        "too_large",
    ),
    "level": (
        {"rules": {"dunning_level": {"from_level": 10}}},
        "/rules/dunning_level/from_level",
        "too_large",
    ),
    "no minutes": ({"reservation_minutes": 0}, "/reservation_minutes", "too_small"),
    "half a minute": (
        {"reservation_minutes": 0.5},
        "/reservation_minutes",
        "whole_number_expected",
    ),
    "terms as a text": ({"exempt_payment_terms": "COD"}, "/exempt_payment_terms", "list_expected"),
    "an empty term": ({"exempt_payment_terms": [""]}, "/exempt_payment_terms/0", "too_short"),
}


@pytest.mark.parametrize(("body", "pointer", "code"), BAD.values(), ids=BAD)
async def test_a_value_that_cannot_be_is_refused_at_its_place(
    service: Service, connection: Connection, body: dict[str, Any], pointer: str, code: str
) -> None:
    before = await dump(connection)
    response = await service.client.put("/v1/policies/standard", json=body)
    assert refusal(response) == (422, "invalid_request", [(pointer, code)])
    assert await dump(connection) == before


async def overdue(service: Service) -> tuple[str, list[str]]:
    """Give what is overdue as the account and as a check say it."""
    account = (await service.account("C1"))["exposure"]["overdue"]
    answer = await service.preview("C1", "SO-1", "1.00")
    assert answer["exposure"]["overdue"] == account
    return account, [r["observed"] for r in answer["reasons"] if r["code"] == "overdue_items"]


async def test_another_trifle_amount_takes_effect_at_once_on_items_that_are_there(
    service: Service, connection: Connection
) -> None:
    today = await business_day(connection)
    await service.customer("C1")
    for ref, amount, days in (("I1", "40.00", 30), ("I2", "60.00", 20), ("I3", "500.00", 10)):
        await service.item("C1", ref, amount, due_on=(today - timedelta(days)).isoformat())
    assert await overdue(service) == ("560.00", ["20"])
    await service.policy(overdue_items={"min_amount": "40.00"})
    assert await overdue(service) == ("600.00", ["30"])
    await service.policy(overdue_items={"min_amount": "60.01"})
    assert await overdue(service) == ("500.00", ["10"])
    await service.item("C1", "I4", "1.00")
    assert await overdue(service) == ("500.00", ["10"])
    await require_sound(connection)


async def test_other_days_of_grace_take_effect_at_once_on_items_that_are_there(
    service: Service, connection: Connection
) -> None:
    today = await business_day(connection)
    await service.customer("C1")
    for days in (0, 1, 4, 40):
        due = (today - timedelta(days)).isoformat()
        await service.item("C1", f"I{days}", "100.00", due_on=due)
    assert await overdue(service) == ("200.00", ["40"])
    for grace_days, expected in (
        (0, ("300.00", ["40"])),
        (4, ("100.00", ["40"])),
        (39, ("100.00", ["40"])),
        (40, ("0.00", [])),
    ):
        await service.policy(overdue_items={"grace_days": grace_days})
        assert await overdue(service) == expected


async def test_a_horizon_leaves_out_orders_that_ship_after_it(
    service: Service, connection: Connection
) -> None:
    today = await business_day(connection)
    await service.customer("C1")
    for days in (0, 30, 31, 100):
        ship_date = (today + timedelta(days)).isoformat()
        await service.order("C1", f"SO-{days}", "100.00", ship_date=ship_date)
    await service.order("C1", "SO-X", "7.00")
    for horizon_days, expected in (
        (None, "407.00"),
        (30, "207.00"),
        (0, "107.00"),
        (99, "307.00"),
    ):
        await service.policy(limit={"horizon_days": horizon_days})
        assert (await service.account("C1"))["exposure"]["open_orders"] == expected
        answer = await service.preview("C1", "NEW", "1.00")
        assert answer["exposure"]["before"] == expected


async def test_an_order_beyond_the_horizon_is_not_taken_off_when_it_is_asked_about(
    service: Service, connection: Connection
) -> None:
    today = await business_day(connection)
    await service.policy(limit={"horizon_days": 10})
    await service.customer("C1")
    await service.order("C1", "NEAR", "30.00", ship_date=today.isoformat())
    far = (today + timedelta(60)).isoformat()
    await service.order("C1", "FAR", "500.00", ship_date=far)
    answer = await service.preview("C1", "FAR", "500.00", ship_date=far)
    assert answer["exposure"]["before"] == "30.00"


async def test_a_new_version_is_in_force_from_the_next_check_on(service: Service) -> None:
    await service.customer("C1", limit="10.00")
    assert (await service.check("C1", "SO-1", "20.00"))["outcome"] == "hold"
    await service.policy(limit={"mode": "off"}, limit_near={"mode": "off"})
    answer = await service.check("C1", "SO-1", "20.00", revision=2)
    assert (answer["outcome"], answer["policy"]["version"]) == ("pass", 2)
