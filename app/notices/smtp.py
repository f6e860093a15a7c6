"""The way to the mail server, one connection for each mail."""

import re
from contextlib import suppress
from dataclasses import dataclass
from email.message import EmailMessage
from email.utils import parseaddr

import aiosmtplib
from aiosmtplib import (
    SMTPException,
    SMTPRecipientRefused,
    SMTPRecipientsRefused,
    SMTPResponseException,
)

from app.addresses import mail_server
from app.desk.deliveries import Arrived, Undelivered

OF_THE_ADDRESS = frozenset({550, 551, 553})
"""Answers to a receiver that are final where the server says no more (RFC 5321, 4.2.3).

552 is none of them: a full mailbox is emptied some day.
"""

_SAYS_MORE = re.compile(r"5\.(\d{1,3}\.\d{1,3})\b")
_NO_SUCH_MAILBOX = re.compile(r"1\.(?![78]$)\d+|2\.1")
"""Enhanced codes (RFC 3463) of the receiver's address; 1.7 and 1.8 are of the sender's."""

ACCEPTED = 250

GOODBYE_LIMIT_S = 1.0
"""How long a server may take to say goodbye, in seconds: it has the mail by then."""

LOCAL = frozenset({"localhost", "127.0.0.1", "::1"})


@dataclass(frozen=True, slots=True)
class SmtpServer:
    """A mail server. A password is sent only under TLS, unless the server is on this machine.

    Without a password TLS is used where it is offered, whoever the certificate is of: that is no
    worse than none (RFC 7435), and what many servers inside a company have.
    """

    host: str
    port: int
    user: str | None
    password: str | None
    tls: bool
    timeout_s: float

    async def post(self, message: EmailMessage, receiver: str) -> Arrived | Undelivered:
        """Hand over one mail for one receiver."""
        client = self._client()
        try:
            await client.connect()
            sender = parseaddr(str(message["From"]))[1]
            await client.sendmail(sender, [receiver], message.as_bytes())
            await _say_goodbye(client)
        except (SMTPException, OSError, ValueError) as error:
            return refused_by(error)
        finally:
            client.close()
        return Arrived(ACCEPTED)

    def _client(self) -> aiosmtplib.SMTP:
        must_start_tls = self.user is not None and self.host not in LOCAL
        return aiosmtplib.SMTP(
            hostname=self.host,
            port=self.port,
            username=self.user,
            password=self.password,
            use_tls=self.tls,
            start_tls=None if self.tls or not must_start_tls else True,
            validate_certs=self.tls or must_start_tls,
            timeout=self.timeout_s,
        )


async def _say_goodbye(client: aiosmtplib.SMTP) -> None:
    with suppress(SMTPException, OSError):
        await client.quit(timeout=GOODBYE_LIMIT_S)


def smtp_server(url: str, *, timeout_s: float) -> SmtpServer:
    """Give the server of an address such as smtp://user:password@host:587 or smtps://host."""
    server = mail_server(url)
    return SmtpServer(**server._asdict(), timeout_s=timeout_s)


def refused_by(error: Exception) -> Undelivered:
    """Say what an error means for the mail.

    Final is only that the server knows no such receiver. Everything else (no connection, no
    login, no relaying, a filter that takes us for spam) is mended on our side or on theirs.
    """
    match error:
        case SMTPRecipientsRefused(recipients=[SMTPRecipientRefused() as refused, *_]):
            return _answered(refused, final=_is_of_the_address(refused))
        case SMTPResponseException():
            return _answered(error, final=False)
        case _:
            return Undelivered(f"{type(error).__name__}: {error}")


def _answered(error: SMTPResponseException, *, final: bool) -> Undelivered:
    return Undelivered(f"{error.code} {error.message}", status=error.code, final=final)


def _is_of_the_address(refused: SMTPRecipientRefused) -> bool:
    says_more = _SAYS_MORE.match(refused.message.strip())
    if says_more is not None:
        return _NO_SUCH_MAILBOX.fullmatch(says_more[1]) is not None
    return refused.code in OF_THE_ADDRESS
