"""Control totals: what a file stated, counted while it is read."""

from collections import Counter
from dataclasses import dataclass
from typing import Final

from app.credit.item import ItemKind

_SIGN: Final = {ItemKind.INVOICE: 1, ItemKind.CREDIT_NOTE: -1, ItemKind.PAYMENT: -1}


@dataclass(slots=True)
class Sum:
    """How many documents, and what they come to in positive minor units."""

    count: int = 0
    minor: int = 0


class Totals:
    """Rows by what became of them, and open items by kind and currency.

    `rows` counts every row below the headings: stated + flawed + left out. `left_out` has the
    reasons with their counts. `items` has the open items read, by kind and currency; flawed rows
    are in no sum. `unnumbered` counts the payments among them that have no number.
    """

    def __init__(self) -> None:
        self.rows = 0
        self.flawed = 0
        self.unnumbered = 0
        self.left_out: Counter[str] = Counter()
        self.documents: Counter[str] = Counter()
        self.items: dict[tuple[ItemKind, str], Sum] = {}

    def balances(self) -> dict[str, int]:
        """Give invoices less credit notes less payments, in minor units, by currency."""
        found: Counter[str] = Counter()
        for (kind, currency), total in self.items.items():
            found[currency] += _SIGN[kind] * total.minor
        return dict(found)

    def is_whole(self) -> bool:
        """Say whether every row is accounted for."""
        stated = sum(total.count for total in self.items.values()) + self.documents.total()
        return self.rows == stated + self.flawed + self.left_out.total()
