"""Statements on many accounts at once: lock them, and load what is touched.

What one account's statement makes of the documents stands in `postings`; here the same is done
for some hundred accounts in one transaction, so that a large file costs few round trips. What
came of it is written by `bulk_records`.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

import asyncpg

from app.credit.item import Key
from app.credit.posting import Posting
from app.storage import items, orders, postings
from app.storage.bulk_records import columns_of
from app.storage.database import Connection
from app.storage.postings import LockedAccount
from app.storage.whole_lists import ITEMS_ONLY, ListOf

# COPY into tables of the session's own takes rows several times as fast as arrays do. They are
# made in the transaction, where they may be there already: behind a pooler nobody knows.
STAGE = """
    CREATE TEMPORARY TABLE IF NOT EXISTS spoken_of (account text, customer text, ref text)
        ON COMMIT DELETE ROWS;
    CREATE TEMPORARY TABLE IF NOT EXISTS posted_item (account text, customer text, ref text,
        kind text, amount_minor bigint, currency text, issued_on date, due_on date,
        order_ref text, invoiced_minor bigint, version bigint, source text, cleared boolean,
        cancelled boolean)
        ON COMMIT DELETE ROWS;
    CREATE TEMPORARY TABLE IF NOT EXISTS posted_day (account text, series text, day date,
        amount_minor bigint, documents int) ON COMMIT DELETE ROWS;
    SET LOCAL enable_seqscan = off; SET LOCAL enable_hashjoin = off;
    SET LOCAL enable_mergejoin = off; SET LOCAL synchronous_commit = off
"""
"""Makes the tables, and has keys looked up by index: the planner cannot know how few they are.

A parcel's commit need not wait for the disk: nothing is told of it before the end of the import is
committed, which waits for all that came before.
"""

LOCK_MANY = """
    SELECT a.ref, a.seq, a.currency, a.exponent, a.trifle_minor,
           coalesce($2::timestamptz, clock_timestamp()) AS now,
           (SELECT (p.trifle * 10::numeric ^ a.exponent::int)::bigint FROM policy p
             WHERE p.name = coalesce((SELECT c.policy FROM customer c WHERE c.account = a.ref
                                       ORDER BY c.ref LIMIT 1), 'standard')
             ORDER BY p.version DESC LIMIT 1) AS wanted_trifle_minor
      FROM credit_account a WHERE a.ref = ANY ($1::text[]) ORDER BY a.ref FOR UPDATE OF a
"""
"""Takes the accounts' rows, always in the same order, so that no two of these wait in a ring."""

NEW_ONES = """
    SELECT a.ref FROM unnest($1::text[]) AS a (ref)
     WHERE NOT EXISTS (SELECT FROM open_item i WHERE i.account = a.ref)
       AND NOT EXISTS (SELECT FROM calendar_total t WHERE t.account = a.ref)
"""
"""Finds the accounts of which nothing was ever stated. It comes after the locks: a statement that
has waited for one does not see what was written meanwhile in other tables."""

LOAD_ITEMS = """
    SELECT i.* FROM spoken_of asked
    JOIN open_item i ON i.account = asked.account AND i.customer = asked.customer
     AND i.ref = asked.ref
"""
"""Reads the items that are spoken of."""

LOAD_OF_SOURCE = {
    ListOf.ITEMS: """
        SELECT i.* FROM open_item i
        WHERE i.account = ANY ($1::text[]) AND i.source = $2 AND i.cleared_at IS NULL
          AND ($3::text[] IS NULL OR i.customer = ANY ($3::text[]))
    """,
    ListOf.ORDERS: """
        SELECT o.* FROM sales_order o
        WHERE o.account = ANY ($1::text[]) AND o.source = $2
          AND (o.counted_minor > 0 OR (o.hold_id IS NOT NULL AND o.check_id IS NULL))
          AND ($3::text[] IS NULL OR o.customer = ANY ($3::text[]))
    """,
}
"""Reads what is open there of what a source has stated, of some customers or of all."""

LOAD_ORDERS = """
    SELECT o.* FROM unnest($1::text[], $2::text[], $3::text[]) AS asked (account, customer, ref)
    JOIN sales_order o ON o.account = asked.account AND o.customer = asked.customer
     AND o.ref = asked.ref
"""
"""Reads the orders that are spoken of, or that invoices name."""


@dataclass(frozen=True, slots=True)
class Whole:
    """That a source states its whole list: of these customers, or of all (`None`)."""

    source: str
    customers: tuple[str, ...] | None = None
    of: frozenset[ListOf] = ITEMS_ONLY


@dataclass(frozen=True, slots=True)
class SpokenOf:
    """By account, the items and the orders that statements speak of."""

    items: Mapping[str, Sequence[Key]]
    orders: Mapping[str, Sequence[Key]]
    whole: Whole | None = None


async def lock(
    connection: Connection, refs: Iterable[str], fixed_now: datetime | None
) -> dict[str, LockedAccount]:
    """Take the accounts' rows; those that do not exist are not among the answers."""
    await connection.execute(STAGE)
    rows = await connection.fetch(LOCK_MANY, sorted(refs), fixed_now)
    locked = {row["ref"]: await postings.locked(connection, row["ref"], row) for row in rows}
    for row in await connection.fetch(NEW_ONES, [*locked]):
        locked[row["ref"]] = replace(locked[row["ref"]], is_new=True)
    return locked


async def load(
    connection: Connection, accounts: Mapping[str, LockedAccount], spoken_of: SpokenOf
) -> dict[str, Posting]:
    """Begin a posting for each account with the documents that are spoken of, as stored.

    Where a source states its whole list, with everything that it has stated before.
    """
    begun = {
        ref: Posting(account.currency, account.trifle_minor, account.now)
        for ref, account in accounts.items()
    }
    keys = [
        (ref, *key)
        for ref, keys in spoken_of.items.items()
        if not accounts[ref].is_new
        for key in keys
    ]
    rows = []
    if keys:
        await connection.copy_records_to_table("spoken_of", records=keys)
        rows = await connection.fetch(LOAD_ITEMS)
    rows += await _of_source(connection, ListOf.ITEMS, begun, spoken_of.whole)
    named = {ref: list(keys) for ref, keys in spoken_of.orders.items()}
    for row in rows:
        item = items.from_row(row)
        begun[row["account"]].items[item.customer, item.ref] = item
        if item.order_key is not None:
            named.setdefault(row["account"], []).append(item.order_key)
    rows = await _of_source(connection, ListOf.ORDERS, begun, spoken_of.whole)
    if named:
        rows += await connection.fetch(LOAD_ORDERS, *_keys(named))
    for row in rows:
        order = orders.from_row(row)
        begun[row["account"]].orders[order.customer, order.ref] = order
    return begun


async def _of_source(
    connection: Connection, of: ListOf, accounts: Iterable[str], whole: Whole | None
) -> list[asyncpg.Record]:
    if whole is None or of not in whole.of:
        return []
    customers = None if whole.customers is None else list(whole.customers)
    return await connection.fetch(LOAD_OF_SOURCE[of], [*accounts], whole.source, customers)


def _keys(touched: Mapping[str, Sequence[Key]]) -> list[list[str]]:
    rows = ((account, *key) for account, keys in touched.items() for key in keys)
    return columns_of(rows)
