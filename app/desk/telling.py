"""What others were told, and were not: looked at, and told once more."""

from dataclasses import dataclass

from app.desk.unknown import DeliveryUnknownError
from app.desk.work import Work
from app.storage import delivery_records
from app.storage.database import Connection
from app.storage.delivery_records import DeliveryFilter, DeliveryRecord

__all__ = ["DeliveryFilter", "DeliveryRecord", "Telling"]

REDELIVERED_MAX = 1_000
"""How many dead letters are taken up again at a time."""


@dataclass(frozen=True, slots=True)
class Telling:
    """Gives deliveries as they stand, dead letters among them, and sends them again.

    A mail is sent again to who is to read it now: the customer's sales contact, or the credit
    department.
    """

    work: Work
    credit_mailbox: str | None

    async def delivery(self, delivery_id: str) -> DeliveryRecord:
        """Give one delivery; raises `DeliveryUnknownError`."""
        return await self.work.reading(lambda connection: _found(connection, delivery_id))

    async def deliveries(
        self, wanted: DeliveryFilter, *, before: str | None, limit: int
    ) -> list[DeliveryRecord]:
        """Give deliveries, newest first."""
        return await self.work.reading(
            lambda connection: delivery_records.listed(
                connection, wanted, before=before, limit=limit
            )
        )

    async def redeliver(self, delivery_id: str) -> DeliveryRecord:
        """Have a delivery tried at once, whatever became of it; raises `DeliveryUnknownError`.

        The receiver sees the same id again.
        """

        async def act(connection: Connection) -> DeliveryRecord:
            await _found(connection, delivery_id)
            await delivery_records.redeliver(connection, delivery_id, self.credit_mailbox)
            return await _found(connection, delivery_id)

        return await self.work.writing(act)

    async def redeliver_dead(self, receiver: str | None) -> int:
        """Have dead letters tried at once, oldest first; gives how many were taken up."""
        return await self.work.writing(
            lambda connection: delivery_records.redeliver_dead(
                connection, receiver, self.credit_mailbox, REDELIVERED_MAX
            )
        )


async def _found(connection: Connection, delivery_id: str) -> DeliveryRecord:
    found = await delivery_records.find(connection, delivery_id)
    if found is None:
        raise DeliveryUnknownError(delivery_id)
    return found
