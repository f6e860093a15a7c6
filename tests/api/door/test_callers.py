import httpx2
import pytest
from api.door.tiny_app import KEY, build, problem_in

from app.api.callers import KeyGuard


@pytest.mark.parametrize("scheme", ["Bearer", "bearer", "BEARER"])
async def test_the_key_opens_the_door(client: httpx2.AsyncClient, scheme: str) -> None:
    response = await client.get("/secured", headers={"authorization": f"{scheme} {KEY}"})
    assert response.json() == {"open": True}


@pytest.mark.parametrize(
    "header",
    [
        "",
        "Bearer",
        "Bearer ",
        KEY,
        f"Basic {KEY}",
        f"Bearer {KEY}x",
        f"Bearer  {KEY} x",
        "Bearer \xff\xfe",
        "Bearer " + "x" * 512,
    ],
)
async def test_anything_else_is_401(client: httpx2.AsyncClient, header: str) -> None:
    headers = [(b"authorization", header.encode("latin-1"))]
    response = await client.get("/secured", headers=headers)
    problem_in(response, "unauthorized")
    assert (response.status_code, response.headers["www-authenticate"]) == (401, "Bearer")


async def test_no_header_and_two_headers_are_401(client: httpx2.AsyncClient) -> None:
    good = (b"authorization", f"Bearer {KEY}".encode())
    for headers in ([], [good, good]):
        problem_in(await client.get("/secured", headers=headers), "unauthorized")


def test_the_description_names_the_scheme() -> None:
    description = build().openapi()
    assert description["components"]["securitySchemes"]["bearer"]["scheme"] == "bearer"
    assert description["paths"]["/secured"]["get"]["security"] == [{"bearer": []}]


def test_a_digest_of_the_wrong_length_is_refused_at_the_start() -> None:
    with pytest.raises(ValueError, match="SHA-256"):
        KeyGuard(b"not a digest")
