from notices.mail_server import a_mail_server
from notices.office import an_office
from notices.receiver import a_receiver
from notices.waiting import until_it_gives
from support.service import Service
from support.tables import Connection

from app.desk.desk import Desk
from app.settings import Settings
from app.storage.decisions import RECORD_DECISION
from app.storage.positions import READ_POSITION


async def statements_of(service: Service, ref: str, amount: str) -> list[str]:
    """Ask, and give the statements that this took on the service's only connection."""
    desk: Desk = service.app.state.desk
    asked: list[str] = []

    def note(record: object) -> None:
        asked.append(getattr(record, "query"))  # noqa: B009 - a type of the driver's own

    async with desk.database.connection() as connection:
        connection.add_query_logger(note)
    await service.check("C1", ref, amount)
    async with desk.database.connection() as connection:
        connection.remove_query_logger(note)
    return asked


async def test_a_check_takes_one_reading_and_one_writing_whoever_is_to_be_told(
    settings: Settings,
) -> None:
    settings = settings.model_copy(update={"connections_min": 1, "connections_max": 1})
    async with a_mail_server() as mail, a_receiver() as slow:
        mail.down()
        slow.pause_s = 60.0
        async with an_office(settings, smtp_url=mail.url) as office:
            await office.service.check("C1", "SO-0", "60.00")
            alone = await statements_of(office.service, "SO-1", "60.00")
            await office.hears(slow.url, "hold.opened", "check.decided")
            told = await statements_of(office.service, "SO-2", "60.00")
            passed = await statements_of(office.service, "SO-3", "0.10")
    assert alone == told == passed == [READ_POSITION, RECORD_DECISION]


async def test_of_several_workers_one_delivers(settings: Settings, connection: Connection) -> None:
    async with a_mail_server() as mail, a_receiver() as erp:
        patient = {"smtp_url": mail.url, "delivery_timeout_s": 10.0}
        async with an_office(settings, workers=4, **patient) as office:
            await office.hears(erp.url)
            for number in range(40):
                await office.held(f"SO-{number}")
            done = "SELECT count(*) FROM delivery WHERE state = 'delivered'"
            await until_it_gives(lambda: connection.fetchval(done), 80)
    assert (len(mail.came), len(erp.came)) == (40, 40)
    assert len({came.id for came in erp.came}) == 40


async def test_a_worker_whose_connections_are_cut_goes_on(
    settings: Settings, connection: Connection
) -> None:
    cut = (
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
        " WHERE datname = current_database() AND application_name = 'creditgate'"
    )
    async with a_mail_server() as mail, an_office(settings, smtp_url=mail.url) as office:
        for number in range(5):
            await connection.execute(cut)
            await office.held(f"SO-{number}")
        subjects = {message["Subject"] for message in await mail.mails(5)}
        await connection.execute(cut)
        await office.held("SO-5")
        await mail.mails(len(mail.came) + 1)
    assert len(subjects) == 5
