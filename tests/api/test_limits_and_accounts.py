import asyncio
from datetime import timedelta
from typing import Any

import pytest
from support.service import Service, refusal
from support.tables import Connection, business_day

NOTHING_OWED = {
    "currency": "EUR",
    "invoices": "0.00",
    "credit_notes": "0.00",
    "payments": "0.00",
    "open_orders": "0.00",
    "reservations": "0.00",
    "ignored_credit": "0.00",
    "total": "0.00",
    "overdue": "0.00",
}


async def test_a_limit_is_answered_as_it_was_stated(service: Service) -> None:
    await service.customer("C1", limit=None)
    seq = (await service.account("C1"))["seq"]
    stated = await service.put(
        "/v1/accounts/C1/limit",
        amount="50000",
        currency="EUR",
        valid_until="2999-12-31",
        reason="annual review",
    )
    limit = {
        "amount": "50000.00",
        "currency": "EUR",
        "unlimited": False,
        "valid_until": "2999-12-31",
    }
    assert stated == {
        "account": "C1",
        "limit": limit,
        "reason": "annual review",
        "account_seq": seq + 1,
    }
    account = await service.account("C1")
    set_at = account["limit"].pop("set_at")
    assert set_at.endswith("Z")
    assert account == {
        "account": "C1",
        "currency": "EUR",
        "limit": limit | {"reason": "annual review"},
        "exposure": NOTHING_OWED,
        "headroom": "50000.00",
        "policy": {"name": "standard", "version": 1},
        "customers": ["C1"],
        "seq": seq + 1,
    }


async def test_an_account_without_a_limit_has_no_headroom_and_holds(service: Service) -> None:
    await service.customer("C1", limit=None)
    account = await service.account("C1")
    assert (account["limit"], account["headroom"]) == (None, None)
    answer = await service.check("C1", "SO-1", "1.00")
    assert (answer["outcome"], answer["limit"]) == ("hold", None)
    assert [reason["code"] for reason in answer["reasons"]] == ["limit_missing"]


async def test_a_limit_of_zero_is_no_credit(service: Service) -> None:
    await service.customer("C1", limit="0")
    assert (await service.account("C1"))["headroom"] == "0.00"
    answer = await service.check("C1", "SO-1", "0.01")
    assert (answer["outcome"], answer["reasons"][0]["code"]) == ("hold", "limit_exceeded")


async def test_unlimited_is_said_and_lets_everything_pass(service: Service) -> None:
    await service.customer("C1", limit=None)
    await service.put("/v1/accounts/C1/limit", unlimited=True, currency="EUR", reason="state")
    answer = await service.check("C1", "SO-1", "10000000000000.00")
    assert (answer["outcome"], answer["headroom"]) == ("pass", None)
    assert answer["limit"] == {
        "amount": None,
        "currency": "EUR",
        "unlimited": True,
        "valid_until": None,
    }


@pytest.mark.parametrize(("days", "outcome"), [(0, "pass"), (-1, "hold")])
async def test_a_limit_holds_good_through_its_last_day(
    service: Service, connection: Connection, days: int, outcome: str
) -> None:
    await service.customer("C1", limit=None)
    until = await business_day(connection) + timedelta(days)
    body: dict[str, Any] = {"amount": "100.00", "currency": "EUR"}
    await service.put("/v1/accounts/C1/limit", **body, valid_until=until.isoformat())
    assert (await service.check("C1", "SO-1", "1.00"))["outcome"] == outcome


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({}, "required"),
        ({"unlimited": False}, "required"),
        ({"amount": None}, "required"),
        ({"amount": "1.00", "unlimited": True}, "amount_and_unlimited"),
    ],
)
async def test_a_limit_says_either_an_amount_or_unlimited(
    service: Service, body: dict[str, Any], code: str
) -> None:
    await service.customer("C1", limit="5.00")
    response = await service.client.put("/v1/accounts/C1/limit", json={"currency": "EUR"} | body)
    assert refusal(response) == (422, "invalid_request", [("/amount", code)])
    assert (await service.account("C1"))["limit"]["amount"] == "5.00"


async def test_an_unknown_account_gets_no_limit(service: Service) -> None:
    body = {"amount": "1.00", "currency": "EUR"}
    response = await service.client.put("/v1/accounts/NOBODY/limit", json=body)
    assert refusal(response) == (404, "account_unknown", [])


async def test_an_unknown_account_cannot_be_read(service: Service) -> None:
    response = await service.client.get("/v1/accounts/NOBODY")
    assert refusal(response) == (404, "account_unknown", [])


async def test_a_limit_in_another_currency_is_a_conflict(service: Service) -> None:
    await service.customer("C1", limit="5.00")
    body = {"amount": "1.00", "currency": "USD"}
    response = await service.client.put("/v1/accounts/C1/limit", json=body)
    assert refusal(response) == (409, "currency_conflict", [])
    assert (await service.account("C1"))["headroom"] == "5.00"


async def test_what_was_granted_stays_when_the_limit_falls_below_it(service: Service) -> None:
    await service.customer("C1", limit="100.00")
    await service.check("C1", "SO-1", "80.00")
    await service.put("/v1/accounts/C1/limit", amount="50.00", currency="EUR")
    account = await service.account("C1")
    assert (account["exposure"]["reservations"], account["headroom"]) == ("80.00", "-30.00")
    assert (await service.check("C1", "SO-2", "0.01"))["outcome"] == "hold"
    assert (await service.order("C1", "SO-1", "80.00"))["hold"] is None


async def test_every_part_of_the_exposure_is_told_apart(
    service: Service, connection: Connection
) -> None:
    today = await business_day(connection)
    await service.customer("C1", limit="1000.00")
    await service.item("C1", "I1", "100.00", due_on=(today - timedelta(4)).isoformat())
    await service.item("C1", "I2", "200.00", due_on=(today - timedelta(3)).isoformat())
    await service.item("C1", "I3", "49.99", due_on=(today - timedelta(99)).isoformat())
    await service.item("C1", "N1", "30.00", kind="credit_note", due_on="2020-01-01")
    await service.item("C1", "P1", "20.00", kind="payment")
    await service.order("C1", "SO-1", "40.00")
    await service.check("C1", "SO-2", "5.00")
    account = await service.account("C1")
    assert account["exposure"] == {
        "currency": "EUR",
        "invoices": "349.99",
        "credit_notes": "-30.00",
        "payments": "-20.00",
        "open_orders": "40.00",
        "reservations": "5.00",
        "ignored_credit": "0.00",
        "total": "344.99",
        "overdue": "100.00",
    }
    assert account["headroom"] == "655.01"


async def test_a_customer_in_credit_has_more_headroom_than_its_limit(service: Service) -> None:
    await service.customer("C1", limit="100.00")
    await service.item("C1", "P1", "50.00", kind="payment")
    assert (await service.account("C1"))["headroom"] == "150.00"
    assert (await service.check("C1", "SO-1", "130.00"))["outcome"] == "pass"


REVIEWED: dict[str, Any] = {
    "amount": "100.00",
    "currency": "EUR",
    "valid_until": "2999-12-31",
    "reason": "annual review",
}
SET_AT = "SELECT limit_set_at FROM credit_account WHERE ref = 'C1'"
UNLIMITED: dict[str, Any] = {"unlimited": True, "currency": "EUR"}


@pytest.mark.parametrize("limit", [REVIEWED, REVIEWED | {"amount": "0"}, UNLIMITED])
async def test_a_limit_that_is_stated_again_as_it_is_changes_nothing(
    service: Service, connection: Connection, limit: dict[str, Any]
) -> None:
    await service.customer("C1", limit=None)
    first = await service.put("/v1/accounts/C1/limit", **limit)
    await service.check("C1", "SO-1", "0.00")
    before = await service.account("C1")
    rows = await connection.fetch("SELECT seq FROM journal ORDER BY seq")

    again = await service.put("/v1/accounts/C1/limit", **limit)

    assert again == first | {"account_seq": first["account_seq"] + 1}
    assert await service.account("C1") == before
    assert await connection.fetch("SELECT seq FROM journal ORDER BY seq") == rows


@pytest.mark.parametrize(
    "changed",
    [
        {"amount": "100.01"},
        {"amount": None, "unlimited": True},
        {"valid_until": None},
        {"reason": "annual review 2027"},
        {"reason": None},
    ],
)
async def test_a_limit_that_says_anything_else_is_set_anew(
    service: Service, connection: Connection, changed: dict[str, Any]
) -> None:
    await service.customer("C1", limit=None)
    first = await service.put("/v1/accounts/C1/limit", **REVIEWED)
    before = await connection.fetchval(SET_AT)

    again = await service.put("/v1/accounts/C1/limit", **(REVIEWED | changed))

    assert again["account_seq"] == first["account_seq"] + 1
    assert await connection.fetchval(SET_AT) > before


async def test_a_limit_that_is_stated_twice_at_once_is_set_once(service: Service) -> None:
    await service.customer("C1", limit=None)
    seq = (await service.account("C1"))["seq"]
    stating = [service.put("/v1/accounts/C1/limit", **REVIEWED) for _ in range(5)]
    numbers = {answer["account_seq"] for answer in await asyncio.gather(*stating)}
    assert numbers == {seq + 1}
