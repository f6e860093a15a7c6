"""Webhook endpoints over HTTP: what is kept of them, and what is told but once."""

from typing import Any

import pytest
from support.service import Service, refusal
from support.tables import Connection

URL = "https://1.1.1.1/hooks"
UNKNOWN = "whk_00000000000000000000000000000000"


async def added(service: Service, **more: Any) -> Any:
    body = {"url": URL, "events": ["hold.opened", "hold.ready", "hold.opened"]} | more
    response = await service.client.post("/v1/webhooks", json=body)
    assert response.status_code == 201, response.text
    return response.json()


async def test_an_endpoint_reads_as_it_was_registered_but_for_its_secret(
    service: Service,
) -> None:
    made = await added(service, description="the ERP")
    secret = made.pop("secret")
    assert (len(secret), secret[:6]) == (50, "whsec_")
    assert await service.get(f"/v1/webhooks/{made['id']}") == made
    assert (await service.get("/v1/webhooks"))["items"] == [made]
    assert made | {"id": "", "created_at": ""} == {
        "id": "",
        "url": URL,
        "events": ["hold.opened", "hold.ready"],
        "description": "the ERP",
        "enabled": True,
        "disabled_reason": None,
        "created_at": "",
        "previous_secret_until": None,
    }


async def test_endpoints_are_listed_page_by_page_and_not_once_deleted(service: Service) -> None:
    first, second, third = [(await added(service))["id"] for _ in range(3)]
    await service.delete(f"/v1/webhooks/{second}")
    page = await service.get("/v1/webhooks", limit=1)
    rest = await service.get("/v1/webhooks", limit=5, cursor=page["next_cursor"])
    assert [e["id"] for e in (*page["items"], *rest["items"])] == [first, third]


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("GET", "", None),
        ("PUT", "", {"url": URL, "events": ["hold.opened"]}),
        ("DELETE", "", None),
        ("POST", "/rotate", {}),
    ],
)
async def test_an_endpoint_that_is_not_there_or_was_deleted_is_unknown(
    service: Service, method: str, path: str, body: Any
) -> None:
    deleted = (await added(service))["id"]
    await service.delete(f"/v1/webhooks/{deleted}")
    for webhook in (UNKNOWN, deleted):
        response = await service.client.request(method, f"/v1/webhooks/{webhook}{path}", json=body)
        assert refusal(response)[:2] == (404, "webhook_unknown")


async def test_a_delivery_that_is_not_there_is_unknown(service: Service) -> None:
    for method, path in (("GET", ""), ("POST", "/redeliver")):
        response = await service.client.request(method, f"/v1/outbox/dlv_1{path}")
        assert refusal(response)[:2] == (404, "delivery_unknown")


@pytest.mark.parametrize(
    ("changed", "place"),
    [
        ({"events": []}, "/events"),
        ({"events": ["hold.closed"]}, "/events/0"),
        ({"url": 7}, "/url"),
        ({"url": ""}, "/url"),
        ({"url": "https://1.1.1.1/" + "x" * 2000}, "/url"),
        ({"enabled": "yes"}, "/enabled"),
        ({"secret": "whsec_mine"}, "/secret"),
    ],
)
async def test_a_field_that_is_wrong_is_named(
    service: Service, changed: dict[str, Any], place: str
) -> None:
    body = {"url": URL, "events": ["hold.opened"]} | changed
    response = await service.client.post("/v1/webhooks", json=body)
    assert [pointer for pointer, _ in refusal(response)[2]] == [place]


async def test_no_answer_with_a_secret_is_kept_under_a_key(
    service: Service, connection: Connection
) -> None:
    key = {"Idempotency-Key": "key-1"}
    body = {"url": URL, "events": ["hold.opened"]}
    secrets = set()
    for _ in range(2):
        made = await service.client.post("/v1/webhooks", json=body, headers=key)
        place = f"/v1/webhooks/{made.json()['id']}/rotate"
        rotated = [await service.client.post(place, json={}, headers=key) for _ in range(2)]
        secrets |= {answer.json()["secret"] for answer in (made, *rotated)}
    assert len(secrets) == 6
    assert await connection.fetchval("SELECT count(*) FROM idempotency_key") == 0


async def test_what_is_done_to_one_thing_is_done_once_under_a_key(
    service: Service, connection: Connection
) -> None:
    webhook, key = (await added(service))["id"], {"Idempotency-Key": "key-1"}
    await a_delivery(connection, webhook)
    path = "/v1/outbox/dlv_1/redeliver"
    one, other = [await service.client.post(path, headers=key) for _ in range(2)]
    assert (one.status_code, other.content) == (200, one.content)
    assert other.headers["idempotent-replayed"] == "true"


async def test_what_has_only_defaults_needs_no_body(service: Service) -> None:
    webhook = (await added(service))["id"]
    rotated = await service.client.post(f"/v1/webhooks/{webhook}/rotate")
    again = await service.client.post("/v1/outbox/redeliver")
    assert (rotated.status_code, again.json()["redelivered"]) == (200, 0)
    assert rotated.json()["previous_secret_until"] > rotated.json()["created_at"]


async def a_delivery(connection: Connection, webhook: str) -> None:
    await connection.execute(
        "INSERT INTO outbox (account, id, kind, facts, occurred_at)"
        " VALUES ('C1', 'evt_1', 'hold.ready', '{}', now())"
    )
    await connection.execute(
        "INSERT INTO delivery (account, id, event_id, channel, audience, receiver, queued_at,"
        " next_at) VALUES ('C1', 'dlv_1', 'evt_1', 'webhook', 'endpoint', $1, now(), now())",
        webhook,
    )
