"""Files that were sent here: each is taken by a process of its own, a few at a time.

What a file does to memory, processor and parser is none of the service's business; the process
is the command, and records its run as it does when somebody types it. Who sent the file stands
with the run, where the process finds it.
"""

import asyncio
import os
import sys
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

from uuid_utils import uuid7

from app.desk.file_imports import FileImports
from app.desk.scratch import Scratch

UPLOADS_MAX = 50
"""How many files may be here at a time, running, waiting or on their way in."""

BEAT_S = 15.0
"""How often a run that waits for its turn is noted as still waiting."""

STOP_LIMIT_S = 5.0
"""How long a process that is told to end may take before it is made to."""


class TooManyUploadsError(Exception):
    """So many files wait here that another is not taken; try again later."""


@dataclass(slots=True)
class Folder:
    """A temporary folder of one upload; `is_kept` once a run owns it, which then removes it."""

    scratch: Scratch
    is_kept: bool = False

    @property
    def path(self) -> Path:
        """Where it is."""
        return self.scratch.path


@dataclass(frozen=True, slots=True)
class Upload:
    """A file that has arrived, the command's options for it, and what others are told of it."""

    folder: Folder
    file: Path
    options: Sequence[str]
    asked: str


@dataclass(slots=True)
class Uploads:
    """Runs uploads in processes, `at_once` at a time; `environment` has the settings for them."""

    imports: FileImports
    environment: Mapping[str, str]
    at_once: int
    _places: asyncio.Semaphore = field(init=False)
    _here: int = 0
    _runs: dict[asyncio.Task[None], tuple[str, Folder]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._places = asyncio.Semaphore(self.at_once)

    @asynccontextmanager
    async def folder(self) -> AsyncIterator[Folder]:
        """Give a folder for an upload, which goes at the end of the block unless a run has it.

        Raises `TooManyUploadsError`.
        """
        if self._here >= UPLOADS_MAX:
            raise TooManyUploadsError
        self._here += 1
        folder = Folder(await asyncio.to_thread(Scratch.make))
        try:
            yield folder
        finally:
            if not folder.is_kept:
                await self._remove(folder)

    async def start(self, upload: Upload) -> str:
        """Have a file taken as soon as it is its turn; gives the run's id."""
        run = f"imp_{uuid7().hex}"
        await self.imports.enter(run, upload.asked)
        upload.folder.is_kept = True
        task = asyncio.create_task(self._run(run, upload))
        self._runs[task] = (run, upload.folder)
        task.add_done_callback(lambda done: self._runs.pop(done, None))
        return run

    async def close(self) -> None:
        """End every run, and wait until its process is gone."""
        runs = dict(self._runs)
        for task in runs:
            task.cancel()
        if runs:
            await asyncio.wait(runs)
        # One that had not begun, or was just tidying up, was cancelled before it could.
        for run, folder in runs.values():
            await self.imports.give_up(run)
            await asyncio.to_thread(folder.scratch.remove)

    async def _run(self, run: str, upload: Upload) -> None:
        beats = asyncio.create_task(self._beat(run))
        try:
            async with self._places:
                await self._in_a_process(run, upload)
        finally:
            beats.cancel()
            # Of a run that has said its end this changes nothing.
            await self.imports.give_up(run)
            await self._remove(upload.folder)

    async def _beat(self, run: str) -> None:
        while True:
            await asyncio.sleep(BEAT_S)
            await self.imports.still_waiting(run)

    async def _in_a_process(self, run: str, upload: Upload) -> None:
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-P", "-m", "app.cli", "import"),
            *(*upload.options, "--json", f"--id={run}", "--", str(upload.file)),
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.DEVNULL,
            start_new_session=True,
            env={**os.environ, **self.environment, "TMPDIR": str(upload.folder.path)},
        )
        try:
            await process.wait()
        finally:
            await _ended(process)

    async def _remove(self, folder: Folder) -> None:
        self._here -= 1
        await asyncio.to_thread(folder.scratch.remove)


async def _ended(process: asyncio.subprocess.Process) -> None:
    """Have a process end: by itself where it still can."""
    if process.returncode is not None:
        return
    process.terminate()
    try:
        await asyncio.wait_for(process.wait(), STOP_LIMIT_S)
    except TimeoutError:
        process.kill()
        await process.wait()
