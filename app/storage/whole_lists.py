"""What a source has open: the list that its next whole list is compared with."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Self

from app.storage.database import Connection

ACCOUNTS_OF_SOURCE = """
    SELECT DISTINCT account FROM open_item WHERE source = $1 AND cleared_at IS NULL
"""
"""The accounts on which the source has something open."""

HELD = """
    SELECT account, customer, ref, currency, amount_minor FROM open_item
    WHERE account = ANY ($2::text[]) AND source = $1 AND cleared_at IS NULL
      AND ($3::text[] IS NULL OR customer = ANY ($3::text[]))
"""
"""What the source has open on some accounts, of some customers or of all."""


Amount = tuple[str, int]
"""A currency, and minor units of it."""


@dataclass(frozen=True, slots=True)
class Held:
    """So many open items, and by currency the sum of their amounts, whatever their sign."""

    items: int = 0
    minor: Mapping[str, int] = field(default_factory=dict)

    @classmethod
    def of(cls, amounts: Iterable[Amount]) -> Self:
        """Count some amounts."""
        items, minor = 0, Counter[str]()
        for currency, amount_minor in amounts:
            items += 1
            minor[currency] += amount_minor
        return cls(items, minor)

    def __add__(self, other: "Held") -> "Held":
        minor = Counter(self.minor)
        minor.update(other.minor)
        return Held(self.items + other.items, minor)


async def accounts_of(connection: Connection, source: str) -> set[str]:
    """Give the accounts on which the source has something open."""
    return {row["account"] for row in await connection.fetch(ACCOUNTS_OF_SOURCE, source)}


async def held(
    connection: Connection, source: str, accounts: list[str], customers: list[str] | None
) -> dict[tuple[str, str, str], Amount]:
    """Give the amounts of what is open, by account, customer and ref."""
    rows = await connection.fetch(HELD, source, accounts, customers)
    return {(a, customer, ref): (currency, minor) for a, customer, ref, currency, minor in rows}
