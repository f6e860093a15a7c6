from typing import Any

import pytest
from support.service import Service, refusal
from support.tables import Connection, require_sound

PATH = "/v1/customers/C1/expected-payments"
BODY: dict[str, Any] = {"amount": "250.00", "currency": "EUR", "expected_on": "2026-12-01"}


async def test_what_is_stated_is_read_again_and_may_be_taken_back(service: Service) -> None:
    await service.customer("C1")
    stated = await service.put(f"{PATH}/EP%2F1", **BODY, note="promised by phone", version=1)
    assert stated == {"customer": "C1", "ref": "EP/1", "applied": True}
    expected = {"customer": "C1", "ref": "EP/1", **BODY, "note": "promised by phone", "version": 1}
    assert await service.get(f"{PATH}/EP%2F1") == expected
    assert await service.get(PATH) == {"items": [expected], "next_cursor": None}
    assert await service.delete(f"{PATH}/EP%2F1") == stated
    assert (await service.get(PATH))["items"] == []


async def test_an_older_version_changes_nothing(service: Service) -> None:
    await service.customer("C1")
    await service.put(f"{PATH}/EP-1", **BODY, version=2)
    late = await service.put(f"{PATH}/EP-1", **(BODY | {"amount": "9.00"}), version=1)
    unversioned = await service.put(f"{PATH}/EP-1", **(BODY | {"amount": "8.00"}))
    assert (late["applied"], unversioned["applied"]) == (False, True)
    found = await service.get(f"{PATH}/EP-1")
    assert (found["amount"], found["version"]) == ("8.00", 2)


async def test_payments_are_listed_page_by_page(service: Service) -> None:
    await service.customer("C1")
    for ref in ("B", "A", "C"):
        await service.put(f"{PATH}/{ref}", **BODY)
    first = await service.get(PATH, limit=2)
    rest = await service.get(PATH, limit=2, cursor=first["next_cursor"])
    assert [[one["ref"] for one in page["items"]] for page in (first, rest)] == [["A", "B"], ["C"]]


@pytest.mark.parametrize(
    ("method", "ref", "code"),
    [
        ("GET", "C1", "expected_payment_unknown"),
        ("DELETE", "C1", "expected_payment_unknown"),
        ("PUT", "C9", "customer_unknown"),
        ("GET", "C9", "customer_unknown"),
        ("DELETE", "C9", "customer_unknown"),
    ],
)
async def test_what_is_not_there_is_said(
    service: Service, method: str, ref: str, code: str
) -> None:
    await service.customer("C1")
    path = f"/v1/customers/{ref}/expected-payments/EP-1"
    answer = await service.client.request(method, path, json=BODY if method == "PUT" else None)
    assert refusal(answer) == (404, code, [])


async def test_an_amount_is_above_zero_and_in_the_accounts_currency(service: Service) -> None:
    await service.customer("C1")
    nothing = await service.client.put(f"{PATH}/EP-1", json=BODY | {"amount": "0.00"})
    dollars = await service.client.put(f"{PATH}/EP-1", json=BODY | {"currency": "USD"})
    assert refusal(nothing) == (422, "invalid_request", [("/amount", "amount_not_positive")])
    assert refusal(dollars) == (409, "currency_conflict", [])


async def test_they_move_with_their_customer(service: Service, connection: Connection) -> None:
    await service.customer("C1")
    await service.put(f"{PATH}/EP-1", **BODY)
    await service.customer("C1", limit=None, account="GROUP")
    assert (await service.get(f"{PATH}/EP-1"))["amount"] == "250.00"
    await require_sound(connection)
