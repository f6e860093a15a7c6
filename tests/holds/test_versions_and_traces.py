"""The first commit wins, the other is told so; and everything that is done leaves a trace."""

from typing import Any

import asyncpg
import pytest
from holds.desk import CLERK, LEAD, Desk
from support.tables import Connection


@pytest.mark.parametrize("action", ["release", "refuse", "escalate", "recheck", "cancel"])
async def test_without_the_version_that_was_seen_nothing_is_done(desk: Desk, action: str) -> None:
    hold = await desk.held()
    body = {"reason": "r"}
    answer = await (await desk.person("credit")).ask(hold, action, version=None, **body)
    assert (answer.status_code, answer.json()["code"]) == (428, "version_required")
    assert (await desk.hold(hold))["version"] == 1


async def test_who_has_seen_an_older_version_is_told_the_newer(desk: Desk) -> None:
    clerk, lead = await desk.person("credit"), await desk.person("credit_lead", person=LEAD)
    hold = await desk.held()

    first = await clerk.ask(hold, "release", reason="r")
    second = await lead.ask(hold, "refuse", reason="r")

    assert (first.status_code, first.headers["etag"]) == (200, '"2"')
    assert (second.status_code, second.json()["code"]) == (412, "hold_changed")
    assert second.json()["version"] == 2
    assert (await desk.hold(hold))["state"] == "released"


@pytest.mark.parametrize(
    "tag", ["*", 'W/"1"', "one", "1", '"1', '1"', '"01"', '"0"', '"1", "2"', "'1'", ""]
)
async def test_what_is_no_version_is_refused(desk: Desk, tag: str) -> None:
    hold = await desk.held()
    headers = (await desk.person("credit")).headers | {"if-match": tag}
    answer = await desk.service.client.post(
        f"/v1/holds/{hold}/release", json={"reason": "r"}, headers=headers
    )
    assert (answer.status_code, answer.json()["errors"][0]["code"]) == (422, "version_malformed")


async def test_two_headers_with_versions_are_none(desk: Desk) -> None:
    hold = await desk.held()
    headers = [*(await desk.person("credit")).headers.items(), *[("if-match", '"1"')] * 2]
    answer = await desk.service.client.post(f"/v1/holds/{hold}/recheck", headers=headers)
    assert (answer.status_code, answer.json()["errors"][0]["code"]) == (422, "version_malformed")


async def test_a_comment_takes_no_version_and_makes_none_stale(desk: Desk) -> None:
    hold = await desk.held()
    clerk = await desk.person("credit")

    assert (await clerk.ask(hold, "comment", version=None, note="called")).status_code == 200

    assert (await clerk.ask(hold, "release", reason="r")).status_code == 200


async def test_a_release_sent_again_under_its_key_is_done_once(desk: Desk) -> None:
    hold = await desk.held()
    clerk = await desk.person("credit")
    headers = clerk.headers | {"if-match": '"1"', "idempotency-key": "k-1"}
    path, body = f"/v1/holds/{hold}/release", {"reason": "r"}

    first = await desk.service.client.post(path, json=body, headers=headers)
    second = await desk.service.client.post(path, json=body, headers=headers)

    assert (first.status_code, second.content) == (200, first.content)
    assert second.headers["idempotent-replayed"] == "true"


async def test_the_history_says_who_did_what_and_what_was_before_and_after(desk: Desk) -> None:
    clerk, lead = await desk.person("credit"), await desk.person("credit_lead", person=LEAD)
    hold = await desk.held(amount="60000.00")
    await clerk.act(hold, "assign", assignee=CLERK)
    await clerk.act(hold, "comment", note="The customer was called.")
    await clerk.release(hold, until="2099-01-31", note="pays on Friday")
    traced = await lead.release(hold)

    assert [told(event) for event in traced["history"]] == [
        (0, "open", None, None, "open"),
        (1, "assign", CLERK, "open", "open"),
        (2, "comment", CLERK, "open", "open"),
        (3, "release", CLERK, "open", "awaiting_second"),
        (4, "release", LEAD, "awaiting_second", "released"),
    ]
    assert traced["history"][1]["after"]["assignee"] == CLERK
    assert traced["history"][2]["note"] == "The customer was called."
    proposed, released = traced["history"][3], traced["history"][4]
    assert (proposed["reason"], proposed["note"]) == ("payment_promised", "pays on Friday")
    assert (proposed["before"]["amount"], proposed["after"]["amount"]) == (None, "60000.00")
    assert (released["before"]["second_by"], released["after"]["second_by"]) == (None, LEAD)
    assert traced.items() <= (await desk.hold(hold)).items()


def told(event: Any) -> tuple[Any, ...]:
    before = event["before"] and event["before"]["state"]
    return event["no"], event["action"], event["by"], before, event["after"]["state"]


async def test_what_ends_a_hold_by_itself_is_in_its_history_too(desk: Desk) -> None:
    superseded, cancelled = await desk.held("SO-1"), await desk.held("SO-2")
    clerk = await desk.person("order_entry")
    body = {"customer": "C1", "order": {"ref": "SO-1", "revision": 2, "amount": "1.00"}}
    body["order"] |= {"currency": "EUR"}  # type: ignore[operator]
    await desk.service.client.post("/v1/checks", json=body, headers=clerk.headers)
    await desk.service.client.delete("/v1/customers/C1/orders/SO-2", headers=clerk.headers)

    assert [told(e) for e in (await desk.hold(superseded))["history"][1:]] == [
        (1, "supersede", CLERK, "open", "superseded")
    ]
    assert [told(e) for e in (await desk.hold(cancelled))["history"][1:]] == [
        (1, "cancel", CLERK, "open", "cancelled")
    ]


async def test_the_account_journals_what_a_release_did_to_it(
    desk: Desk, connection: Connection
) -> None:
    hold = await desk.held()
    await (await desk.person("credit")).release(hold)

    facts = await connection.fetchrow(
        "SELECT seq, facts ->> 'hold' AS hold, facts ->> 'by' AS by, facts ->> 'action' AS action,"
        " jsonb_array_length(facts -> 'orders') AS orders FROM journal WHERE kind = 'hold'"
    )

    seq = (await desk.service.account("C1"))["seq"]
    assert dict(facts or {}) == {
        "seq": seq, "hold": hold, "by": CLERK, "action": "release", "orders": 1,
    }  # fmt: skip


async def test_a_hold_moves_with_its_customer_and_keeps_its_history(
    desk: Desk, connection: Connection
) -> None:
    await desk.service.put("/v1/policies/standard", releases={"four_eyes_above": "10.00"})
    hold = await desk.held()
    await (await desk.person("credit")).release(hold)
    await desk.service.customer("C1", account="GROUP", limit=None)
    await desk.service.put("/v1/accounts/GROUP/limit", amount="20.00", currency="EUR")

    released = await (await desk.person("credit_lead", person=LEAD)).release(hold)

    assert (released["account"], released["state"]) == ("GROUP", "released")
    assert len(released["history"]) == 3
    places = await connection.fetch("SELECT DISTINCT account FROM hold_approval")
    assert [row["account"] for row in places] == ["GROUP"]


async def test_a_release_whose_commit_was_lost_is_known_by_the_next_try(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    hold = await desk.held()
    clerk = await desk.person("credit")
    commits = 0
    commit = asyncpg.transaction.Transaction.commit

    async def lost(transaction: Any) -> None:
        nonlocal commits
        await commit(transaction)
        commits += 1
        if commits == 1:
            raise asyncpg.ConnectionDoesNotExistError("the line broke")

    monkeypatch.setattr(asyncpg.transaction.Transaction, "commit", lost)
    answer = await clerk.ask(hold, "release", reason="r")

    assert (answer.status_code, answer.json()["state"]) == (200, "released")
    assert len(answer.json()["history"]) == 2
