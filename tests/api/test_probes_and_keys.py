import httpx2
import pytest
from fastapi.routing import APIRoute
from starlette.routing import BaseRoute, Route
from support.service import KEY, Service, refusal

OPEN = {
    ("GET", "/livez"),
    ("GET", "/readyz"),
    ("GET", "/metrics"),
    ("GET", "/openapi.json"),
    ("GET", "/docs"),
    ("GET", "/docs/problems"),
    ("GET", "/docs/assets/{name}"),
}
"""What answers without a key, written by hand: adding to it is a decision."""


def routes_of(routes: list[BaseRoute]) -> set[tuple[str, str]]:
    """Give method and path of every route; HEAD goes with GET."""
    found: set[tuple[str, str]] = set()
    for route in routes:
        included = getattr(route, "original_router", None)
        if included is not None:
            found |= routes_of(included.routes)
            continue
        assert isinstance(route, Route | APIRoute), f"{route} is of a kind not known here"
        found |= {(method, route.path) for method in (route.methods or set()) - {"HEAD"}}
    return found


async def test_every_route_but_the_open_ones_asks_for_the_key(service: Service) -> None:
    routes = routes_of(list(service.app.routes))
    assert routes >= OPEN
    answers = {}
    for method, path in routes - OPEN:
        sent = path.replace("{", "").replace("}", "").replace(":ref", "")
        body: dict[str, str] | None = {} if method in {"PUT", "POST"} else None
        no_key = {"authorization": ""}
        response = await service.client.request(method, sent, json=body, headers=no_key)
        answers[method, path] = (*refusal(response)[:2], response.headers["www-authenticate"])
    assert len(answers) >= 20
    assert answers == dict.fromkeys(answers, (401, "unauthorized", "Bearer"))


@pytest.mark.parametrize(
    "header",
    [
        {"authorization": f"Bearer {KEY}x"},
        {"authorization": f"Bearer {KEY[:-1]}"},
        {"authorization": f"Basic {KEY}"},
        {"authorization": KEY},
        {"authorization": "Bearer"},
    ],
    ids=["longer", "shorter", "basic", "bare", "empty"],
)
async def test_another_key_is_as_good_as_none(service: Service, header: dict[str, str]) -> None:
    response = await service.client.put(
        "/v1/customers/C1", json={"name": "x", "currency": "EUR"}, headers=header
    )
    assert refusal(response) == (401, "unauthorized", [])
    assert (await service.client.get("/v1/customers/C1")).status_code == 404


async def test_a_path_that_is_not_there_is_a_problem(client: httpx2.AsyncClient) -> None:
    assert refusal(await client.get("/v1/nothing")) == (404, "not_found", [])


async def test_the_probes_answer_without_a_key(service: Service) -> None:
    transport = httpx2.ASGITransport(service.app)
    async with httpx2.AsyncClient(transport=transport, base_url="http://x") as stranger:
        live, ready = await stranger.get("/livez"), await stranger.get("/readyz")
    assert (live.status_code, live.json()) == (200, {"status": "alive"})
    assert (ready.status_code, ready.json()) == (200, {"status": "ready"})


async def test_without_a_database_it_is_alive_but_not_ready(service: Service) -> None:
    await service.app.state.desk.database.close()
    live, ready = await service.client.get("/livez"), await service.client.get("/readyz")
    assert live.status_code == 200
    assert refusal(ready) == (503, "unavailable", [])
