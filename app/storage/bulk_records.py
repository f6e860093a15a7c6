"""What statements on many accounts came to, written in one go.

Items and totals by day of an account of which nothing was ever stated come by COPY as they are:
there is nothing that they could meet. All others' go through tables of the session's own.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from app.credit.change import Change, Day
from app.credit.item import OpenItem
from app.credit.posting import Posting
from app.storage import orders, postings
from app.storage.database import Connection
from app.storage.items import history_as_text
from app.storage.postings import LockedAccount

RECORD_ITEMS = """
    INSERT INTO open_item (account, customer, ref, kind, amount_minor, currency, issued_on, due_on,
                           order_ref, invoiced_minor, version, source, stated_at, cleared_at,
                           cancelled, largest_minor, history)
    SELECT i.account, i.customer, i.ref, i.kind, i.amount_minor, i.currency, i.issued_on, i.due_on,
           i.order_ref, i.invoiced_minor, i.version, i.source, $1::timestamptz,
           CASE WHEN i.cleared THEN $1::timestamptz END, i.cancelled, i.largest_minor, i.history
      FROM posted_item i
    ON CONFLICT (account, customer, ref) DO UPDATE
       SET kind = excluded.kind, amount_minor = excluded.amount_minor,
           currency = excluded.currency, issued_on = excluded.issued_on,
           due_on = excluded.due_on, order_ref = excluded.order_ref,
           invoiced_minor = excluded.invoiced_minor, version = excluded.version,
           source = excluded.source, stated_at = excluded.stated_at,
           cleared_at = CASE WHEN excluded.cleared_at IS NOT NULL
               THEN coalesce(open_item.cleared_at, excluded.cleared_at) END,
           cancelled = excluded.cancelled, largest_minor = excluded.largest_minor,
           history = excluded.history
"""
"""Writes the items as they are after the statements."""

RECORD_ORDERS = """
    INSERT INTO sales_order (account, customer, ref, currency, revision, check_id, hold_id,
           granted_minor, granted_credit_minor, reserved_minor, reserved_until, stated_minor,
           admitted_minor, counted_minor, invoiced_minor, invoiced_before_minor,
           elsewhere, ship_date, version, source, stated_at, cancelled_at)
    SELECT o.account, o.customer, o.ref, o.currency, o.revision, o.check_id, o.hold_id,
           o.granted_minor, o.granted_credit_minor, o.reserved_minor, o.reserved_until,
           o.stated_minor, o.admitted_minor, o.counted_minor, o.invoiced_minor,
           o.invoiced_before_minor, o.elsewhere, o.ship_date, o.version,
           o.source, $2::timestamptz,
           CASE WHEN o.cancelled THEN $2::timestamptz END
      FROM jsonb_to_recordset($1::jsonb) AS o (account text, customer text, ref text,
           currency text, revision bigint, check_id text, hold_id text, granted_minor bigint,
           granted_credit_minor bigint, reserved_minor bigint, reserved_until timestamptz,
           stated_minor bigint, admitted_minor bigint, counted_minor bigint,
           invoiced_minor bigint, invoiced_before_minor bigint,
           elsewhere jsonb, ship_date date, version bigint, source text, cancelled boolean)
    ON CONFLICT (account, customer, ref) DO UPDATE
       SET currency = excluded.currency, revision = excluded.revision,
           check_id = excluded.check_id, hold_id = excluded.hold_id,
           granted_minor = excluded.granted_minor,
           granted_credit_minor = excluded.granted_credit_minor,
           reserved_minor = excluded.reserved_minor, reserved_until = excluded.reserved_until,
           stated_minor = excluded.stated_minor, admitted_minor = excluded.admitted_minor,
           counted_minor = excluded.counted_minor, invoiced_minor = excluded.invoiced_minor,
           invoiced_before_minor = excluded.invoiced_before_minor,
           elsewhere = excluded.elsewhere,
           ship_date = excluded.ship_date, version = excluded.version,
           source = excluded.source, stated_at = excluded.stated_at,
           cancelled_at = excluded.cancelled_at
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
               foreign_documents = a.foreign_documents + c.foreigners,
               holds_due_at = CASE WHEN a.holds_due_at IS NOT NULL
                                   THEN 'epoch'::timestamptz END
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
class Entry:
    """One account's part: its posting, and the facts that the journal keeps, as JSON."""

    account: LockedAccount
    posting: Posting
    facts: str


Changed = tuple[Entry, Change]

ITEM_COLUMNS = (
    "account", "customer", "ref", "kind", "amount_minor", "currency", "issued_on", "due_on",
    "order_ref", "invoiced_minor", "version", "source", "cancelled", "largest_minor", "history",
)  # fmt: skip


async def record(connection: Connection, entries: Sequence[Entry]) -> dict[str, int]:
    """Write the postings; gives each account's new sequence number. All have changed something."""
    now = entries[0].account.now
    await _add_items(connection, [entry for entry in entries if entry.account.is_new], now)
    await _change_items(connection, [entry for entry in entries if not entry.account.is_new], now)
    changed = [
        orders.as_record(order) | {"account": entry.account.ref}
        for entry in entries
        for order in entry.posting.changed_orders()
    ]
    if changed:
        await connection.execute(RECORD_ORDERS, postings.as_json(changed), now)
    changes = [(entry, entry.posting.change()) for entry in entries]
    await _add_days(connection, [change for change in changes if change[0].account.is_new])
    await _change_days(connection, [change for change in changes if not change[0].account.is_new])
    totals = [
        (entry.account.ref, *(change.totals[name] for name in postings.TOTALS), entry.facts)
        for entry, change in changes
    ]
    rows = await connection.fetch(RECORD_ACCOUNTS, *columns_of(totals), now)
    return {row["ref"]: row["seq"] for row in rows}


async def _add_items(connection: Connection, entries: Sequence[Entry], now: datetime) -> None:
    items = [
        (*_item_row(ref, item), now, now if item.cleared else None)
        for ref, item in _items(entries)
    ]
    if items:
        columns = (*ITEM_COLUMNS, "stated_at", "cleared_at")
        await connection.copy_records_to_table("open_item", records=items, columns=columns)


async def _change_items(connection: Connection, entries: Sequence[Entry], now: datetime) -> None:
    items = [(*_item_row(ref, item), item.cleared) for ref, item in _items(entries)]
    if items:
        await connection.copy_records_to_table("posted_item", records=items)
        await connection.execute(RECORD_ITEMS, now)


async def _add_days(connection: Connection, changes: Sequence[Changed]) -> None:
    rows = [row for entry, change in changes for row in _calendar(entry.account.ref, change)]
    if rows:
        columns = ("account", "series", "grain", "starts_on", "amount_minor", "documents")
        await connection.copy_records_to_table("calendar_total", records=rows, columns=columns)


def _calendar(account: str, change: Change) -> Iterator[tuple[Any, ...]]:
    """Give the account's totals by day, and what they come to by month."""
    minor: Counter[Day] = Counter()
    documents: Counter[Day] = Counter()
    for (series, day), day_minor, day_documents in _days(change):
        yield (account, series, "day", day, day_minor, day_documents)
        month = Day(series, day.replace(day=1))
        minor[month] += day_minor
        documents[month] += day_documents
    for month, month_minor in minor.items():
        yield (account, month.series, "month", month.on, month_minor, documents[month])


async def _change_days(connection: Connection, changes: Sequence[Changed]) -> None:
    rows = [
        (entry.account.ref, *day, minor, documents)
        for entry, change in changes
        for day, minor, documents in _days(change)
    ]
    if rows:
        await connection.copy_records_to_table("posted_day", records=rows)
        await connection.execute(RECORD_DAYS)


def _days(change: Change) -> Iterator[tuple[Day, int, int]]:
    """Give the days whose totals change, by how many minor units and by how many documents."""
    for day, documents in change.days_documents.items():
        minor = change.days_minor[day]
        if documents or minor:
            yield day, minor, documents


def _items(entries: Sequence[Entry]) -> Iterator[tuple[str, OpenItem]]:
    for entry in entries:
        for item in entry.posting.changed_items():
            yield entry.account.ref, item


def _item_row(account: str, item: OpenItem) -> tuple[Any, ...]:
    return (
        account, item.customer, item.ref, str(item.kind), item.amount_minor, item.currency,
        item.issued_on, item.due_on, item.order_ref, item.invoiced_minor, item.version,
        item.source, item.cancelled, item.largest_minor, history_as_text(item.history),
    )  # fmt: skip


def columns_of(rows: Iterable[tuple[Any, ...]]) -> list[list[Any]]:
    """Turn rows, one at least, into the columns that a statement takes as arrays."""
    return [list(column) for column in zip(*rows, strict=True)]
