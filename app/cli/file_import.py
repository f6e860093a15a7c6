"""`creditgate import`: a file onto the accounts, in this process."""

import gc
import json
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any

import typer
from rich.console import Console
from rich.progress import Progress as Bar

from app.cli.configuration import PLACEHOLDER_KEY, settings_from_environment
from app.cli.exits import NO_DATABASE, Exit, Failure
from app.cli.import_lines import import_lines
from app.desk.file_imports import ImportState
from app.ledger.runs import Asked, Ended, Progress
from app.serving import TerminatedError, run, stopped_by_signals
from app.settings import Settings
from app.storage.database import StorageUnavailableError
from app.storage.schema import SchemaMismatchError
from app.wiring import wired_runs

NICENESS = 10
STOPPED = "Stopped. Accounts that were taken are whole; the same command does the rest."
ENDS = {
    ImportState.DONE: Exit.OK,
    ImportState.REFUSED: Exit.DATA,
    ImportState.FAILED: Exit.UNAVAILABLE,
}


def imported(asked: Asked, *, as_json: bool) -> Exit:
    """Take the file, print what it came to, and say by the exit code whether all was taken."""
    _go_behind_checks()
    settings = settings_from_environment(api_key=PLACEHOLDER_KEY)
    ended: list[Ended] = []
    try:
        with stopped_by_signals(), _shown(as_json=as_json) as progress:
            run(lambda: _import(settings, asked, progress, ended))
    except (KeyboardInterrupt, TerminatedError):
        raise Failure(Exit.INTERRUPTED, STOPPED) from None
    except SchemaMismatchError as error:
        raise Failure(Exit.CONFIG, str(error)) from None
    except StorageUnavailableError as error:
        raise Failure(Exit.UNAVAILABLE, NO_DATABASE.format(reason=error)) from None
    return _told(asked, ended[0], as_json=as_json)


def _go_behind_checks() -> None:
    """Have the machine serve checks first, and this process spend its time on rows."""
    # Rows come and go by the million and hold no cycles: looking for some is a fifth of the time.
    gc.set_threshold(200_000, 50, 100)
    with suppress(AttributeError, OSError):
        os.nice(NICENESS)


async def _import(
    settings: Settings, asked: Asked, progress: Progress, ended: list[Ended]
) -> None:
    runs = wired_runs(settings)
    database = runs.importer.work.database
    await database.open()
    try:
        ended.append(await runs.run(asked, progress))
    finally:
        await database.close()


@contextmanager
def _shown(*, as_json: bool) -> Iterator[Progress]:
    """Give a progress that is drawn where somebody looks on: on a terminal."""
    if as_json or not sys.stderr.isatty():
        yield Progress()
        return
    with Bar(console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("reading", total=None)
        yield Progress(
            lambda now: bar.update(
                task, description=now.phase, completed=now.done, total=now.of or None
            )
        )


def _told(asked: Asked, ended: Ended, *, as_json: bool) -> Exit:
    document: dict[str, Any] = {"id": asked.id, "state": ended.state.value, **ended.document}
    if as_json:
        typer.echo(json.dumps(document, indent=2, ensure_ascii=False))
    else:
        typer.echo("\n".join(import_lines(document, dry_run=asked.errand.dry_run)))
    if ended.state is ImportState.DONE and ended.document["report"]["refused"]:
        return Exit.LINES_REFUSED
    return ENDS[ended.state]
