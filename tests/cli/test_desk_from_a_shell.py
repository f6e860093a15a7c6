"""The rest of the desk from a shell: the list in pages, promises, keys, webhooks, the outbox."""

import asyncio
import json
import re
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path

import httpx2
import pytest
from support.commands import running
from support.service import KEY, Api
from support.tables import Connection

from app.cli import main

Shell = Callable[..., Awaitable[tuple[int, list[str], str]]]

DEAD_LETTERS = """
    WITH told AS (
        INSERT INTO outbox (account, id, kind, facts, occurred_at)
        SELECT 'C1', 'evt_' || n, 'hold.opened', '{}', now() FROM generate_series(1, 3) n
        RETURNING id
    )
    INSERT INTO delivery (account, id, event_id, channel, audience, receiver, state, tries,
                          queued_at, next_at, done_at, last_error)
    SELECT 'C1', 'dlv_' || right(id, 1), id, 'mail', 'sales', 'sales@example.com', 'dead', 7,
           now(), now(), now(), 'The line was cut.'
      FROM told
"""


@pytest.fixture
async def shell(
    database_url: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> AsyncIterator[Shell]:
    """Commands that ask a served database; each gives its exit code, its lines and its errors."""
    key_file = tmp_path / "key"
    key_file.write_text(KEY)
    private = "127.0.0.0/8"
    arguments = ("serve", "--port", "0")
    with running(
        *arguments, database_url=database_url, api_key=KEY, webhook_networks=private
    ) as serving:
        said = await asyncio.to_thread(serving.wait_for, "serves on")
        url = re.findall(r"http://\S+", said)[0]
        headers = {"Authorization": f"Bearer {KEY}"}
        async with httpx2.AsyncClient(base_url=url, headers=headers, trust_env=False) as client:
            service = Api(client)
            await service.customer("C1", limit="10.00")
            for number in (1, 2, 3):
                await service.check("C1", f"SO-{number}", f"{number}00.00")

        async def called(*arguments: str) -> tuple[int, list[str], str]:
            reached = ("--url", url, "--key-file", str(key_file))
            code = await asyncio.to_thread(main, [*arguments, *reached])
            printed = capsys.readouterr()
            return code, printed.out.splitlines(), printed.err

        yield called


async def test_the_list_is_narrowed_and_read_page_by_page(shell: Shell) -> None:
    _, one, _ = await shell("holds", "list", "--order", "SO-2")
    _, large, _ = await shell("holds", "list", "--min-amount", "150", "--currency", "EUR")
    _, taken, _ = await shell("holds", "list", "--assigned")
    assert [line.split()[3] for line in one[1:-1]] == ["SO-2"]
    assert [line.split()[3] for line in large[1:-1]] == ["SO-2", "SO-3"]
    assert taken == ["No holds."]

    page = ("holds", "list", "--sort", "amount", "--limit", "2", "--unassigned")
    _, first, _ = await shell(*page)
    assert first[-2] == "3 holds: 3 open."
    cursor = first[-1].removeprefix("There is more: the same again with --cursor ")
    _, last, _ = await shell(*page, "--cursor", cursor)
    orders = [line.split()[3] for line in (*first[1:-2], *last[1:])]
    assert orders == ["SO-3", "SO-2", "SO-1"]

    code, _, told = await shell("holds", "list", "--cursor", cursor, "--sort", "oldest")
    assert (code, "creditgate: cursor: Must be the next_cursor" in told) == (64, True)
    code, _, told = await shell("holds", "list", "--sort", "mood")
    assert (code, "creditgate: sort: Must be 'oldest'" in told) == (64, True)


async def test_a_payment_is_expected_and_taken_back(shell: Shell) -> None:
    payment = ("--amount", "290.00", "--currency", "EUR", "--on", "2099-12-24")
    said = await shell("holds", "expect", "C1", "PAY/1", *payment, "--note", "by telephone")
    assert said == (0, ["PAY/1 of C1: 290.00 EUR expected on 2099-12-24"], "")
    assert (await shell("holds", "unexpect", "C1", "PAY/1"))[:2] == (
        0,
        ["PAY/1 of C1: expected no more"],
    )
    assert (await shell("holds", "unexpect", "C1", "PAY/1"))[0] == 65
    wrong = await shell("holds", "expect", "C1", "PAY/1", *payment[:3], "EURO", *payment[4:])
    assert (wrong[0], "creditgate: /currency: " in wrong[2]) == (64, True)


async def test_keys_are_listed_by_the_id_that_revokes_them(shell: Shell) -> None:
    clerk = ("--name", "desk 1", "--person", "clerk@example.com", "--role", "credit")
    code, [key], told = await shell(
        "keys", "create", *clerk, "--ceiling", "20000.00", "--currency", "EUR"
    )
    key_id = told.split()[0]
    assert (code, key[:3], key_id[:4]) == (0, "cg_", "key_")

    _, [headings, row], _ = await shell("keys", "list")
    cells = re.split(r"\s{2,}", row)
    assert headings.split()[-3:] == ["ceiling", "created", "revoked"]
    assert cells[:5] == [key_id, "desk 1", "clerk@example.com", "credit", "20000.00 EUR"]
    assert (cells[6], key in row) == ("-", False)

    assert (await shell("keys", "revoke", key_id))[0] == 0
    _, [_, row], _ = await shell("keys", "list")
    assert re.split(r"\s{2,}", row)[6] != "-"


async def test_a_webhook_is_registered_changed_and_removed(shell: Shell) -> None:
    added = ("--event", "hold.opened", "--description", "ERP")
    code, [secret], told = await shell("webhooks", "add", "http://127.0.0.1:9/hooks", *added)
    webhook = told.split()[0]
    assert (code, secret[:6], webhook[:4]) == (0, "whsec_", "whk_")
    _, [newer], _ = await shell("webhooks", "rotate", webhook, "--overlap-hours", "0")
    assert (newer[:6], newer == secret) == ("whsec_", False)

    async def shown() -> list[str]:
        return [re.sub(r"\s{2,}", "|", line) for line in (await shell("webhooks", "list"))[1]][1:]

    assert (await shell("webhooks", "disable", webhook))[1] == [f"{webhook}: disabled"]
    assert await shown() == [f"{webhook}|no|http://127.0.0.1:9/hooks|hold.opened|ERP"]
    assert (await shell("webhooks", "enable", webhook))[1] == [f"{webhook}: enabled"]
    assert await shown() == [f"{webhook}|yes|http://127.0.0.1:9/hooks|hold.opened|ERP"]
    assert (await shell("webhooks", "remove", webhook))[1] == [f"{webhook}: removed"]
    assert (await shell("webhooks", "list"))[1] == ["No webhooks."]
    assert (await shell("webhooks", "disable", webhook))[0] == 65


async def test_dead_letters_are_listed_and_told_once_more(
    shell: Shell, connection: Connection
) -> None:
    assert (await shell("outbox", "list", "--state", "dead"))[1] == ["No deliveries."]
    await connection.execute(DEAD_LETTERS)

    _, [_, *rows], _ = await shell("outbox", "list", "--state", "dead")
    _, page, _ = await shell("outbox", "list", "--limit", "1", "--json")
    cells = re.split(r"\s{2,}", rows[0])
    assert cells[:5] == ["dlv_3", "dead", "hold.opened", "mail sales@example.com", "7"]
    assert (cells[6], len(rows)) == ("The line was cut.", 3)
    assert json.loads("".join(page))["items"][0]["id"] == "dlv_3"

    assert (await shell("outbox", "redeliver", "dlv_3"))[1] == ["dlv_3: waiting"]
    one = await shell("outbox", "redeliver", "--receiver", "nobody@example.com")
    every = await shell("outbox", "redeliver", "--all")
    assert (one[1], every[1]) == (["0 taken up."], ["2 taken up."])
    for unclear in ((), ("--all", "--receiver", "nobody@example.com"), ("dlv_1", "--all")):
        code, _, told = await shell("outbox", "redeliver", *unclear)
        assert (code, "Name a delivery" in told) == (64, True)
