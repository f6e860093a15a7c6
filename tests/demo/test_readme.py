import json
import re
import shlex
import subprocess
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from demo.test_demo import READY, url_in
from support.commands import COMMAND, RUN_LIMIT_S, environment, running
from support.service import Service
from support.source import ROOT

from app.demo.portfolio import demo_book

README = (ROOT / "README.md").read_text()


def fenced(language: str, having: str = "") -> str:
    """Give the README's first block in this language that has this text."""
    blocks = re.findall(rf"^```{language}\n(.*?)^```", README, re.DOTALL | re.MULTILINE)
    found = [block for block in blocks if having in block]
    assert found, f"README.md has no block of {language} with {having}"
    return str(found[0])


def without_the_moment(answer: dict[str, Any]) -> dict[str, Any]:
    data = answer["data"] | {"as_of": "the moment"}
    return answer | {"decided_at": "the moment", "data": data}


async def test_the_first_request_gives_exactly_the_answer_shown(service: Service) -> None:
    await load_the_demo(service)
    command = fenced("bash")
    path, body = re.search(r"8080(/\S+)", command), re.search(r"-d '(.*)'", command, re.DOTALL)
    assert path is not None
    assert body is not None

    answer = await service.client.post(path[1], json=json.loads(body[1]))

    shown = json.loads(fenced("json"))
    assert without_the_moment(answer.json()) == without_the_moment(shown)
    assert list(answer.json()) == list(shown)


async def test_the_same_order_of_another_customer_is_a_yes_as_it_says(service: Service) -> None:
    await load_the_demo(service)

    answer = await service.preview("DEMO-PASS", "SO-4711", "18450.00")

    assert (answer["outcome"], answer["may_ship"], answer["reasons"]) == ("pass", True, [])
    assert '`"outcome": "pass", "may_ship": true, "reasons": []`' in README


def test_the_guide_to_the_desk_leads_from_a_hold_to_the_mail_to_sales(tmp_path: Path) -> None:
    """The block runs as it is typed, but for the hold's id, which only the list can tell."""
    before, named, after = re.split(r"(HOLD=hld_\S+)", fenced("bash", "creditgate keys create"))
    assert named
    with running("demo", "--port", "0", cwd=tmp_path) as shown:
        url = url_in(shown.wait_for(READY))
        listed = typed(before, tmp_path, url)
        ids = re.findall(r"^(hld_\S+) +open +DEMO-HOLD +SO-4712 ", listed, re.MULTILINE)
        released = typed(f"{again(before)}\nHOLD={ids[0]}{after}", tmp_path, url)
        mail = re.findall(r"^Mail to sales.*", README, re.MULTILINE)[0]
        assert mail in shown.wait_for(mail)
    assert "yes no_due_items: due 0.00" in released
    assert "SO-4712 of DEMO-HOLD: would be released" in released
    assert released.endswith("\nSO-4712 of DEMO-HOLD: released\n")
    assert (tmp_path / ".demo/desk-key").stat().st_mode & 0o077 == 0


def again(block: str) -> str:
    """Give what a second shell has to be told again of what the first was."""
    return "\n".join(line for line in block.splitlines() if line.startswith("export "))


def typed(block: str, folder: Path, url: str) -> str:
    """Type lines into a shell in which the command is installed; gives what it prints."""
    installed = folder / ".venv/bin/creditgate"
    if not installed.exists():
        installed.parent.mkdir(parents=True)
        installed.write_text(f'#!/bin/sh\nexec {shlex.join(COMMAND)} "$@"\n')
        installed.chmod(0o755)
    done = subprocess.run(
        ["/bin/bash"],
        input=block,
        capture_output=True,
        check=True,
        text=True,
        timeout=RUN_LIMIT_S,
        cwd=folder,
        env=environment({"url": url}),
    )
    return done.stdout


async def load_the_demo(service: Service) -> None:
    today = datetime.now(ZoneInfo("Europe/Berlin")).date()
    lines = "\n".join(json.dumps(line) for line in demo_book(today).lines)
    answer = await service.client.post(
        "/v1/ledger", content=lines, headers={"Content-Type": "application/x-ndjson"}
    )
    assert answer.json()["refused"] == 0
