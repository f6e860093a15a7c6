"""The credit department from a shell: a key is issued, a hold listed, released, refused."""

import os
import re
from collections.abc import AsyncIterator

import asyncpg
import httpx2
import pytest
from support.commands import run, running
from support.service import KEY, asked

from app.embedded import EmbeddedPostgres


@pytest.fixture
async def url(postgres: EmbeddedPostgres, template: str) -> AsyncIterator[str]:
    """A service with two orders that are held."""
    name = f"desk_{os.urandom(6).hex()}"
    connection = await asyncpg.connect(postgres.url())
    try:
        await connection.execute(f"CREATE DATABASE {name} TEMPLATE {template}")
        arguments = ("serve", "--port", "0")
        with running(*arguments, database_url=postgres.url(name), api_key=KEY) as service:
            url = re.findall(r"http://\S+", service.wait_for("serves on"))[0]
            _hold_two(url)
            yield url
        await connection.execute(f"DROP DATABASE {name} WITH (FORCE)")
    finally:
        await connection.close()


def _hold_two(url: str) -> None:
    headers = {"Authorization": f"Bearer {KEY}"}
    with httpx2.Client(base_url=url, headers=headers, trust_env=False) as client:
        client.put("/v1/customers/C1", json={"name": "C1", "currency": "EUR"})
        client.put("/v1/accounts/C1/limit", json={"amount": "10.00", "currency": "EUR"})
        for ref in ("SO-1", "SO-2"):
            client.post("/v1/checks", json=asked("C1", ref, "60.00"))


def test_a_clerk_gets_a_key_and_decides_on_holds(url: str) -> None:
    clerk = ("--name", "desk 1", "--person", "clerk@example.com", "--role", "credit")
    issued = run("keys", "create", *clerk, "--url", url, api_key=KEY)
    key = issued.stdout.strip()
    assert (issued.returncode, key[:3]) == (0, "cg_")

    listed = run("holds", "list", "--state", "open", url=url, api_key=key)
    first, second = (line.split() for line in listed.stdout.splitlines()[1:-1])
    assert (first[2:6], second[3]) == (["C1", "SO-1", "60.00", "EUR"], "SO-2")

    released = run("holds", "release", first[0], "--reason", "r", url=url, api_key=key)
    assert (released.returncode, released.stdout) == (0, "SO-1 of C1: released\n")
    offers = ("--option", "prepay", "--option", "security")
    refused = run("holds", "refuse", second[0], "--reason", "r", *offers, url=url, api_key=key)
    assert (refused.returncode, refused.stdout) == (0, "SO-2 of C1: refused\n")

    again = run("holds", "release", first[0], "--reason", "r", url=url, api_key=key)
    told = "Nothing was done (409): This cannot be done with the hold as it is now;"
    assert (again.returncode, told in again.stderr) == (65, True)
    stranger = run("holds", "list", url=url, api_key="x" * 40)
    assert stranger.returncode == 77
