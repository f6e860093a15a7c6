"""Whatever becomes of a hold, its history says who did it, what was before and what after."""

import asyncio
import re
from pathlib import Path
from typing import Any

import pytest
from holds.desk import CLERK, LEAD, Desk, over_the_limit
from holds.desk_of_credit import look
from support.service import a_service, asked
from support.tables import Connection

import app
from app.settings import Settings

WAITS = {
    "state": "open", "assignee": None, "amount": None, "until": None, "released_by": None,
    "second_by": None, "kind": None, "ready": False,
}  # fmt: skip
BLOCKED = "SELECT FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = $1"


async def last(desk: Desk, hold: str) -> Any:
    return (await desk.hold(hold))["history"][-1]


def told(event: Any) -> tuple[Any, ...]:
    return event["action"], event["by"], event["before"], event["after"]


async def cancelled(desk: Desk, key: str | None = None) -> None:
    headers = None if key is None else {"authorization": f"Bearer {key}"}
    answer = await desk.service.client.delete("/v1/customers/C1/orders/SO-1", headers=headers)
    assert answer.is_success, answer.text


async def asked_again(desk: Desk, key: str | None = None, **more: Any) -> None:
    headers = None if key is None else {"authorization": f"Bearer {key}"}
    body = asked("C1", "SO-1", "100.00", revision=2) | more
    answer = await desk.service.client.post("/v1/checks", json=body, headers=headers)
    assert answer.is_success, answer.text


async def test_a_hold_that_ends_by_itself_was_as_it_was_proposed(desk: Desk) -> None:
    await desk.service.put("/v1/policies/standard", releases={"four_eyes_above": "10.00"})
    clerk = await desk.person("credit")
    for end, state in ((asked_again, "superseded"), (cancelled, "cancelled")):
        hold = (await desk.service.get("/v1/holds", state=["open"]))["items"]
        hold_id = hold[0]["id"] if hold else await desk.held()
        await clerk.act(hold_id, "assign", assignee=CLERK)
        await clerk.release(hold_id, amount="80.50", until="2099-01-31")
        proposed = (await last(desk, hold_id))["after"]
        await end(desk)

        event = await last(desk, hold_id)
        assert proposed == WAITS | {
            "state": "awaiting_second", "assignee": CLERK, "amount": "80.50",
            "until": "2099-01-31", "released_by": CLERK,
        }  # fmt: skip
        assert (event["before"], event["after"]) == (proposed, proposed | {"state": state})


@pytest.mark.parametrize("action", ["supersede", "cancel"])
@pytest.mark.parametrize(
    ("key", "expected"),
    [({"person": CLERK}, CLERK), ({"person": None}, "key_"), (None, "administrator")],
    ids=["a person", "a system", "the settings"],
)
async def test_a_person_is_named_where_there_is_one_else_the_key(
    desk: Desk, action: str, key: dict[str, Any] | None, expected: str
) -> None:
    hold = await desk.held()
    issued = None if key is None else await desk.key("order_entry", "ledger", **key)
    await (asked_again if action == "supersede" else cancelled)(desk, issued)

    event = await last(desk, hold)
    assert event["action"] == action
    assert event["by"].startswith(expected)


async def test_a_person_whom_a_systems_check_names_is_named(desk: Desk) -> None:
    hold = await desk.held()
    await asked_again(desk, entered_by=CLERK)
    assert (await last(desk, hold))["by"] == CLERK


async def test_that_the_rules_let_it_pass_is_told_also_of_one_that_waits_for_others(
    desk: Desk,
) -> None:
    hold = await desk.held()
    await (await desk.person("sales")).act(hold, "escalate")
    await desk.service.put("/v1/accounts/C1/limit", amount="200.00", currency="EUR")
    await look(desk.service)

    escalated = WAITS | {"state": "escalated"}
    assert told(await last(desk, hold)) == ("ready", None, escalated, escalated | {"ready": True})
    await asked_again(desk)
    superseded = escalated | {"state": "superseded"}
    assert (await last(desk, hold))["before"] == escalated | {"ready": True}
    assert (await last(desk, hold))["after"] == superseded


async def test_on_what_ground_it_was_released_is_told(desk: Desk) -> None:
    kinds = []
    lead = await desk.person("credit_lead", person=LEAD)
    first = await desk.held()
    await lead.release(first)
    second = await desk.held("SO-2")
    await desk.service.put("/v1/accounts/C1/limit", amount="900.00", currency="EUR")
    await lead.act(second, "recheck")
    for hold in (first, second):
        event = await last(desk, hold)
        kinds.append((event["before"]["kind"], event["after"]["kind"]))
    assert kinds == [(None, "once"), (None, "passes")]


async def test_what_a_person_did_a_moment_before_is_what_was_before(
    settings: Settings, connection: Connection
) -> None:
    long = dict.fromkeys(("deadline_s", "lock_timeout_s", "statement_timeout_s"), 20.0)
    async with (
        a_service(settings.model_copy(update=long)) as service,
        over_the_limit(service) as d,
    ):
        hold = await d.held()
        async with connection.transaction():
            await connection.execute("SELECT FROM credit_account WHERE ref = 'C1' FOR UPDATE")
            await connection.execute("UPDATE hold SET assignee = $1", CLERK)
            asking = asyncio.create_task(asked_again(d))
            database = await connection.fetchval("SELECT current_database()")
            while not await connection.fetch(BLOCKED, database):  # noqa: ASYNC110 - another's state
                await asyncio.sleep(0.01)
        await asking

        event = await last(d, hold)
        assert told(event) == (
            "supersede", "administrator", WAITS | {"assignee": CLERK},
            WAITS | {"assignee": CLERK, "state": "superseded"},
        )  # fmt: skip


MOVE = (
    "UPDATE hold_event SET account = $2 WHERE account = $1 "
    "AND hold_id IN (SELECT id FROM hold WHERE account = $1 AND customer = $3)"
)
CHANGES = re.compile(
    r"(?:update|delete\s+from|truncate(?:\s+table)?|merge\s+into)\s+(?:only\s+)?"
    r"(?:hold_event\b[^\"]*)|hold_event\.(?:update|delete)\(.*",
    re.IGNORECASE,
)


def test_no_statement_of_ours_changes_what_a_history_says() -> None:
    sources = [path.read_text() for path in Path(str(app.__file__)).parent.rglob("*.py")]
    found = [" ".join(m[0].split()) for source in sources for m in CHANGES.finditer(source)]
    # A history goes with its customer to another account, and stays what it was.
    assert found == [MOVE]
