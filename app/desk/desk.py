"""All the desk's actions, as one value to hand around."""

from collections.abc import Callable
from dataclasses import dataclass

from app.credit.decision import Decision
from app.desk.bulk import Bulk
from app.desk.calendar import Calendar
from app.desk.checks import Checks
from app.desk.customers import Customers
from app.desk.directory import Directory
from app.desk.growth import Growth
from app.desk.records import Records
from app.desk.shelf import PolicyShelf
from app.desk.sources import Sources
from app.desk.statements import Statements
from app.desk.turns import Turns
from app.desk.work import Work
from app.storage import database
from app.storage.database import Database


@dataclass(frozen=True, slots=True)
class Desk:
    """What can be asked of the service and told to it."""

    checks: Checks
    customers: Customers
    statements: Statements
    bulk: Bulk
    policies: PolicyShelf
    records: Records
    sources: Sources
    work: Work

    @property
    def database(self) -> Database:
        """The database, for whoever opens and closes it."""
        return self.work.database

    async def require_ready(self) -> None:
        """Raise `StorageUnavailableError` unless the database answers."""
        await self.work.reading(database.ping)


def a_desk(
    work: Work, bulk_work: Work, calendar: Calendar, *, picture: Callable[[Decision], str]
) -> Desk:
    """Put the desk together; `picture` words what a hold keeps of its decision."""
    shelf = PolicyShelf(work)
    customers = Customers(work, shelf, calendar)
    statements = Statements(work, calendar, Growth(shelf, calendar, picture))
    return Desk(
        checks=Checks(work, shelf, Directory(), calendar, Turns()),
        customers=customers,
        statements=statements,
        bulk=Bulk(bulk_work, customers, statements),
        policies=shelf,
        records=Records(work),
        sources=Sources(work),
        work=work,
    )
