from typing import Any

import pytest
from support.service import Service, refusal
from support.tables import Connection, dump, require_sound


@pytest.mark.parametrize(
    ("kind", "part", "shown", "total"),
    [
        ("invoice", "invoices", "12.30", "12.30"),
        ("credit_note", "credit_notes", "-12.30", "-12.30"),
        ("payment", "payments", "-12.30", "-12.30"),
    ],
)
async def test_the_kind_of_an_item_says_its_sign(
    service: Service, kind: str, part: str, shown: str, total: str
) -> None:
    await service.customer("C1")
    await service.item("C1", "X", "12.3", kind=kind)
    exposure = (await service.account("C1"))["exposure"]
    assert (exposure[part], exposure["total"]) == (shown, total)


async def test_an_item_is_listed_as_it_was_stated(service: Service) -> None:
    await service.customer("C1")
    full = {
        "kind": "invoice",
        "amount": "6120.00",
        "currency": "EUR",
        "issued_on": "2026-10-01",
        "due_on": "2026-10-31",
        "order": "SO-4698",
        "version": 3,
    }
    stated = await service.put("/v1/customers/C1/open-items/INV%2F2026%2F0001", **full)
    seq = (await service.account("C1"))["seq"]
    assert stated == {
        "customer": "C1",
        "ref": "INV/2026/0001",
        "applied": True,
        "account_seq": seq,
    }
    assert await service.get("/v1/customers/C1/open-items") == {
        "items": [{"ref": "INV/2026/0001"} | full],
        "next_cursor": None,
    }


async def test_items_are_listed_by_ref_a_page_at_a_time(service: Service) -> None:
    await service.customer("C1")
    for ref in ("B", "D", "A", "C", "E"):
        await service.item("C1", ref, "1.00")
    await service.delete("/v1/customers/C1/open-items/C")
    path = "/v1/customers/C1/open-items"
    first = await service.get(path, limit=3)
    second = await service.get(path, limit=3, cursor=first["next_cursor"])
    pages = [[item["ref"] for item in page["items"]] for page in (first, second)]
    assert (pages, second["next_cursor"]) == ([["A", "B", "D"], ["E"]], None)


@pytest.mark.parametrize(
    ("known", "stated", "applied"),
    [(3, 2, False), (3, 3, True), (3, 4, True), (3, None, True), (None, 0, True)],
)
async def test_only_an_older_version_of_an_item_changes_nothing(
    service: Service, known: int | None, stated: int | None, applied: bool
) -> None:
    await service.customer("C1")
    seq = (await service.item("C1", "I1", "10.00", version=known))["account_seq"]
    answer = await service.item("C1", "I1", "25.00", version=stated)
    total = (await service.account("C1"))["exposure"]["total"]
    assert (answer["applied"], answer["account_seq"] > seq) == (applied, applied)
    assert total == ("25.00" if applied else "10.00")


async def test_a_version_that_was_once_stated_is_kept_by_statements_without_one(
    service: Service,
) -> None:
    await service.customer("C1")
    await service.item("C1", "I1", "10.00", version=5)
    await service.item("C1", "I1", "20.00")
    assert (await service.item("C1", "I1", "30.00", version=4))["applied"] is False


async def test_a_statement_that_says_the_same_again_leaves_the_account_as_it_is(
    service: Service, connection: Connection
) -> None:
    await service.customer("C1")
    first = await service.item("C1", "I1", "10.00", version=1, due_on="2026-01-01")
    before = await dump(connection)
    again = await service.item("C1", "I1", "10.0", version=1, due_on="2026-01-01")
    assert again == first
    assert await dump(connection) == before


async def test_a_statement_replaces_the_whole_item(
    service: Service, connection: Connection
) -> None:
    await service.customer("C1")
    await service.item("C1", "X", "100.00", due_on="2020-01-01")
    await service.item("C1", "X", "30.00", kind="credit_note")
    exposure = (await service.account("C1"))["exposure"]
    assert (exposure["invoices"], exposure["credit_notes"], exposure["overdue"]) == (
        "0.00",
        "-30.00",
        "0.00",
    )
    await require_sound(connection)


async def test_a_cleared_item_owes_nothing(service: Service, connection: Connection) -> None:
    await service.customer("C1")
    await service.item("C1", "I1", "100.00", due_on="2020-01-01")
    cleared = await service.delete("/v1/customers/C1/open-items/I1")
    account = await service.account("C1")
    assert cleared == {
        "customer": "C1",
        "ref": "I1",
        "applied": True,
        "account_seq": account["seq"],
    }
    assert (account["exposure"]["total"], account["exposure"]["overdue"]) == ("0.00", "0.00")
    assert (await service.get("/v1/customers/C1/open-items"))["items"] == []
    await require_sound(connection)


@pytest.mark.parametrize(("version", "applied"), [(4, False), (5, True), (6, True)])
async def test_clearing_an_older_version_changes_nothing(
    service: Service, version: int, applied: bool
) -> None:
    await service.customer("C1")
    await service.item("C1", "I1", "10.00", version=5)
    answer = await service.delete("/v1/customers/C1/open-items/I1", version=version)
    total = (await service.account("C1"))["exposure"]["total"]
    assert (answer["applied"], total) == (applied, "0.00" if applied else "10.00")


async def test_clearing_twice_changes_nothing_the_second_time(service: Service) -> None:
    await service.customer("C1")
    await service.item("C1", "I1", "10.00")
    first = await service.delete("/v1/customers/C1/open-items/I1")
    assert await service.delete("/v1/customers/C1/open-items/I1") == first


async def test_a_late_statement_does_not_bring_back_what_a_later_version_cleared(
    service: Service,
) -> None:
    await service.customer("C1")
    await service.item("C1", "I1", "10.00", version=1)
    await service.delete("/v1/customers/C1/open-items/I1", version=2)
    assert (await service.item("C1", "I1", "10.00", version=1))["applied"] is False
    assert (await service.account("C1"))["exposure"]["total"] == "0.00"


async def test_a_cleared_item_that_is_stated_again_counts_again(
    service: Service, connection: Connection
) -> None:
    await service.customer("C1")
    await service.item("C1", "I1", "60.00", due_on="2020-01-01")
    await service.delete("/v1/customers/C1/open-items/I1")
    await service.item("C1", "I1", "60.00", due_on="2020-01-01")
    exposure = (await service.account("C1"))["exposure"]
    assert (exposure["total"], exposure["overdue"]) == ("60.00", "60.00")
    await require_sound(connection)


async def test_an_item_in_a_currency_without_a_rate_holds_orders(
    service: Service, connection: Connection
) -> None:
    await service.customer("C1")
    await service.item("C1", "I1", "60.00", currency="USD", due_on="2020-01-01")
    answer = await service.check("C1", "SO-1", "1.00")
    assert [reason["code"] for reason in answer["reasons"]] == ["rate_missing"]
    await require_sound(connection)
    await service.delete("/v1/customers/C1/open-items/I1")
    assert (await service.check("C1", "SO-2", "1.00"))["outcome"] == "pass"


ABSENT: dict[str, tuple[str, str, dict[str, Any] | None, str]] = {
    "clear an unknown item": ("DELETE", "/v1/customers/C1/open-items/X", None, "open_item"),
    "clear an item of nobody": ("DELETE", "/v1/customers/X/open-items/X", None, "customer"),
    "list items of nobody": ("GET", "/v1/customers/X/open-items", None, "customer"),
    "state an item of nobody": (
        "PUT",
        "/v1/customers/X/open-items/X",
        {"kind": "invoice", "amount": "1.00", "currency": "EUR"},
        "customer",
    ),
}


@pytest.mark.parametrize(("method", "path", "body", "what"), ABSENT.values(), ids=ABSENT)
async def test_what_is_not_there_is_not_found(
    service: Service, method: str, path: str, body: dict[str, Any] | None, what: str
) -> None:
    await service.customer("C1")
    response = await service.client.request(method, path, json=body)
    assert refusal(response) == (404, f"{what}_unknown", [])
