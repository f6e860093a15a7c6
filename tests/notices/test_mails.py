from email.message import EmailMessage
from typing import Any

import pytest
from notices.mail_server import a_mail_server
from notices.office import CREDIT, SALES, an_office
from notices.waiting import until_it_gives
from support.tables import Connection

from app.desk.outbox import EventKind, Fact
from app.settings import Settings

REFUSED = {"note": "No more before <b>May</b>.", "options": ["prepay", "pay_due_items", "barter"]}


def part(message: EmailMessage, kind: str) -> str:
    """Give one form of the mail's text."""
    body = message.get_body((kind,))
    assert body is not None
    return str(body.get_content()).replace("\r\n", "\n")


def fact(kind: EventKind, customer: str = "C1", **facts: Any) -> Fact:
    return Fact(kind, customer, facts, customer=customer, order="SO-1", hold="hld_1")


async def test_a_hold_is_mailed_to_the_credit_department_at_once(settings: Settings) -> None:
    async with a_mail_server() as mail, an_office(settings, smtp_url=mail.url) as office:
        await office.service.item("C1", "I1", "70.00", due_on="2026-01-02")
        held = await office.held("SO-1")
        (message,) = await mail.mails(1)
        await until_it_gives(office.deliveries, [("delivered", 250, 1)])
    event = held["hold"]["id"].replace("hld_", "evt_")
    headers = {name: str(message[name]) for name in ("From", "To", "Subject", "Auto-Submitted")}
    assert mail.came[0][0] == CREDIT
    assert headers == {
        "From": "Creditgate <creditgate@example.com>",
        "To": CREDIT,
        "Subject": "Order on hold: SO-1, Muster GmbH (C1)",
        "Auto-Submitted": "auto-generated",
    }
    assert message["Message-ID"].startswith(f"<{event}.")
    assert message["Message-ID"].endswith("@example.com>")
    assert message["Date"].datetime.isoformat()[:19] == held["decided_at"][:19]
    text, html = part(message, "plain"), part(message, "html")
    for told in (
        "Muster GmbH (C1)",
        "60.00 EUR",
        "With this order the exposure is 129.00 EUR over the limit.",
        "70.00 EUR",
        "Pay in advance: 60.00 EUR",
    ):
        assert told in text
        assert told in html


@pytest.mark.parametrize(
    ("language", "subject", "option"),
    [
        ("de", "Freigabe abgelehnt: SO-1, Kaas & Wijn (C2)", "Fällige Posten bezahlen"),
        ("en", "Release refused: SO-1, Kaas & Wijn (C2)", "Pay the items that are due"),
        ("nl", "Vrijgave geweigerd: SO-1, Kaas & Wijn (C2)", "Vervallen posten betalen"),
    ],
)
async def test_sales_is_told_a_refusal_with_its_options_in_the_customers_language(
    settings: Settings, language: str, subject: str, option: str
) -> None:
    async with a_mail_server() as mail, an_office(settings, smtp_url=mail.url) as office:
        await office.service.customer(
            "C2", name="Kaas & Wijn", sales_contact=SALES, language=language
        )
        await office.tells(fact(EventKind.HOLD_REFUSED, "C2", **REFUSED))
        (message,) = await mail.mails(1)
    assert (mail.came[0][0], message["Subject"], message["Reply-To"]) == (SALES, subject, CREDIT)
    assert message["Content-Language"] == language
    text, html = part(message, "plain"), part(message, "html")
    assert f"- {option}\n- barter\n" in text
    assert "No more before <b>May</b>." in text
    assert "No more before &lt;b&gt;May&lt;/b&gt;." in html
    assert "<b>May" not in html


async def test_sales_is_told_releases_and_escalations(settings: Settings) -> None:
    released = {"amount_minor": 123456, "currency": "EUR", "until": "2026-11-30"}
    async with a_mail_server() as mail, an_office(settings, smtp_url=mail.url) as office:
        await office.service.customer("C2", name="C2", sales_contact=SALES, language="de")
        await office.tells(fact(EventKind.HOLD_RELEASED, "C2", **released))
        await office.tells(fact(EventKind.HOLD_ESCALATED, "C2"))
        await office.tells(fact(EventKind.HOLD_READY, "C2"))
        messages = {m["Subject"]: part(m, "plain") for m in await mail.mails(2)}
    assert set(messages) == {
        "Auftrag freigegeben: SO-1, C2 (C2)",
        "Beim Kreditausschuss: SO-1, C2 (C2)",
    }
    text = messages["Auftrag freigegeben: SO-1, C2 (C2)"]
    assert "Freigegeben bis:             1.234,56 EUR\n" in text
    assert "Freigabe gilt bis:           30.11.2026" in text


async def test_where_nobody_of_sales_is_known_the_credit_department_passes_it_on(
    settings: Settings,
) -> None:
    async with a_mail_server() as mail, an_office(settings, smtp_url=mail.url) as office:
        await office.service.customer("C2", language="nl")
        await office.tells(fact(EventKind.HOLD_REFUSED, "C2"))
        (message,) = await mail.mails(1)
    assert mail.came[0][0] == CREDIT
    assert "No sales contact is known for this customer." in part(message, "plain")


async def test_no_name_can_add_a_header_or_a_receiver(
    settings: Settings, connection: Connection
) -> None:
    evil = "Evil\r\nBcc: all@example.com\x85\u2028\r\n\r\nHello <script>\u202e"
    async with a_mail_server() as mail, an_office(settings, smtp_url=mail.url) as office:
        await connection.execute("UPDATE customer SET name = $1", evil)
        await office.held("SO-1")
        (message,) = await mail.mails(1)
        await office.service.customer("C2", sales_contact=SALES)
        await connection.execute(
            "UPDATE customer SET sales_contact = 'a@example.com,b@example.com' WHERE ref = 'C2'"
        )
        await office.tells(fact(EventKind.HOLD_REFUSED, "C2"))
        await until_it_gives(office.deliveries, [("delivered", 250, 1), ("dead", None, 1)])
    assert message["Subject"] == (
        "Order on hold: SO-1, Evil Bcc: all@example.com Hello <script> (C1)"
    )
    assert (message["Bcc"], len(mail.came)) == (None, 1)
    assert "<script>" not in part(message, "html")


async def test_a_server_that_asks_to_come_again_is_asked_again_with_the_same_message_id(
    settings: Settings,
) -> None:
    async with a_mail_server() as mail, an_office(settings, smtp_url=mail.url) as office:
        mail.answers[CREDIT] = "451 Come again"
        await office.held("SO-1")
        await until_it_gives(lambda: first_status(office), 451)
        mail.answers[CREDIT] = "250 Taken"
        mail.pause_s = 2.0  # taken, but said too late: it comes twice, and shows as the same
        await mail.mails(1)
        mail.pause_s = 0.0
        one, other = await mail.mails(2)
    assert one["Message-ID"] == other["Message-ID"]


async def first_status(office: Any) -> int | None:
    statuses: list[int | None] = [status for _, status, _ in await office.deliveries()]
    return statuses[0] if statuses else None


async def test_a_receiver_who_is_refused_for_good_is_a_dead_letter_and_stops_no_other(
    settings: Settings,
) -> None:
    async with a_mail_server() as mail, an_office(settings, smtp_url=mail.url) as office:
        mail.answers[SALES] = "550 No such mailbox"
        await office.tells(fact(EventKind.HOLD_REFUSED))
        await office.held("SO-1")
        await mail.mails(1)
        await until_it_gives(office.deliveries, [("dead", 550, 1), ("delivered", 250, 1)])
        (letter,) = (await office.service.get("/v1/outbox", state="dead"))["items"]
    assert (letter["receiver"], letter["error"]) == (SALES, "550 No such mailbox")


@pytest.mark.parametrize(
    "said",
    ["550 No such mailbox", "551 Not here", "553 No", "550 5.1.1 Unknown", "554 5.1.10 No",
     "550 5.2.1 Closed", "551 5.1.6 Moved"],
)  # fmt: skip
async def test_what_a_server_says_of_the_address_is_final(settings: Settings, said: str) -> None:
    async with a_mail_server() as mail, an_office(settings, smtp_url=mail.url) as office:
        mail.answers[CREDIT] = said
        await office.held("SO-1")
        await until_it_gives(office.deliveries, [("dead", int(said[:3]), 1)])


@pytest.mark.parametrize(
    ("to_receiver", "to_mail"),
    [
        (said, "250 Taken")
        for said in ("530 Authentication required", "550 5.7.1 Relaying denied", "554 No",
                     "552 Mailbox full", "550 5.1.8 Bad sender", "550 5.2.2 Full", "450 Wait",
                     "550 5.7.1 Blocked", "502 5.5.1 What")
    ] + [("250 Taken", "554 5.7.1 Spam"), ("250 Taken", "550 Spam"), ("250 Taken", "552 Large")],
)  # fmt: skip
async def test_what_is_ours_to_mend_is_tried_again_until_it_is_mended(
    settings: Settings, to_receiver: str, to_mail: str
) -> None:
    async with a_mail_server() as mail, an_office(settings, smtp_url=mail.url) as office:
        mail.answers[CREDIT], mail.to_mail = to_receiver, to_mail
        await office.held("SO-1")
        status = int((to_receiver if to_mail == "250 Taken" else to_mail)[:3])
        await until_it_gives(lambda: first_status(office), status)
        mail.answers[CREDIT] = mail.to_mail = "250 Taken"
        await until_it_gives(lambda: first_status(office), 250)
        ((state, _, tries),) = await office.deliveries()
    assert (state, tries > 1, len(mail.came)) == ("delivered", True, 1)


async def test_a_server_that_is_down_gets_every_mail_once_it_is_back(settings: Settings) -> None:
    async with a_mail_server() as mail:
        port = mail.port
    url = f"smtp://127.0.0.1:{port}"
    async with an_office(settings, smtp_url=url) as office:
        for number in range(10):
            await office.held(f"SO-{number}")
        await until_it_gives(lambda: tried(office), True)
        async with a_mail_server(port) as mail:
            subjects = {message["Subject"] for message in await mail.mails(10)}
    assert len(subjects) == 10


async def tried(office: Any) -> bool:
    return [tries > 0 for _, _, tries in await office.deliveries()] == [True] * 10


async def test_holds_of_a_while_are_one_mail_where_that_is_wanted(
    settings: Settings, connection: Connection
) -> None:
    async with (
        a_mail_server() as mail,
        an_office(settings, smtp_url=mail.url, digest_minutes=60, credit_language="de") as office,
    ):
        for number in range(3):
            await office.held(f"SO-{number}")
        due = "SELECT count(*) FROM delivery WHERE channel = 'digest' AND next_at > now()"
        await until_it_gives(lambda: connection.fetchval(due), 3)
        assert mail.came == []
        await connection.execute("UPDATE delivery SET next_at = now()")
        (message,) = await mail.mails(1)
        await until_it_gives(office.deliveries, [("delivered", 250, 1)] * 3)
    assert message["Subject"] == "Gesperrte Aufträge: 3"
    text = part(message, "plain")
    assert [f"SO-{number}" in text for number in range(3)] == [True] * 3
    assert len(mail.came) == 1


async def test_an_order_that_a_statement_stops_is_mailed_too(settings: Settings) -> None:
    async with a_mail_server() as mail, an_office(settings, smtp_url=mail.url) as office:
        await office.service.check("C1", "SO-1", "0.50")
        await office.service.order("C1", "SO-1", "9.00")
        (message,) = await mail.mails(1)
    assert message["Subject"] == "Order on hold: SO-1, Muster GmbH (C1)"
    assert "The order is stated 8.50 EUR larger than" in part(message, "plain")


async def test_a_password_is_not_sent_in_the_clear_to_another_machine(
    settings: Settings,
) -> None:
    async with a_mail_server(host="127.0.0.2") as mail:
        url = f"smtp://creditgate:swordfish@127.0.0.2:{mail.port}"
        async with an_office(settings, smtp_url=url) as office:
            await office.held("SO-1")
            errors: set[str | None] = {None}
            while errors == {None}:
                items = (await office.service.get("/v1/outbox"))["items"]
                errors = {item["error"] for item in items} or {None}
    assert "STARTTLS" in str(errors)
    assert mail.came == []


async def test_what_a_server_says_is_kept_as_plain_text(settings: Settings) -> None:
    async with a_mail_server() as mail, an_office(settings, smtp_url=mail.url) as office:
        mail.answers[CREDIT] = "550 No\x00\x1b[31m thanks"
        await office.held("SO-1")
        await until_it_gives(office.deliveries, [("dead", 550, 1)])
        (letter,) = (await office.service.get("/v1/outbox"))["items"]
    assert letter["error"] == "550 No  [31m thanks"
