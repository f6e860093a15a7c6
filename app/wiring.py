"""The composition root: settings in, a ready desk out; for the API, the command line and tests."""

from datetime import datetime

from app.api.wording import picture_json
from app.desk.bulk import Bulk
from app.desk.calendar import Calendar
from app.desk.checks import Checks
from app.desk.customers import Customers
from app.desk.desk import Desk
from app.desk.directory import Directory
from app.desk.growth import Growth
from app.desk.records import Records
from app.desk.recount import Recount
from app.desk.repeats import Repeats
from app.desk.shelf import PolicyShelf
from app.desk.sources import Sources
from app.desk.statements import Statements
from app.desk.turns import Turns
from app.desk.work import Work
from app.settings import Settings
from app.storage.database import Database, Limits


def wired_desk(settings: Settings, *, fixed_now: datetime | None = None) -> Desk:
    """Give a desk on the settings' database, which its owner opens and closes."""
    database = Database(settings.database_url, _limits(settings))
    work = Work(database, settings.deadline_s)
    bulk_work = Work(database, settings.bulk_deadline_s, settings.bulk_deadline_s)
    calendar = Calendar(settings.time_zone, fixed_now)
    shelf = PolicyShelf(work)
    customers = Customers(work, shelf, calendar)
    directory, turns = Directory(), Turns()
    growth = Growth(shelf, calendar, picture_json)
    statements = Statements(work, calendar, growth, directory, turns)
    return Desk(
        checks=Checks(work, shelf, directory, calendar, turns),
        customers=customers,
        statements=statements,
        bulk=Bulk(bulk_work, customers, statements),
        policies=shelf,
        records=Records(work, calendar),
        recount=Recount(bulk_work, calendar),
        repeats=Repeats(
            work, settings.key_claim_s, settings.key_bulk_claim_s, settings.key_keep_s
        ),
        sources=Sources(work),
        work=work,
    )


def _limits(settings: Settings) -> Limits:
    return Limits(
        connections_min=settings.connections_min,
        connections_max=settings.connections_max,
        connect_timeout_s=settings.connect_timeout_s,
        acquire_timeout_s=settings.acquire_timeout_s,
        statement_timeout_s=settings.statement_timeout_s,
        lock_timeout_s=settings.lock_timeout_s,
    )
