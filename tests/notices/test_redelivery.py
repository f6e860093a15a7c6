"""Dead letters that are sent again."""

from typing import Any

import pytest
from notices.mail_server import a_mail_server
from notices.office import CREDIT, SALES, an_office
from notices.test_mails import fact
from notices.waiting import until_it_gives
from support.tables import Connection

from app.desk.outbox import EventKind
from app.settings import Settings

GONE = "gone@example.com"
TRIED = "SELECT count(*) FROM delivery WHERE last_error IS NOT NULL"


@pytest.mark.parametrize("one_by_one", [True, False])
@pytest.mark.parametrize(("contact", "reader"), [(SALES, SALES), (None, CREDIT)])
async def test_a_mail_to_a_wrong_contact_goes_to_the_one_of_now_when_it_is_sent_again(
    settings: Settings, contact: str | None, reader: str, *, one_by_one: bool
) -> None:
    async with a_mail_server() as mail, an_office(settings, smtp_url=mail.url) as office:
        mail.answers[GONE] = "550 No such mailbox"
        await office.service.customer("C2", sales_contact=GONE)
        await office.tells(fact(EventKind.HOLD_REFUSED, "C2"))
        await until_it_gives(office.deliveries, [("dead", 550, 1)])
        await office.service.customer("C2", sales_contact=contact)
        (letter,) = (await office.service.get("/v1/outbox", state="dead"))["items"]
        place = f"/v1/outbox/{letter['id']}/redeliver" if one_by_one else "/v1/outbox/redeliver"
        body: Any = None if one_by_one else {"receiver": GONE}
        await office.service.client.post(place, json=body)
        await until_it_gives(office.deliveries, [("delivered", 250, 1)])
        (sent,) = (await office.service.get("/v1/outbox"))["items"]
    assert ([to for to, _ in mail.came], sent["receiver"]) == ([reader], reader)


async def test_a_mail_to_the_credit_department_goes_to_its_mailbox_of_now(
    settings: Settings,
) -> None:
    async with a_mail_server() as mail:
        mail.answers[GONE] = "550 No such mailbox"
        async with an_office(settings, smtp_url=mail.url, credit_mailbox=GONE) as office:
            await office.held("SO-1")
            await until_it_gives(office.deliveries, [("dead", 550, 1)])
        async with an_office(settings, smtp_url=mail.url) as office:
            await office.service.client.post("/v1/outbox/redeliver", json={})
            await until_it_gives(office.deliveries, [("delivered", 250, 1)])
    assert [to for to, _ in mail.came] == [CREDIT]


async def test_what_waited_for_days_for_a_worker_has_all_its_time_from_its_first_try(
    settings: Settings, connection: Connection
) -> None:
    async with a_mail_server() as mail:
        async with an_office(settings, workers=0) as office:
            await office.held("SO-1")
        pause: dict[str, Any] = {"retry_first_s": 60.0, "retry_longest_s": 60.0}
        mail.down()
        async with an_office(settings, smtp_url=mail.url, **pause) as office:
            await until_it_gives(lambda: connection.fetchval(TRIED), 1)
            assert await office.deliveries() == [("waiting", None, 1)]
            mail.answers[CREDIT] = "451 Come again"
            await mail.up()
            await connection.execute(
                "UPDATE delivery SET queued_at = now() - interval '4 days', tries = 0,"
                " first_tried_at = NULL, next_at = now() - interval '4 days'"
            )
            await until_it_gives(office.deliveries, [("waiting", 451, 1)])
            await connection.execute(
                "UPDATE delivery SET first_tried_at = now() - interval '73 h', next_at = now()"
            )
            await until_it_gives(office.deliveries, [("dead", 451, 2)])
