"""HTTP/1.1 over a Unix socket, just as much as the load needs: fast, and with a time limit."""

import asyncio
import json
from dataclasses import dataclass

from prove.history import Answer, Operation
from support.service import KEY

CALL_LIMIT_S = 2.5
"""How long a client waits: well beyond the service's own deadline of 0.8 s."""


@dataclass(slots=True)
class Wire:
    """A client's connection to one replica, opened anew after whatever goes wrong."""

    socket: str
    busy: bool = False
    _streams: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None

    async def call(self, operation: Operation) -> Answer:
        """Send one request; whatever keeps its answer from us makes it unknown."""
        self.busy = True
        try:
            async with asyncio.timeout(CALL_LIMIT_S):
                return await self._exchange(_request(operation))
        except (OSError, EOFError, ValueError, IndexError) as error:
            self.close()
            return Answer(0, "", trouble=type(error).__name__)
        except BaseException:
            self.close()
            raise
        finally:
            self.busy = False

    def close(self) -> None:
        if self._streams is not None:
            self._streams[1].close()
            self._streams = None

    async def _exchange(self, request: bytes) -> Answer:
        if self._streams is None:
            self._streams = await asyncio.open_unix_connection(self.socket)
        reader, writer = self._streams
        writer.write(request)
        await writer.drain()
        head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
        headers = dict(line.lower().split(": ", 1) for line in head[1:] if line)
        body = await reader.readexactly(int(headers["content-length"]))
        if headers.get("connection") == "close":
            self.close()
        replayed = headers.get("idempotent-replayed") == "true"
        return Answer(int(head[0].split(" ")[1]), body.decode(), replayed)


def _request(operation: Operation) -> bytes:
    body = _body(operation)
    lines = [
        f"{operation.method} {operation.path} HTTP/1.1",
        "Host: creditgate.test",
        f"Authorization: Bearer {KEY}",
        f"Content-Length: {len(body)}",
    ]
    if body:
        media_type = "x-ndjson" if operation.kind == "ledger" else "json"
        lines.append(f"Content-Type: application/{media_type}")
    if operation.key is not None:
        lines.append(f"Idempotency-Key: {operation.key}")
    return "\r\n".join([*lines, "", ""]).encode() + body


def _body(operation: Operation) -> bytes:
    if operation.body is None:
        return b""
    if operation.kind == "ledger":
        return "\n".join(map(json.dumps, operation.body["lines"])).encode()
    return json.dumps(operation.body).encode()
