"""Mails: a letter as text and HTML, with headers that nobody's name can break."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from hashlib import sha256
from html import escape
from typing import Protocol

from app.addresses import is_mailbox, mail_sender
from app.credit.texts import Language
from app.desk.deliveries import Arrived, Claimed, Undelivered
from app.notices.letters import Letter, Part, digest_of, letter_for, one_line

WIDTH = 28
"""How wide the labels of the text form are."""


class Post(Protocol):
    """Takes mails to a mail server, or shows them."""

    async def post(self, message: EmailMessage, receiver: str) -> Arrived | Undelivered:
        """Hand over one mail for one receiver."""
        ...


@dataclass(frozen=True, slots=True)
class Sender:
    """Who mails: the `From`, where answers go, and in which language the credit department reads.

    `mail_from` is an address, or a name with an address in angle brackets.
    """

    mail_from: str
    credit_mailbox: str | None
    credit_language: Language


@dataclass(frozen=True, slots=True)
class Mails:
    """Words facts as mails: one for each, or one for many holds."""

    sender: Sender
    outlet: Post

    async def send(self, claimed: Sequence[Claimed]) -> Arrived | Undelivered:
        """Send one mail; an address that is none is not tried again."""
        first = claimed[0]
        if not is_mailbox(first.receiver):
            return Undelivered("not an e-mail address", final=True)
        message = self._message(claimed, Address(addr_spec=first.receiver))
        return await self.outlet.post(message, first.receiver)

    def _message(self, claimed: Sequence[Claimed], receiver: Address) -> EmailMessage:
        first = claimed[0]
        letter = self._letter(claimed)
        message = EmailMessage(policy=SMTP)
        name, address = mail_sender(self.sender.mail_from)
        sender = Address(one_line(name), addr_spec=address)
        message["From"] = sender
        message["To"] = receiver
        if first.audience == "sales" and self.sender.credit_mailbox:
            message["Reply-To"] = Address(addr_spec=self.sender.credit_mailbox)
        message["Subject"] = letter.subject
        message["Date"] = format_datetime(max(one.occurred_at for one in claimed).astimezone(UTC))
        message["Message-ID"] = f"<{_message_key(claimed)}@{sender.domain}>"
        # No machine shall answer a machine.
        message["Auto-Submitted"] = "auto-generated"
        message["X-Auto-Response-Suppress"] = "All"
        message.set_content(text_of(letter))
        message.add_alternative(html_of(letter), subtype="html")
        message["Content-Language"] = letter.language.value
        return message

    def _letter(self, claimed: Sequence[Claimed]) -> Letter:
        first, language = claimed[0], self.sender.credit_language
        if len(claimed) > 1:
            return digest_of(claimed, language)
        is_contact = first.audience == "sales" and first.receiver == first.sales_contact
        if is_contact and first.language is not None:
            language = Language(first.language)
        return letter_for(first, language, has_contact=is_contact or first.audience == "credit")


def _message_key(claimed: Sequence[Claimed]) -> str:
    """Give what is the same each time this is sent, so that a second one shows as such."""
    if len(claimed) == 1:
        return f"{claimed[0].event_id}.{sha256(claimed[0].receiver.encode()).hexdigest()[:8]}"
    ids = "".join(sorted(one.id for one in claimed))
    return f"digest_{sha256(ids.encode()).hexdigest()[:32]}"


def text_of(letter: Letter) -> str:
    """Give a letter as plain text."""
    blocks = ["\n".join(letter.intro), *(_text_part(part) for part in letter.parts)]
    return "\n\n".join([*blocks, f"-- \n{letter.footer}"]) + "\n"


def _text_part(part: Part) -> str:
    lines = [f"{label + ':':<{WIDTH}} {_indented(value)}" for label, value in part.rows]
    for heading, items in part.lists:
        lines += ["", f"{heading}:", *(f"- {item}" for item in items)]
    return "\n".join(lines)


def _indented(value: str) -> str:
    return f"\n{' ' * (WIDTH + 1)}".join(value.splitlines())


def html_of(letter: Letter) -> str:
    """Give a letter as HTML; nothing in it can be more than text."""
    intro = "".join(f"<p>{escape(sentence)}</p>\n" for sentence in letter.intro)
    parts = "<hr>\n".join(_html_part(part) for part in letter.parts)
    return (
        f'<!doctype html>\n<html lang="{letter.language}">\n'
        f'<head><meta charset="utf-8"><title>{escape(letter.subject)}</title></head>\n'
        f'<body style="font-family: sans-serif">\n{intro}{parts}'
        f'<p style="color: #666">{escape(letter.footer)}</p>\n</body>\n</html>\n'
    )


def _html_part(part: Part) -> str:
    rows = "".join(
        f'<tr><th align="left" valign="top">{escape(label)}</th>'
        f"<td>{escape(value).replace(chr(10), '<br>')}</td></tr>\n"
        for label, value in part.rows
    )
    lists = "".join(
        f"<p><b>{escape(heading)}</b></p>\n<ul>\n"
        + "".join(f"<li>{escape(item)}</li>\n" for item in items)
        + "</ul>\n"
        for heading, items in part.lists
    )
    return f"<table cellpadding='4'>\n{rows}</table>\n{lists}"
