import re

import httpx2
import pytest

from app.api.docs import ASSETS_DIR
from app.api.problems import Problem

PAGES = ["/docs", "/docs/problems"]


@pytest.mark.parametrize("page", PAGES)
async def test_a_page_needs_nothing_from_elsewhere(client: httpx2.AsyncClient, page: str) -> None:
    response = await client.get(page)
    assert response.status_code == 200
    assert "//" not in response.text
    assert "<script>" not in response.text
    assert "default-src 'none'; script-src 'self';" in response.headers["content-security-policy"]


@pytest.mark.parametrize("page", PAGES)
async def test_everything_a_page_names_is_served(client: httpx2.AsyncClient, page: str) -> None:
    text = (await client.get(page)).text
    for reference in re.findall('(?:src|href)="([^"]+)"', text):
        if not reference.startswith("data:"):
            served = await client.get(httpx2.URL(f"http://door{page}").join(reference).path)
            assert (served.status_code, "max-age" in served.headers["cache-control"]) == (
                200,
                True,
            )


async def test_the_start_script_asks_for_the_description_beside_the_page(
    client: httpx2.AsyncClient,
) -> None:
    script = (await client.get("/docs/assets/start.js")).text
    assert 'url: "openapi.json"' in script
    assert (await client.get("/openapi.json")).status_code == 200


async def test_every_problem_type_leads_to_its_row(client: httpx2.AsyncClient) -> None:
    for problem in Problem:
        path, _, anchor = problem.type.partition("#")
        assert f'id="{anchor}"' in (await client.get(path)).text


@pytest.mark.parametrize("name", ["..%2Fdocs.py", "%2e%2e/docs.py", "README.md", "x"])
async def test_only_the_assets_are_served(client: httpx2.AsyncClient, name: str) -> None:
    assert (await client.get(f"/docs/assets/{name}")).status_code == 404


def test_the_licences_travel_with_the_vendored_files() -> None:
    assert "Apache License" in (ASSETS_DIR / "LICENSE").read_text()
    assert (ASSETS_DIR / "NOTICE").read_text().startswith("swagger-ui")
    assert "5.35.0" in (ASSETS_DIR / "README.md").read_text()
