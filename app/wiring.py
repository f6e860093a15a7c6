"""The composition root: settings in, a ready desk out; for the API, the command line and tests."""

from datetime import datetime

from app.api.wording import picture_json
from app.desk.calendar import Calendar
from app.desk.desk import Desk, a_desk
from app.desk.work import Work
from app.settings import Settings
from app.storage.database import Database, Limits


def wired_desk(settings: Settings, *, fixed_now: datetime | None = None) -> Desk:
    """Give a desk on the settings' database, which its owner opens and closes."""
    limits = Limits(
        connections_min=settings.connections_min,
        connections_max=settings.connections_max,
        connect_timeout_s=settings.connect_timeout_s,
        acquire_timeout_s=settings.acquire_timeout_s,
        statement_timeout_s=settings.statement_timeout_s,
        lock_timeout_s=settings.lock_timeout_s,
    )
    database = Database(settings.database_url, limits)
    return a_desk(
        Work(database, settings.deadline_s),
        Work(database, settings.bulk_deadline_s, settings.bulk_deadline_s),
        Calendar(settings.time_zone, fixed_now),
        picture=picture_json,
    )
