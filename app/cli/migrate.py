"""`creditgate migrate`."""

import asyncio

from alembic.util import CommandError
from sqlalchemy.exc import SQLAlchemyError

from app.cli.configuration import PLACEHOLDER_KEY, settings_from_environment
from app.cli.exits import NO_DATABASE, Exit, Failure
from app.storage import schema
from app.storage.database import Database, Limits, StorageUnavailableError

ONE_CONNECTION = Limits(connections_min=1, connections_max=1)


def bring_to(revision: str) -> str:
    """Bring the database forward to a revision; gives the sentence that says what was done."""
    url = settings_from_environment(api_key=PLACEHOLDER_KEY).database_url
    before = asyncio.run(_installed(url))
    try:
        schema.migrate(url, revision)
    except CommandError as error:
        raise Failure(Exit.USAGE, f"Nothing was changed: {error}.") from None
    except SQLAlchemyError as error:
        reason = str(error).partition("\n")[0]
        raise Failure(Exit.SOFTWARE, f"The migration failed: {reason}") from error
    after = asyncio.run(_installed(url))
    if before == after:
        return f"The schema is at {after} already; nothing was changed."
    return f"The schema went from {before or 'none'} to {after}."


async def _installed(url: str) -> str | None:
    database = Database(url, ONE_CONNECTION)
    try:
        await database.open()
    except schema.SchemaMismatchError as mismatch:
        return mismatch.found
    except StorageUnavailableError as error:
        raise Failure(Exit.UNAVAILABLE, NO_DATABASE.format(reason=error)) from None
    await database.close()
    return schema.head()
