"""What is known of a customer and a credit account at one moment."""

from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Self

from app.credit.money import Currency
from app.credit.policy import Policy


@dataclass(frozen=True, slots=True)
class Limit:
    """A credit limit in the account's currency. Zero is no credit; `None` is unlimited."""

    amount_minor: int | None
    valid_until: date | None
    set_on: date


@dataclass(frozen=True, slots=True)
class Totals:
    """The parts of an exposure, in minor units of the account's currency, none below zero.

    Credit notes and payments are kept positive here and lower the exposure.
    """

    invoices_minor: int = 0
    credit_notes_minor: int = 0
    payments_minor: int = 0
    open_orders_minor: int = 0
    reservations_minor: int = 0

    @property
    def open_item_balance_minor(self) -> int:
        """Invoices minus credit notes minus payments; below zero, the customer is in credit."""
        return self.invoices_minor - self.credit_notes_minor - self.payments_minor


@dataclass(frozen=True, slots=True)
class Overdue:
    """Invoices past their due date and the policy's grace, each at least its trifle amount."""

    amount_minor: int = 0
    oldest_due_on: date | None = None


@dataclass(frozen=True, slots=True)
class Customer:
    """Who orders and is billed."""

    ref: str
    blocked: bool = False
    dunning_level: int = 0


@dataclass(frozen=True, slots=True)
class Account:
    """A credit account as read in one snapshot, without the order that is being asked about.

    `foreign_documents` counts items and orders in a currency for which no rate is known.
    `drift_found_on` is the day since when the totals are known not to be their details' sums.
    """

    ref: str
    seq: int
    currency: Currency
    limit: Limit | None = None
    totals: Totals = Totals()
    overdue: Overdue = Overdue()
    oldest_invoice_on: date | None = None
    foreign_documents: int = 0
    drift_found_on: date | None = None


@dataclass(frozen=True, slots=True)
class Grant:
    """What the order was granted before: its gross amount, and how much of that on credit."""

    amount_minor: int
    credit_minor: int


@dataclass(frozen=True, slots=True)
class Position:
    """Everything a decision depends on besides the order. `customer` is `None` when unknown.

    `today` is the business day of `now`; `data_as_of` is up to when what the watched sources
    have stated tells how things stand; where none is watched, any source.
    """

    account: Account
    policy: Policy
    now: datetime
    today: date
    customer: Customer | None = None
    grant: Grant | None = None
    data_as_of: datetime | None = None

    def granting(self, grant: Grant) -> Self:
        """Give the same position as it will be once that much is granted to the order."""
        return replace(self, grant=grant)
