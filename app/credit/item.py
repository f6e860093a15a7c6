"""Open items: invoices, credit notes and payments, and what is left open of each."""

from datetime import date
from enum import StrEnum
from typing import NamedTuple

Key = tuple[str, str]
"""Customer and ref: what names a document on an account."""

DEFAULT_SOURCE = "default"
"""The source of statements that name none."""


class ItemKind(StrEnum):
    """What an open item is; the kind says the sign."""

    INVOICE = "invoice"
    CREDIT_NOTE = "credit_note"
    PAYMENT = "payment"


class OpenItem(NamedTuple):
    """What is left open of one document, a tuple, as files bring millions.

    `invoiced_minor` is the most that an invoice came to for its order since it was last issued
    again; the invoice takes that off the order unless it was `cancelled`. `source` is who stated
    it last.
    """

    customer: str
    ref: str
    kind: ItemKind
    amount_minor: int
    currency: str
    issued_on: date | None = None
    due_on: date | None = None
    order_ref: str | None = None
    version: int | None = None
    invoiced_minor: int = 0
    cleared: bool = False
    source: str = DEFAULT_SOURCE
    cancelled: bool = False

    @property
    def order_key(self) -> Key | None:
        """The order that this invoice is for."""
        if self.order_ref is None or self.kind is not ItemKind.INVOICE:
            return None
        return (self.customer, self.order_ref)

    @property
    def taken_minor(self) -> int:
        """What the invoice takes off its order."""
        return 0 if self.cancelled else self.invoiced_minor

    @property
    def is_buried(self) -> bool:
        """Whether nothing is known of the document but that it is cleared."""
        nothing_said = self.issued_on is None and self.order_ref is None
        return self.cleared and nothing_said and not self.amount_minor
