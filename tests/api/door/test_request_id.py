import re

import httpx2
import pytest
from api.door.tiny_app import problem_in


async def test_a_request_gets_an_id_of_ours(client: httpx2.AsyncClient) -> None:
    first, second = [(await client.get("/v1/search")).headers["x-request-id"] for _ in range(2)]
    assert re.fullmatch("req_[0-9a-f]{32}", first)
    assert first < second


@pytest.mark.parametrize("path", ["/v1/search", "/v1/nowhere", "/v1/fails", "/v1/search?limit=x"])
async def test_a_well_formed_id_of_the_caller_is_kept(
    client: httpx2.AsyncClient, path: str
) -> None:
    response = await client.get(path, headers={"x-request-id": "ERP-7_a.1"})
    assert response.headers.get_list("x-request-id") == ["ERP-7_a.1"]


@pytest.mark.parametrize("inbound", ["", "a b", "a\tb", "x" * 65, "a;b", "é", "<script>"])
async def test_any_other_id_is_replaced(client: httpx2.AsyncClient, inbound: str) -> None:
    headers = [(b"x-request-id", inbound.encode("latin-1"))]
    response = await client.get("/v1/nowhere", headers=headers)
    assert problem_in(response, "not_found")["request_id"].startswith("req_")
