"""What people do with holds, and their keys, answer as the contract describes it."""

from dataclasses import replace

from holds.calls import ACTIONS, KEY, every_action
from holds.desk import Desk
from support.contract import Call, answered


async def test_every_action_on_a_hold_answers_as_described(desk: Desk) -> None:
    calls = await every_action(desk)
    answers = {call.operation: await answered(desk.service.client, call) for call in calls}
    assert {name: answer.status_code for name, answer in answers.items()} == dict.fromkeys(
        ACTIONS, 200
    )
    for answer in answers.values():
        if "version" not in answer.json():
            continue
        assert answer.headers["etag"] == f'"{answer.json()["version"]}"'


async def test_every_action_sent_again_under_its_key_is_done_once(desk: Desk) -> None:
    client = desk.service.client
    for number, call in enumerate(await every_action(desk)):
        keyed = replace(call, headers={**call.headers, "idempotency-key": f"k-{number}"})
        first, second = await answered(client, keyed), await answered(client, keyed)
        assert second.headers["idempotent-replayed"] == "true"
        assert (second.status_code, second.content) == (200, first.content)


async def test_keys_are_issued_listed_and_revoked_as_described(desk: Desk) -> None:
    client = desk.service.client
    issued = await answered(client, Call("issue_key", body=KEY))
    listed = await answered(client, Call("list_keys"))
    revoked = await answered(client, Call("revoke_key", {"key": issued.json()["id"]}))
    shown = {name: value for name, value in issued.json().items() if name != "key"}
    assert listed.json() == {"items": [shown], "next_cursor": None}
    assert revoked.json()["revoked_by"] == "administrator"
