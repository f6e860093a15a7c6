"""What is invoiced of an order, in each currency that its invoices were in.

Invoices and the statements of their order come in any order, and either may name another currency
than the other did: nothing that was told is forgotten.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import NamedTuple, Self


class Invoiced(NamedTuple):
    """What is invoiced of an order in a currency that is not its own now, in minor units."""

    currency: str
    minor: int


@dataclass(frozen=True, slots=True)
class Invoicing:
    """The invoices of one order of a customer.

    `invoiced_minor` is what they take off it in minor units of its currency; `elsewhere` has what
    is invoiced in others.
    """

    customer: str
    ref: str
    currency: str
    invoiced_minor: int = 0
    elsewhere: tuple[Invoiced, ...] = ()

    def invoiced_in(self, currency: str) -> int:
        """Give how much of the order is invoiced in a currency."""
        if currency == self.currency:
            return self.invoiced_minor
        return next((known.minor for known in self.elsewhere if known.currency == currency), 0)

    def told_in(self, currency: str) -> Self:
        """Give the order in that currency, another than its own."""
        return replace(
            self,
            currency=currency,
            invoiced_minor=self.invoiced_in(currency),
            elsewhere=self._others(currency, Invoiced(self.currency, self.invoiced_minor)),
        )

    def billed(self, more_minor: int, currency: str) -> Self:
        """Give the order with that much more invoiced, or less."""
        minor = max(0, self.invoiced_in(currency) + more_minor)
        if currency == self.currency:
            return replace(self, invoiced_minor=minor)
        return replace(self, elsewhere=self._others(currency, Invoiced(currency, minor)))

    def _others(self, but: str, more: Invoiced) -> tuple[Invoiced, ...]:
        others: Iterable[Invoiced] = (known for known in self.elsewhere if known.currency != but)
        return tuple(sorted(known for known in (more, *others) if known.minor))
