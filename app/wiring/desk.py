"""The desk, put together from settings."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from app.api.wording import picture_json
from app.desk.behaviours import Behaviours
from app.desk.bulk import Bulk
from app.desk.calendar import Calendar
from app.desk.checks import Checks
from app.desk.customers import Customers
from app.desk.deliveries import Deliveries, Patience
from app.desk.desk import Desk
from app.desk.directory import Directory
from app.desk.egress import Egress, networks_of
from app.desk.expected_payments import ExpectedPayments
from app.desk.figures import Figures
from app.desk.file_imports import FileImports
from app.desk.granting import Granting
from app.desk.growth import Growth
from app.desk.hold_bulk import HoldBulk
from app.desk.holds import Holds
from app.desk.intake import Intake
from app.desk.keys import Keys
from app.desk.reconcile import Reconcile
from app.desk.records import Records
from app.desk.recount import Recount
from app.desk.releases import Releases
from app.desk.repeats import Repeats
from app.desk.shelf import PolicyShelf
from app.desk.sight import Sight
from app.desk.sources import Sources
from app.desk.statements import Statements
from app.desk.telling import Telling
from app.desk.turns import Turns
from app.desk.waking import Waking
from app.desk.webhooks import Webhooks
from app.desk.whole_lists import WholeLists
from app.desk.work import Work
from app.desk.worklist import Worklist
from app.settings import Settings
from app.storage.database import SERVICE, Database, Limits


@dataclass(frozen=True, slots=True)
class Ground:
    """What all actions stand on: the database by short and by long deadlines, clock, policies."""

    settings: Settings
    database: Database
    calendar: Calendar
    work: Work
    bulk_work: Work
    shelf: PolicyShelf

    @property
    def job_work(self) -> Work:
        """Work that reads the whole book."""
        return Work(self.database, self.settings.job_deadline_s, self.settings.job_deadline_s)

    @property
    def sight(self) -> Sight:
        """How held orders are judged again, whoever asks."""
        return Sight(self.shelf, self.calendar)

    @property
    def granting(self) -> Granting:
        """How held orders are let go, whoever says so."""
        return Granting(self.calendar)


def wired_desk(
    settings: Settings, *, fixed_now: datetime | None = None, application: str = SERVICE
) -> Desk:
    """Give a desk on the settings' database, which its owner opens and closes."""
    ground = _ground(settings, Calendar(settings.time_zone, fixed_now), application)
    work, bulk_work = ground.work, ground.bulk_work
    calendar, shelf = ground.calendar, ground.shelf
    customers = Customers(work, shelf, calendar)
    directory, turns = Directory(), Turns()
    growth = Growth(shelf, calendar, picture_json)
    statements = Statements(work, calendar, growth, directory, turns)
    holds = Holds(work, calendar, Releases(ground.sight, ground.granting))
    return Desk(
        checks=Checks(work, shelf, directory, calendar, turns),
        customers=customers,
        statements=statements,
        bulk=Bulk(bulk_work, customers, statements),
        policies=shelf,
        records=Records(work, calendar),
        holds=holds,
        hold_bulk=HoldBulk(holds, customers),
        keys=Keys(work),
        recount=Recount(bulk_work, calendar),
        reconcile=Reconcile(ground.job_work, bulk_work),
        behaviours=Behaviours(bulk_work, calendar, settings.cleared_keep_days),
        repeats=_repeats(ground),
        sources=Sources(work, calendar),
        imports=FileImports(bulk_work),
        figures=Figures(work, mails=settings.smtp_url is not None),
        waking=Waking(bulk_work, ground.sight, ground.granting, calendar),
        worklist=Worklist(work, shelf, ground.sight, calendar),
        expected_payments=ExpectedPayments(work, calendar),
        whole_lists=_whole_lists(ground, statements),
        webhooks=Webhooks(work, Egress(networks_of(settings.webhook_networks))),
        deliveries=Deliveries(bulk_work, _patience(settings)),
        telling=Telling(work, settings.credit_mailbox),
        work=work,
    )


def _ground(settings: Settings, calendar: Calendar, application: str) -> Ground:
    database = Database(settings.database_url, _limits(settings), application)
    work = Work(database, settings.deadline_s)
    bulk_work = Work(database, settings.bulk_deadline_s, settings.bulk_deadline_s)
    return Ground(settings, database, calendar, work, bulk_work, PolicyShelf(work))


def _repeats(ground: Ground) -> Repeats:
    settings = ground.settings
    return Repeats(
        ground.work, settings.key_claim_s, settings.key_bulk_claim_s, settings.key_keep_s
    )


def _whole_lists(ground: Ground, statements: Statements) -> WholeLists:
    settings, work = ground.settings, ground.bulk_work
    return WholeLists(
        work,
        Intake(work, statements),
        settings.list_items_share,
        settings.list_amount_share,
        settings.list_items_unasked,
    )


def _patience(settings: Settings) -> Patience:
    return Patience(
        try_s=settings.delivery_timeout_s,
        first_pause_s=settings.retry_first_s,
        longest_pause_s=settings.retry_longest_s,
        give_up_after=timedelta(hours=settings.give_up_hours),
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
