"""A client that costs next to nothing: one connection, requests that are ready to be sent."""

import json
import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Self

KEY = "bench-key-" + "0123456789abcdef" * 2
ANSWER_LIMIT_S = 30.0
STOP_LIMIT_S = 20.0
CHUNK_BYTES = 65_536
ROOT = Path(__file__).parents[2]


class NoAnswerError(RuntimeError):
    """The service could not answer in time, and said so."""


class Wire:
    """One connection to the service, kept open."""

    def __init__(self, port: int) -> None:
        self._socket = socket.create_connection(("127.0.0.1", port), timeout=ANSWER_LIMIT_S)
        self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._socket.close()

    def send(self, request: bytes) -> bytes:
        """Send a ready request and give the body of its answer, which must be a success."""
        self.ask(request)
        return self.answer()

    def fileno(self) -> int:
        """The descriptor that becomes readable once an answer begins to arrive."""
        return self._socket.fileno()

    def ask(self, request: bytes) -> None:
        """Send a ready request; its answer is to be taken before the next one is sent."""
        self._socket.sendall(request)

    def answer(self) -> bytes:
        """Give the body of the answer, which must be a success; `NoAnswerError` for a 503."""
        head, body = self._head()
        length = int(head.lower().partition(b"content-length:")[2].partition(b"\r\n")[0])
        while len(body) < length:
            body += self._received()
        if head.startswith(b"HTTP/1.1 503"):
            raise NoAnswerError(body)
        if not head.startswith(b"HTTP/1.1 20"):
            raise RuntimeError(f"the service answered {head!r} {body!r}")
        return body

    def _head(self) -> tuple[bytes, bytes]:
        received = self._received()
        while b"\r\n\r\n" not in received:
            received += self._received()
        head, _, body = received.partition(b"\r\n\r\n")
        return head, body

    def _received(self) -> bytes:
        chunk = self._socket.recv(CHUNK_BYTES)
        if not chunk:
            raise RuntimeError("the service closed the connection")
        return chunk


def request(method: str, path: str, document: dict[str, Any]) -> bytes:
    """Give the bytes of a request with a JSON body."""
    body = json.dumps(document).encode()
    head = (
        f"{method} {path} HTTP/1.1\r\nHost: creditgate\r\nAuthorization: Bearer {KEY}\r\n"
        f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
    )
    return head.encode() + body


@contextmanager
def serving(database_url: str) -> Iterator[int]:
    """Run the service on a database, in a process of its own, and give its port."""
    environment = {
        **os.environ,
        "CREDITGATE_DATABASE_URL": database_url,
        "CREDITGATE_API_KEY": KEY,
        "PYTHONPATH": f"{ROOT}{os.pathsep}{ROOT / 'tests'}",
    }
    process = subprocess.Popen(
        [sys.executable, "-m", "bench.serve"],
        cwd=ROOT,
        env=environment,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdin is not None
    assert process.stdout is not None
    try:
        yield int(process.stdout.readline())
    finally:
        process.stdin.close()
        process.wait(STOP_LIMIT_S)
        process.stdout.close()
