"""Workers by the dozen: a process that has loaded everything once, and forks one when asked.

To start Python and load the service takes longer than what a worker is to be killed in.
"""

import asyncio
import os
import signal
import subprocess
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress

from support.commands import environment
from support.source import ROOT

READY_LIMIT_S = 30.0


@asynccontextmanager
async def a_nursery(**settings: str) -> AsyncIterator[Callable[[], "asyncio.Future[int]"]]:
    """Give what starts a worker process and gives its id; all end with the block."""
    paths = os.pathsep.join([str(ROOT), str(ROOT / "tests")])
    nursery = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "notices.nursery",
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        env=environment(settings) | {"PYTHONPATH": paths},
    )
    stdin, stdout = nursery.stdin, nursery.stdout
    assert stdin is not None
    assert stdout is not None
    pids: list[int] = []

    async def start() -> int:
        stdin.write(b"\n")
        async with asyncio.timeout(READY_LIMIT_S):
            pids.append(int(await stdout.readline()))
        return pids[-1]

    try:
        yield lambda: asyncio.ensure_future(start())
    finally:
        for pid in pids:
            kill(pid)
        stdin.close()
        await nursery.wait()


def kill(pid: int) -> None:
    """End a worker as a power failure does; one that has ended already is left alone."""
    with suppress(ProcessLookupError):
        os.kill(pid, signal.SIGKILL)


def _serve() -> None:
    from app.cli.worker import work_until_stopped  # noqa: PLC0415 - the tests need none of it

    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # the ended leave nothing behind
    while sys.stdin.buffer.readline():
        pid = os.fork()
        if not pid:
            os.dup2(os.open(os.devnull, os.O_RDWR), 0)
            os.dup2(2, 1)
            os._exit(work_until_stopped())
        print(pid, flush=True)  # noqa: T201 - it is what was asked for


if __name__ == "__main__":
    _serve()
