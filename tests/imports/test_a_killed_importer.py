"""Whatever ends an importer, accounts are whole, and the same file does the rest."""

import asyncio
import signal
from pathlib import Path
from typing import Any

import asyncpg
import pytest
from imports.lists import Command, items, report_of, written
from support.commands import Running, running
from support.service import Service, a_service

from app.settings import Settings

ACCOUNTS = [f"C{number:03}" for number in range(300)]
EACH = 100

HALF_TAKEN = """
    SELECT account, count(*) FROM open_item GROUP BY account HAVING count(*) <> $1
"""
DRIFTING = """
    SELECT ref FROM credit_account a WHERE invoices_minor <>
        (SELECT coalesce(sum(amount_minor), 0) FROM open_item WHERE account = a.ref)
"""


@pytest.fixture
async def many(settings: Settings) -> None:
    """Three hundred customers."""
    async with a_service(settings) as service:
        lines = [
            {"put": "customer", "customer": r, "name": r, "currency": "EUR"} for r in ACCOUNTS
        ]
        await service.ledger(*lines)


@pytest.mark.usefixtures("many")
@pytest.mark.parametrize(
    ("number", "code"),
    [(signal.SIGKILL, -9), (signal.SIGINT, 130), (signal.SIGTERM, 130)],
)
async def test_accounts_are_whole_and_the_same_command_does_the_rest(
    database_url: str, command: Command, tmp_path: Path, number: signal.Signals, code: int
) -> None:
    path = written(tmp_path, items(ACCOUNTS, EACH))
    connection = await asyncpg.connect(database_url)
    try:
        with running("import", str(path), database_url=database_url) as importer:
            while await connection.fetchval("SELECT count(*) FROM open_item") == 0:
                assert importer.process.poll() is None, importer.said
                await asyncio.sleep(0.005)
            assert importer.end(number) == code, importer.said
        state = await connection.fetchval("SELECT state FROM file_import")
        taken = await connection.fetchval("SELECT count(DISTINCT account) FROM open_item")
        half = await connection.fetch(HALF_TAKEN, EACH)
        drifting = await connection.fetch(DRIFTING)
        again = command(path, "--json")
        left = await connection.fetchval("SELECT count(*) FROM open_item")
    finally:
        await connection.close()

    assert 0 < taken < len(ACCOUNTS)
    assert (half, drifting) == ([], [])
    assert (state == "failed") is (number is not signal.SIGKILL)
    told = report_of(again.stdout)["report"]
    assert again.returncode == 0
    assert told["taken"]["unchanged"] == taken * EACH
    assert told["taken"]["applied"] == left - taken * EACH
    assert left == len(ACCOUNTS) * EACH


@pytest.mark.usefixtures("many")
async def test_how_far_a_run_is_can_be_read_meanwhile(
    database_url: str, settings: Settings, tmp_path: Path
) -> None:
    path = written(tmp_path, items(ACCOUNTS, 4 * EACH))
    async with a_service(settings) as service:
        with running("import", str(path), database_url=database_url) as importer:
            reading = await _seen(service, "reading", importer)
            applying = await _seen(service, "applying", importer)

    assert reading["progress"]["phase"] == "reading"
    assert reading["progress"]["done"] <= reading["progress"]["of"] == path.stat().st_size
    assert applying["progress"]["phase"] == "taking"
    assert 0 < applying["progress"]["done"] <= applying["progress"]["of"] == len(ACCOUNTS)
    assert (applying["ended_at"], applying["refusal"]) == (None, None)


async def _seen(service: Service, state: str, importer: Running) -> Any:
    """Give the run once it has said that it is in this state, and how far."""
    while True:
        runs = (await service.get("/v1/imports"))["items"]
        if runs and runs[0]["state"] == state and (runs[0]["progress"] or {}).get("of"):
            return runs[0]
        assert importer.process.poll() is None, importer.said
        await asyncio.sleep(0.02)


@pytest.mark.usefixtures("many")
async def test_a_run_that_loses_the_database_says_what_it_has_taken(
    command: Command,
    tmp_path: Path,
    connection: "asyncpg.Connection[asyncpg.Record]",
    database_url: str,
) -> None:
    path = written(tmp_path, items(ACCOUNTS, EACH))
    other = await asyncpg.connect(database_url)
    async with other.transaction():
        # Whoever holds an account longer than anybody waits for it is like a database away.
        await other.execute("SELECT 1 FROM credit_account WHERE ref = $1 FOR UPDATE", ACCOUNTS[7])
        broken = await asyncio.to_thread(command, path)
    await other.close()
    half = await connection.fetch(HALF_TAKEN, EACH)
    again = command(path)

    assert (broken.returncode, broken.stderr) == (69, "")
    assert "database_lost: The database was lost; accounts are whole." in broken.stdout
    assert "Taken on " in broken.stdout
    assert half == []
    assert again.returncode == 0


async def test_a_database_that_is_away_is_exit_69(tmp_path: Path) -> None:
    path = written(tmp_path, [])
    with running(
        "import", str(path), database_url="postgresql://nobody@127.0.0.1:1/none"
    ) as importer:
        importer.process.wait(30)
    assert importer.process.returncode == 69
