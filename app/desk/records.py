"""Reading what is recorded: decisions, open items and orders."""

from dataclasses import dataclass

from app.credit.commitment import Commitment
from app.credit.item import OpenItem
from app.desk.calendar import Calendar
from app.desk.directory import CustomerUnknownError
from app.desk.unknown import CheckUnknownError
from app.desk.work import Work
from app.storage import accounts, decisions, items, orders
from app.storage.database import Connection


@dataclass(frozen=True, slots=True)
class CheckFilter:
    """Which decisions to list; `None` is no condition."""

    customer: str | None = None
    order: str | None = None


@dataclass(frozen=True, slots=True)
class Records:
    """Gives what was written, as it was written."""

    work: Work
    calendar: Calendar

    async def check(self, check_id: str) -> str:
        """Give a decision's stored answer; raises `CheckUnknownError`."""
        answer = await self.work.reading(lambda connection: decisions.find(connection, check_id))
        if answer is None:
            raise CheckUnknownError(check_id)
        return answer

    async def checks(
        self, wanted: CheckFilter, *, before: str | None, limit: int
    ) -> list[tuple[str, str]]:
        """Give ids and stored answers, newest first."""
        return await self.work.reading(
            lambda connection: decisions.listed(
                connection,
                customer=wanted.customer,
                order=wanted.order,
                before=before,
                limit=limit,
            )
        )

    async def open_items(self, customer: str, *, after: str, limit: int) -> list[OpenItem]:
        """Give a customer's open items by ref; raises `CustomerUnknownError`."""

        async def read(connection: Connection) -> list[OpenItem]:
            account = await _account_of(connection, customer)
            return await items.listed(connection, account, customer, after=after, limit=limit)

        return await self.work.reading(read)

    async def orders(self, customer: str, *, after: str, limit: int) -> list[Commitment]:
        """Give a customer's orders by ref; raises `CustomerUnknownError`."""

        async def read(connection: Connection) -> list[Commitment]:
            account = await _account_of(connection, customer)
            return await orders.listed(
                connection,
                (account, customer),
                after=after,
                limit=limit,
                fixed_now=self.calendar.fixed_now,
            )

        return await self.work.reading(read)


async def _account_of(connection: Connection, customer: str) -> str:
    account = await accounts.account_of(connection, customer)
    if account is None:
        raise CustomerUnknownError(customer)
    return account
