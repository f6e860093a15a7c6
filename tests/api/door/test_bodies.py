import json
from collections.abc import AsyncIterator

import httpx2
import pytest
from api.door.hostile_bodies import CANARY, GOOD, JSON, MALFORMED, REFUSED
from api.door.tiny_app import BODY_MAX, LEDGER_MAX, build, client_of, deleted, places, problem_in
from hypothesis import given
from hypothesis import strategies as st
from starlette.types import Message, Receive, Scope, Send


@pytest.mark.parametrize(("raw", "pointer", "code"), MALFORMED.values(), ids=MALFORMED)
async def test_a_body_that_parsers_could_read_differently_is_refused_with_a_pointer(
    client: httpx2.AsyncClient, raw: bytes, pointer: str, code: str
) -> None:
    response = await client.post("/v1/checks", content=raw, headers=JSON)
    assert response.status_code == 422
    assert places(problem_in(response, "malformed_json")) == {(pointer, code)}


@pytest.mark.parametrize(("raw", "pointer", "code"), REFUSED.values(), ids=REFUSED)
async def test_a_field_that_is_wrong_is_named_by_its_pointer(
    client: httpx2.AsyncClient, raw: bytes, pointer: str, code: str
) -> None:
    response = await client.post("/v1/checks", content=raw, headers=JSON)
    assert response.status_code == 422
    assert (pointer, code) in places(problem_in(response, "invalid_request"))


async def test_a_good_body_passes_with_or_without_a_charset(client: httpx2.AsyncClient) -> None:
    for content_type in ("application/json", 'Application/JSON; charset="UTF-8"'):
        headers = {"content-type": content_type}
        raw = json.dumps(GOOD).encode()
        response = await client.post("/v1/checks", content=raw, headers=headers)
        assert (response.status_code, response.json()["order"]) == (200, "SO-4711")


async def test_escapes_accents_and_emoji_are_fine(client: httpx2.AsyncClient) -> None:
    raw = r'["M\u00fcller", "Müller", "\ud83d\ude00", "\\u0000", "\\ud800"]'.encode()
    response = await client.post("/v1/anything", content=raw, headers=JSON)
    assert response.json() == {"type": "list"}


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"content-type": "text/plain"},
        {"content-type": "application/x-www-form-urlencoded"},
        {"content-type": "multipart/form-data; boundary=x"},
        {"content-type": "application/merge-patch+json"},
        {"content-type": "application/json; charset=latin-1"},
        {"content-type": "application/json; charset=utf-16"},
        {"content-type": ";;;"},
        {"content-type": "\xff"},
        {"content-type": "application/json", "content-encoding": "gzip"},
    ],
)
async def test_a_body_of_another_media_type_is_415(
    client: httpx2.AsyncClient, headers: dict[str, str]
) -> None:
    sent = [(name.encode(), value.encode("latin-1")) for name, value in headers.items()]
    raw = json.dumps(GOOD).encode()
    response = await client.post("/v1/checks", content=raw, headers=sent)
    problem_in(response, "unsupported_media_type")
    assert (response.status_code, response.headers["accept"]) == (415, "application/json")


async def test_a_missing_body_is_said_to_be_missing(client: httpx2.AsyncClient) -> None:
    for headers in ({}, JSON):
        response = await client.post("/v1/checks", headers=headers)
        assert places(problem_in(response, "invalid_request")) == {("", "body_missing")}


async def test_a_body_that_is_optional_may_be_left_out(client: httpx2.AsyncClient) -> None:
    assert (await client.post("/v1/recheck")).json() == {"has_body": False}


async def test_a_wholly_wrong_list_is_answered_with_its_first_errors(
    client: httpx2.AsyncClient,
) -> None:
    order = {**GOOD["order"], **{f"unknown_{number}": 1 for number in range(1000)}}
    response = await client.post("/v1/checks", json={**GOOD, "order": order})
    assert len(problem_in(response, "invalid_request")["errors"]) == 50


@pytest.mark.parametrize("path", ["/v1/checks", "/v1/nowhere", "/v1/recheck", "/docs"])
async def test_a_body_declared_too_large_is_413_wherever_it_is_sent(
    client: httpx2.AsyncClient, path: str
) -> None:
    response = await client.post(path, content=b"x" * (BODY_MAX + 1), headers=JSON)
    problem_in(response, "body_too_large")
    assert response.status_code == 413


async def test_a_chunked_body_is_413_at_the_chunk_that_is_too_much(
    client: httpx2.AsyncClient,
) -> None:
    async def chunks() -> AsyncIterator[bytes]:
        for _ in range(100):
            yield b" " * 1024

    response = await client.post("/v1/checks", content=chunks(), headers=JSON)
    problem_in(response, "body_too_large")


async def test_nothing_is_done_for_a_request_whose_unread_body_is_too_large(
    client: httpx2.AsyncClient,
) -> None:
    raw = b"x" * (BODY_MAX + 1)
    response = await client.request("DELETE", "/v1/customers/D1", content=raw)
    problem_in(response, "body_too_large")
    assert deleted == []


@pytest.mark.parametrize("length", ["-1", "x", "9" * 30, "٣"])
async def test_an_odd_content_length_is_no_way_round_the_limit(
    client: httpx2.AsyncClient, length: str
) -> None:
    headers = [(b"content-type", b"application/json"), (b"content-length", length.encode())]
    raw = b" " * (BODY_MAX + 1)
    response = await client.post("/v1/checks", content=raw, headers=headers)
    problem_in(response, "body_too_large")


async def test_a_path_may_have_a_larger_limit_of_its_own(client: httpx2.AsyncClient) -> None:
    headers = {"content-type": "application/x-ndjson"}
    lines = b'{"put": "customer"}\n' * (BODY_MAX // 10)
    accepted = await client.post("/v1/ledger", content=lines, headers=headers)
    assert accepted.json() == {"lines": BODY_MAX // 10}
    refused = await client.post("/v1/ledger", content=b" " * (LEDGER_MAX + 1), headers=headers)
    problem_in(refused, "body_too_large")


async def test_a_body_that_is_cut_short_by_the_caller_is_no_failure_of_ours() -> None:
    app = build()
    parts = iter([{"type": "http.request", "body": b"{", "more_body": True}])

    async def receive() -> Message:
        return next(parts, {"type": "http.disconnect"})

    async def cut_short(scope: Scope, _: Receive, send: Send) -> None:
        await app(scope, receive, send)

    async with client_of(cut_short) as client:
        response = await client.post("/v1/checks", json=GOOD)
    problem_in(response, "bad_request")


HOSTILE = [case[0] for case in (*MALFORMED.values(), *REFUSED.values())]


@pytest.mark.parametrize("path", ["/v1/checks", "/v1/limit", "/v1/recheck", "/v1/anything"])
async def test_no_hostile_body_is_ever_a_failure_of_ours(
    client: httpx2.AsyncClient, path: str
) -> None:
    method = "PUT" if path == "/v1/limit" else "POST"
    for raw in HOSTILE:
        response = await client.request(method, path, content=raw, headers=JSON)
        assert response.status_code in {200, 422}, raw[:80]


async def test_the_input_is_not_repeated(client: httpx2.AsyncClient) -> None:
    for field in ("customer", "channel", "order"):
        response = await client.post("/v1/checks", json={**GOOD, field: f" {CANARY}\n"})
        assert CANARY not in response.text
    for field in ("ref", "amount", "currency", "ship_date", "lines", "revision"):
        order = {**GOOD["order"], field: [f"{CANARY} "]}
        response = await client.post("/v1/checks", json={**GOOD, "order": order})
        assert response.status_code == 422
        assert CANARY not in response.text


@given(st.binary(max_size=200))
async def test_arbitrary_bytes_get_an_answer(client: httpx2.AsyncClient, raw: bytes) -> None:
    response = await client.post("/v1/checks", content=raw, headers=JSON)
    assert response.json()["code"] in {"malformed_json", "invalid_request"}


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text() | st.sampled_from([*GOOD]), inner),
)


@given(json_values, st.booleans())
async def test_arbitrary_json_gets_an_answer(
    client: httpx2.AsyncClient, value: object, nested: bool
) -> None:
    raw = json.dumps({**GOOD, "order": value} if nested else value).encode()
    for path in ("/v1/checks", "/v1/anything"):
        response = await client.post(path, content=raw, headers=JSON)
        assert response.status_code in {200, 422}
