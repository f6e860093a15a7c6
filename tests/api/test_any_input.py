import json
from typing import Any

import httpx2
from api.hostile_fields import AMOUNTS, CURRENCIES, DATES, REFS, TAKERS, Taker
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from support.service import Service

JSON = {"content-type": "application/json"}
SERVER_ERRORS = 500

odd = st.sampled_from(
    [
        *(value for kind in (AMOUNTS, CURRENCIES, DATES, REFS) for value, _ in kind.values()),
        *("C1", "SO-1", "10000000000000.00", "0", "0.00", "JPY", "EUR", "invoice", "2999-12-31"),
        *(0, 1, -1, 2**53, 2**63, 10**30, 1e308, -0.0),
    ]
)
anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text() | odd,
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4)
    ),
    max_leaves=12,
)
bounded = settings(
    max_examples=150,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)


def nearly(body: Any) -> st.SearchStrategy[Any]:
    """Give the body with some of its parts replaced by anything."""
    if isinstance(body, dict):
        known = st.fixed_dictionaries({}, optional={k: nearly(v) for k, v in body.items()})
        more = st.dictionaries(st.text(max_size=5), anything, max_size=1)
        return st.builds(lambda ours, theirs: theirs | ours, known, more) | anything
    if isinstance(body, list):
        return st.lists(nearly(body[0]), max_size=3) | anything
    return st.just(body) | st.just(body) | odd | anything


takers = st.sampled_from(sorted(TAKERS)).map(TAKERS.__getitem__)
requests = takers.flatmap(lambda taker: st.tuples(st.just(taker), nearly(taker.body)))


async def send(client: httpx2.AsyncClient, taker: Taker, raw: bytes) -> int:
    response = await client.request(taker.method, taker.path, content=raw, headers=JSON)
    return response.status_code


@bounded
@given(requests)
async def test_no_json_whatever_is_an_error_of_the_server(
    service: Service, request_: tuple[Taker, Any]
) -> None:
    taker, body = request_
    assert await send(service.client, taker, json.dumps(body).encode()) < SERVER_ERRORS


@bounded
@given(takers, st.binary(max_size=200))
async def test_no_bytes_whatever_are_an_error_of_the_server(
    service: Service, taker: Taker, raw: bytes
) -> None:
    assert await send(service.client, taker, raw) in {415, 422}


@bounded
@given(st.lists(anything | st.sampled_from([{"put": "order"}, {"delete": "order"}]), max_size=5))
async def test_no_ledger_whatever_is_an_error_of_the_server(
    service: Service, lines: list[Any]
) -> None:
    response = await service.send_ledger(*(json.dumps(line) for line in lines))
    assert (response.status_code, response.json()["applied"]) == (200, 0)


@bounded
@given(st.text(min_size=1), st.sampled_from(["customers", "accounts", "checks", "holds"]))
async def test_no_path_whatever_is_an_error_of_the_server(
    service: Service, ref: str, kind: str
) -> None:
    sent = "".join(f"%{byte:02X}" for byte in ref.encode("utf-8", "surrogatepass"))
    response = await service.client.get(f"/v1/{kind}/{sent}")
    assert response.status_code in {404, 422}
