"""What a source has open: the list that its next whole list is compared with."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Self

from app.storage.database import Connection

ACCOUNTS_OF_SOURCE = """
    SELECT DISTINCT account FROM open_item WHERE source = $1 AND cleared_at IS NULL
"""
"""The accounts on which the source has something open."""

HELD = """
    SELECT account, customer, ref, amount_minor FROM open_item
    WHERE account = ANY ($2::text[]) AND source = $1 AND cleared_at IS NULL
      AND ($3::text[] IS NULL OR customer = ANY ($3::text[]))
"""
"""What the source has open on some accounts, of some customers or of all."""


@dataclass(frozen=True, slots=True)
class Held:
    """So many open items, and the sum of their amounts, whatever their sign."""

    items: int
    amount_minor: int

    @classmethod
    def of(cls, amounts_minor: Iterable[int]) -> Self:
        """Count some amounts."""
        amounts = list(amounts_minor)
        return cls(len(amounts), sum(amounts))

    def __add__(self, other: "Held") -> "Held":
        return Held(self.items + other.items, self.amount_minor + other.amount_minor)


async def accounts_of(connection: Connection, source: str) -> set[str]:
    """Give the accounts on which the source has something open."""
    return {row["account"] for row in await connection.fetch(ACCOUNTS_OF_SOURCE, source)}


async def held(
    connection: Connection, source: str, accounts: list[str], customers: list[str] | None
) -> dict[tuple[str, str, str], int]:
    """Give the amounts (minor units) of what is open, by account, customer and ref."""
    rows = await connection.fetch(HELD, source, accounts, customers)
    return {(row["account"], row["customer"], row["ref"]): row["amount_minor"] for row in rows}
