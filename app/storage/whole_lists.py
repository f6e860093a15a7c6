"""What a source has open: the list that its next whole list is compared with."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Self
from zlib import crc32

from app.storage.database import Connection


class ListOf(StrEnum):
    """What a list has."""

    ITEMS = "items"
    ORDERS = "orders"


ITEMS_ONLY = frozenset({ListOf.ITEMS})

HANGS_ON_ITS_SOURCE = """
    cancelled_at IS NULL AND (hold_id IS NULL OR check_id IS NULL)
    AND (counted_minor > 0 OR hold_id IS NOT NULL)
    AND (reserved_until IS NULL OR reserved_until <= clock_timestamp())
"""
"""Orders of which all that they tie up is what was stated, and no check since."""

ACCOUNTS_OF_SOURCE = {
    ListOf.ITEMS: """
        SELECT DISTINCT account FROM open_item WHERE source = $1 AND cleared_at IS NULL
    """,
    ListOf.ORDERS: f"""
        SELECT DISTINCT account FROM sales_order WHERE source = $1 AND {HANGS_ON_ITS_SOURCE}
    """,  # noqa: S608 - no value is put in
}
"""The accounts on which the source has something open."""

HELD = {
    ListOf.ITEMS: """
        SELECT account, customer, ref, currency, amount_minor FROM open_item
        WHERE account = ANY ($2::text[]) AND source = $1 AND cleared_at IS NULL
          AND ($3::text[] IS NULL OR customer = ANY ($3::text[]))
    """,
    ListOf.ORDERS: f"""
        SELECT account, customer, ref, currency, counted_minor FROM sales_order
        WHERE account = ANY ($2::text[]) AND source = $1 AND {HANGS_ON_ITS_SOURCE}
          AND ($3::text[] IS NULL OR customer = ANY ($3::text[]))
    """,  # noqa: S608 - no value is put in
}
"""What the source has open on some accounts, of some customers or of all."""


Amount = tuple[str, int]
"""A currency, and minor units of it."""


Documents = Mapping[tuple[str, str, str], Amount]
"""What is open of documents, by account, customer and ref."""


@dataclass(frozen=True, slots=True)
class Held:
    """So many open items, and by currency the sum of their amounts, whatever their sign.

    `mark` tells these documents from others that come to the same.
    """

    items: int = 0
    minor: Mapping[str, int] = field(default_factory=dict)
    mark: int = 0

    @classmethod
    def of(cls, documents: Documents) -> Self:
        """Count some documents."""
        minor = Counter[str]()
        for currency, amount_minor in documents.values():
            minor[currency] += amount_minor
        return cls(len(documents), minor)

    @classmethod
    def lost(cls, before: Documents, after: Documents) -> Self:
        """Count the documents that are left out afterwards, and all that their amounts fall."""
        items, mark, minor = 0, 0, Counter[str]()
        for key, (currency, amount_minor) in before.items():
            then = after.get(key)
            items += then is None
            left_minor = then[1] if then is not None and then[0] == currency else 0
            if left_minor < amount_minor:
                minor[currency] += amount_minor - left_minor
                mark += crc32(f"{key} {left_minor}".encode())
        return cls(items, minor, mark)

    def __add__(self, other: "Held") -> "Held":
        minor = Counter(self.minor)
        minor.update(other.minor)
        return Held(self.items + other.items, minor, self.mark + other.mark)


async def accounts_of(connection: Connection, source: str, of: ListOf) -> set[str]:
    """Give the accounts on which the source has something open."""
    return {row["account"] for row in await connection.fetch(ACCOUNTS_OF_SOURCE[of], source)}


@dataclass(frozen=True, slots=True)
class Sight:
    """Whose list is looked at: what of, by whom, on which accounts, of which customers or all."""

    of: ListOf
    source: str
    accounts: Sequence[str]
    customers: Sequence[str] | None = None


async def held(connection: Connection, sight: Sight) -> Documents:
    """Give the amounts of what is open, by account, customer and ref."""
    asked = (sight.source, sight.accounts, sight.customers)
    rows = await connection.fetch(HELD[sight.of], *asked)
    return {(a, customer, ref): (currency, minor) for a, customer, ref, currency, minor in rows}
