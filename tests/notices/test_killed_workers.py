"""Whatever dies on the way: every hold's mail and webhook arrives, and no check waits for it.

CREDITGATE_TEST_WORKER_KILLS=200 is the long form.
"""

import asyncio
import os
import random
from collections import Counter

from notices.mail_server import TAKEN, MailServer, a_mail_server
from notices.nursery import a_nursery, kill
from notices.office import CREDIT, QUICK
from notices.receiver import OK, HttpReceiver, a_receiver, answer
from notices.waiting import until_it_gives
from support.service import Service
from support.tables import Connection

KILLS = int(os.environ.get("CREDITGATE_TEST_WORKER_KILLS", "15"))
WORKERS_MAX = 2
LIVES_MAX_S = 0.5

QUICKEST = QUICK | {"delivery_timeout_s": 0.4, "retry_first_s": 0.02, "retry_longest_s": 0.1}
"""A claim of a killed worker lapses after twice the first."""


async def misbehave(mail: MailServer, receiver: HttpReceiver, chance: random.Random) -> None:
    """Have both servers down, slow, refusing or well, as chance has it."""
    mail.down()
    if chance.random() > 0.2:
        await mail.up()
    mail.pause_s = chance.choice([0.0, 0.0, 0.1, 1.0])
    mail.to_mail = chance.choice([TAKEN, TAKEN, "451 Come again"])
    mail.answers = chance.choice([{}, {}, {CREDIT: "450 Not now"}])
    receiver.pause_s = chance.choice([0.0, 0.0, 0.1, 1.0])
    receiver.answers = [chance.choice([OK, OK, answer(503), answer(500), b""])]


async def behave(mail: MailServer, receiver: HttpReceiver) -> None:
    mail.down()
    await mail.up()
    mail.pause_s, mail.to_mail, mail.answers = 0.0, TAKEN, {}
    receiver.pause_s, receiver.answers = 0.0, [OK]


async def test_nothing_is_lost_however_often_workers_are_killed(
    service: Service, connection: Connection, database_url: str
) -> None:
    chance = random.Random()  # noqa: S311 - what is killed when, no seed repeats
    await service.customer("C1", limit="1.00")
    holds: list[str] = []
    async with a_mail_server() as mail, a_receiver() as receiver:
        settings = {name: str(value) for name, value in QUICKEST.items()}
        settings |= {"database_url": database_url, "smtp_url": mail.url}
        secret = await _endpoint(connection, receiver)
        async with a_nursery(**settings) as start:
            for _ in range(KILLS):
                await misbehave(mail, receiver, chance)
                pids = [await start() for _ in range(chance.randint(1, WORKERS_MAX))]
                for _ in range(chance.randint(1, 3)):
                    held = await service.check("C1", f"SO-{len(holds)}", "60.00")
                    holds.append(held["hold"]["id"].replace("hld_", "evt_"))
                await asyncio.sleep(chance.uniform(0, LIVES_MAX_S))
                for pid in pids:
                    kill(pid)
            await behave(mail, receiver)
            await start()
            await until_it_gives(lambda: _states(connection), {"delivered": 2 * len(holds)})

    mailed = Counter(message["Message-ID"].partition(".")[0][1:] for _, message in mail.came)
    told = Counter(came.id for came in receiver.came)
    assert set(mailed) == set(holds)
    assert set(told) == set(holds)
    for came in receiver.came:
        assert came.verified(secret)["data"]["hold"] == came.id.replace("evt_", "hld_")


async def _endpoint(connection: Connection, receiver: HttpReceiver) -> str:
    secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"  # noqa: S105 - the specification's own
    await connection.execute(
        "INSERT INTO webhook_endpoint (id, url, events, enabled, secret, created_at)"
        " VALUES ('whk_1', $1, '{hold.opened}', true, $2, now())",
        receiver.url,
        secret,
    )
    return secret


async def _states(connection: Connection) -> dict[str, int]:
    rows = await connection.fetch(
        "SELECT coalesce(d.state, 'not made out') AS state, count(*) AS n FROM outbox o"
        " LEFT JOIN delivery d ON d.account = o.account AND d.event_id = o.id GROUP BY 1"
    )
    return {row["state"]: row["n"] for row in rows}
