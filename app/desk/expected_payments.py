"""Payments that sales or the credit department expect of a customer, with the day.

They speak for a release and nothing else: no check, and no waking of holds, counts on them.
"""

from dataclasses import dataclass

from app.desk.calendar import Calendar
from app.desk.customers import CurrencyConflictError
from app.desk.directory import CustomerUnknownError
from app.desk.unknown import ExpectedPaymentUnknownError
from app.desk.work import Work
from app.storage import accounts, expected_payments
from app.storage.database import Connection
from app.storage.expected_payments import ExpectedPayment

__all__ = ["ExpectedPayment", "ExpectedPayments"]


@dataclass(frozen=True, slots=True)
class ExpectedPayments:
    """Takes, gives and takes back what is expected."""

    work: Work
    calendar: Calendar

    async def put(self, payment: ExpectedPayment) -> bool:
        """State a payment; `False` where a newer version of it is known.

        Raises `CustomerUnknownError`, and `CurrencyConflictError` where it is not in the currency
        that the account is kept in.
        """

        async def write(connection: Connection) -> bool:
            # Whoever moves the customer waits, so that the payment moves along.
            await accounts.lock_customer(connection, payment.customer)
            account = await _account_of(connection, payment.customer)
            kept_in = await accounts.currency_of(connection, account)
            if kept_in is not None and kept_in != payment.currency:
                raise CurrencyConflictError(account, kept_in)
            fixed_now = self.calendar.fixed_now
            return await expected_payments.put(connection, account, payment, fixed_now)

        return await self.work.writing(write)

    async def get(self, customer: str, ref: str) -> ExpectedPayment:
        """Give a payment; raises `CustomerUnknownError` and `ExpectedPaymentUnknownError`."""

        async def read(connection: Connection) -> ExpectedPayment | None:
            account = await _account_of(connection, customer)
            return await expected_payments.find(connection, account, customer, ref)

        payment = await self.work.reading(read)
        if payment is None:
            raise ExpectedPaymentUnknownError(ref)
        return payment

    async def listed(self, customer: str, *, after: str, limit: int) -> list[ExpectedPayment]:
        """Give a customer's expected payments by ref; raises `CustomerUnknownError`."""

        async def read(connection: Connection) -> list[ExpectedPayment]:
            account = await _account_of(connection, customer)
            return await expected_payments.listed(
                connection, account, customer, after=after, limit=limit
            )

        return await self.work.reading(read)

    async def drop(self, customer: str, ref: str) -> None:
        """Take a payment back; raises `CustomerUnknownError`, `ExpectedPaymentUnknownError`."""

        async def write(connection: Connection) -> bool:
            await accounts.lock_customer(connection, customer)
            account = await _account_of(connection, customer)
            return await expected_payments.drop(connection, account, customer, ref)

        if not await self.work.writing(write):
            raise ExpectedPaymentUnknownError(ref)


async def _account_of(connection: Connection, customer: str) -> str:
    account = await accounts.account_of(connection, customer)
    if account is None:
        raise CustomerUnknownError(customer)
    return account
