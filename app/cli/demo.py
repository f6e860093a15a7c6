"""`creditgate demo`."""

from pathlib import Path

from app.cli.configuration import settings_from_environment
from app.cli.exits import NO_DATABASE, Exit, Failure
from app.demo import DemoError, Place, run_demo
from app.embedded import BinariesNotFoundError, EmbeddedPostgresError
from app.serving import PortUnavailableError
from app.settings import Settings
from app.storage.database import StorageUnavailableError


def show(folder: Path, database_url: str | None, address: tuple[str, int], *, once: bool) -> int:
    """Run the demo until it is stopped; gives the exit code."""
    place = Place(folder, database_url, *address)
    try:
        is_answered = run_demo(place, _settings, once=once)
    except StorageUnavailableError as error:
        raise Failure(Exit.UNAVAILABLE, NO_DATABASE.format(reason=error)) from None
    except (DemoError, PortUnavailableError, BinariesNotFoundError) as error:
        raise Failure(Exit.UNAVAILABLE, str(error)) from None
    except EmbeddedPostgresError as error:
        raise Failure(Exit.UNAVAILABLE, f"The private Postgres failed: {error}") from None
    # Who stops a demo after it has answered ends it as it is meant to end.
    return Exit.OK if is_answered else Exit.INTERRUPTED


def _settings(database_url: str, key: str) -> Settings:
    return settings_from_environment(database_url=database_url, api_key=key)
