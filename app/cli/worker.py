"""`creditgate worker`."""

import asyncio

import typer

from app import __version__
from app.cli.configuration import PLACEHOLDER_KEY, settings_from_environment
from app.cli.exits import NO_DATABASE, Exit, Failure
from app.serving import TerminatedError, run, stopped_by_signals
from app.settings import Settings
from app.storage.database import StorageUnavailableError
from app.storage.schema import SchemaMismatchError
from app.wiring import wired_desk, wired_dispatcher, wired_worker

NO_MAILS = "No CREDITGATE_SMTP_URL is set, so that nobody is mailed."
NO_MAILBOX = "No CREDITGATE_CREDIT_MAILBOX is set, so that nobody is mailed about holds."


def work_until_stopped() -> Exit:
    """Run jobs, wake holds and tell others until SIGTERM or Ctrl-C; gives the exit code."""
    settings = settings_from_environment(api_key=PLACEHOLDER_KEY)
    try:
        with stopped_by_signals():
            run(lambda: _work(settings))
    except TerminatedError:
        return Exit.OK
    except SchemaMismatchError as error:
        raise Failure(Exit.CONFIG, str(error)) from None
    except StorageUnavailableError as error:
        raise Failure(Exit.UNAVAILABLE, NO_DATABASE.format(reason=error)) from None
    return Exit.OK


async def _work(settings: Settings) -> None:
    desk = wired_desk(settings)
    worker, dispatcher = wired_worker(settings, desk), wired_dispatcher(settings, desk)
    await desk.database.open()
    try:
        names = [f"{job.name} every {job.every}" for job in worker.jobs]
        names += [f"{watch.name} every {watch.every_s:g} s" for watch in worker.watches]
        said = ", ".join([*names, "and tells others at once"])
        typer.echo(f"Creditgate {__version__} works: {said}")
        if settings.smtp_url is None:
            typer.echo(NO_MAILS)
        elif settings.credit_mailbox is None:
            typer.echo(NO_MAILBOX)
        async with asyncio.TaskGroup() as group:
            group.create_task(worker.run(typer.echo))
            group.create_task(dispatcher.run(typer.echo))
    finally:
        await desk.database.close()
