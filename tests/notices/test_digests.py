"""Digests: many holds in one mail, which stays one however often it is tried."""

from notices.mail_server import a_mail_server
from notices.office import CREDIT, Office, an_office
from notices.waiting import until_it_gives
from support.tables import Connection

from app.settings import Settings

OTHER = "credit-2@example.com"
WAITING = "SELECT count(*) FROM delivery WHERE channel = 'digest'"


async def holds(office: Office, connection: Connection, number: int) -> None:
    for n in range(number):
        await office.held(f"SO-{n}")
    await until_it_gives(lambda: connection.fetchval(WAITING), number)


async def test_a_digest_that_is_tried_again_is_the_same_mail(
    settings: Settings, connection: Connection
) -> None:
    async with (
        a_mail_server() as mail,
        an_office(settings, workers=2, smtp_url=mail.url, digest_minutes=60) as office,
    ):
        await holds(office, connection, 12)
        mail.to_mail, mail.notes_refused = "451 Come again", True
        await connection.execute("UPDATE delivery SET next_at = now()")
        await mail.mails(3)
        mail.to_mail = "250 Taken"
        await until_it_gives(lambda: states(office), {"delivered"})
    assert {message["Subject"] for _, message in mail.came} == {"Orders on hold: 12"}
    assert len({message["Message-ID"] for _, message in mail.came}) == 1


async def states(office: Office) -> set[str]:
    return {state for state, _, _ in await office.deliveries()}


async def test_each_receiver_has_a_digest_of_its_own(
    settings: Settings, connection: Connection
) -> None:
    async with (
        a_mail_server() as mail,
        an_office(settings, smtp_url=mail.url, digest_minutes=60) as office,
    ):
        await holds(office, connection, 5)
        await connection.execute(
            "UPDATE delivery SET receiver = $1 WHERE event_id IN"
            " (SELECT id FROM outbox WHERE order_ref IN ('SO-1', 'SO-3'))",
            OTHER,
        )
        await connection.execute("UPDATE delivery SET next_at = now()")
        await until_it_gives(lambda: states(office), {"delivered"})
    told = {receiver: message["Subject"] for receiver, message in mail.came}
    assert told == {CREDIT: "Orders on hold: 3", OTHER: "Orders on hold: 2"}
