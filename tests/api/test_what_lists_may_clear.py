"""What a whole list may clear unasked, and that it is judged by what is there when it is taken."""

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx2
import pytest
from deadline.watching import locked, until_waiting
from support.service import Service, a_service
from support.tables import Connection, dump, require_sound

from app.settings import Settings

WAITS = ("lock_timeout_s", "statement_timeout_s", "deadline_s", "bulk_deadline_s")
PATH = "/v1/customers/C1/open-items"


def an_item(ref: str, amount: str = "10.00", **more: Any) -> dict[str, Any]:
    return {"ref": ref, "kind": "invoice", "amount": amount, "currency": "EUR"} | more


async def put(service: Service, *found: dict[str, Any], **query: str) -> httpx2.Response:
    return await service.client.put(PATH, json={"items": found}, params=query)


@pytest.fixture(autouse=True)
async def known(service: Service) -> Service:
    await service.customer("C1")
    return service


async def test_one_document_may_go_whatever_share_it_is(service: Service) -> None:
    await put(service, an_item("A", "990.00"), an_item("B"))
    for left in ((an_item("B"),), ()):
        answer = await put(service, *left)
        assert (answer.status_code, answer.json()["cleared"]) == (200, 1)


async def test_one_document_may_be_paid_in_part(service: Service) -> None:
    await put(service, an_item("A", "990.00"))
    assert (await put(service, an_item("A", "1.00"))).json()["applied"] == 1


@pytest.mark.parametrize("left", [("A",), ()])
async def test_two_may_not_where_they_are_more_than_their_share(
    service: Service, left: tuple[str, ...]
) -> None:
    await put(service, *map(an_item, "ABC"))
    answer = await put(service, *map(an_item, left))
    assert answer.json()["code"] == "list_shrinks"


async def test_a_word_is_asked_for_each_document_where_none_may_go(settings: Settings) -> None:
    async with a_service(settings.model_copy(update={"list_items_unasked": 0})) as strict:
        await strict.customer("C1")
        await put(strict, an_item("A"))
        assert (await put(strict)).status_code == 409


async def test_rows_of_past_versions_take_nothing_away(service: Service) -> None:
    await put(service, *(an_item(ref, "100.00", version=5) for ref in "ABC"))
    answer = await put(service, *(an_item(ref, "1.00", version=4) for ref in "ABC"))
    assert (answer.status_code, answer.json()["outdated"]) == (200, 3)
    assert (await service.account("C1"))["exposure"]["invoices"] == "300.00"


@pytest.fixture
async def patient(settings: Settings) -> AsyncIterator[Service]:
    """A service that waits for a lock as long as it takes."""
    async with a_service(settings.model_copy(update=dict.fromkeys(WAITS, 20.0))) as service:
        yield service


async def test_what_is_stated_while_a_list_waits_is_judged_with_it(
    patient: Service, connection: Connection, settings: Settings
) -> None:
    await put(patient, *map(an_item, "ABC"))
    async with locked(settings.database_url, "C1"):
        stating = asyncio.create_task(patient.item("C1", "D", "900.00"))
        await until_waiting(connection)
        listing = asyncio.create_task(put(patient, an_item("A"), an_item("B")))
        await until_waiting(connection, number=2)
    await stating
    answer = await listing
    assert answer.json()["code"] == "list_shrinks"
    assert answer.json()["saw"]["items_cleared"] == 2
    assert (await patient.account("C1"))["exposure"]["invoices"] == "930.00"
    await require_sound(connection)


async def test_a_reservation_ends_by_the_service_s_clock(
    settings: Settings, connection: Connection
) -> None:
    body = {"orders": [{"ref": f"SO-{n}", "amount": "10.00", "currency": "EUR"} for n in range(6)]}
    path = "/v1/customers/C1/orders"
    async with a_service(settings, fixed_now=datetime.now(UTC) - timedelta(days=9)) as past:
        assert (await past.client.put(path, json=body)).is_success
        for n in range(6):
            await past.check("C1", f"SO-{n}", "20.00", revision=2)
        before = await dump(connection)
        answer = await past.client.put(path, json={"orders": []})
        assert answer.json()["cleared"] == 0
        after = await dump(connection)
        assert (after["sales_order"], after["credit_account"]) == (
            before["sales_order"], before["credit_account"],
        )  # fmt: skip
    await require_sound(connection)
