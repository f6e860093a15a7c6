from functools import partial

import pytest
from notices.office import an_office
from notices.receiver import OK, a_receiver, answer, event
from notices.waiting import until_it_gives
from standardwebhooks import WebhookVerificationError
from support.contract import Call, answered, flaws, published
from support.service import refusal
from support.tables import Connection

from app.settings import Settings


async def test_a_hold_is_told_as_the_specification_has_it(settings: Settings) -> None:
    async with a_receiver() as erp, an_office(settings) as office:
        endpoint = await office.hears(erp.url)
        held = await office.held("SO-1")
        (came,) = await erp.events(1)
        await until_it_gives(office.deliveries, [("delivered", 204, 1)])
    told = came.verified(endpoint["secret"])
    assert flaws(told, published()["components"]["schemas"]["WebhookEvent"]) == []
    assert came.path == "/hooks?from=creditgate"
    assert came.headers["host"] == f"127.0.0.1:{erp.port}"
    assert came.id == held["hold"]["id"].replace("hld_", "evt_")
    options = told["data"].pop("options")
    assert [(o["type"], o["amount"], o["currency"]) for o in options] == [
        ("prepay", "59.00", "EUR"),
        ("ship_part", "1.00", "EUR"),
        ("await_release", "60.00", "EUR"),
    ]
    assert told == {
        "type": "hold.opened",
        "timestamp": held["decided_at"],
        "data": {
            "account": "C1",
            "customer": "C1",
            "order": "SO-1",
            "hold": held["hold"]["id"],
            "check": held["id"],
            "revision": 1,
            "amount": "60.00",
            "currency": "EUR",
            "ship_date": None,
            "credit": {
                "currency": "EUR",
                "limit": "1.00",
                "unlimited": False,
                "exposure": "60.00",
                "overdue": "0.00",
            },
            "reasons": ["limit_exceeded"],
        },
    }


async def test_a_message_tells_the_same_under_one_id_until_it_is_taken(
    settings: Settings,
) -> None:
    async with a_receiver() as erp, an_office(settings) as office:
        erp.answers = [answer(500), answer(404), OK]
        await office.hears(erp.url)
        await office.held("SO-1")
        tries = await erp.events(3)
        await until_it_gives(office.deliveries, [("delivered", 204, 3)])
    assert len({came.id for came in tries}) == 1
    assert len({came.body for came in tries}) == 1


async def test_an_endpoint_hears_what_it_asked_for_and_nothing_else(
    settings: Settings, connection: Connection
) -> None:
    async with a_receiver() as erp, an_office(settings) as office:
        await office.service.check("C1", "SO-0", "0.50")
        before = await connection.fetchval("SELECT count(*) FROM outbox")
        await office.hears(erp.url, "check.decided", "limit.changed")
        check = await office.service.check("C1", "SO-1", "0.25")
        held = await office.held("SO-2")
        await office.service.put("/v1/accounts/C1/limit", amount="2.00", currency="EUR")
        events = {
            e["type"] + e["data"].get("order", ""): e["data"]
            for e in map(event, await erp.events(3))
        }
    assert before == 0
    assert events["check.decidedSO-1"] == {
        "account": "C1", "customer": "C1", "order": "SO-1", "check": check["id"],
        "outcome": check["outcome"], "revision": 1, "amount": "0.25", "currency": "EUR",
        "account_seq": check["account_seq"],
    }  # fmt: skip
    assert events["check.decidedSO-2"]["hold"] == held["hold"]["id"]
    limit = {"currency": "EUR", "unlimited": False, "valid_until": None, "reason": None}
    assert events["limit.changed"] == {
        "account": "C1",
        "limit": limit | {"amount": "2.00"},
        "before": limit | {"amount": "1.00"},
    }


async def test_both_secrets_sign_while_one_takes_the_others_place(
    settings: Settings, connection: Connection
) -> None:
    async with a_receiver() as erp, an_office(settings) as office:
        old = await office.hears(erp.url)
        path = f"/v1/webhooks/{old['id']}/rotate"
        new = (await office.service.client.post(path, json={"overlap_hours": 1})).json()
        await office.held("SO-1")
        (both,) = await erp.events(1)
        await connection.execute(
            "UPDATE webhook_endpoint"
            " SET previous_secrets = jsonb_set(previous_secrets, '{0,until}', to_jsonb(now()))"
        )
        await office.held("SO-2")
        (_, one) = await erp.events(2)
    assert new["previous_secret_until"] > old["created_at"]
    for secret in (old["secret"], new["secret"]):
        both.verified(secret)
    one.verified(new["secret"])
    with pytest.raises(WebhookVerificationError):
        one.verified(old["secret"])


async def test_every_secret_signs_until_its_own_overlap_ends_and_there_are_not_too_many(
    settings: Settings, connection: Connection
) -> None:
    async with a_receiver() as erp, an_office(settings) as office:
        first = await office.hears(erp.url)
        path = f"/v1/webhooks/{first['id']}/rotate"
        rotate = partial(office.service.client.post, path)
        answers = [await rotate(json={"overlap_hours": hours}) for hours in (3, 0, 9, 2, 1)]
        secrets = [first["secret"], *(answer.json()["secret"] for answer in answers)]
        await rotate(json={"overlap_hours": 5})
        full = await rotate(json={"overlap_hours": 0})
        await office.held("SO-1")
        (came,) = await erp.events(1)
        await connection.execute(
            "UPDATE webhook_endpoint"
            " SET previous_secrets = jsonb_set(previous_secrets, '{0,until}', to_jsonb(now()))"
        )
        freed = await rotate()
    assert refusal(full)[:2] == (409, "secrets_in_use")
    assert (freed.status_code, came.headers["webhook-signature"].count("v1,")) == (200, 6)
    for number, secret in enumerate(secrets):
        if number != 1:  # its overlap was none
            came.verified(secret)
    with pytest.raises(WebhookVerificationError):
        came.verified(secrets[1])


async def test_a_receiver_that_is_gone_is_left_alone_until_somebody_enables_it(
    settings: Settings, connection: Connection
) -> None:
    async with a_receiver() as erp, an_office(settings) as office:
        erp.answers = [answer(410), OK]
        endpoint = await office.hears(erp.url)
        await office.held("SO-1")
        await until_it_gives(office.deliveries, [("dead", 410, 1)])
        place = f"/v1/webhooks/{endpoint['id']}"
        known = await office.service.get(place)
        await office.held("SO-2")
        new = "SELECT count(*) FROM outbox WHERE webhooks_made_at IS NULL"
        await until_it_gives(lambda: connection.fetchval(new), 0)
        await office.service.put(place, url=erp.url, events=["hold.opened"])
        await office.service.client.post("/v1/outbox/redeliver", json={})
        await until_it_gives(office.deliveries, [("delivered", 204, 1)])
    assert (known["enabled"], "410" in known["disabled_reason"]) == (False, True)
    assert [event(came)["data"]["order"] for came in erp.came] == ["SO-1", "SO-1"]


async def test_a_redirect_is_not_followed(settings: Settings) -> None:
    async with a_receiver() as elsewhere, a_receiver() as erp, an_office(settings) as office:
        erp.answers = [answer(307, f"Location: {elsewhere.url}"), OK]
        await office.hears(erp.url)
        await office.held("SO-1")
        await until_it_gives(office.deliveries, [("delivered", 204, 2)])
    assert elsewhere.came == []


@pytest.mark.parametrize(
    "head",
    [
        b"HTTP/1.1 200 OK\r\nX-Much: ",
        b"HTTP/1.1 100 Go on\r\n\r\nHTTP/1.1 200 OK\r\n",
        b"",
    ],
    ids=["endless headers", "headers by drips", "no head at all"],
)
async def test_an_answer_without_an_end_is_given_up_in_time_and_delays_nobody(
    settings: Settings, head: bytes
) -> None:
    async with a_receiver() as bad, a_receiver() as good, an_office(settings) as office:
        bad.answers, bad.drips = [head], b"x" * (200_000 if b"Much" in head else 1)
        slow = await office.hears(bad.url)
        await office.hears(good.url)
        for number in range(12):
            await office.held(f"SO-{number}")
        await good.events(12)
        in_time = [state for state, _, _ in await office.deliveries(receiver=slow["id"])]
        await bad.events(13)
        bad.drips = b""
    assert set(in_time) == {"waiting"}


async def test_a_huge_body_is_not_read(settings: Settings) -> None:
    async with a_receiver() as erp, an_office(settings) as office:
        erp.answers = [b"HTTP/1.1 200 OK\r\nContent-Length: 99999999999\r\n\r\n"]
        erp.drips = b"x" * 65_536
        await office.hears(erp.url)
        await office.held("SO-1")
        await until_it_gives(office.deliveries, [("delivered", 200, 1)])


async def test_a_receiver_is_given_the_pause_that_it_asks_for_up_to_an_hour(
    settings: Settings, connection: Connection
) -> None:
    async with a_receiver() as erp, an_office(settings) as office:
        erp.answers = [answer(429, "Retry-After: 60")]
        await office.hears(erp.url)
        await office.held("SO-1")
        await until_it_gives(office.deliveries, [("waiting", 429, 1)])
        erp.answers = [answer(503, "Retry-After: 999999")]
        await office.held("SO-2")
        await until_it_gives(office.deliveries, [("waiting", 429, 1), ("waiting", 503, 1)])
        pauses = await connection.fetch(
            "SELECT extract(epoch FROM next_at - last_tried_at)::int FROM delivery ORDER BY id"
        )
    assert [50 <= pauses[0][0] <= 90, 3500 <= pauses[1][0] <= 3700] == [True, True]


async def test_what_waits_for_a_deleted_endpoint_is_dropped_and_its_secret_forgotten(
    settings: Settings, connection: Connection
) -> None:
    async with a_receiver() as erp, an_office(settings) as office:
        erp.answers = [answer(500)]
        endpoint = await office.hears(erp.url)
        await office.held("SO-1")
        await erp.events(1)
        await office.service.delete(f"/v1/webhooks/{endpoint['id']}")

        async def states() -> list[str]:
            return [state for state, _, _ in await office.deliveries()]

        await until_it_gives(states, ["dropped"])
    assert await connection.fetchval("SELECT secret IS NULL FROM webhook_endpoint")


async def test_what_is_given_up_is_a_dead_letter_that_can_be_sent_again(
    settings: Settings,
) -> None:
    async with a_receiver() as erp, an_office(settings, give_up_hours=0.0001) as office:
        erp.answers = [answer(500)]
        endpoint = await office.hears(erp.url)
        await office.held("SO-1")

        async def dead() -> list[str]:
            return [state for state, _, _ in await office.deliveries(state="dead")]

        await until_it_gives(dead, ["dead"])
        (letter,) = (await office.service.get("/v1/outbox", receiver=endpoint["id"]))["items"]
        erp.answers = [OK]
        place = {"delivery": letter["id"]}
        again = await answered(office.service.client, Call("redeliver", place))
        await until_it_gives(office.deliveries, [("delivered", 204, 1)])
        read = await answered(office.service.client, Call("read_delivery", place))
    assert read.json()["state"] == "delivered"
    assert (letter["error"], letter["kind"]) == ("the receiver answered 500", "hold.opened")
    assert again.json()["state"] == "waiting"
    assert f"to {endpoint['id']} given up" in office.said[0]
    assert len({came.id for came in erp.came}) == 1
