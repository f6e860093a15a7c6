"""`creditgate serve`."""

import socket

import typer

from app import __version__
from app.cli.configuration import settings_from_environment
from app.cli.exits import NO_DATABASE, Exit, Failure
from app.main import create_app
from app.serving import (
    PortUnavailableError,
    TerminatedError,
    listener_on,
    run,
    served,
    stopped_by_signals,
    url_of,
)
from app.settings import Settings
from app.storage.database import StorageUnavailableError
from app.storage.schema import SchemaMismatchError


def serve_until_stopped(host: str | None, port: int | None) -> int:
    """Serve until SIGTERM or Ctrl-C; gives the exit code."""
    settings = settings_from_environment(host=host, port=port)
    try:
        with stopped_by_signals(), listener_on(settings.host, settings.port) as listener:
            run(lambda: _serve(settings, listener))
    except TerminatedError:
        return Exit.OK
    except SchemaMismatchError as error:
        raise Failure(Exit.CONFIG, str(error)) from None
    except StorageUnavailableError as error:
        raise Failure(Exit.UNAVAILABLE, NO_DATABASE.format(reason=error)) from None
    except PortUnavailableError as error:
        raise Failure(Exit.UNAVAILABLE, str(error)) from None
    return Exit.OK


async def _serve(settings: Settings, listener: socket.socket) -> None:
    async with served(create_app(settings), listener) as stopped:
        typer.echo(f"Creditgate {__version__} serves on {url_of(listener)}")
        await stopped
