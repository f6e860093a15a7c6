"""The whole list of one customer's open items: what it leaves out is cleared, and no more."""

import asyncio
from typing import Any

import httpx2
import pytest
from support.service import Service, asked, refusal
from support.tables import Connection, dump, require_sound

PATH = "/v1/customers/C1/open-items"


def an_item(ref: str, amount: str = "10.00", **more: Any) -> dict[str, Any]:
    return {"ref": ref, "kind": "invoice", "amount": amount, "currency": "EUR"} | more


def items(number: int) -> list[dict[str, Any]]:
    return [an_item(f"RE-{n}") for n in range(number)]


async def put(service: Service, found: list[dict[str, Any]], **query: str) -> httpx2.Response:
    return await service.client.put(PATH, json={"items": found}, params=query)


async def refs(service: Service, customer: str = "C1") -> list[str]:
    answer = await service.get(f"/v1/customers/{customer}/open-items")
    return [item["ref"] for item in answer["items"]]


@pytest.fixture(autouse=True)
async def listed(service: Service) -> Service:
    """A customer of whom ten items were listed."""
    await service.customer("C1")
    assert (await put(service, items(10))).is_success
    return service


async def test_a_list_takes_the_place_of_the_last(
    service: Service, connection: Connection
) -> None:
    changed = [*items(7), an_item("RE-7", "12.00"), an_item("NEW"), an_item("RE-8")]
    answer = await put(service, changed)
    account = await service.account("C1")
    assert answer.json() == {
        "customer": "C1", "effect": "applied", "newer_as_of": None, "applied": 2, "unchanged": 8,
        "outdated": 0, "cleared": 1, "account_seq": account["seq"],
    }  # fmt: skip
    assert await refs(service) == sorted(item["ref"] for item in changed)
    assert account["exposure"]["invoices"] == "102.00"
    await require_sound(connection)


async def test_the_same_list_again_changes_nothing(
    service: Service, connection: Connection
) -> None:
    before = await service.account("C1")
    answer = await put(service, items(10))
    assert (answer.json()["unchanged"], answer.json()["applied"]) == (10, 0)
    assert answer.json()["account_seq"] == before["seq"]
    assert await service.account("C1") == before
    await require_sound(connection)


async def test_a_list_that_clears_much_waits_for_its_word(
    service: Service, connection: Connection
) -> None:
    before = await dump(connection)
    refused = await put(service, items(5))
    assert (refused.status_code, refused.json()["code"]) == (409, "list_shrinks")
    saw = refused.json()["saw"]
    assert saw == {
        "items_before": 10, "items_cleared": 5, "confirm": saw["confirm"],
        "amount_before": {"EUR": "100.00"}, "amount_cleared": {"EUR": "50.00"},
    }  # fmt: skip
    assert await dump(connection) == before

    of_another_list = await put(service, items(4), confirm=saw["confirm"])
    confirmed = await put(service, items(5), confirm=saw["confirm"])
    assert of_another_list.status_code == 409
    assert (confirmed.status_code, confirmed.json()["cleared"]) == (200, 5)
    assert len(await refs(service)) == 5
    await require_sound(connection)


async def test_an_empty_list_says_that_nothing_is_open(service: Service) -> None:
    word = (await put(service, [])).json()["saw"]["confirm"]
    assert (await put(service, [], confirm=word)).json()["cleared"] == 10
    assert await refs(service) == []
    assert (await put(service, [])).json()["cleared"] == 0


async def test_what_others_have_stated_stays(service: Service, connection: Connection) -> None:
    await service.customer("C2", account="C1", limit=None)
    await service.item("C2", "RE-1", "5.00")
    await service.check("C1", "SO-1", "20.00")
    await service.order("C1", "SO-2", "30.00")
    await put(service, [an_item("X-1", "7.00")], source="other")
    answer = await put(service, items(9))
    exposure = (await service.account("C1"))["exposure"]
    assert answer.json()["cleared"] == 1
    assert await refs(service) == [*sorted(item["ref"] for item in items(9)), "X-1"]
    assert await refs(service, "C2") == ["RE-1"]
    assert (exposure["reservations"], exposure["open_orders"]) == ("20.00", "30.00")
    await require_sound(connection)


async def test_an_older_version_in_a_list_stays_as_it_is(service: Service) -> None:
    await put(service, [*items(10), an_item("V", "50.00", version=3)])
    answer = await put(service, [*items(10), an_item("V", "40.00", version=2)])
    assert (answer.json()["outdated"], answer.json()["cleared"]) == (1, 0)
    assert (await service.account("C1"))["exposure"]["invoices"] == "150.00"


async def test_a_ref_that_is_listed_twice_is_refused(
    service: Service, connection: Connection
) -> None:
    before = await dump(connection)
    answer = await put(service, [an_item("A"), an_item("B"), an_item("A")])
    assert refusal(answer)[2] == [("/items/2/ref", "ref_repeated")]
    assert await dump(connection) == before


async def test_a_list_marks_its_source(service: Service) -> None:
    assert (await put(service, items(10), source="erp")).is_success
    assert (await service.get("/v1/sources/erp"))["stated_at"] is not None


async def test_lists_and_checks_at_once_keep_the_totals_true(
    service: Service, connection: Connection
) -> None:
    async def insist(method: str, path: str, body: Any) -> None:
        answer = await service.client.request(method, path, json=body)
        while answer.status_code == 503:
            await asyncio.sleep(0.1)
            answer = await service.client.request(method, path, json=body)
        assert answer.is_success, answer.text

    lists = [{"items": items(10 - n % 3)} for n in range(6)]
    checks = [asked("C1", f"SO-{n}", "10.00") for n in range(6)]
    await asyncio.gather(
        *(insist("PUT", PATH, body) for body in lists),
        *(insist("POST", "/v1/checks", body) for body in checks),
    )
    assert len(await refs(service)) in {8, 9, 10}
    assert (await service.account("C1"))["exposure"]["reservations"] == "60.00"
    await require_sound(connection)
