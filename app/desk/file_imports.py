"""Runs of files, followed: each begins, says how far it is, and ends in one of a few states."""

from contextlib import suppress
from dataclasses import dataclass, replace
from enum import StrEnum

from app.credit.caller import Caller
from app.desk.acting import acting, note_caller
from app.desk.unknown import ImportUnknownError
from app.desk.work import Work
from app.storage import file_imports
from app.storage.database import StorageUnavailableError
from app.storage.file_imports import FileImport, Sender

__all__ = ["FileImport", "FileImports", "ImportState"]


class ImportState(StrEnum):
    """How a run stands. `refused`: nothing was taken; `failed`: it broke off on its way."""

    WAITING = "waiting"
    READING = "reading"
    APPLYING = "applying"
    DONE = "done"
    REFUSED = "refused"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class FileImports:
    """Follows runs. What was asked and what it came to travel as JSON texts."""

    work: Work

    async def enter(self, run: str, asked: str) -> None:
        """Enter a run that waits for its turn, sent by whoever acts."""
        await self._entered(run, ImportState.WAITING, asked)

    async def begin(self, run: str, asked: str) -> None:
        """Begin a run; from here on, whoever sent it acts: what it changes bears their name."""
        sender = await self._entered(run, ImportState.READING, asked)
        if sender is not None and sender.caller is not None:
            note_caller(Caller(sender.caller, frozenset(), sender.person))

    async def _entered(self, run: str, state: ImportState, asked: str) -> Sender | None:
        caller = acting()
        sender = Sender() if caller is None else Sender(caller.id, caller.person)
        return await self.work.reading(
            lambda connection: file_imports.enter(connection, run, state, asked, sender=sender)
        )

    async def follow(self, run: str, state: ImportState, report: str) -> None:
        """Note how far a run is; the run goes on where that cannot be noted."""
        with suppress(StorageUnavailableError):
            await self.work.reading(
                lambda connection: file_imports.follow(connection, run, state, report)
            )

    async def still_waiting(self, run: str) -> None:
        """Note that a run is still going to begin."""
        with suppress(StorageUnavailableError):
            await self.work.reading(lambda connection: file_imports.still_waiting(connection, run))

    async def end(self, run: str, state: ImportState, report: str) -> None:
        """Note what a run came to; where that cannot be noted it is soon seen as interrupted."""
        with suppress(StorageUnavailableError):
            await self.work.reading(
                lambda connection: file_imports.end(connection, run, state, report)
            )

    async def give_up(self, run: str) -> None:
        """Note that a run's process is gone; nothing changes for one that has ended."""
        with suppress(StorageUnavailableError):
            await self.work.reading(lambda connection: file_imports.give_up(connection, run))

    async def found(self, run: str) -> FileImport:
        """Give one run; raises `ImportUnknownError`."""
        found = await self.work.reading(lambda connection: file_imports.find(connection, run))
        if found is None:
            raise ImportUnknownError(run)
        return _as_seen(found)

    async def listed(self, *, before: str | None, limit: int) -> list[FileImport]:
        """Give runs, newest first, those that began before one."""
        runs = await self.work.reading(
            lambda connection: file_imports.listed(connection, before=before, limit=limit)
        )
        return [_as_seen(run) for run in runs]


def _as_seen(run: FileImport) -> FileImport:
    """Show a run that gives no sign of life as what it is."""
    return replace(run, state=ImportState.FAILED) if run.is_interrupted else run
