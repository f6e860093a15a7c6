"""Processes of the service on one database: started, killed with -9, started again."""

import asyncio
import os
import signal
import sys
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from support.service import KEY

START_LIMIT_S = 30.0
STOP_LIMIT_S = 6.0
POLL_S = 0.03
PAUSE_AFTER_FAILURE_S = 0.3


@dataclass(slots=True)
class Replica:
    """One process of the service, on a Unix socket of its own."""

    socket: Path
    database_url: str
    arguments: Sequence[str]
    log: Path
    starts: int = 0
    _process: asyncio.subprocess.Process | None = None
    _starting: asyncio.Lock = field(default_factory=asyncio.Lock)

    async def start(self) -> None:
        """Start and wait until it listens; tries again while the database is away."""
        async with self._starting, asyncio.timeout(START_LIMIT_S):
            while not self._runs:
                if not await self._started():
                    await asyncio.sleep(PAUSE_AFTER_FAILURE_S)

    @property
    def _runs(self) -> bool:
        return self._process is not None and self._process.returncode is None

    async def _started(self) -> bool:
        self.starts += 1
        self.socket.unlink(missing_ok=True)
        with self.log.open("ab") as log:
            process = await asyncio.create_subprocess_exec(
                sys.executable, "-m", "prove.serve", "--socket", str(self.socket),
                *self.arguments, env=self._environment(), start_new_session=True,
                stdin=asyncio.subprocess.PIPE, stdout=log, stderr=log,
            )  # fmt: skip
        self._process = process
        while process.returncode is None:
            if await self._listens():
                return True
            await asyncio.sleep(POLL_S)
        return False

    def _environment(self) -> dict[str, str]:
        return {
            **os.environ,
            "PYTHONPATH": ".:tests",
            "CREDITGATE_DATABASE_URL": self.database_url,
            "CREDITGATE_API_KEY": KEY,
            "CREDITGATE_KEY_CLAIM_S": "2",
        }

    async def _listens(self) -> bool:
        try:
            _, writer = await asyncio.open_unix_connection(str(self.socket))
        except OSError:
            return False
        writer.close()
        return True

    async def kill(self) -> None:
        """Kill -9, whatever it is doing."""
        process, self._process = self._process, None
        if process is not None:
            with suppress(ProcessLookupError):
                process.kill()
            await process.wait()

    async def stop(self) -> None:
        """Ask it to end, and make it."""
        process = self._process
        if process is None or process.returncode is not None:
            return
        process.send_signal(signal.SIGTERM)
        try:
            async with asyncio.timeout(STOP_LIMIT_S):
                await process.wait()
        except TimeoutError:
            await self.kill()

    def signal(self, number: signal.Signals) -> None:
        """Freeze it, or let it go on."""
        if self._process is not None and self._process.returncode is None:
            self._process.send_signal(number)
