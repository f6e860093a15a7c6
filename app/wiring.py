"""The composition root: settings in, a ready desk out; for the API, the command line and tests."""

import os
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from app.api.problems import ProblemError
from app.api.routes.lines import statement_of
from app.api.wording import picture_json
from app.desk.behaviours import Behaviours
from app.desk.bulk import Bulk, BulkStatement
from app.desk.calendar import Calendar
from app.desk.checks import Checks
from app.desk.chores import Intervals, jobs_of, watches_of
from app.desk.customers import Customers
from app.desk.desk import Desk
from app.desk.directory import Directory
from app.desk.expected_payments import ExpectedPayments
from app.desk.figures import Figures
from app.desk.file_imports import FileImports
from app.desk.growth import Growth
from app.desk.intake import Intake
from app.desk.reconcile import Reconcile
from app.desk.records import Records
from app.desk.recount import Recount
from app.desk.repeats import Repeats
from app.desk.shelf import PolicyShelf
from app.desk.sight import Sight
from app.desk.sources import Sources
from app.desk.statements import Statements
from app.desk.turns import Turns
from app.desk.uploads import Uploads
from app.desk.waking import Waking
from app.desk.whole_lists import WholeLists
from app.desk.work import Work
from app.desk.worker import Worker
from app.desk.worklist import Worklist
from app.ledger.importer import Importer
from app.ledger.rows import Flaw
from app.ledger.runs import Runs
from app.settings import Settings
from app.storage.database import SERVICE, Database, Limits

IMPORT_LOCK_TIMEOUT_S = 2.0
"""How long a file waits for an account, three times: nobody waits for its answer."""


def wired_desk(
    settings: Settings, *, fixed_now: datetime | None = None, application: str = SERVICE
) -> Desk:
    """Give a desk on the settings' database, which its owner opens and closes."""
    database = Database(settings.database_url, _limits(settings), application)
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
        reconcile=Reconcile(
            Work(database, settings.job_deadline_s, settings.job_deadline_s), bulk_work
        ),
        behaviours=Behaviours(bulk_work, calendar, settings.cleared_keep_days),
        repeats=Repeats(
            work, settings.key_claim_s, settings.key_bulk_claim_s, settings.key_keep_s
        ),
        sources=Sources(work, calendar),
        imports=FileImports(bulk_work),
        figures=Figures(work),
        waking=Waking(bulk_work, Sight(shelf, calendar), calendar),
        worklist=Worklist(work, shelf, Sight(shelf, calendar), calendar),
        expected_payments=ExpectedPayments(work, calendar),
        whole_lists=WholeLists(
            bulk_work,
            Intake(bulk_work, statements),
            settings.list_items_share,
            settings.list_amount_share,
        ),
        work=work,
    )


def wired_importer(settings: Settings) -> Importer:
    """Give an importer of files on the settings' database, which its owner opens and closes."""
    patient = max(settings.lock_timeout_s, IMPORT_LOCK_TIMEOUT_S)
    settings = settings.model_copy(update={"lock_timeout_s": patient})
    desk = wired_desk(settings, application=f"{SERVICE} import")
    work = desk.bulk.work
    return Importer(
        work=work,
        bulk=desk.bulk,
        intake=desk.whole_lists.intake,
        whole_lists=desk.whole_lists,
        statement_of=_statement_or_flaws,
    )


def wired_runs(settings: Settings) -> Runs:
    """Give runs of files on the settings' database, which its owner opens and closes."""
    importer = wired_importer(settings)
    calendar = Calendar(settings.time_zone)
    return Runs(importer, FileImports(importer.work), Sources(importer.work, calendar))


def wired_uploads(settings: Settings, imports: FileImports) -> Uploads:
    """Give what takes files that are sent here, in processes with these settings."""
    stated = settings.model_dump(exclude={"api_key"})
    environment = {f"CREDITGATE_{name.upper()}": str(value) for name, value in stated.items()}
    # A process finds this code wherever the service was started from.
    places = [str(Path(__file__).resolve().parents[1]), os.environ.get("PYTHONPATH", "")]
    place = {"PYTHONPATH": os.pathsep.join(filter(None, places))}
    return Uploads(imports, environment | place, settings.imports_at_once)


def _statement_or_flaws(document: dict[str, Any]) -> BulkStatement | list[Flaw]:
    try:
        return statement_of(document)
    except ProblemError as refusal:
        return [Flaw(0, error.pointer, error.code, error.message) for error in refusal.errors]


def wired_worker(settings: Settings) -> Worker:
    """Give a worker with a desk of its own, whose database its owner opens and closes."""
    desk = wired_desk(settings)
    every = Intervals(
        reconcile=timedelta(minutes=settings.reconcile_interval_minutes),
        behaviours=timedelta(minutes=settings.behaviour_interval_minutes),
        holds_s=settings.holds_interval_s,
    )
    jobs = jobs_of(desk.reconcile, desk.behaviours, every)
    return Worker(desk.work, jobs, watches_of(desk.waking, every))


def _limits(settings: Settings) -> Limits:
    return Limits(
        connections_min=settings.connections_min,
        connections_max=settings.connections_max,
        connect_timeout_s=settings.connect_timeout_s,
        acquire_timeout_s=settings.acquire_timeout_s,
        statement_timeout_s=settings.statement_timeout_s,
        lock_timeout_s=settings.lock_timeout_s,
    )
