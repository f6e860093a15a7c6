"""Statements on many accounts at once: lock them, load what is touched, write it in one go.

What one account's statement makes of the documents stands in `postings`; here the same is done
for some hundred accounts in one transaction, so that a large file costs few round trips.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from app.credit.posting import Key, OpenItem, Posting
from app.storage import orders, postings
from app.storage.database import Connection
from app.storage.postings import LockedAccount

# COPY into tables of the session's own takes rows several times as fast as arrays do. They are
# made in the transaction, where they may be there already: behind a pooler nobody knows.
STAGE = """
    CREATE TEMPORARY TABLE IF NOT EXISTS spoken_of (account text, customer text, ref text)
        ON COMMIT DELETE ROWS;
    CREATE TEMPORARY TABLE IF NOT EXISTS posted_item (account text, customer text, ref text,
        kind text, amount_minor bigint, currency text, issued_on date, due_on date,
        order_ref text, invoiced_minor bigint, version bigint, source text, cleared boolean)
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
             ORDER BY p.version DESC LIMIT 1) AS wanted_trifle_minor,
           EXISTS (SELECT FROM open_item i WHERE i.account = a.ref) AS has_items
      FROM credit_account a WHERE a.ref = ANY ($1::text[]) ORDER BY a.ref FOR UPDATE OF a
"""
"""Takes the accounts' rows, always in the same order, so that no two of these wait in a ring."""

LOAD_ITEMS = """
    SELECT i.* FROM spoken_of asked
    JOIN open_item i ON i.account = asked.account AND i.customer = asked.customer
     AND i.ref = asked.ref
"""
"""Reads the items that are spoken of."""

LOAD_OPEN_OF_SOURCE = """
    SELECT i.* FROM open_item i
    WHERE i.account = ANY ($1::text[]) AND i.source = $2 AND i.cleared_at IS NULL
      AND ($3::text[] IS NULL OR i.customer = ANY ($3::text[]))
"""
"""Reads everything that a source has stated and not cleared, of some customers or of all."""

LOAD_ORDERS = """
    SELECT o.* FROM unnest($1::text[], $2::text[], $3::text[]) AS asked (account, customer, ref)
    JOIN sales_order o ON o.account = asked.account AND o.customer = asked.customer
     AND o.ref = asked.ref
"""
"""Reads the orders that are spoken of, or that invoices name."""

RECORD_ITEMS = """
    INSERT INTO open_item (account, customer, ref, kind, amount_minor, currency, issued_on, due_on,
                           order_ref, invoiced_minor, version, source, stated_at, cleared_at)
    SELECT i.account, i.customer, i.ref, i.kind, i.amount_minor, i.currency, i.issued_on, i.due_on,
           i.order_ref, i.invoiced_minor, i.version, i.source, $1::timestamptz,
           CASE WHEN i.cleared THEN $1::timestamptz END
      FROM posted_item i
    ON CONFLICT (account, customer, ref) DO UPDATE
       SET kind = excluded.kind, amount_minor = excluded.amount_minor,
           currency = excluded.currency, issued_on = excluded.issued_on,
           due_on = excluded.due_on, order_ref = excluded.order_ref,
           invoiced_minor = excluded.invoiced_minor, version = excluded.version,
           source = excluded.source, stated_at = excluded.stated_at,
           cleared_at = CASE WHEN excluded.cleared_at IS NOT NULL
               THEN coalesce(open_item.cleared_at, excluded.cleared_at) END,
           largest_minor = CASE WHEN open_item.currency = excluded.currency THEN
               greatest(open_item.largest_minor, open_item.amount_minor,
                        excluded.amount_minor) END
"""
"""Writes the items as they are after the statements."""

RECORD_ORDERS = """
    INSERT INTO sales_order (account, customer, ref, currency, revision, check_id, hold_id,
           granted_minor, granted_credit_minor, reserved_minor, reserved_until, stated_minor,
           admitted_minor, counted_minor, invoiced_minor, invoiced_before_minor, ship_date,
           version, stated_at, cancelled_at)
    SELECT o.account, o.customer, o.ref, o.currency, o.revision, o.check_id, o.hold_id,
           o.granted_minor, o.granted_credit_minor, o.reserved_minor, o.reserved_until,
           o.stated_minor, o.admitted_minor, o.counted_minor, o.invoiced_minor,
           o.invoiced_before_minor, o.ship_date, o.version, $2::timestamptz,
           CASE WHEN o.cancelled THEN $2::timestamptz END
      FROM jsonb_to_recordset($1::jsonb) AS o (account text, customer text, ref text,
           currency text, revision bigint, check_id text, hold_id text, granted_minor bigint,
           granted_credit_minor bigint, reserved_minor bigint, reserved_until timestamptz,
           stated_minor bigint, admitted_minor bigint, counted_minor bigint,
           invoiced_minor bigint, invoiced_before_minor bigint, ship_date date,
           version bigint, cancelled boolean)
    ON CONFLICT (account, customer, ref) DO UPDATE
       SET currency = excluded.currency, revision = excluded.revision,
           check_id = excluded.check_id, hold_id = excluded.hold_id,
           granted_minor = excluded.granted_minor,
           granted_credit_minor = excluded.granted_credit_minor,
           reserved_minor = excluded.reserved_minor, reserved_until = excluded.reserved_until,
           stated_minor = excluded.stated_minor, admitted_minor = excluded.admitted_minor,
           counted_minor = excluded.counted_minor, invoiced_minor = excluded.invoiced_minor,
           invoiced_before_minor = excluded.invoiced_before_minor,
           ship_date = excluded.ship_date, version = excluded.version,
           stated_at = excluded.stated_at, cancelled_at = excluded.cancelled_at
"""
"""Writes the orders as they are after the statements."""

RECORD_DAYS = """
    WITH days AS (
        SELECT account, series, 'day' AS grain, day AS starts_on, amount_minor, documents
          FROM posted_day
        UNION ALL
        SELECT account, series, 'month', date_trunc('month', day)::date,
               sum(amount_minor)::bigint, sum(documents)::int
          FROM posted_day GROUP BY account, series, date_trunc('month', day)
    ), known AS (
        UPDATE calendar_total t
           SET amount_minor = t.amount_minor + d.amount_minor,
               documents = t.documents + d.documents
          FROM days d
         WHERE t.account = d.account AND t.series = d.series AND t.grain = d.grain
           AND t.starts_on = d.starts_on
        RETURNING t.account, t.series, t.grain, t.starts_on
    )
    INSERT INTO calendar_total (account, series, grain, starts_on, amount_minor, documents)
    SELECT d.* FROM days d
     WHERE (d.account, d.series, d.grain, d.starts_on) NOT IN (SELECT * FROM known)
"""
"""Adds to the totals by day, and so to those by month."""

RECORD_ACCOUNTS = """
    WITH change AS (
        SELECT * FROM unnest($1::text[], $2::bigint[], $3::bigint[], $4::bigint[], $5::bigint[],
                             $6::bigint[], $7::int[], $8::text[])
               AS c (account, invoices, credit_notes, payments, orders, reservations, foreigners,
                     facts)
    ), account AS (
        UPDATE credit_account a
           SET seq = seq + 1,
               invoices_minor = a.invoices_minor + c.invoices,
               credit_notes_minor = a.credit_notes_minor + c.credit_notes,
               payments_minor = a.payments_minor + c.payments,
               orders_minor = a.orders_minor + c.orders,
               reservations_minor = a.reservations_minor + c.reservations,
               foreign_documents = a.foreign_documents + c.foreigners
          FROM change c
         WHERE a.ref = c.account
        RETURNING a.ref, a.seq, c.facts
    ), journalled AS (
        INSERT INTO journal (account, seq, kind, facts, recorded_at)
        SELECT ref, seq, 'posting', facts::jsonb, $9::timestamptz FROM account
    )
    SELECT ref, seq FROM account
"""
"""Changes the accounts' totals, gives each its next number, and writes down why."""


@dataclass(frozen=True, slots=True)
class Whole:
    """That a source states its whole list: of these customers, or of all (`None`)."""

    source: str
    customers: tuple[str, ...] | None = None


@dataclass(frozen=True, slots=True)
class Entry:
    """One account's part: its posting, and the facts that the journal keeps, as JSON."""

    account: LockedAccount
    posting: Posting
    facts: str


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
    return {
        row["ref"]: replace(
            await postings.locked(connection, row["ref"], row), has_items=row["has_items"]
        )
        for row in rows
    }


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
        if accounts[ref].has_items
        for key in keys
    ]
    rows = []
    if keys:
        await connection.copy_records_to_table("spoken_of", records=keys)
        rows = await connection.fetch(LOAD_ITEMS)
    whole = spoken_of.whole
    if whole is not None:
        customers = None if whole.customers is None else list(whole.customers)
        rows += await connection.fetch(LOAD_OPEN_OF_SOURCE, [*begun], whole.source, customers)
    named = {ref: list(keys) for ref, keys in spoken_of.orders.items()}
    for row in rows:
        item = postings.item_of(row)
        begun[row["account"]].items[item.customer, item.ref] = item
        if item.order_key is not None:
            named.setdefault(row["account"], []).append(item.order_key)
    if named:
        for row in await connection.fetch(LOAD_ORDERS, *_keys(named)):
            order = orders.from_row(row)
            begun[row["account"]].orders[order.customer, order.ref] = order
    return begun


async def record(connection: Connection, entries: Sequence[Entry]) -> dict[str, int]:
    """Write the postings; gives each account's new sequence number. All have changed something."""
    now = entries[0].account.now
    await connection.copy_records_to_table("posted_item", records=_item_rows(entries))
    await connection.execute(RECORD_ITEMS, now)
    changed = [
        orders.as_record(order) | {"account": entry.account.ref}
        for entry in entries
        for order in entry.posting.changed_orders()
    ]
    if changed:
        await connection.execute(RECORD_ORDERS, postings.as_json(changed), now)
    changes = [(entry, entry.posting.change()) for entry in entries]
    days = [
        (entry.account.ref, day.series, day.on, change.days_minor[day], documents)
        for entry, change in changes
        for day, documents in change.days_documents.items()
        if documents or change.days_minor[day]
    ]
    if days:
        await connection.copy_records_to_table("posted_day", records=days)
        await connection.execute(RECORD_DAYS)
    totals = [
        (entry.account.ref, *(change.totals[name] for name in postings.TOTALS), entry.facts)
        for entry, change in changes
    ]
    rows = await connection.fetch(RECORD_ACCOUNTS, *_columns(totals), now)
    return {row["ref"]: row["seq"] for row in rows}


def _item_rows(entries: Sequence[Entry]) -> Iterable[tuple[Any, ...]]:
    for entry in entries:
        yield from (_item_row(entry.account.ref, i) for i in entry.posting.changed_items())


def _item_row(account: str, item: OpenItem) -> tuple[Any, ...]:
    return (
        account, item.customer, item.ref, item.kind.value, item.amount_minor, item.currency,
        item.issued_on, item.due_on, item.order_ref, item.invoiced_minor, item.version,
        item.source, item.cleared,
    )  # fmt: skip


def _keys(touched: Mapping[str, Sequence[Key]]) -> list[list[str]]:
    rows = ((account, *key) for account, keys in touched.items() for key in keys)
    return _columns(rows)


def _columns(rows: Iterable[tuple[Any, ...]]) -> list[list[Any]]:
    """Turn rows, one at least, into the columns that a statement takes as arrays."""
    return [list(column) for column in zip(*rows, strict=True)]
