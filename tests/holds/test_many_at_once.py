"""Many actions in one request: each with its result, and rehearsed before they are done."""

from typing import Any

import pytest
from holds.desk import Desk, Person, over_the_limit
from support.service import a_service
from support.tables import Connection, dump, require_sound

from app.settings import Settings

RELEASE = {"action": "release", "reason": "payment_promised"}


async def send(desk: Desk, person: Person, *actions: dict[str, Any], **more: Any) -> Any:
    """Send actions; gives what became of them."""
    body = {"actions": list(actions)} | more
    answer = await desk.service.client.post("/v1/holds/actions", json=body, headers=person.headers)
    assert answer.status_code == 200, answer.text
    return answer.json()


def told(items: list[Any]) -> list[Any]:
    return [item["state"] or item["problem"]["code"] for item in items]


async def test_each_action_has_its_result_and_none_fails_the_others(desk: Desk) -> None:
    clerk = await desk.person("credit")
    holds = [await desk.held(f"SO-{number}") for number in range(3)]

    done = await send(
        desk, clerk,
        RELEASE | {"hold": holds[0], "version": 1},
        RELEASE | {"hold": holds[1], "version": 7},
        RELEASE | {"hold": "hld_none", "version": 1},
        {"action": "refuse", "hold": holds[2], "version": 1, "reason": "no_cover"},
        {"action": "comment", "hold": holds[1], "note": "next week"},
        {"action": "cancel", "hold": holds[0], "version": 2},
    )  # fmt: skip

    assert told(done["items"]) == [
        "released", "hold_changed", "hold_unknown", "refused", "open", "hold_state_conflict",
    ]  # fmt: skip
    assert done["items"][1]["problem"]["version"] == 1
    assert [account["exposure"]["total"] for account in done["accounts"]] == ["100.00"]


async def test_a_dry_run_shows_what_each_account_would_owe_and_leaves_nothing(
    desk: Desk, connection: Connection
) -> None:
    await desk.service.put("/v1/policies/standard", releases={"four_eyes_above": "150.00"})
    await desk.service.customer("C2", limit="10.00")
    clerk = await desk.person("credit")
    holds = [await desk.held(f"SO-{number}") for number in range(2)]
    other = (await desk.service.check("C2", "SO-9", "40.00"))["hold"]["id"]
    actions = [RELEASE | {"hold": hold, "version": 1} for hold in (*holds, other, "hld_none")]
    await send(desk, clerk, *actions, dry_run=True)
    before = await dump(connection)

    rehearsed = await send(desk, clerk, *actions, dry_run=True)

    assert await dump(connection) == before
    # The second one of C1 counts the first, as it would.
    assert told(rehearsed["items"]) == ["released", "awaiting_second", "released", "hold_unknown"]
    exposures = {a["account"]: a["exposure"]["total"] for a in rehearsed["accounts"]}
    assert exposures == {"C1": "100.00", "C2": "40.00"}
    done = await send(desk, clerk, *actions)
    assert (told(done["items"]), done["accounts"]) == (
        told(rehearsed["items"]),
        [account | {"seq": account["seq"]} for account in rehearsed["accounts"]],
    )


async def test_a_release_may_be_until_the_last_day_that_there_is(
    desk: Desk, connection: Connection
) -> None:
    clerk = await desk.person("credit")
    holds = [await desk.held(f"SO-{number}") for number in range(2)]

    released = await clerk.release(holds[0], until="9999-12-31")
    done = await send(
        desk, clerk, RELEASE | {"hold": holds[1], "version": 1, "until": "9999-12-31"}
    )

    assert (released["release"]["until"], told(done["items"])) == ("9999-12-31", ["released"])
    passed = await desk.service.check("C1", "SO-0", "100.00", revision=2)
    assert passed["reservation"]["expires_at"].startswith("9999-12-31")
    await require_sound(connection)


@pytest.mark.parametrize("dry_run", [False, True])
async def test_what_nobody_has_thought_of_takes_no_result_from_the_others(
    desk: Desk, connection: Connection, *, dry_run: bool
) -> None:
    clerk = await desk.person("credit")
    holds = [await desk.held(f"SO-{number}") for number in range(3)]
    await connection.execute("UPDATE hold SET lines = '7' WHERE id = $1", holds[1])

    actions = [{"action": "refuse", "reason": "no", "hold": h, "version": 1} for h in holds]
    done = await send(desk, clerk, *actions, dry_run=dry_run)

    assert told(done["items"]) == ["refused", "internal_error", "refused"]
    assert [account["account"] for account in done["accounts"]] == ["C1"]


@pytest.mark.parametrize("dry_run", [False, True])
async def test_an_account_that_cannot_be_had_takes_no_result_from_the_others(
    settings: Settings, connection: Connection, *, dry_run: bool
) -> None:
    # The wait for the second account takes all the time that there is.
    long = dict.fromkeys(("deadline_s", "lock_timeout_s", "statement_timeout_s"), 20.0)
    hurried = settings.model_copy(update=long | {"batch_deadline_s": 3.0})
    async with a_service(hurried) as service, over_the_limit(service) as desk:
        await service.customer("C2", limit="10.00")
        clerk = await desk.person("credit")
        other = (await service.check("C2", "SO-9", "40.00"))["hold"]["id"]
        actions = [RELEASE | {"hold": hold, "version": 1} for hold in (await desk.held(), other)]
        async with connection.transaction():
            await connection.execute("SELECT FROM credit_account WHERE ref = 'C2' FOR UPDATE")
            done = await send(desk, clerk, *actions, dry_run=dry_run)

    assert told(done["items"]) == ["released", "unavailable"]
