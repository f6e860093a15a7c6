import json

import asyncpg
import pytest
from support.commands import run
from support.service import Service

from app.cli import main

ADRIFT = "UPDATE credit_account SET invoices_minor = invoices_minor + 1234 WHERE ref = 'C1'"


@pytest.fixture(autouse=True)
async def book(service: Service) -> None:
    """Two customers, each with an invoice."""
    for ref in ("C1", "C2"):
        await service.customer(ref)
        await service.item(ref, "I1", "100.00", due_on="2026-10-31")


def test_a_sound_book_is_exit_0(database_url: str) -> None:
    done = run("reconcile", database_url=database_url)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout == "2 accounts reconciled, 0 drift.\n"


async def test_drift_is_exit_30_until_it_is_repaired(
    database_url: str, connection: "asyncpg.Connection[asyncpg.Record]"
) -> None:
    await connection.execute(ADRIFT)
    found = run("reconcile", database_url=database_url)
    listed = run("reconcile", "--json", database_url=database_url)
    repaired = run("reconcile", "--repair", database_url=database_url)
    after = run("reconcile", database_url=database_url)

    assert [r.returncode for r in (found, listed, repaired, after)] == [30, 30, 0, 0]
    header, line, told = found.stdout.splitlines()
    assert header.split() == ["account", "total", "stored", "should", "be"]
    assert line.split() == ["C1", "invoices", "112.34", "EUR", "100.00", "EUR"]
    assert told == "2 accounts reconciled, 1 drift, 1 marked."
    total = {
        "total": "invoices_minor", "on": None, "customer": None, "ref": None,
        "currency": "EUR", "stored": 11234, "should_be": 10000,
    }  # fmt: skip
    assert json.loads(listed.stdout) == {
        "accounts": 2,
        "sound": False,
        "drifting": [{"account": "C1", "currency": "EUR", "totals": [total], "unlisted": 0}],
        "repaired": [],
        "marked": ["C1"],
        "cleared": [],
        "left": [],
    }
    assert repaired.stdout.splitlines()[-1] == "2 accounts reconciled, 1 drift, 1 repaired."


async def test_documents_that_are_astray_are_told_with_what_is_to_be_done(
    database_url: str, connection: "asyncpg.Connection[asyncpg.Record]"
) -> None:
    await connection.execute(
        "UPDATE open_item SET account = 'C1', ref = 'I2' WHERE customer = 'C2'"
    )
    done = run("reconcile", "--repair", database_url=database_url)

    assert (done.returncode, done.stderr) == (30, "")
    _, on_c1, on_c2, told, *advice = done.stdout.splitlines()
    assert on_c1.split() == ["C1", "astray", "items", "C2", "1", "0"]
    assert on_c2.split() == ["C2", "items", "elsewhere", "C2", "1", "0"]
    assert told == "2 accounts reconciled, 2 drift, 2 marked."
    assert "are never moved by --repair" in " ".join(advice)


def test_without_a_database_it_says_so(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.delenv("CREDITGATE_DATABASE_URL", raising=False)
    assert main(["reconcile"]) == 78
    assert "CREDITGATE_DATABASE_URL is not set." in capsys.readouterr().err
    monkeypatch.setenv("CREDITGATE_DATABASE_URL", "postgresql://nobody@127.0.0.1:1/none")
    assert main(["reconcile"]) == 69
