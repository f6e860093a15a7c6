"""The worklist: what waits for the credit department, found, sorted and counted."""

from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import pytest
from holds.desk_of_credit import held, look
from life.order_book import NOON, at
from support.service import Service, refusal
from support.tables import Connection

from app.credit.hold import HoldState
from app.settings import Settings

SOUTH, NORTH = "sales-south@example.com", "Sales-North@example.com"


@pytest.fixture
async def list_of_five(settings: Settings, connection: Connection) -> AsyncIterator[Service]:
    """Have five holds: SO-1 two days old, SO-2 one, and three of now, of which SO-4 is closed."""
    async with at(settings, NOON - timedelta(days=2)) as service:
        await service.customer("C1", limit="10.00", sales_contact=SOUTH)
        await held(service, "C1", "SO-1", "60.00", ship_date="2026-12-24")
    async with at(settings, NOON - timedelta(days=1)) as service:
        await service.customer("C2", status="blocked", sales_contact=NORTH)
        await held(service, "C2", "SO-2", "5.00", ship_date="2026-12-01")
    async with at(settings, NOON) as service:
        await service.put("/v1/customers/C3", name="C3", currency="JPY")
        await service.client.post(
            "/v1/checks",
            json={"customer": "C3", "order": {"ref": "SO-3", "amount": "700", "currency": "JPY"}},
        )
        await held(service, "C1", "SO-4", "70.00")
        await service.delete("/v1/customers/C1/orders/SO-4")
        await held(service, "C1", "SO-5", "80.00")
        await connection.execute("UPDATE hold SET assignee = 'desk 1' WHERE order_ref = 'SO-5'")
        yield service


async def found(service: Service, **query: Any) -> list[str]:
    return [hold["order"]["ref"] for hold in (await service.get("/v1/holds", **query))["items"]]


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ({}, "12345"),
        ({"state": "open"}, "1235"),
        ({"state": ["open", "cancelled"]}, "12345"),
        ({"state": ["refused", "cancelled"]}, "4"),
        ({"state": ["open", "ready", "awaiting_second", "escalated"]}, "1235"),
        ({"state": ["open", "ready", "awaiting_second", "escalated", "refused"]}, "1235"),
        ({"reason": "limit_exceeded"}, "145"),
        ({"reason": "customer_blocked", "state": "open"}, "2"),
        ({"customer": "C1"}, "145"),
        ({"order": "SO-3"}, "3"),
        ({"order": "SO-4"}, "4"),
        ({"sales_contact": SOUTH}, "145"),
        ({"sales_contact": SOUTH.upper()}, "145"),
        ({"sales_contact": "sales-north@EXAMPLE.com"}, "2"),
        ({"assignee": "desk 1"}, "5"),
        ({"assignee": "Desk 1"}, "5"),
        ({"assigned": True}, "5"),
        ({"assigned": False}, "1234"),
        ({"assigned": False, "customer": "C1"}, "14"),
        ({"ready": False}, "12345"),
        ({"ready": True}, ""),
        ({"min_age_hours": 24}, "12"),
        ({"min_age_hours": 25}, "1"),
        ({"max_age_hours": 24}, "2345"),
        ({"min_age_hours": 1, "max_age_hours": 47}, "2"),
        ({"currency": "JPY"}, "3"),
        ({"currency": "EUR", "min_amount": "60.00"}, "145"),
        ({"currency": "EUR", "min_amount": "5.01", "max_amount": "80"}, "145"),
        ({"sort": "amount"}, "35412"),
        ({"sort": "ship_date", "state": "open"}, "2135"),
        ({"sort": "amount", "state": "open", "customer": "C1"}, "51"),
    ],
    ids=str,
)
async def test_holds_are_found_and_sorted_as_asked(
    list_of_five: Service, query: dict[str, Any], expected: str
) -> None:
    assert await found(list_of_five, **query) == [f"SO-{number}" for number in expected]


@pytest.mark.parametrize("sort", ["oldest", "amount", "ship_date"])
@pytest.mark.parametrize("state", ["open", [*HoldState]])
async def test_pages_of_any_size_are_the_whole_list(
    list_of_five: Service, sort: str, state: str | None
) -> None:
    query = {"sort": sort, "state": state}
    whole = await found(list_of_five, **query)
    read: list[str] = []
    cursor: str | None = None
    while cursor is not None or not read:
        more = {} if cursor is None else {"cursor": cursor}
        page = await list_of_five.get("/v1/holds", limit=1, **query, **more)
        read += [hold["order"]["ref"] for hold in page["items"]]
        cursor = page["next_cursor"]
    assert read == whole


async def test_the_list_is_counted_by_state_and_reason_once(list_of_five: Service) -> None:
    asked: dict[str, Any] = {"state": ["open", "cancelled"], "limit": 2}
    whole = await list_of_five.get("/v1/holds", **asked)
    rest = await list_of_five.get("/v1/holds", cursor=whole["next_cursor"], **asked)
    south = await list_of_five.get("/v1/holds", sales_contact=SOUTH)
    assert whole["counts"] == {
        "holds": 5,
        "more": False,
        "by_state": {"open": 4, "cancelled": 1},
        "by_reason": {"limit_exceeded": 3, "customer_blocked": 1, "limit_missing": 1},
    }
    assert (rest["counts"], south["counts"]["holds"]) == (None, 3)


async def test_each_hold_shows_its_customer_and_how_the_account_stands_now(
    service: Service,
) -> None:
    await service.customer("C1", limit="100.00", sales_contact=SOUTH)
    await service.item("C1", "RE-1", "90.00", due_on="2026-01-01")
    await held(service, "C1", "SO-1", "60.00", ship_date="2026-12-24")
    await service.item("C1", "RE-2", "30.00")

    [hold] = (await service.get("/v1/holds"))["items"]

    assert hold["at_stop"]["exposure"]["before"] == "90.00"
    named = ("customer", "customer_name", "sales_contact", "ship_date", "reasons")
    assert {name: hold[name] for name in named} == {
        "customer": "C1",
        "customer_name": "C1",
        "sales_contact": SOUTH,
        "ship_date": "2026-12-24",
        "reasons": ["limit_exceeded", "overdue_items"],
    }
    account = await service.account("C1")
    assert hold["now"] == {
        "currency": "EUR",
        "limit": "100.00",
        "unlimited": False,
        "exposure": account["exposure"]["total"],
        "headroom": account["headroom"],
        "overdue": account["exposure"]["overdue"],
        "account_seq": account["seq"],
    }
    assert (hold["now"]["exposure"], hold["now"]["overdue"]) == ("120.00", "90.00")


async def test_what_lapsed_or_ships_late_is_left_out_as_on_the_account(
    settings: Settings,
) -> None:
    async with at(settings, NOON) as service:
        await service.policy(
            limit={"horizon_days": 30, "floor_credit_balance": True},
            overdue_items={"mode": "soft", "min_amount": "1.00"},
        )
        await service.customer("C1", limit="100.00")
        await service.check("C1", "SO-0", "40.00")
        await service.order("C1", "SO-9", "900.00", ship_date="2099-01-01")
        await service.item("C1", "GS-1", "20.00", kind="credit_note")
        await held(service, "C1", "SO-1", "90.00")
    async with at(settings, NOON + timedelta(hours=2)) as service:
        [hold] = (await service.get("/v1/holds"))["items"]
        account = await service.account("C1")
        figures = (hold["now"]["exposure"], hold["now"]["headroom"])
        assert figures == (account["exposure"]["total"], account["headroom"])
        assert figures == ("0.00", "100.00")


async def test_a_limit_without_an_amount_is_told_apart_from_none(service: Service) -> None:
    await service.customer("C1", limit=None, status="blocked")
    await service.put("/v1/accounts/C1/limit", unlimited=True, currency="EUR")
    await service.customer("C2", limit=None)
    for customer in ("C1", "C2"):
        await held(service, customer, f"SO-{customer}", "60.00")
    shown = [hold["now"] for hold in (await service.get("/v1/holds"))["items"]]
    assert [(now["limit"], now["unlimited"], now["headroom"]) for now in shown] == [
        (None, True, None),
        (None, False, None),
    ]


async def test_what_is_ready_can_be_asked_for(service: Service) -> None:
    await service.customer("C1", limit="10.00")
    for ref in ("SO-1", "SO-2"):
        await held(service, "C1", ref, "60.00")
    await service.put("/v1/accounts/C1/limit", amount="70.00", currency="EUR")
    await look(service)
    assert await found(service, ready=True) == ["SO-1"]
    assert await found(service, ready=False) == ["SO-2"]
    assert await found(service, state="ready") == ["SO-1"]


@pytest.mark.parametrize(
    ("query", "code"),
    [
        ({"min_amount": "5.00"}, "required"),
        ({"max_amount": "5.00"}, "required"),
        ({"currency": "EUR", "min_amount": "5.001"}, "too_many_decimals"),
        ({"currency": "EUR", "min_amount": "-5"}, "amount_malformed"),
        ({"currency": "EURO"}, "currency_unknown"),
        ({"min_age_hours": -1}, "too_small"),
        ({"max_age_hours": 1_000_000}, "too_large"),
        ({"sort": "mood"}, "not_a_choice"),
        ({"state": ["open", "closed"]}, "not_a_choice"),
        ({"ready": "perhaps"}, "boolean_expected"),
        ({"colour": "red"}, "unknown_field"),
    ],
    ids=str,
)
async def test_what_cannot_be_asked_is_refused(
    service: Service, query: dict[str, Any], code: str
) -> None:
    answer = await service.client.get("/v1/holds", params=query)
    assert refusal(answer) == (422, "invalid_request", [("", code)])
