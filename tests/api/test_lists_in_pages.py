"""Where a list goes on is asked with its own cursor, and each parameter once."""

from typing import Any

import pytest
from support.service import Service, refusal

LISTS = {
    "/v1/holds",
    "/v1/checks",
    "/v1/customers/C1/open-items",
    "/v1/customers/C1/orders",
    "/v1/customers/C1/expected-payments",
    "/v1/policies/standard/versions",
    "/v1/sources",
    "/v1/imports",
    "/v1/webhooks",
    "/v1/outbox",
    "/v1/keys",
}
CURSOR = (422, "invalid_request", [("", "cursor_unknown")])


@pytest.fixture
async def cursor(service: Service) -> str:
    """The cursor behind the first of two holds of a customer, by amount."""
    await service.customer("C1", limit="10.00")
    for ref in ("SO-1", "SO-2"):
        await service.check("C1", ref, "60.00")
    page = await service.get("/v1/holds", limit=1, sort="amount", customer="C1")
    assert (len(page["items"]), len(page["next_cursor"]) > 20) == (1, True)
    return str(page["next_cursor"])


async def answered(service: Service, path: str, **query: Any) -> tuple[Any, ...]:
    answer = await service.client.get(path, params=query)
    if answer.is_success:
        return answer.status_code, len(answer.json()["items"])
    [error] = answer.json()["errors"]
    assert (error["in"], error["parameter"]) == ("query", "cursor")
    return refusal(answer)


async def test_a_cursor_goes_on_with_pages_of_any_size(service: Service, cursor: str) -> None:
    asked = {"sort": "amount", "customer": "C1", "cursor": cursor}
    assert await answered(service, "/v1/holds", limit=1, **asked) == (200, 1)
    assert await answered(service, "/v1/holds", **asked) == (200, 1)


async def test_a_cursor_of_another_question_is_refused(service: Service, cursor: str) -> None:
    asked = {"sort": "amount", "customer": "C1", "cursor": cursor}
    for other in ({"sort": "oldest"}, {"customer": "C2"}, {"state": "open"}, {"ready": False}):
        assert await answered(service, "/v1/holds", **(asked | other)) == CURSOR
    assert await answered(service, "/v1/keys", cursor=cursor) == CURSOR


@pytest.mark.parametrize("path", sorted(LISTS))
async def test_a_cursor_that_is_none_is_refused_by_every_list(
    service: Service, cursor: str, path: str
) -> None:
    for no_cursor in ("hld_none", "7", cursor[:-4], f"{cursor}x", "Ä", "%%", "a" * 100, cursor):
        assert await answered(service, path, cursor=no_cursor) == CURSOR


async def test_these_are_all_the_lists_that_there_are(service: Service) -> None:
    paths = service.app.openapi()["paths"]
    with_cursor = {
        path.format(customer="C1", name="standard")
        for path, operations in paths.items()
        for parameter in operations.get("get", {}).get("parameters", ())
        if parameter["name"] == "cursor"
    }
    assert with_cursor == LISTS


async def test_a_parameter_that_takes_one_value_is_given_once(service: Service) -> None:
    await service.customer("C1")
    for path, name in (
        ("/v1/holds?sort=amount&sort=oldest", "sort"),
        ("/v1/holds?state=open&customer=a&state=ready&customer=b", "customer"),
        ("/v1/checks?limit=1&limit=1", "limit"),
        ("/v1/webhooks?cursor=a&cursor=b", "cursor"),
    ):
        answer = await service.client.get(path)
        assert refusal(answer) == (422, "invalid_request", [("", "given_twice")])
        assert answer.json()["errors"][0]["parameter"] == name
    body = {"amount": "1.00", "currency": "EUR"}
    stated = await service.client.put("/v1/customers/C1/orders/A?source=a&source=b", json=body)
    assert refusal(stated) == (422, "invalid_request", [("", "given_twice")])
    assert (await service.client.get("/v1/holds?state=open&state=ready")).status_code == 200


async def test_who_holds_no_key_is_not_told_what_is_wrong(service: Service) -> None:
    headers = {"Authorization": "Bearer wrong"}
    answer = await service.client.get("/v1/holds?sort=amount&sort=oldest", headers=headers)
    asked = await service.client.post("/v1/checks", content="{", headers=headers)
    assert (refusal(answer)[0], refusal(asked)[0]) == (401, 401)
