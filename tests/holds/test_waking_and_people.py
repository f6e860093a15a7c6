"""The rules and people look at the same holds: they judge alike, and see what the other did."""

from typing import Any

import pytest
from holds.desk import CLERK, Desk
from holds.desk_of_credit import look, states
from support.service import Service
from support.tables import Connection, require_sound


async def two_held(desk: Desk) -> tuple[str, str]:
    """Have two orders of 40.00 of which one fits: the older one is ready."""
    await desk.service.put("/v1/accounts/C1/limit", amount="10.00", currency="EUR")
    first, second = await desk.held("SO-1", "40.00"), await desk.held("SO-2", "40.00")
    await desk.service.put("/v1/accounts/C1/limit", amount="50.00", currency="EUR")
    await look(desk.service)
    assert await states(desk.service) == [("SO-1", "ready"), ("SO-2", "open")]
    return first, second


@pytest.mark.parametrize(
    ("action", "then"),
    [
        ("refuse", [("SO-1", "refused"), ("SO-2", "ready")]),
        ("cancel", [("SO-1", "cancelled"), ("SO-2", "ready")]),
        ("release", [("SO-1", "released"), ("SO-2", "open")]),
        ("escalate", [("SO-1", "escalated"), ("SO-2", "open")]),
    ],
)
async def test_what_people_do_with_a_hold_has_the_others_of_its_account_looked_at(
    desk: Desk, connection: Connection, action: str, then: list[tuple[str, str]]
) -> None:
    first, _ = await two_held(desk)
    clerk = await desk.person("credit", "sales")
    await clerk.act(first, action, reason="r")
    await look(desk.service)
    assert await states(desk.service) == then
    await require_sound(connection)


async def test_a_recheck_lets_nobody_pass_before_those_who_waited_longer(desk: Desk) -> None:
    first, second = await two_held(desk)
    seller, clerk = await desk.person("sales"), await desk.person("credit", person="c@example.com")
    assert (await seller.act(second, "recheck"))["state"] == "open"
    assert (await clerk.act(second, "recheck"))["state"] == "open"
    assert (await desk.hold(second))["judged_now"]["outcome"] == "hold"
    over = await clerk.release(second)
    assert over["release"]["kind"] == "once"
    await look(desk.service)
    assert (await desk.hold(first))["state"] == "open"


async def test_a_refused_order_that_goes_to_the_committee_is_looked_at_again(desk: Desk) -> None:
    hold = await _refused(desk)
    await (await desk.person("sales", person="s@example.com")).act(hold, "escalate")
    await desk.service.put("/v1/accounts/C1/limit", amount="500.00", currency="EUR")
    await look(desk.service)
    seen = await desk.hold(hold)
    assert (seen["state"], seen["ready_at"] is None) == ("escalated", False)


async def _refused(desk: Desk) -> str:
    hold = await desk.held()
    await (await desk.person("credit")).act(hold, "refuse", reason="r")
    await look(desk.service)
    return hold


async def test_what_the_rules_did_stands_in_the_history_by_nobody_and_is_told(
    desk: Desk, connection: Connection
) -> None:
    hook = {"url": "https://1.1.1.1/hooks", "events": ["hold.ready"]}
    assert (await desk.service.client.post("/v1/webhooks", json=hook)).status_code == 201
    hold = await desk.held()
    for limit in ("500.00", "50.00", "600.00"):
        await desk.service.put("/v1/accounts/C1/limit", amount=limit, currency="EUR")
        await look(desk.service)
    seen = await desk.hold(hold)
    done = [(e["action"], e["by"], e["before"], e["after"]["state"]) for e in seen["history"]]
    assert [(action, by, after) for action, by, _, after in done] == [
        ("open", None, "open"),
        ("ready", None, "ready"),
        ("reopen", None, "open"),
        ("ready", None, "ready"),
    ]
    assert (seen["version"], seen["history"][2]["before"]["state"]) == (4, "ready")
    told = await connection.fetch("SELECT kind FROM outbox WHERE kind = 'hold.ready'")
    assert len(told) == 2


async def test_who_has_seen_a_hold_before_it_was_ready_is_told_so(desk: Desk) -> None:
    first, _ = await two_held(desk)
    answer = await (await desk.person("credit")).ask(first, "release", reason="r")
    assert (answer.status_code, answer.json()["version"]) == (412, 2)


async def test_what_we_did_not_collect_in_time_forbids_no_release(service: Service) -> None:
    await service.put("/v1/policies/standard", release_advice={"collection_days": 3660})
    await service.customer("C1", limit="50.00", direct_debit=True)
    await service.item("C1", "RE-1", "60.00", due_on="2026-01-05")
    desk = Desk(service)
    hold = await desk.held()
    met = {c["code"]: c["met"] for c in (await desk.hold(hold))["advice"]["conditions"]}
    assert (met["no_due_items"], met["direct_debit_not_collected"]) == (True, True)
    assert (await (await desk.person("credit")).release(hold))["state"] == "released"


@pytest.mark.parametrize(
    ("role", "status"), [("sales", 200), ("credit", 200), ("order_entry", 403), ("auditor", 403)]
)
async def test_who_talks_to_the_customer_states_what_it_will_pay(
    desk: Desk, role: str, status: int
) -> None:
    person = await desk.person(role, person=CLERK)
    path = "/v1/customers/C1/expected-payments/EP-1"
    body: dict[str, Any] = {"amount": "1.00", "currency": "EUR", "expected_on": "2026-12-01"}
    answer = await desk.service.client.put(path, json=body, headers=person.headers)
    assert answer.status_code == status
