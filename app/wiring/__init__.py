"""The composition root: settings in, a ready desk out; for the API, the command line and tests."""

from app.wiring.desk import wired_desk
from app.wiring.imports import wired_importer, wired_runs, wired_uploads
from app.wiring.workers import wired_dispatcher, wired_worker

__all__ = [
    "wired_desk",
    "wired_dispatcher",
    "wired_importer",
    "wired_runs",
    "wired_uploads",
    "wired_worker",
]
