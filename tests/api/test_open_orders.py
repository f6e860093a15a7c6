from typing import Any

import pytest
from support.service import Service, refusal
from support.tables import Connection, dump, require_sound


async def test_an_order_never_checked_here_simply_counts_and_is_marked(service: Service) -> None:
    await service.customer("C1", limit="10.00")
    stated = await service.order("C1", "SO-1", "9300.00", ship_date="2026-12-01", version=1)
    account = await service.account("C1")
    assert stated == {
        "customer": "C1",
        "ref": "SO-1",
        "applied": True,
        "account_seq": account["seq"],
        "state": "open",
        "unchecked": True,
        "counted": "9300.00",
        "hold": None,
    }
    assert account["exposure"]["open_orders"] == "9300.00"
    assert await service.get("/v1/customers/C1/orders") == {
        "items": [
            {
                "ref": "SO-1",
                "state": "open",
                "unchecked": True,
                "currency": "EUR",
                "amount": "9300.00",
                "counted": "9300.00",
                "reserved": "0.00",
                "ship_date": "2026-12-01",
                "revision": None,
                "version": 1,
                "check": None,
                "hold": None,
            }
        ],
        "next_cursor": None,
    }


@pytest.mark.parametrize("stated", ["60.00", "40.00"])
async def test_a_statement_takes_the_place_of_the_reservation(
    service: Service, connection: Connection, stated: str
) -> None:
    await service.customer("C1", limit="100.00")
    await service.check("C1", "SO-1", "60.00")
    answer = await service.order("C1", "SO-1", stated)
    exposure = (await service.account("C1"))["exposure"]
    assert (answer["state"], answer["unchecked"]) == ("open", False)
    assert (exposure["open_orders"], exposure["reservations"], exposure["total"]) == (
        stated,
        "0.00",
        stated,
    )
    await require_sound(connection)


async def test_an_order_stated_larger_than_granted_is_held_and_counts_what_was_granted(
    service: Service, connection: Connection
) -> None:
    await service.customer("C1", limit="100.00")
    await service.check("C1", "SO-1", "60.00")
    answer = await service.order("C1", "SO-1", "60.01")
    exposure = (await service.account("C1"))["exposure"]
    assert (answer["state"], answer["counted"], answer["hold"]["state"]) == (
        "held",
        "60.00",
        "open",
    )
    assert (exposure["open_orders"], exposure["reservations"]) == ("60.00", "0.00")
    hold = await service.get(f"/v1/holds/{answer['hold']['id']}")
    assert (hold["order"], hold["check"], hold["reasons"]) == (
        {"ref": "SO-1", "revision": 1, "amount": "60.01", "currency": "EUR"},
        None,
        ["above_grant"],
    )
    await require_sound(connection)


async def test_a_held_order_that_is_stated_counts_nothing(
    service: Service, connection: Connection
) -> None:
    await service.customer("C1", limit="10.00")
    held = await service.check("C1", "SO-1", "60.00")
    answer = await service.order("C1", "SO-1", "60.00")
    assert (answer["counted"], answer["hold"]) == ("0.00", held["hold"])
    assert (await service.account("C1"))["exposure"]["total"] == "0.00"
    await require_sound(connection)


async def test_a_held_order_that_passes_when_asked_again_counts_in_full(
    service: Service, connection: Connection
) -> None:
    await service.customer("C1", limit="100.00")
    await service.check("C1", "SO-1", "60.00")
    await service.order("C1", "SO-1", "90.00", ship_date="2030-01-01")
    await require_sound(connection)
    again = await service.check("C1", "SO-1", "90.00", revision=2)
    exposure = (await service.account("C1"))["exposure"]
    assert (again["outcome"], exposure["total"]) == ("warning", "90.00")
    assert (await service.get("/v1/holds", state="open"))["items"] == []
    await require_sound(connection)


async def test_a_cancelled_order_frees_what_it_counted(
    service: Service, connection: Connection
) -> None:
    await service.customer("C1", limit="100.00")
    await service.order("C1", "SO-1", "60.00")
    answer = await service.delete("/v1/customers/C1/orders/SO-1")
    assert (answer["state"], answer["counted"]) == ("cancelled", "0.00")
    assert (await service.account("C1"))["exposure"]["total"] == "0.00"
    await require_sound(connection)


async def test_cancelling_a_checked_order_frees_its_reservation(service: Service) -> None:
    await service.customer("C1", limit="100.00")
    await service.check("C1", "SO-1", "60.00")
    await service.delete("/v1/customers/C1/orders/SO-1")
    assert (await service.account("C1"))["headroom"] == "100.00"
    assert (await service.check("C1", "SO-2", "80.00"))["outcome"] == "pass"


async def test_cancelling_a_held_order_ends_its_hold(
    service: Service, connection: Connection
) -> None:
    await service.customer("C1", limit="10.00")
    held = await service.check("C1", "SO-1", "60.00")
    answer = await service.delete("/v1/customers/C1/orders/SO-1")
    hold = await service.get(f"/v1/holds/{held['hold']['id']}")
    assert (answer["hold"], hold["state"], hold["version"]) == (None, "cancelled", 2)
    assert hold["closed_at"] is not None
    await require_sound(connection)


async def test_a_cancelled_order_that_is_stated_again_is_judged_again(
    service: Service, connection: Connection
) -> None:
    await service.customer("C1", limit="100.00")
    await service.check("C1", "SO-1", "60.00")
    await service.delete("/v1/customers/C1/orders/SO-1")
    answer = await service.order("C1", "SO-1", "60.00")
    assert (answer["state"], answer["counted"], answer["hold"]) == ("open", "60.00", None)
    await require_sound(connection)


async def test_a_cancelled_order_may_be_asked_about_again(
    service: Service, connection: Connection
) -> None:
    await service.customer("C1", limit="100.00")
    await service.order("C1", "SO-1", "60.00", ship_date="2030-01-01")
    await service.delete("/v1/customers/C1/orders/SO-1")
    answer = await service.check("C1", "SO-1", "70.00")
    assert answer["reservation"]["amount"] == "70.00"
    assert (await service.account("C1"))["exposure"]["total"] == "70.00"
    await require_sound(connection)


@pytest.mark.parametrize(
    ("known", "stated", "applied"), [(3, 2, False), (3, 3, True), (3, 4, True), (3, None, True)]
)
async def test_only_an_older_version_of_an_order_changes_nothing(
    service: Service, connection: Connection, known: int, stated: int | None, applied: bool
) -> None:
    await service.customer("C1")
    await service.order("C1", "SO-1", "10.00", version=known)
    before = await dump(connection)
    answer = await service.order("C1", "SO-1", "25.00", version=stated)
    assert (answer["applied"], answer["counted"]) == (applied, "25.00" if applied else "10.00")
    assert (await dump(connection) == before) is not applied


async def test_a_statement_that_says_the_same_again_leaves_the_account_as_it_is(
    service: Service, connection: Connection
) -> None:
    await service.customer("C1")
    first = await service.order("C1", "SO-1", "10.00", version=1)
    before = await dump(connection)
    assert await service.order("C1", "SO-1", "10.0", version=1) == first
    assert await dump(connection) == before


async def test_cancelling_an_older_version_changes_nothing(service: Service) -> None:
    await service.customer("C1")
    await service.order("C1", "SO-1", "10.00", version=5)
    answer = await service.delete("/v1/customers/C1/orders/SO-1", version=4)
    assert (answer["applied"], answer["state"], answer["counted"]) == (False, "open", "10.00")


async def test_orders_are_listed_by_ref_a_page_at_a_time(service: Service) -> None:
    await service.customer("C1")
    for ref in ("B", "A", "C"):
        await service.order("C1", ref, "1.00")
    first = await service.get("/v1/customers/C1/orders", limit=2)
    rest = await service.get("/v1/customers/C1/orders", limit=2, cursor=first["next_cursor"])
    pages = [[order["ref"] for order in page["items"]] for page in (first, rest)]
    assert (pages, rest["next_cursor"]) == ([["A", "B"], ["C"]], None)


async def test_an_order_in_a_currency_without_a_rate_holds_the_next_one(
    service: Service, connection: Connection
) -> None:
    await service.customer("C1")
    await service.order("C1", "SO-1", "60.00", currency="USD", ship_date="2030-01-01")
    answer = await service.check("C1", "SO-2", "1.00")
    assert [reason["code"] for reason in answer["reasons"]] == ["rate_missing"]
    await require_sound(connection)


ABSENT: dict[str, tuple[str, str, dict[str, Any] | None, str]] = {
    "cancel an unknown order": ("DELETE", "/v1/customers/C1/orders/X", None, "order"),
    "cancel an order of nobody": ("DELETE", "/v1/customers/X/orders/X", None, "customer"),
    "list orders of nobody": ("GET", "/v1/customers/X/orders", None, "customer"),
    "state an order of nobody": (
        "PUT",
        "/v1/customers/X/orders/X",
        {"amount": "1.00", "currency": "EUR"},
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
