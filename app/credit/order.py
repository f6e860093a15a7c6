"""An order as it is asked about, and as the ERP states it."""

from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum
from typing import Self

from app.credit.item import DEFAULT_SOURCE
from app.credit.money import Currency


@dataclass(frozen=True, slots=True)
class Line:
    """One line of an order with its gross amount."""

    ref: str
    amount_minor: int


@dataclass(frozen=True, slots=True)
class Order:
    """One revision of an order; amounts are gross, in the order's own currency.

    `stated` marks an order that is not asked about but stated by the ERP. `invoiced_minor` is how
    much of it is invoiced already, and so counts among the open items.
    """

    ref: str
    revision: int
    amount_minor: int
    currency: Currency
    prepaid_minor: int = 0
    ship_date: date | None = None
    payment_terms: str | None = None
    lines: tuple[Line, ...] = ()
    stated: bool = False
    invoiced_minor: int = 0

    @property
    def owed_minor(self) -> int:
        """The part of the order that will be owed in all: its amount less what is prepaid."""
        return max(0, self.amount_minor - self.prepaid_minor)

    @property
    def credit_minor(self) -> int:
        """The credit that the order takes: what will be owed, less what is invoiced already."""
        return max(0, self.owed_minor - self.invoiced_minor)

    def prepaying(self, more_minor: int) -> Self:
        """Give the same order with that much more paid in advance."""
        return replace(self, prepaid_minor=self.prepaid_minor + more_minor)

    def reduced_to(self, amount_minor: int) -> Self:
        """Give the part of this order that is worth `amount_minor`."""
        return replace(self, amount_minor=amount_minor)


class OrderState(StrEnum):
    """Where an order is in its life."""

    STUB = "unknown"
    RESERVED = "reserved"
    EXPIRED = "expired"
    OPEN = "open"
    HELD = "held"
    INVOICED = "invoiced"
    CANCELLED = "cancelled"


@dataclass(frozen=True, slots=True)
class OrderStatement:
    """An open order as the ERP knows it: the part not invoiced, in the order's currency.

    `invoiced_minor` is how much of the order the ERP has invoiced already, where it says so.
    `source` is who says all this; `listed` marks it as one of that source's whole list.
    """

    amount_minor: int
    currency: Currency
    ship_date: date | None = None
    version: int | None = None
    invoiced_minor: int | None = None
    source: str = DEFAULT_SOURCE
    listed: bool = False

    @property
    def size_minor(self) -> int:
        """The whole order, as far as the statement says: what is not invoiced, and what is."""
        return self.amount_minor + (self.invoiced_minor or 0)
