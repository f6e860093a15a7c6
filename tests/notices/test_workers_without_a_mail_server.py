"""A worker that cannot mail takes nothing away from one that can."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta

from notices.mail_server import a_mail_server
from notices.office import Office, an_office
from notices.receiver import a_receiver
from notices.waiting import until_it_gives
from support.tables import Connection

from app.settings import Settings
from app.wiring import wired_desk, wired_dispatcher

UNMADE = "SELECT count(*) FROM outbox WHERE webhooks_made_at IS NULL"
UNMAILED = "SELECT count(*) FROM outbox WHERE mails_made_at IS NULL"
KEEP, TRIED_FOR = timedelta(days=30), timedelta(hours=72)


@asynccontextmanager
async def a_worker_without_a_mail_server(settings: Settings) -> AsyncIterator[None]:
    desk = wired_desk(settings)
    await desk.database.open()
    said: list[str] = []
    working = asyncio.create_task(wired_dispatcher(settings, desk).run(said.append))
    try:
        yield
    finally:
        working.cancel()
        await asyncio.gather(working, return_exceptions=True)
        await desk.database.close()
    assert said == []


async def dropped(office: Office) -> int:
    return await office.desk.deliveries.drop_old(KEEP)


async def test_every_mail_is_sent_although_another_worker_has_no_mail_server(
    settings: Settings,
) -> None:
    async with (
        a_mail_server() as mail,
        an_office(settings, smtp_url=mail.url) as office,
        a_worker_without_a_mail_server(settings),
    ):
        for number in range(20):
            await office.held(f"SO-{number}")
        await until_it_gives(office.deliveries, [("delivered", 250, 1)] * 20)
    assert len(mail.came) == 20


async def test_a_mail_server_that_is_named_later_sends_what_is_new_and_notes_the_rest(
    settings: Settings, connection: Connection
) -> None:
    async with a_receiver() as erp, an_office(settings) as office:
        await office.hears(erp.url)
        await office.held("SO-1")
        await office.held("SO-2")
        await erp.events(2)
        await until_it_gives(lambda: connection.fetchval(UNMADE), 0)
        assert await connection.fetchval(UNMAILED) == 2
        await connection.execute(
            "UPDATE outbox SET webhooks_made_at = now() - interval '73 h' WHERE order_ref = 'SO-1'"
        )
    async with a_mail_server() as mail, an_office(settings, smtp_url=mail.url) as office:
        (message,) = await mail.mails(1)
        await until_it_gives(lambda: connection.fetchval(UNMAILED), 0)
        (late,) = (await office.service.get("/v1/outbox", state="dropped"))["items"]
    assert message["Subject"] == "Order on hold: SO-2, Muster GmbH (C1)"
    assert (late["order"], late["channel"], late["tries"]) == ("SO-1", "mail", 0)
    assert "mail server" in late["error"]


async def test_after_days_without_any_worker_everybody_is_mailed(
    settings: Settings, connection: Connection
) -> None:
    async with a_mail_server() as mail:
        async with an_office(settings, workers=0) as office:
            await office.held("SO-1")
        await connection.execute("UPDATE outbox SET occurred_at = now() - interval '5 days'")
        async with an_office(settings, smtp_url=mail.url) as office:
            await mail.mails(1)
            await until_it_gives(office.deliveries, [("delivered", 250, 1)])


async def test_without_any_mail_server_nothing_stays_for_ever(
    settings: Settings, connection: Connection
) -> None:
    async with an_office(settings) as office:
        await office.held("SO-1")
        await until_it_gives(lambda: connection.fetchval(UNMADE), 0)
        assert await dropped(office) == 0
        await connection.execute("UPDATE outbox SET webhooks_made_at = now() - interval '31 days'")
        assert await dropped(office) == 1
        await office.held("SO-2")
        await until_it_gives(lambda: connection.fetchval(UNMADE), 0)
        await connection.execute(
            "INSERT INTO delivery (account, id, event_id, channel, audience, receiver, queued_at,"
            " next_at) SELECT account, 'dlv_1', id, 'mail', 'credit', 'a@example.com', now(),"
            " now() - interval '31 days' FROM outbox"
        )
        await dropped(office)
        (letter,) = (await office.service.get("/v1/outbox", state="dead"))["items"]
    assert letter["error"] == "no worker had a mail server"


async def test_what_nobody_is_to_be_mailed_counts_as_waiting_only_where_there_is_a_mail_server(
    settings: Settings, connection: Connection
) -> None:
    waiting: list[str] = []
    for url in (None, "smtp://127.0.0.1:1"):
        async with an_office(settings, workers=0, smtp_url=url) as office:
            await office.held(f"SO-{url}")
            await connection.execute("UPDATE outbox SET webhooks_made_at = now()")
            metrics = (await office.service.client.get("/metrics")).text.splitlines()
            waiting += [line for line in metrics if line.startswith("creditgate_outbox_waiting")]
    assert waiting == ["creditgate_outbox_waiting 0.0", "creditgate_outbox_waiting 2.0"]
