import json
import re
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from support.service import Service
from support.source import ROOT

from app.demo.portfolio import demo_book

README = (ROOT / "README.md").read_text()


def fenced(language: str) -> str:
    """Give the README's first block in this language."""
    found = re.search(rf"```{language}\n(.*?)```", README, re.DOTALL)
    assert found is not None, f"README.md has no block of {language}"
    return found[1]


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


async def load_the_demo(service: Service) -> None:
    today = datetime.now(ZoneInfo("Europe/Berlin")).date()
    lines = "\n".join(json.dumps(line) for line in demo_book(today).lines)
    answer = await service.client.post(
        "/v1/ledger", content=lines, headers={"Content-Type": "application/x-ndjson"}
    )
    assert answer.json()["refused"] == 0
