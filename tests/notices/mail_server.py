"""A real mail server on loopback, which takes mails, is slow, or refuses, as a test has it."""

import asyncio
import email
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from email.message import EmailMessage
from email.policy import default
from typing import Any

from aiosmtpd.smtp import SMTP, Envelope, Session
from notices.waiting import until
from typing_extensions import override

TAKEN = "250 Taken"


class Line(SMTP):
    """A client's connection, known to its server as long as it is there."""

    def __init__(self, server: "MailServer", loop: asyncio.AbstractEventLoop) -> None:
        super().__init__(server, hostname="mail.test", loop=loop)
        self._lines = server.lines
        self._lines.add(self)

    def hang_up(self) -> None:
        """Close it."""
        if self.transport is not None:
            self.transport.close()

    @override
    def connection_lost(self, error: Exception | None) -> None:
        super().connection_lost(error)
        self._lines.discard(self)


@dataclass
class MailServer:
    """What came in, and how the server behaves. `answers` are by receiver, then for all."""

    port: int = 0
    came: list[tuple[str, EmailMessage]] = field(default_factory=list)
    answers: dict[str, str] = field(default_factory=dict)
    to_mail: str = TAKEN
    notes_refused: bool = False
    pause_s: float = 0.0
    host: str = "127.0.0.1"
    lines: set[Line] = field(default_factory=set)
    _server: asyncio.Server | None = None

    @property
    def url(self) -> str:
        return f"smtp://127.0.0.1:{self.port}"

    async def handle_RCPT(  # noqa: N802 - the library's name
        self, _server: SMTP, _session: Session, envelope: Envelope, address: str, _options: Any
    ) -> str:
        answer = self.answers.get(address, TAKEN)
        if answer == TAKEN:
            envelope.rcpt_tos.append(address)
        return answer

    async def handle_DATA(  # noqa: N802 - the library's name
        self, _server: SMTP, _session: Session, envelope: Envelope
    ) -> str:
        if self.to_mail == TAKEN or self.notes_refused:
            message = email.message_from_bytes(envelope.original_content or b"", policy=default)
            assert isinstance(message, EmailMessage)
            self.came += [(receiver, message) for receiver in envelope.rcpt_tos]
        await asyncio.sleep(self.pause_s)
        return self.to_mail

    async def mails(self, number: int) -> list[EmailMessage]:
        """Wait until so many mails have come; gives them all."""
        await until(lambda: len(self.came) >= number)
        return [message for _, message in self.came]

    async def up(self) -> None:
        """Listen, on the port of before where there was one."""
        loop = asyncio.get_running_loop()
        self._server = await loop.create_server(lambda: Line(self, loop), self.host, self.port)
        self.port = self._server.sockets[0].getsockname()[1]

    def down(self) -> None:
        """Refuse connections from now on; those that are open go on."""
        if self._server is not None:
            self._server.close()
            self._server = None


@asynccontextmanager
async def a_mail_server(port: int = 0, host: str = "127.0.0.1") -> AsyncIterator[MailServer]:
    """Serve on a port, any by default, while the block runs."""
    mail = MailServer(port, host=host)
    await mail.up()
    try:
        yield mail
    finally:
        mail.down()
        for line in list(mail.lines):
            line.hang_up()
        await until(lambda: not mail.lines)
