"""By which clock and calendar the desk works."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo


@dataclass(frozen=True, slots=True)
class Calendar:
    """The business time zone, and the clock: the database's, or one instant for tests."""

    time_zone: str = "Europe/Berlin"
    fixed_now: datetime | None = None

    def end_of(self, day: date) -> datetime:
        """Give the instant at which the business day is over; the calendar's last one never is."""
        if day == date.max:
            return datetime.max.replace(tzinfo=UTC)
        next_day = datetime.combine(day + timedelta(days=1), time(), ZoneInfo(self.time_zone))
        return next_day.astimezone(UTC)
