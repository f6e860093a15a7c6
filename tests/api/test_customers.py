from typing import Any

import httpx2
import pytest
from support.service import Service, refusal
from support.tables import Connection, dump, require_sound

DEFAULTS: dict[str, Any] = {
    "customer": "C1",
    "account": "C1",
    "name": "Muster Handels GmbH",
    "currency": "EUR",
    "policy": "standard",
    "status": "active",
    "payment_terms_days": None,
    "direct_debit": False,
    "takes_discount": False,
    "dunning_level": 0,
    "language": "en",
    "email": None,
    "sales_contact": None,
}

FULL: dict[str, Any] = {
    "name": "Muster",
    "currency": "EUR",
    "account": "GROUP",
    "policy": "standard",
    "status": "blocked",
    "payment_terms_days": 30,
    "direct_debit": True,
    "takes_discount": True,
    "dunning_level": 3,
    "language": "de",
    "email": "pay@example.com",
    "sales_contact": "sales-south@example.com",
}


async def test_a_new_customer_is_created_with_the_defaults(client: httpx2.AsyncClient) -> None:
    body = {"name": "Muster Handels GmbH", "currency": "EUR"}
    created = await client.put("/v1/customers/C1", json=body)
    assert (created.status_code, created.json()) == (201, DEFAULTS)
    assert (await client.get("/v1/customers/C1")).json() == DEFAULTS


async def test_a_known_customer_is_replaced_and_keeps_nothing_that_is_not_said(
    client: httpx2.AsyncClient,
) -> None:
    first = await client.put("/v1/customers/C1", json=FULL | {"account": "C1"})
    body = {"name": "Muster Handels GmbH", "currency": "EUR"}
    replaced = await client.put("/v1/customers/C1", json=body)
    assert (first.status_code, replaced.status_code) == (201, 200)
    assert (await client.get("/v1/customers/C1")).json() == DEFAULTS


async def test_every_field_of_a_customer_is_kept(client: httpx2.AsyncClient) -> None:
    answer = await client.put("/v1/customers/C1", json=FULL)
    assert answer.json() == {"customer": "C1"} | FULL
    assert (await client.get("/v1/customers/C1")).json() == {"customer": "C1"} | FULL


async def test_a_ref_with_slashes_and_spaces_works_percent_encoded(service: Service) -> None:
    await service.put("/v1/customers/A%2FB%20%25C", name="odd", currency="EUR")
    assert (await service.get("/v1/customers/A%2FB%20%25C"))["customer"] == "A/B %C"
    assert (await service.get("/v1/accounts/A%2FB%20%25C"))["customers"] == ["A/B %C"]


async def test_a_customer_that_nobody_stated_is_not_found(client: httpx2.AsyncClient) -> None:
    answer = await client.get("/v1/customers/NOBODY")
    assert refusal(answer) == (404, "customer_unknown", [])


async def test_a_policy_that_is_not_there_is_refused_at_its_field(
    client: httpx2.AsyncClient,
) -> None:
    body = {"name": "x", "currency": "EUR", "policy": "no-such"}
    answer = await client.put("/v1/customers/C1", json=body)
    assert refusal(answer) == (422, "invalid_request", [("/policy", "policy_unknown")])
    assert (await client.get("/v1/customers/C1")).status_code == 404


async def test_an_account_without_documents_follows_its_customers_currency(
    service: Service, connection: Connection
) -> None:
    await service.customer("C1", limit=None)
    await service.put("/v1/customers/C1", name="C1", currency="JPY")
    await service.put("/v1/accounts/C1/limit", amount="5000", currency="JPY")
    await service.item("C1", "I1", "700", currency="JPY", due_on="2020-01-01")
    account = await service.account("C1")
    assert (account["currency"], account["headroom"]) == ("JPY", "4300")
    assert account["exposure"]["overdue"] == "700"
    await require_sound(connection)


@pytest.mark.parametrize("document", ["open-items/X", "orders/X"])
async def test_an_account_with_a_document_keeps_its_currency(
    service: Service, document: str
) -> None:
    await service.customer("C1", limit=None)
    kind = {"kind": "invoice"} if document == "open-items/X" else {}
    await service.put(f"/v1/customers/C1/{document}", amount="5.00", currency="EUR", **kind)
    body = {"name": "C1", "currency": "USD"}
    assert refusal(await service.client.put("/v1/customers/C1", json=body)) == (
        409,
        "currency_conflict",
        [],
    )
    assert (await service.get("/v1/customers/C1"))["currency"] == "EUR"


async def test_an_account_with_a_limit_keeps_its_currency(service: Service) -> None:
    await service.customer("C1", limit="1.00")
    body = {"name": "C1", "currency": "USD"}
    answer = await service.client.put("/v1/customers/C1", json=body)
    assert refusal(answer) == (409, "currency_conflict", [])


async def test_customers_of_one_account_share_its_limit_and_exposure(service: Service) -> None:
    await service.customer("C1", account="GROUP", limit="100.00")
    await service.customer("C2", account="GROUP", limit=None)
    await service.item("C1", "I1", "30.00")
    await service.item("C2", "I1", "50.00")
    account = await service.account("GROUP")
    assert (account["customers"], account["headroom"]) == (["C1", "C2"], "20.00")
    assert (await service.check("C2", "SO-1", "20.01"))["outcome"] == "hold"


async def test_a_customer_who_moves_takes_along_all_that_counts(
    service: Service, connection: Connection
) -> None:
    await service.customer("C1", account="OLD", limit="1000.00")
    await service.customer("C2", account="OLD", limit=None)
    await service.customer("C3", account="NEW", limit="500.00")
    await service.item("C1", "I1", "100.00", due_on="2020-01-01")
    await service.item("C1", "N1", "10.00", kind="credit_note")
    await service.item("C2", "I1", "7.00")
    await service.order("C1", "SO-1", "20.00", ship_date="2030-01-01")
    await service.check("C1", "SO-2", "50.00")
    stopped = await service.check("C1", "SO-3", "5000.00")

    await service.customer("C1", account="NEW", limit=None)

    old, new = await service.account("OLD"), await service.account("NEW")
    assert (old["customers"], old["exposure"]["total"]) == (["C2"], "7.00")
    assert (new["customers"], new["headroom"]) == (["C1", "C3"], "340.00")
    assert new["exposure"] == {
        "currency": "EUR",
        "invoices": "100.00",
        "credit_notes": "-10.00",
        "payments": "0.00",
        "open_orders": "20.00",
        "reservations": "50.00",
        "ignored_credit": "0.00",
        "total": "160.00",
        "overdue": "100.00",
    }
    hold = await service.get(f"/v1/holds/{stopped['hold']['id']}")
    assert (hold["account"], hold["state"]) == ("NEW", "open")
    await require_sound(connection)


async def test_a_moved_customer_is_checked_against_the_new_account(service: Service) -> None:
    await service.customer("C1", limit="1000.00")
    first = await service.check("C1", "SO-1", "900.00")
    await service.customer("C2", account="SMALL", limit="10.00")
    await service.customer("C1", account="SMALL", limit=None)

    again = await service.check("C1", "SO-1", "900.00")
    other = await service.check("C1", "SO-2", "1.00")

    assert again == first
    assert (other["account"], other["outcome"]) == ("SMALL", "hold")


async def test_what_was_decided_before_the_customer_was_known_follows_to_its_account(
    service: Service, connection: Connection
) -> None:
    early = await service.check("C1", "SO-1", "5.00")
    await service.customer("C1", account="GROUP", limit="100.00")

    assert await service.check("C1", "SO-1", "5.00") == early
    await require_sound(connection)


async def test_a_customer_who_moves_back_and_forth_loses_nothing(
    service: Service, connection: Connection
) -> None:
    await service.customer("C1", limit="100.00")
    await service.check("C1", "SO-1", "60.00")
    await service.item("C1", "I1", "20.00")
    before = (await service.account("C1"))["exposure"]
    await service.customer("C1", account="OTHER", limit="100.00")
    assert (await service.account("OTHER"))["exposure"] == before
    await service.customer("C1", limit=None)
    assert (await service.account("C1"))["exposure"] == before
    await require_sound(connection)


async def test_a_blocked_customer_holds_every_order(service: Service) -> None:
    await service.customer("C1", status="blocked")
    answer = await service.check("C1", "SO-1", "0.00")
    assert [reason["code"] for reason in answer["reasons"]] == ["customer_blocked"]
    assert (answer["outcome"], answer["shippable_amount"]) == ("hold", "0.00")


async def test_a_customer_that_is_stated_again_as_it_is_changes_nothing(
    service: Service, connection: Connection
) -> None:
    await service.put("/v1/customers/C1", **FULL)
    await service.put("/v1/accounts/GROUP/limit", amount="9.00", currency="EUR")
    before = await dump(connection)

    again = await service.put("/v1/customers/C1", **FULL)

    assert again == {"customer": "C1"} | FULL
    assert await dump(connection) == before


async def test_a_customer_who_is_stated_otherwise_is_in_the_journal(service: Service) -> None:
    await service.put("/v1/customers/C1", **FULL)
    seq = (await service.account("GROUP"))["seq"]
    for changed in ({"name": "Other"}, {"status": "active"}, {"email": None}):
        await service.put("/v1/customers/C1", **(FULL | changed))
        seq += 1
        assert (await service.account("GROUP"))["seq"] == seq


async def test_a_customer_in_another_currency_than_its_shared_account_changes_nothing_either(
    service: Service, connection: Connection
) -> None:
    await service.put("/v1/customers/C1", name="C1", currency="EUR", account="GROUP")
    await service.put("/v1/customers/C2", name="C2", currency="USD", account="GROUP")
    before = await dump(connection)
    await service.put("/v1/customers/C2", name="C2", currency="USD", account="GROUP")
    assert await dump(connection) == before


async def test_a_lone_customers_account_takes_its_currency_though_the_customer_is_known_so(
    service: Service,
) -> None:
    await service.put("/v1/customers/C1", name="C1", currency="EUR", account="GROUP")
    await service.put("/v1/customers/C2", name="C2", currency="USD", account="GROUP")
    await service.put("/v1/customers/C1", name="C1", currency="EUR", account="C1")
    assert (await service.account("GROUP"))["currency"] == "EUR"

    await service.put("/v1/customers/C2", name="C2", currency="USD", account="GROUP")

    assert (await service.account("GROUP"))["currency"] == "USD"
