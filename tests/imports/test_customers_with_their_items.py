"""Files that state customers, their limits and what they owe, in one go."""

import json
from pathlib import Path
from typing import Any

import asyncpg
import pytest
from imports.lists import Command, ledger, report_of
from support.service import Service

NEW = {"put": "customer", "customer": "N1", "name": "New", "currency": "EUR"}
LIMIT = {"put": "limit", "account": "N1", "amount": "5.00", "currency": "EUR", "reason": "x"}
ITEM = {"put": "open_item", "customer": "N1", "ref": "R1", "kind": "invoice"} | {
    "amount": "5.00",
    "currency": "EUR",
}
OF_ANOTHER = ITEM | {"customer": "C1"}


def feed(folder: Path, *lines: Any) -> Path:
    path = folder / "feed.ndjson"
    path.write_text("".join(json.dumps(line) + "\n" for line in lines), encoding="utf-8")
    return path


@pytest.mark.usefixtures("book")
async def test_a_dry_run_says_what_the_run_does(
    command: Command, tmp_path: Path, connection: "asyncpg.Connection[asyncpg.Record]"
) -> None:
    path = feed(tmp_path, LIMIT, ITEM, OF_ANOTHER, NEW)
    before = await ledger(connection)

    dry = command(path, "--dry-run", "--json")
    after_dry = await ledger(connection)
    done = command(path, "--json")

    assert (dry.returncode, done.returncode) == (0, 0), done.stdout
    assert after_dry == before
    assert report_of(dry.stdout)["report"]["taken"]["applied"] == 4
    assert report_of(done.stdout)["report"]["taken"]["applied"] == 4


@pytest.mark.usefixtures("book")
async def test_what_hangs_on_a_customer_that_is_refused_is_refused_too(
    command: Command, tmp_path: Path, service: Service
) -> None:
    odd = NEW | {"policy": "none-such"}

    done = command(feed(tmp_path, odd, ITEM, OF_ANOTHER), "--json")

    told = report_of(done.stdout)
    problems = [(p["line"], p["code"]) for p in told["report"]["problems"]]
    assert (done.returncode, told["state"]) == (40, "done")
    assert problems == [(1, "policy_unknown"), (2, "account_incomplete")]
    assert (await service.account("C1"))["exposure"]["invoices"] == "5.00"
