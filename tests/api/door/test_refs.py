from urllib.parse import quote

import httpx2
import pytest
from api.door.tiny_app import build, client_of, problem_in
from hypothesis import given
from hypothesis import strategies as st
from starlette.types import ASGIApp, Receive, Scope, Send

from app.api.refs import RefConvertor

printable = [chr(code) for code in range(0x20, 0x7F)]
refs = st.text(alphabet=printable, min_size=1, max_size=64).filter(lambda ref: ref == ref.strip())

BAD_REFS = {
    "": "ref_empty",
    "x" * 65: "ref_too_long",
    "x" * 50_000: "ref_too_long",
    "Müller": "ref_not_printable_ascii",
    "a\n": "ref_not_printable_ascii",
    "a\0": "ref_not_printable_ascii",
    "a\x7f": "ref_not_printable_ascii",
    "\uff14\uff12": "ref_not_printable_ascii",
    "\u200bD1": "ref_not_printable_ascii",
    " a": "ref_space_at_end",
    "a ": "ref_space_at_end",
    " ": "ref_space_at_end",
}


@given(refs)
async def test_every_ref_survives_the_way_through_a_path(
    client: httpx2.AsyncClient, ref: str
) -> None:
    sent = quote(ref, safe="").replace(".", "%2E")
    response = await client.get(f"/v1/customers/D1/open-items/{sent}")
    assert response.json() == {"customer": "D1", "ref": ref}


@pytest.mark.parametrize(
    ("sent", "ref"),
    [
        ("INV%2F2026%2F0001", "INV/2026/0001"),
        ("INV%2f2026", "INV/2026"),
        ("50%25", "50%"),
        ("50%252F", "50%2F"),
        ("a+b", "a+b"),
        ("a%3Fb%23c", "a?b#c"),
        ("%2E%2E%2F%2E%2E", "../.."),
    ],
)
async def test_a_segment_is_decoded_once(client: httpx2.AsyncClient, sent: str, ref: str) -> None:
    response = await client.get(f"/v1/customers/{sent}/open-items/{sent}")
    assert response.json() == {"customer": ref, "ref": ref}


@pytest.mark.parametrize(("ref", "code"), BAD_REFS.items(), ids=range(len(BAD_REFS)))
async def test_a_bad_ref_says_what_is_wrong_with_it(
    client: httpx2.AsyncClient, ref: str, code: str
) -> None:
    response = await client.get(f"/v1/customers/{quote(ref)}/open-items/1")
    problem = problem_in(response, "invalid_request")
    [error] = problem["errors"]
    assert (error["code"], error["in"], error["parameter"]) == (code, "path", "customer")


@pytest.mark.parametrize("sent", ["%FF", "%ED%A0%80", "%00", "%", "%zz", "50%", "%2", "%C0%AF"])
async def test_broken_escapes_and_bytes_that_are_no_text_are_bad_refs(sent: str) -> None:
    response = await sent_raw(f"/v1/customers/{sent}/open-items/1".encode())
    assert problem_in(response, "invalid_request")["errors"][0]["parameter"] == "customer"


@pytest.mark.parametrize("path", ["/v1/customers//open-items/1", "/v1/customers/D1/open-items/"])
async def test_an_empty_segment_is_a_bad_ref_and_not_an_unknown_path(
    client: httpx2.AsyncClient, path: str
) -> None:
    problem = problem_in(await client.get(path), "invalid_request")
    assert problem["errors"][0]["code"] == "ref_empty"


async def test_an_unescaped_slash_is_an_unknown_path(client: httpx2.AsyncClient) -> None:
    response = await client.get("/v1/customers/D1/open-items/INV/2026/0001")
    problem_in(response, "not_found")


async def test_a_server_that_gives_no_raw_path_loses_only_slashes() -> None:
    for sent, ref in (("50%252F", "50%2F"), ("a%20b", "a b"), ("D1", "D1")):
        async with client_of(without_raw_path(build())) as client:
            response = await client.get(f"/v1/customers/{sent}/open-items/1")
        assert response.json() == {"customer": ref, "ref": "1"}


@pytest.mark.parametrize("raw_prefix", ["/credit", ""])
async def test_refs_work_below_a_prefix(raw_prefix: str) -> None:
    path = "/v1/customers/INV%2F1/open-items/1"
    response = await sent_raw(f"{raw_prefix}{path}".encode(), root_path="/credit")
    assert response.json() == {"customer": "INV/1", "ref": "1"}


def test_the_description_shows_plain_paths_and_the_rules_of_a_ref() -> None:
    description = build().openapi()
    path = description["paths"]["/v1/customers/{customer}/open-items/{ref}"]
    [schema, _] = [parameter["schema"] for parameter in path["get"]["parameters"]]
    assert (schema["maxLength"], schema["pattern"]) == (64, "^[!-~]([ -~]{0,62}[!-~])?$")


def test_an_address_is_built_with_escapes() -> None:
    assert RefConvertor().to_string("INV/2026 50%") == "INV%2F2026%2050%25"


async def sent_raw(raw_path: bytes, *, root_path: str = "") -> httpx2.Response:
    """Send a path that no client would: the server's decoded one beside the bytes."""
    app = build()

    async def as_sent(scope: Scope, receive: Receive, send: Send) -> None:
        decoded = f"{root_path}/{raw_path.decode('latin-1')}" if root_path else "/rewritten"
        scope.update({"path": decoded, "raw_path": raw_path, "root_path": root_path})
        await app(scope, receive, send)

    async with client_of(as_sent) as client:
        return await client.get("/")


def without_raw_path(app: ASGIApp) -> ASGIApp:
    async def bare(scope: Scope, receive: Receive, send: Send) -> None:
        scope.pop("raw_path")
        await app(scope, receive, send)

    return bare
