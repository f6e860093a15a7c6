from notices.mail_server import a_mail_server
from notices.office import CREDIT, an_office

from app.settings import Settings


async def test_a_hold_is_mailed_to_the_credit_department_at_once(settings: Settings) -> None:
    async with a_mail_server() as mail, an_office(settings, smtp_url=mail.url) as office:
        answer = await office.held("SO-1")
        (message,) = await mail.mails(1)
    assert mail.came[0][0] == CREDIT
    assert message["Subject"] == "Order on hold: SO-1, Muster GmbH (C1)"
    assert message["Message-ID"].startswith(answer["hold"]["id"].replace("hld_", "<evt_"))
