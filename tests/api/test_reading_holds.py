from datetime import datetime
from typing import Any

import pytest
from support.service import Service, refusal

OPENED = {
    "no": 0,
    "by": None,
    "action": "open",
    "reason": None,
    "note": None,
    "before": None,
    "after": {"state": "open"},
}


async def three_holds(service: Service) -> None:
    """Hold one order over the limit, one of a blocked customer, and one that is cancelled."""
    await service.customer("C1", limit="10.00")
    await service.customer("C2", status="blocked")
    await service.check("C1", "SO-1", "60.00")
    await service.check("C2", "SO-1", "5.00")
    await service.check("C1", "SO-2", "70.00")
    await service.delete("/v1/customers/C1/orders/SO-2")


async def test_a_hold_shows_how_things_stood_when_the_order_was_stopped(
    service: Service,
) -> None:
    await service.customer("C1", limit="10.00")
    check = await service.check("C1", "SO-1", "60.00", ship_date="2026-12-01")
    await service.item("C1", "I1", "7.00")
    hold = await service.get(f"/v1/holds/{check['hold']['id']}")
    for answer in (hold["at_stop"], check):
        answer["data"]["as_of"] = datetime.fromisoformat(answer["data"]["as_of"])
    pictured = (
        "limit", "exposure", "headroom", "shippable_amount", "required_prepayment", "reasons",
        "options", "data", "policy",
    )  # fmt: skip
    assert hold.pop("judged_now")["outcome"] == "hold"
    assert hold.pop("advice")["verdict"] == "refuse"
    assert hold == {
        "id": check["hold"]["id"],
        "state": "open",
        "version": 1,
        "customer": "C1",
        "account": "C1",
        "order": check["order"],
        "check": check["id"],
        "reasons": ["limit_exceeded"],
        "opened_at": hold["opened_at"],
        "closed_at": None,
        "ready_at": None,
        "ship_date": "2026-12-01",
        "entered_by": None,
        "assignee": None,
        "release": None,
        "history": [OPENED | {"at": hold["opened_at"]}],
        "customer_name": "C1",
        "sales_contact": None,
        "now": {
            "currency": "EUR",
            "limit": "10.00",
            "unlimited": False,
            "exposure": "7.00",
            "headroom": "3.00",
            "overdue": "0.00",
            "account_seq": check["account_seq"] + 1,
        },
        "at_stop": {name: check[name] for name in pictured},
    }
    assert hold["opened_at"][:23] == check["decided_at"][:23]


async def test_a_hold_that_never_was_is_not_found(service: Service) -> None:
    response = await service.client.get("/v1/holds/hld_none")
    assert refusal(response) == (404, "hold_unknown", [])


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ({}, ["60.00", "5.00", "70.00"]),
        ({"state": "open"}, ["60.00", "5.00"]),
        ({"state": "cancelled"}, ["70.00"]),
        ({"customer": "C1"}, ["60.00", "70.00"]),
        ({"order": "SO-1"}, ["60.00", "5.00"]),
        ({"reason": "customer_blocked"}, ["5.00"]),
        ({"reason": "limit_exceeded", "state": "open"}, ["60.00"]),
        ({"customer": "C1", "reason": "customer_blocked"}, []),
    ],
    ids=str,
)
async def test_holds_are_listed_oldest_first_and_by_what_is_asked(
    service: Service, query: dict[str, str], expected: list[str]
) -> None:
    await three_holds(service)
    found = (await service.get("/v1/holds", **query))["items"]
    assert [hold["order"]["amount"] for hold in found] == expected


async def test_a_list_of_holds_is_read_to_its_end_page_by_page(service: Service) -> None:
    await three_holds(service)
    first = await service.get("/v1/holds", limit=2)
    rest = await service.get("/v1/holds", limit=2, cursor=first["next_cursor"])
    amounts = [[hold["order"]["amount"] for hold in page["items"]] for page in (first, rest)]
    assert (amounts, rest["next_cursor"]) == ([["60.00", "5.00"], ["70.00"]], None)


@pytest.mark.parametrize("query", [{"state": "closed"}, {"reason": "bad_mood"}], ids=str)
async def test_states_and_reasons_that_do_not_exist_are_refused(
    service: Service, query: dict[str, Any]
) -> None:
    response = await service.client.get("/v1/holds", params=query)
    assert refusal(response) == (422, "invalid_request", [("", "not_a_choice")])
