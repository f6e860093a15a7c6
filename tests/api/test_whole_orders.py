"""The whole list of one customer's open orders: what it leaves out is open there no more."""

from typing import Any

import httpx2
import pytest
from support.service import Service, refusal
from support.tables import Connection, dump, require_sound

PATH = "/v1/customers/C1/orders"


def an_order(ref: str, amount: str = "10.00", **more: Any) -> dict[str, Any]:
    return {"ref": ref, "amount": amount, "currency": "EUR"} | more


def orders(number: int) -> list[dict[str, Any]]:
    return [an_order(f"SO-{n}") for n in range(number)]


async def put(service: Service, found: list[dict[str, Any]], **query: str) -> httpx2.Response:
    return await service.client.put(PATH, json={"orders": found}, params=query)


async def states(service: Service) -> dict[str, str]:
    return {order["ref"]: order["state"] for order in (await service.get(PATH))["items"]}


@pytest.fixture(autouse=True)
async def listed(service: Service) -> Service:
    """A customer of whom ten orders were listed."""
    await service.customer("C1")
    assert (await put(service, orders(10))).is_success
    return service


async def test_what_a_list_leaves_out_is_cancelled_and_what_it_has_again_is_open(
    service: Service, connection: Connection
) -> None:
    answer = await put(service, [*orders(7), an_order("SO-7", "12.00"), an_order("NEW")])
    account = await service.account("C1")
    assert answer.json() == {
        "customer": "C1", "effect": "applied", "newer_as_of": None, "applied": 2, "unchanged": 7,
        "outdated": 0, "cleared": 2, "account_seq": account["seq"],
    }  # fmt: skip
    assert account["exposure"]["open_orders"] == "92.00"
    found = await states(service)
    assert {ref for ref, state in found.items() if state == "cancelled"} == {"SO-8", "SO-9"}
    assert (await put(service, [*orders(9), an_order("NEW")])).json()["applied"] == 2
    assert (await states(service))["SO-8"] == "open"
    await require_sound(connection)


async def test_the_same_list_again_changes_nothing(service: Service) -> None:
    before = await service.account("C1")
    assert (await put(service, orders(10))).json()["unchanged"] == 10
    assert await service.account("C1") == before


async def test_the_same_version_in_a_list_opens_what_a_list_has_left_out(
    service: Service,
) -> None:
    versioned = an_order("V", version=5)
    await put(service, [*orders(10), versioned])
    assert (await put(service, orders(10))).json()["cleared"] == 1
    assert (await put(service, [*orders(10), versioned])).json()["applied"] == 1
    assert (await states(service))["V"] == "open"


async def test_a_list_that_cancels_much_waits_for_its_word(
    service: Service, connection: Connection
) -> None:
    before = await dump(connection)
    refused = await put(service, orders(5))
    assert (refused.status_code, refused.json()["code"]) == (409, "list_shrinks")
    saw = refused.json()["saw"]
    assert (saw["items_cleared"], saw["amount_cleared"]) == (5, {"EUR": "50.00"})
    assert await dump(connection) == before
    confirmed = await put(service, orders(5), confirm=saw["confirm"])
    assert (confirmed.status_code, confirmed.json()["cleared"]) == (200, 5)
    await require_sound(connection)


async def test_items_reservations_and_others_orders_stay(
    service: Service, connection: Connection
) -> None:
    await service.item("C1", "SO-9", "5.00")
    await service.check("C1", "ASKED", "20.00")
    # Asked about anew since the source has stated it: the new revision is not there yet.
    await service.check("C1", "SO-8", "30.00")
    await service.client.put(
        f"{PATH}/SHOP-1", json={"amount": "40.00", "currency": "EUR"}, params={"source": "shop"}
    )
    answer = await put(service, orders(8))
    exposure = (await service.account("C1"))["exposure"]
    assert answer.json()["cleared"] == 1
    assert (exposure["invoices"], exposure["reservations"]) == ("5.00", "40.00")
    assert exposure["open_orders"] == "130.00"
    assert (await states(service))["SO-9"] == "cancelled"
    await require_sound(connection)


async def test_a_hold_goes_with_an_order_that_its_source_lists_no_more(
    service: Service, connection: Connection
) -> None:
    await service.check("C1", "BIG", "10.00")
    assert (await service.order("C1", "BIG", "900.00"))["hold"]["state"] == "open"
    assert (await put(service, orders(10))).json()["cleared"] == 1
    assert (await states(service))["BIG"] == "cancelled"
    assert await connection.fetchval("SELECT count(*) FROM hold WHERE state = 'open'") == 0
    await require_sound(connection)


async def test_an_order_that_a_check_stopped_waits_for_the_credit_department(
    service: Service,
) -> None:
    await service.order("C1", "STOPPED", "10.00")
    held = await service.check("C1", "STOPPED", "100000.00")
    assert held["outcome"] == "hold"
    assert (await put(service, orders(10))).json()["cleared"] == 0
    assert (await states(service))["STOPPED"] == "held"


async def test_a_revision_that_has_passed_since_stays_though_it_reserves_nothing_more(
    service: Service,
) -> None:
    passed = await service.check("C1", "SO-9", "10.00", revision=2)
    assert (passed["outcome"], passed["reservation"]["amount"]) == ("pass", "10.00")
    assert (await put(service, orders(9))).json()["cleared"] == 0
    assert (await service.account("C1"))["exposure"]["open_orders"] == "100.00"


async def test_orders_on_hold_count_where_a_list_would_cancel_much(service: Service) -> None:
    await put(service, orders(10), confirm="0" * 12)
    word = (await put(service, [])).json()["saw"]["confirm"]
    await put(service, [], confirm=word)
    for ref in ("H1", "H2"):
        await service.check("C1", ref, "10.00")
        await service.order("C1", ref, "900.00")
        await service.client.delete(f"{PATH}/{ref}")
        await service.check("C1", ref, "10.00", revision=2)
        assert (await service.order("C1", ref, "900.00"))["state"] == "held"
    assert (await put(service, [])).json()["saw"]["items_cleared"] == 2


async def test_what_would_stay_is_not_among_what_a_list_would_cancel(service: Service) -> None:
    for number in range(5):
        await service.check("C1", f"SO-{number}", "100000.00", revision=2)
    assert (await put(service, orders(10)[5:])).json()["cleared"] == 0


async def test_what_is_invoiced_is_not_cancelled(service: Service) -> None:
    await service.item("C1", "RE-1", "10.00", order="SO-9")
    assert (await states(service))["SO-9"] == "invoiced"
    assert (await put(service, orders(9))).json()["cleared"] == 0
    assert (await states(service))["SO-9"] == "invoiced"


async def test_a_ref_that_is_listed_twice_is_refused(
    service: Service, connection: Connection
) -> None:
    before = await dump(connection)
    answer = await put(service, [an_order("A"), an_order("B"), an_order("A")])
    assert refusal(answer)[2] == [("/orders/2/ref", "ref_repeated")]
    assert await dump(connection) == before
