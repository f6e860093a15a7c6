"""All the desk's actions, as one value to hand around."""

from dataclasses import dataclass

from app.desk.behaviours import Behaviours
from app.desk.bulk import Bulk
from app.desk.checks import Checks
from app.desk.customers import Customers
from app.desk.deliveries import Deliveries
from app.desk.expected_payments import ExpectedPayments
from app.desk.figures import Figures
from app.desk.file_imports import FileImports
from app.desk.hold_bulk import HoldBulk
from app.desk.holds import Holds
from app.desk.keys import Keys
from app.desk.reconcile import Reconcile
from app.desk.records import Records
from app.desk.recount import Recount
from app.desk.repeats import Repeats
from app.desk.shelf import PolicyShelf
from app.desk.sources import Sources
from app.desk.statements import Statements
from app.desk.telling import Telling
from app.desk.waking import Waking
from app.desk.webhooks import Webhooks
from app.desk.whole_lists import WholeLists
from app.desk.work import Work
from app.desk.worklist import Worklist
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
    holds: Holds
    hold_bulk: HoldBulk
    keys: Keys
    recount: Recount
    reconcile: Reconcile
    behaviours: Behaviours
    repeats: Repeats
    sources: Sources
    imports: FileImports
    whole_lists: WholeLists
    figures: Figures
    webhooks: Webhooks
    deliveries: Deliveries
    telling: Telling
    waking: Waking
    worklist: Worklist
    expected_payments: ExpectedPayments
    work: Work

    @property
    def database(self) -> Database:
        """The database, for whoever opens and closes it."""
        return self.work.database

    async def require_ready(self) -> None:
        """Raise `StorageUnavailableError` unless the database answers."""
        await self.work.reading(database.ping)
