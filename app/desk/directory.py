"""Which account a customer belongs to."""

from dataclasses import dataclass, field

from app.storage import accounts
from app.storage.database import Connection

KEPT_MAX = 100_000
"""How many customers are kept in memory; the oldest go first."""


class CustomerUnknownError(Exception):
    """No source has stated a customer of this ref."""


@dataclass(slots=True)
class Directory:
    """Remembers accounts that differ from their customer's ref.

    A remembered account is a guess that the reading confirms: only if the customer's own row is
    found there is it used, so that a customer who has moved is looked up again.
    """

    _kept: dict[str, str] = field(default_factory=dict)

    def guess(self, customer: str) -> str:
        """Give where the customer was seen last; a customer's own account if never."""
        return self._kept.get(customer, customer)

    async def look_up(self, connection: Connection, customer: str) -> str | None:
        """Ask the database, and remember the answer."""
        account = await accounts.account_of(connection, customer)
        self._kept.pop(customer, None)
        if account is not None and account != customer:
            if len(self._kept) >= KEPT_MAX:
                del self._kept[next(iter(self._kept))]
            self._kept[customer] = account
        return account
