"""The order that is asked about."""

from dataclasses import dataclass, replace
from datetime import date
from typing import Self

from app.credit.money import Currency


@dataclass(frozen=True, slots=True)
class Line:
    """One line of an order with its gross amount."""

    ref: str
    amount_minor: int


@dataclass(frozen=True, slots=True)
class Order:
    """One revision of an order; amounts are gross, in the order's own currency.

    `stated` marks an order that is not asked about but stated by the ERP.
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

    @property
    def credit_minor(self) -> int:
        """The part of the order that would be owed: its amount less what is prepaid."""
        return max(0, self.amount_minor - self.prepaid_minor)

    def prepaying(self, more_minor: int) -> Self:
        """Give the same order with that much more paid in advance."""
        return replace(self, prepaid_minor=self.prepaid_minor + more_minor)

    def reduced_to(self, amount_minor: int) -> Self:
        """Give the part of this order that is worth `amount_minor`."""
        return replace(self, amount_minor=amount_minor)
