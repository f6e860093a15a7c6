"""A real HTTP receiver on loopback, written on sockets, so that it can behave badly too."""

import asyncio
import json
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from typing import Any

from notices.waiting import until
from standardwebhooks import Webhook

OK = b"HTTP/1.1 204 No Content\r\n\r\n"
DRIPS_EVERY_S = 0.05


def answer(status: int, *headers: str) -> bytes:
    """Give a plain answer."""
    lines = "".join(f"{header}\r\n" for header in headers)
    return f"HTTP/1.1 {status} Said\r\n{lines}Content-Length: 0\r\n\r\n".encode()


@dataclass(frozen=True)
class Came:
    """One request as it came."""

    path: str
    headers: dict[str, str]
    body: bytes

    @property
    def id(self) -> str:
        return self.headers["webhook-id"]

    def verified(self, secret: str) -> Any:
        """Give the event, once the specification's own library has found it genuine."""
        return Webhook(secret).verify(self.body, self.headers)


@dataclass
class HttpReceiver:
    """What came in, and what is answered: in turn, and then the last for ever."""

    port: int = 0
    came: list[Came] = field(default_factory=list)
    answers: list[bytes] = field(default_factory=lambda: [OK])
    drips: bytes = b""
    pause_s: float = 0.0
    calls: set[asyncio.StreamWriter] = field(default_factory=set)
    most_at_once: int = 0

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/hooks?from=creditgate"

    async def events(self, number: int) -> list[Came]:
        """Wait until so many requests have come; gives them all."""
        await until(lambda: len(self.came) >= number)
        return list(self.came)

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.calls.add(writer)
        self.most_at_once = max(self.most_at_once, len(self.calls))
        with suppress(ConnectionError, asyncio.IncompleteReadError):
            head = (await reader.readuntil(b"\r\n\r\n")).decode().split("\r\n")
            headers = dict(line.lower().split(": ", 1) for line in head[1:] if line)
            headers |= dict(line.split(": ", 1) for line in head[1:] if line[:8] == "webhook-")
            body = await reader.readexactly(int(headers["content-length"]))
            self.came.append(Came(head[0].split(" ")[1], headers, body))
            await asyncio.sleep(self.pause_s)
            said = self.answers[0] if len(self.answers) == 1 else self.answers.pop(0)
            writer.write(said)
            while self.drips:
                writer.write(self.drips)
                await writer.drain()
                await asyncio.sleep(DRIPS_EVERY_S)
            await writer.drain()
        writer.close()
        with suppress(ConnectionError):
            await writer.wait_closed()
        self.calls.remove(writer)


@asynccontextmanager
async def a_receiver(tls: ssl.SSLContext | None = None) -> AsyncIterator[HttpReceiver]:
    """Listen on a free port while the block runs."""
    receiver = HttpReceiver()
    server = await asyncio.start_server(receiver.serve, "127.0.0.1", 0, ssl=tls)
    receiver.port = server.sockets[0].getsockname()[1]
    try:
        yield receiver
    finally:
        server.close()
        for call in receiver.calls:
            call.close()
        await until(lambda: not receiver.calls)


def event(came: Came) -> Any:
    """Give an event without looking at its signature."""
    return json.loads(came.body)
