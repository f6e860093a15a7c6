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
from app.desk.recount import Recount
from app.desk.shelf import PolicyShelf
from app.desk.sources import Sources
from app.desk.statements import Statements
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
    recount: Recount
    sources: Sources
    database: Database

    async def require_ready(self) -> None:
        """Raise `StorageUnavailableError` unless the database answers."""
        await self.database.ping()


def a_desk(database: Database, calendar: Calendar, *, picture: Callable[[Decision], str]) -> Desk:
    """Put the desk together; `picture` words what a hold keeps of its decision."""
    shelf = PolicyShelf(database)
    customers = Customers(database, shelf, calendar)
    statements = Statements(database, calendar, Growth(shelf, calendar, picture))
    return Desk(
        checks=Checks(database, shelf, Directory(), calendar),
        customers=customers,
        statements=statements,
        bulk=Bulk(database, customers, statements),
        policies=shelf,
        records=Records(database, calendar),
        recount=Recount(database, calendar),
        sources=Sources(database),
        database=database,
    )
