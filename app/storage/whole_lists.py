"""What a source has open: the list that its next whole list is compared with."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import NamedTuple, Self
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
    AND (reserved_until IS NULL
         OR reserved_until <= coalesce($4::timestamptz, clock_timestamp()))
"""
"""Orders of which all that they tie up is what was stated, and no check since, at instant $4."""

ACCOUNTS_OF_SOURCE = {
    ListOf.ITEMS: """
        SELECT DISTINCT account FROM open_item
        WHERE source = $1 AND cleared_at IS NULL
    """,
    ListOf.ORDERS: f"""
        SELECT DISTINCT account FROM sales_order WHERE source = $1
          AND {HANGS_ON_ITS_SOURCE.replace("$4", "$2")}
    """,  # noqa: S608 - no value is put in
}
"""The accounts on which the source has something open."""

HELD = {
    ListOf.ITEMS: """
        SELECT account, customer, ref, currency, amount_minor, version FROM open_item
        WHERE account = ANY ($2::text[]) AND source = $1 AND cleared_at IS NULL
          AND ($3::text[] IS NULL OR customer = ANY ($3::text[]))
    """,
    ListOf.ORDERS: f"""
        SELECT account, customer, ref, currency, counted_minor, version FROM sales_order
        WHERE account = ANY ($2::text[]) AND source = $1 AND {HANGS_ON_ITS_SOURCE}
          AND ($3::text[] IS NULL OR customer = ANY ($3::text[]))
    """,  # noqa: S608 - no value is put in
}
"""What the source has open on some accounts, of some customers or of all."""


class Amount(NamedTuple):
    """What is open of a document, in minor units of a currency, by one of its versions.

    `ended`: it is cleared or cancelled, and nothing is.
    """

    currency: str
    minor: int
    version: int | None = None
    ended: bool = False

    def is_older_than(self, other: "Amount") -> bool:
        """Say whether the other one is by a newer version."""
        if self.version is None or other.version is None:
            return False
        return self.version < other.version


Place = tuple[str, str, str]
"""Account, customer and ref."""

Documents = Mapping[Place, Amount]
"""What is open of documents, by account, customer and ref."""


@dataclass(frozen=True, slots=True)
class Held:
    """So many open items, and by currency the sum of their amounts, whatever their sign.

    Of what is lost, `touched` also counts the documents whose amounts fall. `mark` tells these
    documents from others that come to the same.
    """

    items: int = 0
    minor: Mapping[str, int] = field(default_factory=dict)
    mark: int = 0
    touched: int = 0

    @classmethod
    def of(cls, documents: Documents) -> Self:
        """Count some documents."""
        minor = Counter[str]()
        for amount in documents.values():
            minor[amount.currency] += amount.minor
        return cls(len(documents), minor)

    @classmethod
    def lost(cls, before: Documents, after: Documents) -> Self:
        """Count the documents that are left out afterwards, and all that their amounts fall.

        What is stated by a version that is past stays as it was.
        """
        items, mark, touched, minor = 0, 0, 0, Counter[str]()
        for place, known in before.items():
            then = after.get(place)
            if then is not None and then.is_older_than(known):
                continue
            is_gone = then is None or then.ended
            items += is_gone
            left_minor = _left_minor(known, then)
            if left_minor < known.minor:
                minor[known.currency] += known.minor - left_minor
                mark += crc32(f"{place} {left_minor}".encode())
            touched += is_gone or left_minor < known.minor
        return cls(items, minor, mark, touched)

    def __add__(self, other: "Held") -> "Held":
        minor = Counter(self.minor)
        minor.update(other.minor)
        return Held(
            self.items + other.items,
            minor,
            self.mark + other.mark,
            self.touched + other.touched,
        )


def _left_minor(known: Amount, then: Amount | None) -> int:
    if then is None or then.ended or then.currency != known.currency:
        return 0
    return then.minor


async def accounts_of(
    connection: Connection, source: str, of: ListOf, fixed_now: datetime | None
) -> set[str]:
    """Give the accounts on which the source has something open."""
    at = (fixed_now,) if of is ListOf.ORDERS else ()
    rows = await connection.fetch(ACCOUNTS_OF_SOURCE[of], source, *at)
    return {row["account"] for row in rows}


@dataclass(frozen=True, slots=True)
class Sight:
    """Whose list is looked at: what of, by whom, on which accounts, of which customers or all."""

    of: ListOf
    source: str
    accounts: Sequence[str]
    customers: Sequence[str] | None = None


async def held(
    connection: Connection, sight: Sight, fixed_now: datetime | None = None
) -> Documents:
    """Give the amounts of what is open, by account, customer and ref."""
    asked = (sight.source, sight.accounts, sight.customers)
    at = (fixed_now,) if sight.of is ListOf.ORDERS else ()
    rows = await connection.fetch(HELD[sight.of], *asked, *at)
    return {
        (account, customer, ref): Amount(currency, minor, version)
        for account, customer, ref, currency, minor, version in rows
    }
