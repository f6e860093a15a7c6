"""Runs of files: opened, taken, and followed in the database for whoever asks how far they are."""

import asyncio
import json
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path
from typing import Any

from app.desk.file_imports import FileImports, ImportState
from app.desk.sources import Mark, Sources
from app.desk.unknown import SourceUnknownError
from app.ledger.errand import Errand, ImportBrokenError, ImportRefusedError, Report
from app.ledger.fields import States
from app.ledger.importer import Importer
from app.ledger.options import Options
from app.ledger.outcome import refusal_document, report_document
from app.ledger.refusal import FileRefusedError
from app.ledger.table import Table, open_table
from app.storage.database import StorageUnavailableError

BEAT_S = 1.0
"""How often, at least, a run says that it lives, and how far it is."""

END_LIMIT_S = 2.0
"""How long a run that is stopped may take to say so."""

STOPPED = "The import was stopped; accounts are whole. Send the file again for the rest."
LOST = "The database was lost; accounts are whole. Send the file again for the rest."


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A file, and what is to be done with it. `asked` is what others are told of that."""

    id: str
    path: Path
    profile: str | None
    options: Options
    errand: Errand
    asked: dict[str, Any]


@dataclass(slots=True)
class Progress:
    """How far a run is: what is being done, how much of it is done, and how much there is.

    `listen` is told of every step; notes are there before the first. `turned` is set whenever
    something else is being done than before.
    """

    listen: Callable[["Progress"], None] = lambda _: None
    notes: list[str] = field(default_factory=list)
    phase: str = "reading"
    done: int = 0
    of: int = 0
    turned: asyncio.Event = field(default_factory=asyncio.Event)

    def follow(self, phase: str, done: int, of: int) -> None:
        """Note a step."""
        if (phase, of) != (self.phase, self.of):
            self.turned.set()
        self.phase, self.done, self.of = phase, done, of
        self.listen(self)

    def document(self) -> dict[str, Any]:
        """Give the progress for programs."""
        return {"phase": self.phase, "done": self.done, "of": self.of}


@dataclass(frozen=True, slots=True)
class Ended:
    """What a run came to: its state, and the document that tells it."""

    state: ImportState
    document: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Runs:
    """Takes files on account, each run recorded from its beginning to its end."""

    importer: Importer
    imports: FileImports
    sources: Sources

    async def run(self, asked: Asked, progress: Progress) -> Ended:
        """Take a file; raises `StorageUnavailableError` where not even that can be noted."""
        await self.imports.begin(asked.id, as_json(asked.asked))
        try:
            async with self._beating(asked.id, progress):
                ended = await self._taken(asked, progress)
        except BaseException:
            await self._note_stopped(asked.id, progress)
            raise
        await self.imports.end(asked.id, ended.state, as_json(ended.document))
        return ended

    async def _taken(self, asked: Asked, progress: Progress) -> Ended:
        report, refusal, state = Report(), None, ImportState.DONE
        table: Table | None = None
        try:
            # In a thread: a large workbook takes its time, and the run still shows that it lives.
            table = await asyncio.to_thread(open_table, asked.path, asked.profile, asked.options)
            table.notes.extend(_age_notes(asked, table))
            progress.notes = table.notes
            progress.follow("reading", 0, table.size)
            if asked.errand.whole is not None:
                await self._require_current(asked)
            errand = replace(asked.errand, as_of=self._as_of(asked.options))
            report = await self.importer.take(table, errand, asked.id, progress.follow)
            await self._mark(asked, report)
        except (FileRefusedError, ImportRefusedError) as refused:
            refusal, state = refusal_document(refused), ImportState.REFUSED
            if table is not None:
                report = Report(notes=table.notes, totals=table.totals)
        except ImportBrokenError as broken:
            refusal, state = _failure("database_lost", LOST), ImportState.FAILED
            report = broken.report
        except StorageUnavailableError:
            # Before anything was taken: customers are looked up while the file is read.
            refusal, state = _failure("database_lost", LOST), ImportState.FAILED
        told = report_document(report)
        return Ended(state, {"progress": progress.document(), "report": told, "refusal": refusal})

    async def _require_current(self, asked: Asked) -> None:
        """Refuse a whole list that is older than what its source has told."""
        as_of = self._as_of(asked.options)
        try:
            known = (await self.sources.source(asked.errand.source)).as_of
        except SourceUnknownError:
            return
        if as_of is not None and known is not None and as_of < known:
            message = "The source has told of a later day already; nothing was changed."
            details: dict[str, object] = {
                "as_of": as_of.isoformat(),
                "told_as_of": known.isoformat(),
            }
            raise ImportRefusedError("list_outdated", message, details)

    async def _mark(self, asked: Asked, report: Report) -> None:
        """Note that the source has spoken, once all of its file was reached."""
        has_taken = sum(report.effects.values()) - report.effects["unknown"] + report.cleared > 0
        states_nothing = report.totals.rows == report.totals.left_out.total()
        if asked.errand.dry_run or not (has_taken or states_nothing):
            return
        await self.sources.mark_stated(Mark(asked.errand.source, self._as_of(asked.options)))

    def _as_of(self, options: Options) -> datetime | None:
        """Give the end of the day that a list says it is of; one that lies ahead becomes now."""
        if options.as_of is None:
            return None
        return self.sources.calendar.end_of(options.as_of)

    @asynccontextmanager
    async def _beating(self, run: str, progress: Progress) -> AsyncIterator[None]:
        beats = asyncio.create_task(self._beat(run, progress))
        try:
            yield
        finally:
            beats.cancel()
            await asyncio.wait([beats])

    async def _beat(self, run: str, progress: Progress) -> None:
        while True:
            is_reading = progress.phase == "reading"
            state = ImportState.READING if is_reading else ImportState.APPLYING
            said = {"progress": progress.document()}
            progress.turned.clear()
            await self.imports.follow(run, state, as_json(said))
            # Not wait_for: of Python 3.11 it may swallow the cancellation that ends this.
            with suppress(TimeoutError):
                async with asyncio.timeout(BEAT_S):
                    await progress.turned.wait()

    async def _note_stopped(self, run: str, progress: Progress) -> None:
        said = {"progress": progress.document(), "refusal": _failure("stopped", STOPPED)}
        ending = self.imports.end(run, ImportState.FAILED, as_json(said))
        await asyncio.wait([asyncio.create_task(ending)], timeout=END_LIMIT_S)


def _age_notes(asked: Asked, table: Table) -> Iterator[str]:
    profile = table.profile
    if profile is not None and profile.states is States.OPEN_ITEMS and asked.options.as_of is None:
        yield "No day is stated that the list is of (as-of): it counts as told just now."


def _failure(code: str, message: str) -> dict[str, Any]:
    return {"code": code, "message": message, "line": None, "column": None, "saw": {}}


def as_json(document: dict[str, Any]) -> str:
    """Give a document as it is stored."""
    return json.dumps(document, ensure_ascii=False, separators=(",", ":"))
