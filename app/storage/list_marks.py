"""Of when whole lists were: by them a list that comes late is known to be older than another."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from app.credit.item import Key
from app.storage.database import Connection
from app.storage.whole_lists import ListOf

NEWER = """
    SELECT account, kind, customer, as_of FROM whole_list
     WHERE account = ANY ($1::text[]) AND source = $2 AND kind = ANY ($3::text[]) AND as_of > $4
       AND ($5::text[] IS NULL OR customer = ANY ($5::text[]))
    UNION ALL
    SELECT NULL, listed.kind, NULL, listed.as_of
      FROM source CROSS JOIN LATERAL
           (VALUES ('items', items_listed_as_of), ('orders', orders_listed_as_of))
           AS listed (kind, as_of)
     WHERE name = $2 AND listed.kind = ANY ($3::text[]) AND listed.as_of > $4
"""
"""Finds whole lists of a source that are newer than an instant: of customers, or of all."""

TOLD_SINCE = """
    WITH late AS MATERIALIZED (
        SELECT 1 FROM source WHERE name = $2 AND coalesce(as_of, stated_at) > $4
    )
    SELECT i.account, 'items' AS kind, i.customer, i.ref FROM late CROSS JOIN open_item i
     WHERE i.account = ANY ($1::text[]) AND i.source = $2 AND i.stated_at > $4
       AND 'items' = ANY ($3::text[])
    UNION ALL
    SELECT o.account, 'orders', o.customer, o.ref FROM late CROSS JOIN sales_order o
     WHERE o.account = ANY ($1::text[]) AND o.source = $2 AND o.stated_at > $4
       AND 'orders' = ANY ($3::text[])
"""
"""Finds what a source has stated since the instant that its list tells of, where the source has
told of a later one by then: else the list is the last word."""

# Clocks differ by seconds, and lists that lie so little ahead keep their order; one that is
# wrong by years must not shut out all that come after it.
_NOT_AHEAD = """
    CASE WHEN $1::timestamptz > now.at + interval '5 minutes' THEN now.at ELSE $1 END
"""

MARK = f"""
    INSERT INTO whole_list AS known (account, customer, source, kind, as_of)
    SELECT c.account, c.ref, $3, listed.kind, {_NOT_AHEAD}
      FROM customer c CROSS JOIN unnest($4::text[]) AS listed (kind)
           CROSS JOIN (SELECT coalesce($2::timestamptz, clock_timestamp()) AS at) now
     WHERE c.account = ANY ($5::text[]) AND ($6::text[] IS NULL OR c.ref = ANY ($6))
    ON CONFLICT (account, customer, source, kind) DO UPDATE SET as_of = excluded.as_of
     WHERE known.as_of < excluded.as_of
"""  # noqa: S608 - no value is put in
"""Notes of when a source's whole list of some customers is; never goes back."""

MARK_ALL = f"""
    INSERT INTO source AS known (name, items_listed_as_of, orders_listed_as_of)
    SELECT $3, CASE WHEN 'items' = ANY ($4::text[]) THEN {_NOT_AHEAD} END,
           CASE WHEN 'orders' = ANY ($4::text[]) THEN {_NOT_AHEAD} END
      FROM (SELECT coalesce($2::timestamptz, clock_timestamp()) AS at) now
    ON CONFLICT (name) DO UPDATE
       SET items_listed_as_of = greatest(known.items_listed_as_of, excluded.items_listed_as_of),
           orders_listed_as_of = greatest(known.orders_listed_as_of, excluded.orders_listed_as_of)
"""  # noqa: S608 - no value is put in
"""Notes the same of a list of all customers, also of those that it does not name."""


Document = tuple[ListOf, Key]
"""An item or an order, by the kind of list that it stands in."""


@dataclass(frozen=True, slots=True)
class Told:
    """That a source's whole list of something tells of an instant."""

    source: str
    of: frozenset[ListOf]
    as_of: datetime


@dataclass(frozen=True, slots=True)
class Newer:
    """Which newer lists are known: of an account's customers, or of all.

    `of_some` has by account, kind of list and customer of when the newest one is; `singly` the
    documents of which one statement was newer.
    """

    of_all: dict[ListOf, datetime] = field(default_factory=dict)
    of_some: dict[str, dict[tuple[ListOf, str], datetime]] = field(default_factory=dict)
    singly: dict[str, set[Document]] = field(default_factory=dict)

    def on(self, account: str) -> "NewerOn":
        """Give those that are about an account."""
        return NewerOn(
            self.of_all, self.of_some.get(account, {}), self.singly.get(account, frozenset())
        )


@dataclass(frozen=True, slots=True)
class NewerOn:
    """Which newer lists are known of an account's customers."""

    of_all: dict[ListOf, datetime]
    of_some: dict[tuple[ListOf, str], datetime]
    singly: Collection[Document]

    @property
    def newest(self) -> datetime | None:
        """Of when the newest of them is."""
        return max((*self.of_all.values(), *self.of_some.values()), default=None)

    def tells_of(self, of: ListOf, key: Key) -> bool:
        """Say whether one of them is the customer's, or a statement since is of the document."""
        listed = of in self.of_all or (of, key[0]) in self.of_some
        return listed or (of, key) in self.singly


async def newer(
    connection: Connection,
    told: Told,
    accounts: Sequence[str],
    customers: Collection[str] | None,
) -> Newer:
    """Give which lists of these customers, or of all (`None`), are newer; accounts are locked."""
    asked = None if customers is None else list(customers)
    said = (told.source, sorted(told.of), told.as_of, asked)
    rows = await connection.fetch(NEWER, accounts, *said)
    found = Newer()
    for row in rows:
        of = ListOf(row["kind"])
        if row["account"] is None:
            found.of_all[of] = row["as_of"]
        else:
            found.of_some.setdefault(row["account"], {})[of, row["customer"]] = row["as_of"]
    for row in await connection.fetch(TOLD_SINCE, accounts, *said[:3]):
        document = (ListOf(row["kind"]), (row["customer"], row["ref"]))
        found.singly.setdefault(row["account"], set()).add(document)
    return found


async def mark(
    connection: Connection,
    told: Told,
    accounts: Sequence[str],
    customers: Collection[str] | None,
    *,
    fixed_now: datetime | None,
) -> None:
    """Note of when the list of these customers is, or of all on the accounts (`None`)."""
    asked = None if customers is None else list(customers)
    said = (told.as_of, fixed_now, told.source, sorted(told.of))
    await connection.execute(MARK, *said, accounts, asked)


async def mark_all(connection: Connection, told: Told, fixed_now: datetime | None) -> None:
    """Note of when the source's list of all customers is."""
    await connection.execute(MARK_ALL, told.as_of, fixed_now, told.source, sorted(told.of))
