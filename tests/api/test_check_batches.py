from typing import Any

import pytest
from support.service import Service, asked, refusal
from support.tables import Connection, dump, require_sound


async def batch(service: Service, *checks: Any, preview: bool = False) -> list[Any]:
    body = {"checks": list(checks), "preview": preview}
    response = await service.client.post("/v1/checks/batch", json=body)
    assert response.status_code == 200, response.text
    items: list[Any] = response.json()["items"]
    return items


async def test_answers_come_in_order_with_their_correlation_ids(service: Service) -> None:
    await service.customer("C1", limit="100.00")
    items = await batch(
        service,
        asked("C1", "SO-1", "60.00") | {"correlation_id": "b"},
        asked("C1", "SO-2", "60.00") | {"correlation_id": "a"},
        asked("C1", "SO-3", "30.00"),
    )
    told = [(item["correlation_id"], item["order"]["ref"], item["outcome"]) for item in items]
    assert told == [("b", "SO-1", "pass"), ("a", "SO-2", "hold"), (None, "SO-3", "warning")]


async def test_an_answer_is_that_of_a_single_check(service: Service) -> None:
    await service.customer("C1")
    [item] = await batch(service, asked("C1", "SO-1", "60.00"))
    assert item == {"correlation_id": None} | await service.check("C1", "SO-1", "60.00")


async def test_a_bad_item_fails_no_other(service: Service, connection: Connection) -> None:
    await service.customer("C1")
    await service.check("C1", "OLD", "1.00", revision=2)
    items = await batch(
        service,
        {"correlation_id": "bad"} | asked("C1", "SO-1", "1e3"),
        17,
        asked("C1", "OLD", "1.00", revision=1),
        asked("C1", "OLD", "2.00", revision=2),
        asked("C1", "SO-2", "5.00"),
    )
    told = [(item["correlation_id"], item.get("status"), item.get("code")) for item in items]
    assert told == [
        ("bad", 422, "invalid_request"),
        (None, 422, "invalid_request"),
        (None, 409, "order_revision_outdated"),
        (None, 409, "order_revision_conflict"),
        (None, None, None),
    ]
    pointers = [[error["pointer"] for error in item["errors"]] for item in items[:2]]
    assert pointers == [["/order/amount"], [""]]
    assert items[4]["outcome"] == "pass"
    await require_sound(connection)


async def test_five_hundred_are_answered(service: Service, connection: Connection) -> None:
    await service.customer("C1", limit="400.00")
    items = await batch(service, *(asked("C1", f"SO-{n}", "1.00") for n in range(500)))
    assert [item["may_ship"] for item in items] == [True] * 400 + [False] * 100
    await require_sound(connection)


@pytest.mark.parametrize(("count", "code"), [(501, "too_many"), (0, "too_few")])
async def test_too_many_or_none_are_refused_whole(
    service: Service, connection: Connection, count: int, code: str
) -> None:
    before = await dump(connection)
    checks = [asked("C1", f"SO-{n}", "1.00") for n in range(count)]
    response = await service.client.post("/v1/checks/batch", json={"checks": checks})
    assert refusal(response) == (422, "invalid_request", [("/checks", code)])
    assert await dump(connection) == before


async def test_a_batch_of_previews_writes_nothing(
    service: Service, connection: Connection
) -> None:
    await service.customer("C1", limit="100.00")
    before = await dump(connection)
    items = await batch(
        service, asked("C1", "SO-1", "60.00"), asked("C1", "SO-2", "60.00"), preview=True
    )
    assert [(item["id"], item["outcome"]) for item in items] == [(None, "pass")] * 2
    assert await dump(connection) == before


@pytest.mark.parametrize("preview", ["true", 1, "yes"])
async def test_preview_is_true_or_false_and_nothing_else(service: Service, preview: Any) -> None:
    body = {"checks": [asked("C1", "SO-1", "1.00")], "preview": preview}
    response = await service.client.post("/v1/checks/batch", json=body)
    assert refusal(response) == (422, "invalid_request", [("/preview", "boolean_expected")])


async def test_the_same_check_twice_in_a_batch_is_decided_once(service: Service) -> None:
    await service.customer("C1", limit="100.00")
    first, second = await batch(service, *([asked("C1", "SO-1", "60.00")] * 2))
    assert first == second
    assert (await service.account("C1"))["exposure"]["total"] == "60.00"
