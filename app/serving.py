"""The service on a port: uvicorn as we run it, one process, and a stop that tidies up."""

import asyncio
import errno
import signal
import socket
from collections.abc import AsyncIterator, Callable, Coroutine, Iterator
from contextlib import asynccontextmanager, contextmanager
from types import FrameType
from typing import Any

import uvicorn
from fastapi import FastAPI
from typing_extensions import override

GRACEFUL_STOP_LIMIT_S = 10
START_LIMIT_S = 10.0
START_POLL_S = 0.005
BACKLOG = 2048
PORT_MAX = 65_535
PORTS_TRIED_MAX = 100
ANY_ADDRESS = {"0.0.0.0": "127.0.0.1", "::": "::1"}  # noqa: S104 - to say how to reach it


class PortUnavailableError(Exception):
    """The address or port cannot be listened on; the message says why."""


class TerminatedError(Exception):
    """The process was asked to end by SIGTERM or SIGHUP, and has tidied up."""


class _Server(uvicorn.Server):
    @override
    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        # A signal cancels the task that serves; uvicorn's own way ends the process with it,
        # before the database's connections are closed.
        yield


@contextmanager
def stopped_by_signals() -> Iterator[None]:
    """SIGTERM and a closed terminal stop the program as Ctrl-C does, by unwinding it.

    Raises `KeyboardInterrupt` after Ctrl-C and `TerminatedError` after the others.
    """
    terminations: list[int] = []

    def interrupt(number: int, _frame: FrameType | None) -> None:
        terminations.append(number)
        signal.raise_signal(signal.SIGINT)

    # Shells start what runs in the background with SIGINT ignored; it must still stop.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    for number in (signal.SIGTERM, signal.SIGHUP):
        if number is signal.SIGTERM or signal.getsignal(number) is not signal.SIG_IGN:
            signal.signal(number, interrupt)
    try:
        yield
    except KeyboardInterrupt:
        if terminations:
            raise TerminatedError from None
        raise


def listener_on(host: str, port: int) -> socket.socket:
    """Listen on the port, 0 for any free one; raises `PortUnavailableError`."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        return socket.create_server((host, port), family=family, backlog=BACKLOG)
    except OSError as error:
        reason = "it is in use" if error.errno == errno.EADDRINUSE else error.strerror
        raise PortUnavailableError(f"Cannot listen on port {port} of {host}: {reason}.") from error


def listener_from(host: str, port: int) -> socket.socket:
    """Listen on the port, or on the next one above it that is free."""
    if port == 0:
        return listener_on(host, port)
    for candidate in range(port, min(port + PORTS_TRIED_MAX, PORT_MAX + 1)):
        try:
            return listener_on(host, candidate)
        except PortUnavailableError as error:
            if not _is_in_use(error):
                raise
    raise PortUnavailableError(f"No port from {port} on is free on {host}.")


def url_of(listener: socket.socket) -> str:
    """Give the address under which this machine reaches the listener."""
    host, port = listener.getsockname()[:2]
    reachable = ANY_ADDRESS.get(host, host)
    return f"http://[{reachable}]:{port}" if ":" in reachable else f"http://{reachable}:{port}"


def run(work: Callable[[], Coroutine[Any, Any, None]]) -> None:
    """Run a coroutine on uvicorn's event loop; Ctrl-C cancels it."""
    with asyncio.Runner(loop_factory=uvicorn.Config("").get_loop_factory()) as runner:
        runner.run(work())


@asynccontextmanager
async def served(app: FastAPI, listener: socket.socket) -> AsyncIterator[asyncio.Task[None]]:
    """Serve the application while the block runs; gives the task that serves.

    What the application raises at its start is raised here.
    """
    server = _Server(_configured(app))
    async with app.router.lifespan_context(app):
        serving = asyncio.create_task(server.serve([listener]))
        try:
            async with asyncio.timeout(START_LIMIT_S):
                # uvicorn says so by a flag alone.
                while not (server.started or serving.done()):  # noqa: ASYNC110
                    await asyncio.sleep(START_POLL_S)
            yield serving
        finally:
            server.should_exit = True
            await serving


def _configured(app: FastAPI) -> uvicorn.Config:
    return uvicorn.Config(
        app,
        http="httptools",
        ws="none",
        lifespan="off",  # it is run around the server, so that its errors are ours
        access_log=False,
        log_level="warning",
        server_header=False,
        timeout_graceful_shutdown=GRACEFUL_STOP_LIMIT_S,
    )


def _is_in_use(error: PortUnavailableError) -> bool:
    cause = error.__cause__
    return isinstance(cause, OSError) and cause.errno == errno.EADDRINUSE
