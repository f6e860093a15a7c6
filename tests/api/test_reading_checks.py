from typing import Any

import pytest
from support.service import Service, refusal


async def test_a_decision_is_read_as_it_was_answered(service: Service) -> None:
    await service.customer("C1")
    answer = await service.check("C1", "SO-1", "60.00")
    assert await service.get(f"/v1/checks/{answer['id']}") == answer


async def test_a_check_that_was_never_made_is_not_found(service: Service) -> None:
    response = await service.client.get("/v1/checks/chk_none")
    assert refusal(response) == (404, "check_unknown", [])


async def refs(service: Service, **query: Any) -> list[tuple[str, str, int]]:
    found = (await service.get("/v1/checks", **query))["items"]
    return [(c["customer"], c["order"]["ref"], c["order"]["revision"]) for c in found]


async def test_decisions_are_listed_newest_first_and_by_customer_and_order(
    service: Service,
) -> None:
    await service.customer("C1")
    await service.check("C1", "SO-1", "1.00")
    await service.check("NOBODY", "SO-1", "1.00")
    await service.check("C1", "SO-2", "1.00")
    await service.check("C1", "SO-1", "1.00", revision=2)
    one, other, nobody = ("C1", "SO-1", 1), ("C1", "SO-2", 1), ("NOBODY", "SO-1", 1)
    again = ("C1", "SO-1", 2)
    assert await refs(service) == [again, other, nobody, one]
    assert await refs(service, customer="C1") == [again, other, one]
    assert await refs(service, order="SO-1") == [again, nobody, one]
    assert await refs(service, customer="C1", order="SO-2") == [other]
    assert await refs(service, customer="C2") == []


async def test_a_list_is_read_to_its_end_page_by_page(service: Service) -> None:
    await service.customer("C1")
    for number in range(5):
        await service.check("C1", f"SO-{number}", "1.00")
    seen: list[list[str]] = []
    cursor: dict[str, Any] = {}
    for _ in range(3):
        page = await service.get("/v1/checks", limit=2, **cursor)
        seen.append([check["order"]["ref"] for check in page["items"]])
        cursor = {"cursor": page["next_cursor"]}
    assert seen == [["SO-4", "SO-3"], ["SO-2", "SO-1"], ["SO-0"]]
    assert cursor == {"cursor": None}


@pytest.mark.parametrize(
    "query",
    ["limit=0", "limit=501", "limit=x", "cursor=", "customer=%20x", "order=%00", "surprise=1"],
)
@pytest.mark.parametrize("path", ["/v1/checks", "/v1/holds"])
async def test_a_question_about_a_list_is_checked_as_well(
    service: Service, path: str, query: str
) -> None:
    response = await service.client.get(f"{path}?{query}")
    [error] = response.json()["errors"]
    assert (response.status_code, error["in"], error["parameter"]) == (
        422,
        "query",
        query.partition("=")[0],
    )
