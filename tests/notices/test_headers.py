"""Headers of mails: whatever data say, they stay as many, and say only what was put into them."""

from email import message_from_bytes
from email.header import decode_header, make_header
from email.message import EmailMessage
from email.policy import SMTP, compat32

import pytest
from notices.mail_server import a_mail_server
from notices.office import CREDIT, SALES, an_office
from notices.test_mails import fact, part
from notices.waiting import until_it_gives
from support.tables import Connection

from app.addresses import is_mailbox, mail_sender
from app.desk.outbox import EventKind
from app.notices.letters import one_line
from app.settings import Settings

HEADERS = [
    "From", "To", "Reply-To", "Subject", "Date", "Message-ID", "Auto-Submitted",
    "X-Auto-Response-Suppress", "MIME-Version", "Content-Type", "Content-Language",
]  # fmt: skip
ENCODED = [
    "=?utf-8?q?X=0D=0AReply-To:_e@y.z=0D=0A=0D=0APay_DE99_now?=",
    "=?utf-8?Q?X=0AReply-To:_e@y.z?=",
    "=?UTF-8?b?WA0KUmVwbHktVG86IGVAeS56DQoNClBheSBERTk5IG5vdw==?=",
    "=?iso-8859-1?q?X=0D=0ABcc:_e@y.z?=",
    "=?utf-16?b?DQAKAFgALQBFAHYAaQBsADoAMQA=?=",
    "=?utf-7?q?+AA0ACg-X-Evil:1?=",
    "=?unknown?q?=0D=0AX-Evil:1?=",
    "=?us-ascii*en?q?=0D=0AX-Evil:_1?=",
    "a=?utf-8?q?=0D=0AX-Evil:_1?=b",
    "=?utf-8?q?=3D=3Futf-8=3Fq=3F=0D=0AX-Evil:_1=3F=3D?=",
    "==??utf-8?q?=0D=0AX-Evil:_1?=?=",
    "=\x00?utf-8?q?=0D=0AX-Evil:_1?\x00=",
    "é =?utf-8?q?=0D=0AX-Evil:_1?= é",
    "x" * 70 + "=?utf-8?q?=0D=0AX-Evil:_1?=",
]


def as_sent(text: str) -> tuple[list[str], str]:
    """Give the headers of a mail as a server gets them, and the subject as a reader sees it."""
    message = EmailMessage(policy=SMTP)
    message["Subject"] = one_line(text)
    message["X-Last"] = "1"
    read = message_from_bytes(message.as_bytes(), policy=compat32)
    unfolded = read["Subject"].replace("\r\n", "")
    return list(read.keys()), str(make_header(decode_header(unfolded)))


@pytest.mark.parametrize("text", ENCODED)
def test_an_encoded_word_is_told_as_it_is_and_never_decoded(text: str) -> None:
    names, subject = as_sent(text)
    assert names == ["Subject", "X-Last"]
    assert subject.replace(" ", "") == "".join(filter(str.isprintable, text)).replace(" ", "")


@pytest.mark.parametrize("evil", ENCODED[:4])
async def test_no_encoded_word_in_an_order_or_a_name_becomes_a_header_or_a_text(
    settings: Settings, connection: Connection, evil: str
) -> None:
    async with a_mail_server() as mail, an_office(settings, smtp_url=mail.url) as office:
        await office.held(evil)
        await connection.execute("UPDATE customer SET name = $1", evil)
        await office.tells(fact(EventKind.HOLD_REFUSED, note=evil))
        await mail.mails(2)
    by_order, by_name = (message for _, message in sorted(mail.came, key=lambda came: came[0]))
    assert [name for name in HEADERS if name != "Reply-To"] == by_order.keys()
    assert by_name.keys() == HEADERS
    assert by_name["Reply-To"] == CREDIT
    assert [m.get_content_type() for m in (by_order, by_name)] == ["multipart/alternative"] * 2
    for message in (by_order, by_name):
        assert evil.replace("=?", "= ?") in message["Subject"]
        assert not str(message.preamble or "").strip()


async def test_a_senders_name_is_a_name_whatever_it_holds(settings: Settings) -> None:
    name = "Müller, Credit =?utf-8?q?=0D=0AX-Evil:_1?="
    sender = f"{name} <credit@example.com>"
    async with (
        a_mail_server() as mail,
        an_office(settings, smtp_url=mail.url, mail_from=sender) as office,
    ):
        await office.held("SO-1")
        (message,) = await mail.mails(1)
    (address,) = message["From"].addresses
    assert address.display_name == name.replace("=?", "= ?")
    assert (address.addr_spec, message["X-Evil"]) == ("credit@example.com", None)


async def test_nothing_in_a_body_turns_the_direction_of_what_is_read(
    settings: Settings, connection: Connection
) -> None:
    turning = (
        "\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\u200e\u200f\u061c\x1b\x07\x9b"
    )
    evil = f"Muster{turning}GmbH\nבעמ"
    async with a_mail_server() as mail, an_office(settings, smtp_url=mail.url) as office:
        await connection.execute("UPDATE customer SET name = $1", evil)
        await office.tells(fact(EventKind.HOLD_REFUSED, note=evil, options=[evil]))
        (message,) = await mail.mails(1)
    for kind in ("plain", "html"):
        text = part(message, kind)
        assert set(turning) & set(text) == set()
        assert text.count("MusterGmbH") >= 3
        assert "בעמ" in text


NO_MAILBOXES = [
    "", "a", "@b", "a@", "a@b..c", "<a@b>", "(a)@b", "a@b@c", "a b@c", ".a@b", "a.@b", "a..b@c",
    '"a"@b', "a@[127.0.0.1]", "a@b,c@d", "a@b;c@d", "a@-b", "a@b-", "a@bücher.example", "ä@b",
    "a@b\n", "a@b\r\nX: 1", "=?utf-8?q?a=0D=0AX-Evil:_1?=@b.de", "a@=?utf-8?q?b?=",
    "a" * 250 + "@b.de",
]  # fmt: skip


def test_what_no_mail_server_takes_is_no_mailbox() -> None:
    assert [text for text in NO_MAILBOXES if is_mailbox(text)] == []
    fine = ["a@localhost", "o'neil+x=y@sub-1.example.com", "sales_south@example.com"]
    assert [text for text in fine if not is_mailbox(text)] == []


def test_a_sender_is_an_address_or_a_name_with_one() -> None:
    assert mail_sender("credit@example.com") == ("", "credit@example.com")
    assert mail_sender('"Credit, Desk" <c@example.com>') == ("Credit, Desk", "c@example.com")
    for text in ("Credit", "Credit <a@b..c>", "a@b <c@d> <e@f>", "C <c@bücher.de>", "a@b, c@d"):
        with pytest.raises(ValueError, match="a sender is like"):
            mail_sender(text)


@pytest.mark.parametrize("field", ["mail_from", "credit_mailbox"])
@pytest.mark.parametrize("text", [t for t in NO_MAILBOXES if t.strip("<>\n") not in {"", "a@b"}])
def test_a_setting_that_is_no_address_is_refused(
    settings: Settings, field: str, text: str
) -> None:
    with pytest.raises(ValueError, match="is like"):
        Settings.model_validate({**settings.model_dump(), field: text})


async def test_a_contact_that_is_no_address_is_refused_and_an_old_one_is_dead_at_once(
    settings: Settings, connection: Connection
) -> None:
    known = [text for text in NO_MAILBOXES if text.isprintable() and "@" in text]
    async with a_mail_server() as mail, an_office(settings, smtp_url=mail.url) as office:
        for text in known:
            body = {"name": "C2", "currency": "EUR", "sales_contact": text}
            response = await office.service.client.put("/v1/customers/C2", json=body)
            places = [error["pointer"] for error in response.json()["errors"]]
            assert (response.status_code, places) == (422, ["/sales_contact"]), text
        for number, text in enumerate(known):
            customer = f"K{number}"
            await office.service.customer(customer, sales_contact=SALES)
            await connection.execute(
                "UPDATE customer SET sales_contact = $2 WHERE ref = $1", customer, text
            )
            await office.tells(fact(EventKind.HOLD_REFUSED, customer))
        await until_it_gives(office.deliveries, [("dead", None, 1)] * len(known))
        errors = {d["error"] for d in (await office.service.get("/v1/outbox"))["items"]}
    assert (errors, mail.came) == ({"not an e-mail address"}, [])
