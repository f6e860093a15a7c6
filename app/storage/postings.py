"""Statements on one account: lock it, load what they touch, write what they make of it."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

import asyncpg

from app.credit.change import Change, Day
from app.credit.item import Key
from app.credit.posting import Posting
from app.storage import items, orders
from app.storage.database import Connection

# The mark below which an invoice is a trifle is that of the account's first customer's policy.
LOCK_FOR_POSTING = """
    SELECT a.seq, a.currency, a.exponent, a.trifle_minor,
           coalesce($2::timestamptz, clock_timestamp()) AS now,
           (SELECT (p.trifle * 10::numeric ^ a.exponent::int)::bigint FROM policy p
             WHERE p.name = coalesce((SELECT c.policy FROM customer c WHERE c.account = a.ref
                                       ORDER BY c.ref LIMIT 1), 'standard')
             ORDER BY p.version DESC LIMIT 1) AS wanted_trifle_minor
      FROM credit_account a WHERE a.ref = $1 FOR UPDATE OF a
"""
"""Takes the account's row and says what a posting on it has to know."""

FORGET_DUE_DAYS = "DELETE FROM calendar_total WHERE account = $1 AND series = 'due'"
"""First step of counting due dates anew, after the policy's trifle amount has changed."""

COUNT_DUE_DAYS = """
    INSERT INTO calendar_total (account, series, grain, starts_on, amount_minor, documents)
    SELECT i.account, 'due', g.grain, date_trunc(g.grain, i.due_on)::date,
           sum(i.amount_minor), count(*)
      FROM open_item i CROSS JOIN (VALUES ('day'), ('month')) AS g (grain)
     WHERE i.account = $1 AND i.kind = 'invoice' AND i.cleared_at IS NULL
       AND i.due_on IS NOT NULL AND i.currency = $2 AND i.amount_minor >= $3
     GROUP BY i.account, g.grain, date_trunc(g.grain, i.due_on)
"""
"""Second step: the totals by day and by month from the items themselves."""

SET_TRIFLE = "UPDATE credit_account SET trifle_minor = $2 WHERE ref = $1"
"""Third step: the mark that the totals were counted with."""

RECORD_POSTING = """
    WITH account AS (
        UPDATE credit_account
           SET seq = seq + 1,
               invoices_minor = invoices_minor + $2::bigint,
               credit_notes_minor = credit_notes_minor + $3::bigint,
               payments_minor = payments_minor + $4::bigint,
               orders_minor = orders_minor + $5::bigint,
               reservations_minor = reservations_minor + $6::bigint,
               foreign_documents = foreign_documents + $7::int,
               holds_due_at = CASE WHEN holds_due_at IS NOT NULL THEN 'epoch'::timestamptz END
         WHERE ref = $1 RETURNING ref, seq
    ), items AS (
        INSERT INTO open_item (account, customer, ref, kind, amount_minor, currency, issued_on,
                               due_on, order_ref, invoiced_minor, version, source, stated_at,
                               cleared_at, cancelled, largest_minor, history)
        SELECT $1, i.customer, i.ref, i.kind, i.amount_minor, i.currency, i.issued_on, i.due_on,
               i.order_ref, i.invoiced_minor, i.version, i.source, $11::timestamptz,
               CASE WHEN i.cleared THEN $11::timestamptz END, i.cancelled, i.largest_minor,
               i.history
          FROM jsonb_to_recordset($8::jsonb) AS i (customer text, ref text, kind text,
               amount_minor bigint, currency text, issued_on date, due_on date, order_ref text,
               invoiced_minor bigint, version bigint, source text, cleared boolean,
               cancelled boolean, largest_minor bigint, history jsonb)
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
    ), orders AS (
        INSERT INTO sales_order (account, customer, ref, currency, revision, check_id, hold_id,
               granted_minor, granted_credit_minor, reserved_minor, reserved_until, stated_minor,
               admitted_minor, counted_minor, invoiced_minor, invoiced_before_minor,
               elsewhere, ship_date, version, source, stated_at, cancelled_at)
        SELECT $1, o.customer, o.ref, o.currency, o.revision, o.check_id, o.hold_id,
               o.granted_minor, o.granted_credit_minor, o.reserved_minor, o.reserved_until,
               o.stated_minor, o.admitted_minor, o.counted_minor, o.invoiced_minor,
               o.invoiced_before_minor, o.elsewhere, o.ship_date, o.version,
               o.source, $11::timestamptz,
               CASE WHEN o.cancelled THEN $11::timestamptz END
          FROM jsonb_to_recordset($9::jsonb) AS o (customer text, ref text, currency text,
               revision bigint, check_id text, hold_id text, granted_minor bigint,
               granted_credit_minor bigint, reserved_minor bigint, reserved_until timestamptz,
               stated_minor bigint, admitted_minor bigint, counted_minor bigint,
               invoiced_minor bigint, invoiced_before_minor bigint,
               elsewhere jsonb, ship_date date, version bigint, source text, cancelled boolean)
        ON CONFLICT (account, customer, ref) DO UPDATE
           SET currency = excluded.currency, revision = excluded.revision,
               check_id = excluded.check_id, hold_id = excluded.hold_id,
               granted_minor = excluded.granted_minor,
               granted_credit_minor = excluded.granted_credit_minor,
               reserved_minor = excluded.reserved_minor,
               reserved_until = excluded.reserved_until, stated_minor = excluded.stated_minor,
               admitted_minor = excluded.admitted_minor, counted_minor = excluded.counted_minor,
               invoiced_minor = excluded.invoiced_minor,
               invoiced_before_minor = excluded.invoiced_before_minor,
               elsewhere = excluded.elsewhere,
               ship_date = excluded.ship_date, version = excluded.version,
               source = excluded.source, stated_at = excluded.stated_at,
               cancelled_at = excluded.cancelled_at
    ), days AS (
        SELECT d.* FROM jsonb_to_recordset($10::jsonb) AS d (series text, grain text,
               starts_on date, amount_minor bigint, documents int)
    ), known_days AS (
        UPDATE calendar_total t
           SET amount_minor = t.amount_minor + d.amount_minor,
               documents = t.documents + d.documents
          FROM days d
         WHERE t.account = $1 AND t.series = d.series AND t.grain = d.grain
           AND t.starts_on = d.starts_on
    ), new_days AS (
        INSERT INTO calendar_total (account, series, grain, starts_on, amount_minor, documents)
        SELECT $1, d.series, d.grain, d.starts_on, d.amount_minor, d.documents
          FROM days d
         WHERE NOT EXISTS (SELECT FROM calendar_total t
                            WHERE t.account = $1 AND t.series = d.series AND t.grain = d.grain
                              AND t.starts_on = d.starts_on)
    ), journalled AS (
        INSERT INTO journal (account, seq, kind, facts, recorded_at)
        SELECT account.ref, account.seq, $12,
               jsonb_build_object('items', $8::jsonb, 'orders', $9::jsonb) || $13::jsonb,
               $11::timestamptz
          FROM account
    )
    SELECT seq FROM account
"""
"""Writes a posting: the documents, the totals they change, and the account's next number."""


@dataclass(frozen=True, slots=True)
class Told:
    """What the journal calls a posting, and what it says of it beside the documents."""

    kind: str = "posting"
    facts: Mapping[str, Any] = field(default_factory=dict)


STATED = Told()
"""What sources have stated says all of itself."""


@dataclass(frozen=True, slots=True)
class LockedAccount:
    """An account whose row is ours until the transaction ends.

    `is_new` says that it has no items and no totals by day, not even ones that are done with.
    """

    ref: str
    seq: int
    currency: str
    exponent: int
    trifle_minor: int
    now: datetime
    is_new: bool = False


async def lock(
    connection: Connection, ref: str, fixed_now: datetime | None
) -> LockedAccount | None:
    """Take the account's row; totals by due date are brought to the policy's trifle mark."""
    row = await connection.fetchrow(LOCK_FOR_POSTING, ref, fixed_now)
    return None if row is None else await locked(connection, ref, row)


async def locked(connection: Connection, ref: str, row: asyncpg.Record) -> LockedAccount:
    """Give the account whose row was taken, with its totals by due date brought up to date."""
    wanted_minor = row["wanted_trifle_minor"]
    if row["trifle_minor"] != wanted_minor:
        await _count_due_days(connection, ref, row["currency"], wanted_minor)
    return LockedAccount(
        ref, row["seq"], row["currency"], row["exponent"], wanted_minor, row["now"]
    )


async def _count_due_days(
    connection: Connection, ref: str, currency: str, trifle_minor: int
) -> None:
    await connection.execute(FORGET_DUE_DAYS, ref)
    await connection.execute(COUNT_DUE_DAYS, ref, currency, trifle_minor)
    await connection.execute(SET_TRIFLE, ref, trifle_minor)


async def load(
    connection: Connection,
    account: LockedAccount,
    *,
    items_of: Iterable[Key],
    orders_of: Iterable[Key],
) -> Posting:
    """Begin a posting with the documents that it touches, as they are stored."""
    posting = Posting(account.currency, account.trifle_minor, account.now)
    keys = list(dict.fromkeys(items_of))
    if keys:
        posting.items = await items.load(connection, account.ref, keys)
    linked = (item.order_key for item in posting.items.values())
    order_keys = list(dict.fromkeys([*orders_of, *(key for key in linked if key is not None)]))
    if order_keys:
        posting.orders = await orders.load(connection, account.ref, order_keys)
    return posting


async def record(
    connection: Connection, account: LockedAccount, posting: Posting, told: Told = STATED
) -> int:
    """Write a posting and give the account's new sequence number."""
    change = posting.change()
    seq = await connection.fetchval(
        RECORD_POSTING,
        account.ref,
        *(change.totals[name] for name in TOTALS),
        as_json(items.as_record(item) for item in posting.changed_items()),
        as_json(orders.as_record(order) for order in posting.changed_orders()),
        as_json(dict(zip(_DAY, day, strict=True)) for day in days_of(change)),
        account.now,
        told.kind,
        json.dumps(told.facts),
    )
    assert isinstance(seq, int), "the account's row is locked, so that it is there"
    return seq


_DAY = ("series", "grain", "starts_on", "amount_minor", "documents")

TOTALS = (
    "invoices_minor",
    "credit_notes_minor",
    "payments_minor",
    "orders_minor",
    "reservations_minor",
    "foreign_documents",
)


def days_of(change: Change) -> Iterable[tuple[str, str, date, int, int]]:
    """Give series, grain, first day, amount and documents: by day, and summed by month."""
    summed: dict[tuple[str, str, date], list[int]] = {}
    for day, documents in change.days_documents.items():
        for grain, starts_on in _grains(day):
            entry = summed.setdefault((day.series, grain, starts_on), [0, 0])
            entry[0] += change.days_minor[day]
            entry[1] += documents
    for (series, grain, starts_on), (amount_minor, documents) in sorted(summed.items()):
        if amount_minor or documents:
            yield (series, grain, starts_on, amount_minor, documents)


def _grains(day: Day) -> Iterable[tuple[str, date]]:
    return (("day", day.on), ("month", day.on.replace(day=1)))


def as_json(records: Iterable[dict[str, Any]]) -> str:
    """Give documents as a JSON array, with dates as text."""
    return json.dumps(list(records), default=lambda value: value.isoformat())
