"""`creditgate worker`."""

import typer

from app import __version__
from app.cli.configuration import PLACEHOLDER_KEY, settings_from_environment
from app.cli.exits import NO_DATABASE, Exit, Failure
from app.desk.worker import Worker
from app.serving import TerminatedError, run, stopped_by_signals
from app.storage.database import StorageUnavailableError
from app.storage.schema import SchemaMismatchError
from app.wiring import wired_worker

NOTHING_TO_DO = "Every interval is 0, so that there is nothing to do."


def work_until_stopped() -> Exit:
    """Run jobs until SIGTERM or Ctrl-C; gives the exit code."""
    worker = wired_worker(settings_from_environment(api_key=PLACEHOLDER_KEY))
    if not worker.jobs:
        raise Failure(Exit.CONFIG, NOTHING_TO_DO)
    try:
        with stopped_by_signals():
            run(lambda: _work(worker))
    except TerminatedError:
        return Exit.OK
    except SchemaMismatchError as error:
        raise Failure(Exit.CONFIG, str(error)) from None
    except StorageUnavailableError as error:
        raise Failure(Exit.UNAVAILABLE, NO_DATABASE.format(reason=error)) from None
    return Exit.OK


async def _work(worker: Worker) -> None:
    database = worker.work.database
    await database.open()
    try:
        names = ", ".join(f"{job.name} every {job.every}" for job in worker.jobs)
        typer.echo(f"Creditgate {__version__} works: {names}")
        await worker.run(typer.echo)
    finally:
        await database.close()
