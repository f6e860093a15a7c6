import asyncio
import json
import re
from collections.abc import AsyncIterator
from pathlib import Path

import httpx2
import pytest
from support.commands import running
from support.service import KEY, Api

from app.cli import main


@pytest.fixture
async def options(database_url: str, tmp_path: Path) -> AsyncIterator[tuple[str, ...]]:
    """A served database in which an order waits, and the options that reach it."""
    key_file = tmp_path / "key"
    key_file.write_text(KEY)
    with running("serve", "--port", "0", database_url=database_url, api_key=KEY) as serving:
        said = await asyncio.to_thread(serving.wait_for, "serves on")
        url = re.findall(r"http://\S+", said)[0]
        headers = {"Authorization": f"Bearer {KEY}"}
        async with httpx2.AsyncClient(base_url=url, headers=headers, trust_env=False) as client:
            service = Api(client)
            await service.customer("C1", limit="1000.00", takes_discount=True)
            await service.item("C1", "RE-1", "900.00")
            await service.check("C1", "SO-1", "300.00", ship_date="2026-12-24")
        yield ("--url", url, "--key-file", str(key_file))


async def called(*arguments: str) -> int:
    return await asyncio.to_thread(main, list(arguments))


async def test_what_waits_is_listed_and_shown_with_its_advice(
    options: tuple[str, ...], capsys: pytest.CaptureFixture[str]
) -> None:
    assert await called("holds", "list", *options) == 0
    headings, row, counts = capsys.readouterr().out.splitlines()
    hold_id = row.split()[0]
    assert headings.split() == [
        "hold", "state", "customer", "order", "amount", "ships", "reasons",
    ]  # fmt: skip
    assert row.split()[1:] == [
        "open", "C1", "SO-1", "300.00", "EUR", "2026-12-24", "limit_exceeded",
    ]  # fmt: skip
    assert counts == "1 holds: 1 open."

    assert await called("holds", "show", hold_id, *options) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[:4] == [
        f"{hold_id}: open, version 1",
        "    order     SO-1, 300.00 EUR",
        "    customer  C1, C1",
        lines[3],
    ]
    assert "    exposure           900.00 at the stop,          900.00 now" in lines
    assert "Advice: raise the limit, to 1200.00 at least" in lines
    assert "    yes no_due_items: due 0.00, grace_days 3" in lines
    assert "    no  expected_payments: expected 0.00, overrun 200.00, within_days 7" in lines
    assert "    or  pay early 200.00" in lines
    assert lines[-1].split()[1:] == ["open", "open", "-"]


async def test_json_is_the_answer_and_what_is_not_there_is_said(
    options: tuple[str, ...], capsys: pytest.CaptureFixture[str]
) -> None:
    assert await called("holds", "list", "--state", "refused", "--json", *options) == 0
    assert json.loads(capsys.readouterr().out)["items"] == []
    assert await called("holds", "list", "--state", "refused", *options) == 0
    assert capsys.readouterr().out == "No holds.\n"
    assert await called("holds", "list", "--state", "closed", *options) == 64
    assert await called("holds", "show", "hld_none", *options) == 65
    assert "The hold could not be read (404): No hold has this id." in capsys.readouterr().err
