"""What takes files, put together from settings."""

import os
from pathlib import Path
from typing import Any

from app.api.problems import ProblemError
from app.api.routes.lines import statement_of
from app.desk.bulk import BulkStatement
from app.desk.calendar import Calendar
from app.desk.file_imports import FileImports
from app.desk.sources import Sources
from app.desk.uploads import Uploads
from app.ledger.importer import Importer
from app.ledger.rows import Flaw
from app.ledger.runs import Runs
from app.settings import Settings
from app.storage.database import SERVICE
from app.wiring.desk import wired_desk

IMPORT_LOCK_TIMEOUT_S = 2.0
"""How long a file waits for an account, three times: nobody waits for its answer."""


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
    stated = settings.model_dump(exclude={"api_key", "smtp_url"}, exclude_none=True)
    environment = {f"CREDITGATE_{name.upper()}": str(value) for name, value in stated.items()}
    # A process finds this code wherever the service was started from.
    places = [str(Path(__file__).resolve().parents[2]), os.environ.get("PYTHONPATH", "")]
    place = {"PYTHONPATH": os.pathsep.join(filter(None, places))}
    return Uploads(imports, environment | place, settings.imports_at_once)


def _statement_or_flaws(document: dict[str, Any]) -> BulkStatement | list[Flaw]:
    try:
        return statement_of(document)
    except ProblemError as refusal:
        return [Flaw(0, error.pointer, error.code, error.message) for error in refusal.errors]
