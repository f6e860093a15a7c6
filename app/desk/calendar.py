"""By which clock and calendar the desk works."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Calendar:
    """The business time zone, and the clock: the database's, or one instant for tests."""

    time_zone: str = "Europe/Berlin"
    fixed_now: datetime | None = None
