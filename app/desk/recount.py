"""What a policy that has changed means for its accounts.

Overdue totals are counted anew where the trifle amount differs: until then the items themselves
are read, slower, never wrong. And holds are looked at again.
"""

from contextlib import suppress
from dataclasses import dataclass

from app.desk.calendar import Calendar
from app.desk.work import Work
from app.storage import accounts, postings, waiting
from app.storage.database import Connection, StorageUnavailableError


@dataclass(frozen=True, slots=True)
class Recount:
    """Brings accounts to the trifle amount of their policy, one short transaction each."""

    work: Work
    calendar: Calendar

    async def after_change(self, policy: str) -> None:
        """Count the accounts of a policy anew, as far as the database lets.

        An account that is left out is counted anew by its next statement.
        """
        with suppress(StorageUnavailableError):
            refs = await self.work.reading(
                lambda connection: accounts.accounts_under(connection, policy)
            )
            for ref in refs:
                await self._count(ref)

    async def _count(self, ref: str) -> None:
        await self.work.writing(lambda connection: self._count_on(connection, ref))

    async def _count_on(self, connection: Connection, ref: str) -> None:
        await postings.lock(connection, ref, self.calendar.fixed_now)
        await waiting.wake(connection, ref)
