"""The system's name service, which may take its time: asked where it delays nobody else."""

import asyncio
import socket
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from dataclasses import dataclass, field
from threading import Lock, Thread
from typing import Final

NAMES_AT_ONCE_MAX = 64
"""How many names are looked up at a time; whoever comes then is told to come again."""

Ask = Callable[[str], list[str]]


def asked(host: str) -> list[str]:
    """Ask the system, however long that takes. Raises `OSError` and `UnicodeError`."""
    found = socket.getaddrinfo(host, None, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(entry[4][0]) for entry in found))


@dataclass(frozen=True, slots=True)
class NameService:
    """Looks names up, each at most once at a time, each in a thread of its own.

    A look-up cannot be stopped: one that was given up goes on in its thread, and who asks for
    that name again waits for it. So a name that is slow takes one thread, and nobody else's.
    """

    ask: Ask = asked
    _running: dict[str, Future[list[str]]] = field(default_factory=dict)
    _turn: Lock = field(default_factory=Lock)

    async def addresses(self, host: str, _port: int) -> Sequence[str]:
        """Give the addresses of a host; raises `OSError` and `UnicodeError`."""
        with self._turn:
            found = self._running.get(host) or self._begun(host)
        return await asyncio.shield(asyncio.wrap_future(found))

    def _begun(self, host: str) -> Future[list[str]]:
        if len(self._running) >= NAMES_AT_ONCE_MAX:
            raise OSError("too many names are being looked up")
        found: Future[list[str]] = Future()
        found.set_running_or_notify_cancel()  # from here on nobody who waits can call it off
        self._running[host] = found
        # Nobody waits for it when the process ends.
        Thread(target=self._look_up, args=(host, found), daemon=True).start()
        return found

    def _look_up(self, host: str, found: Future[list[str]]) -> None:
        try:
            addresses = self.ask(host)
        except Exception as error:  # noqa: BLE001 - it is raised where it is waited for
            self._end(host)
            found.set_exception(error)
        else:
            self._end(host)
            found.set_result(addresses)

    def _end(self, host: str) -> None:
        with self._turn:
            self._running.pop(host, None)


NAME_SERVICE: Final = NameService()
"""The one of this process."""
