"""Open items: invoices, credit notes and payments, and what is left open of each."""

from datetime import date
from enum import StrEnum
from typing import NamedTuple

Key = tuple[str, str]
"""Customer and ref: what names a document on an account."""

Bill = tuple[Key, str]
"""The order that an invoice is for, and the invoice's currency."""

Step = tuple[int, int]
"""A version of an invoice, and what it came to by then in minor units."""

DEFAULT_SOURCE = "default"
"""The source of statements that name none."""


class ItemKind(StrEnum):
    """What an open item is; the kind says the sign."""

    INVOICE = "invoice"
    CREDIT_NOTE = "credit_note"
    PAYMENT = "payment"


class History(NamedTuple):
    """What must be kept of a document's versions, so that one which comes late finds its place.

    `stated` is the version of what is known of a document that was cleared since. `anew` is the
    newest version that ended what the invoice took off its order: it was cancelled then, or for
    another order. `steps` are the versions since, as far as no later one comes to as much; where
    there is no more than one, it is the one that stands, and is left out.
    """

    stated: int | None = None
    anew: int | None = None
    steps: tuple[Step, ...] = ()


PLAIN = History()
"""The history of a document of which one version is known."""


class OpenItem(NamedTuple):
    """What is left open of one document, a tuple, as files bring millions.

    `invoiced_minor` is what an invoice takes off its order: the most that it came to since it was
    last issued anew. `largest_minor` is the most that was ever open of it, where that is more
    than `amount_minor`. `source` is who stated it last. `cancelled` marks what was cleared without
    being paid.
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
    largest_minor: int | None = None
    history: History = PLAIN

    @property
    def order_key(self) -> Key | None:
        """The order that this invoice is for."""
        if self.order_ref is None or self.kind is not ItemKind.INVOICE:
            return None
        return (self.customer, self.order_ref)

    @property
    def bill(self) -> Bill | None:
        """The order that this invoice is for, and in which currency."""
        order_key = self.order_key
        return None if order_key is None else (order_key, self.currency)

    @property
    def is_buried(self) -> bool:
        """Whether nothing is known of the document but that it is cleared."""
        return self.cleared and not self.amount_minor

    @property
    def stated_version(self) -> int | None:
        """The version of what is known beside that it is cleared; `None` without a version."""
        if self.history.stated is not None:
            return self.history.stated
        return None if self.is_buried else self.version

    @property
    def steps(self) -> tuple[Step, ...]:
        """The versions since it was last issued anew that no later one comes up to."""
        if self.history.steps or not self.invoiced_minor:
            return self.history.steps
        return ((version_or_first(self.stated_version), self.invoiced_minor),)


def version_or_first(version: int | None) -> int:
    """Give a version's place among others: what has none came before all that have one."""
    return -1 if version is None else version
