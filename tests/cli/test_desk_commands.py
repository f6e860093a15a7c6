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
    told = "SO-1 of C1: Nothing was done (409): This cannot be done with the hold as it is now;"
    assert (again.returncode, told in again.stderr) == (65, True)
    stranger = run("holds", "list", url=url, api_key="x" * 40)
    assert stranger.returncode == 77


def test_several_holds_are_dealt_with_at_once_and_tried_first(url: str) -> None:
    clerk = key_of(url, "clerk@example.com", "credit")
    holds = ids(url, clerk)
    release = ("holds", "release", *holds, "--reason", "r", "--amount", "50.00")

    tried = run(*release, "--dry-run", url=url, api_key=clerk)

    assert tried.returncode == 0
    assert tried.stdout.splitlines() == [
        "SO-1 of C1: would be released",
        "SO-2 of C1: would be released",
        "C1 then: exposure 100.00 EUR, limit 10.00, -90.00 free",
    ]
    assert ids(url, clerk) == holds

    run("holds", "refuse", holds[0], "--reason", "r", url=url, api_key=clerk)
    done = run(*release, url=url, api_key=clerk)
    assert done.returncode == 40
    assert done.stdout == "SO-2 of C1: released\n"
    assert done.stderr.startswith("SO-1 of C1: Nothing was done (409): ")
    stale = run("holds", "cancel", holds[0], "--version", "1", url=url, api_key=clerk)
    assert (stale.returncode, "(412)" in stale.stderr) == (65, True)
    several = run("holds", "cancel", *holds, "--version", "1", url=url, api_key=clerk)
    assert (several.returncode, "one hold's" in several.stderr) == (64, True)


def test_a_hold_goes_its_way_from_a_shell(url: str) -> None:
    clerk = key_of(url, "clerk@example.com", "credit")
    finance = key_of(url, "cfo@example.com", "committee_finance")
    sales = key_of(url, "cso@example.com", "committee_sales")
    first, second = ids(url, clerk)
    votes = ("--vote", "for", "--reason", "key_account")
    steps = [
        (clerk, "assign", first, "--to", "clerk@example.com"),
        (clerk, "assign", first, "--nobody"),
        (clerk, "comment", first, "--note", "They were called."),
        (clerk, "recheck", first),
        (clerk, "escalate", first),
        (finance, "committee", first, *votes, "--amount", "40.00"),
        (sales, "committee", first, *votes),
        (clerk, "cancel", second, "--reason", "withdrawn"),
    ]
    said = [run("holds", *step, url=url, api_key=key).stdout for key, *step in steps]
    states = [line.split(": ")[1].strip() for line in said]
    assert states == ["open"] * 4 + ["escalated"] * 2 + ["released", "cancelled"]
    shown = run("holds", "show", first, url=url, api_key=clerk).stdout
    assert ids(url, clerk) == []
    assert "cancelled" in run("holds", "list", "--order", "SO-2", url=url, api_key=clerk).stdout
    assert "They were called." in shown
    neither = run("holds", "assign", first, url=url, api_key=clerk)
    assert (neither.returncode, "--nobody" in neither.stderr) == (64, True)
    stranger = run("holds", "release", second, "--reason", "r", url=url, api_key=sales)
    assert (stranger.returncode, "(403)" in stranger.stderr) == (77, True)


def key_of(url: str, person: str, role: str) -> str:
    """Issue a key to somebody."""
    options = ("--name", role, "--person", person, "--role", role, "--url", url)
    return run("keys", "create", *options, api_key=KEY).stdout.strip()


def ids(url: str, key: str) -> list[str]:
    """Give the holds that wait."""
    listed = run("holds", "list", url=url, api_key=key).stdout
    return [line.split()[0] for line in listed.splitlines()[1:-1]]
