"""Holds: the orders that wait for the credit department."""

import json
from collections.abc import Iterable
from dataclasses import dataclass, fields
from datetime import date, datetime

import asyncpg

from app.credit.order import Line
from app.storage.database import Connection

ACCOUNTS_OF = "SELECT id, account FROM hold WHERE id = ANY ($1::text[])"
"""Which accounts these holds are on."""


def asked_about(account: str, customer: str, order: str) -> str:
    """Give the statement that finds who is known to have asked about an order, and when.

    The arguments are what stands for them in the statement that this is a part of.
    """
    return f"""
        SELECT d.entered_by, d.decided_at AS at FROM decision d
         WHERE d.account = {account} AND d.customer = {customer} AND d.order_ref = {order}
           AND d.entered_by IS NOT NULL
         UNION ALL
        SELECT k.entered_by, k.opened_at FROM hold k
         WHERE k.account = {account} AND k.customer = {customer} AND k.order_ref = {order}
           AND k.entered_by IS NOT NULL
    """  # noqa: S608 - our own names


def last_asker(account: str, customer: str, order: str) -> str:
    """Give the expression that is the last person known to have asked about an order."""
    known = asked_about(account, customer, order)
    return f"(SELECT entered_by FROM ({known}) known ORDER BY at DESC LIMIT 1)"  # noqa: S608


ADD = f"""
    WITH account AS (
        UPDATE credit_account SET holds_due_at = 'epoch' WHERE ref = $1 RETURNING ref
    ), added AS (
        INSERT INTO hold (account, id, state, customer, order_ref, revision, amount_minor,
                          currency, reasons, picture, check_id, opened_at, prepaid_minor,
                          ship_date, entered_by, facts)
        SELECT ref, $2, 'open', $3, $4, $5, $6, $7, $8, $9, NULL, $10, $11::bigint, $12::date,
               coalesce($13, {last_asker("account.ref", "$3", "$4")}), $14::jsonb
          FROM account
    )
    INSERT INTO outbox (account, id, kind, customer, order_ref, hold_id, facts, occurred_at)
    SELECT ref, 'evt_' || substr($2, 5), 'hold.opened', $3, $4, $2, $14::jsonb, $10 FROM account
"""  # noqa: S608 - our own fragments
"""Opens a hold for an order that was not stopped by a recorded check; others will be told."""

OF_ORDER = "SELECT * FROM hold WHERE account = $1 AND id = $2"
"""The hold that an order names."""

STATES = "SELECT id, state FROM hold WHERE account = $1 AND id = ANY ($2::text[])"
"""The states of holds of one account."""

TOLD = """jsonb_build_object(
            'state', h.state, 'assignee', h.assignee, 'until', h.released_until,
            'amount', round(h.released_minor / 10::numeric ^ a.exponent, a.exponent)::text,
            'released_by', h.released_by, 'second_by', h.second_by, 'kind', h.release_kind,
            'ready', h.ready_at IS NOT NULL)"""
"""How its history tells a hold `h` that waits; `a` has its account's exponent."""

ENDED = "|| jsonb_build_object('state', {}, 'ready', false)"
"""The same once it has ended in a state."""

CLOSE_OF_ORDER = f"""
    WITH stopping AS (
        SELECT h.account, h.id, {TOLD} AS told
          FROM hold h JOIN credit_account a ON a.ref = h.account
         WHERE h.account = $1 AND h.customer = $2 AND h.order_ref = $3
           AND h.state IN ('open', 'awaiting_second', 'ready', 'escalated')
    ), closed AS (
        UPDATE hold h
           SET state = $4, version = h.version + 1, closed_at = $5, events = h.events + 1
          FROM stopping s WHERE h.account = s.account AND h.id = s.id
     RETURNING h.account, h.id, h.events, s.told
    )
    INSERT INTO hold_event (account, hold_id, no, at, by, action, before, after)
    SELECT account, id, events, $5, $6, $7, told, told {ENDED.format("$4::text")} FROM closed
"""  # noqa: S608 - our own fragments
"""Ends whatever holds the order; the account is locked by then."""


@dataclass(frozen=True, slots=True)
class StoredHold:
    """A hold with what was known when the order was stopped (`picture`, JSON text).

    `entered_by` is who asked, or where nobody put a name to it, who is known to have asked before.

    The release is the one that was made, or that awaits a second person. `window_minor` and
    `alone_up_to_minor` are what four eyes went by, `barred` is who changed the limit. `ready_at`
    is since when the rules let the order pass, while it waits.
    """

    id: str
    account: str
    version: int
    state: str
    customer: str
    order_ref: str
    revision: int
    amount_minor: int
    currency: str
    reasons: tuple[str, ...]
    picture: str
    check_id: str | None
    opened_at: datetime
    closed_at: datetime | None
    prepaid_minor: int = 0
    payment_terms: str | None = None
    lines: tuple[Line, ...] = ()
    ship_date: date | None = None
    entered_by: str | None = None
    ready_at: datetime | None = None
    assignee: str | None = None
    events: int = 0
    round: int = 1
    release_kind: str | None = None
    released_minor: int | None = None
    released_credit_minor: int | None = None
    released_until: date | None = None
    released_by: str | None = None
    second_by: str | None = None
    barred: tuple[str, ...] = ()
    window_minor: int | None = None
    alone_up_to_minor: int | None = None


async def accounts_of(connection: Connection, hold_ids: list[str]) -> dict[str, str]:
    """Give the accounts of those of the holds that there are."""
    rows = await connection.fetch(ACCOUNTS_OF, hold_ids)
    return {row["id"]: row["account"] for row in rows}


async def add(connection: Connection, hold: StoredHold, facts: str) -> None:
    """Open a hold outside a recorded check; the account is locked by then.

    `facts` are what others are told of it, as JSON.
    """
    await connection.execute(
        ADD, hold.account, hold.id, hold.customer, hold.order_ref, hold.revision,
        hold.amount_minor, hold.currency, list(hold.reasons), hold.picture, hold.opened_at,
        hold.prepaid_minor, hold.ship_date, hold.entered_by, facts,
    )  # fmt: skip


async def of_order(connection: Connection, account: str, hold_id: str) -> StoredHold:
    """Give the hold that an order of the account is stopped by."""
    row = await connection.fetchrow(OF_ORDER, account, hold_id)
    assert row is not None, "an order's hold is there as long as the order is"
    return from_row(row)


async def states(connection: Connection, account: str, hold_ids: list[str]) -> dict[str, str]:
    """Give the state of each of these holds of the account."""
    rows = await connection.fetch(STATES, account, hold_ids)
    return {row["id"]: row["state"] for row in rows}


@dataclass(frozen=True, slots=True)
class Ending:
    """How a hold ends by itself: in which state, when, who caused it, and by what."""

    state: str
    now: datetime
    by: str | None
    action: str


async def close_of_order(
    connection: Connection, account: str, order: tuple[str, str], ending: Ending
) -> None:
    """End what holds the order (customer and ref), with the state that says why."""
    await connection.execute(
        CLOSE_OF_ORDER, account, *order, ending.state, ending.now, ending.by, ending.action
    )


def from_row(row: asyncpg.Record) -> StoredHold:
    """Give the hold that a row with its columns stands for, among others."""
    values = {f.name: row[f.name] for f in fields(StoredHold)}
    lists = {"reasons": tuple(row["reasons"]), "barred": tuple(row["barred"])}
    lines = tuple(Line(ref, amount_minor) for ref, amount_minor in json.loads(row["lines"]))
    return StoredHold(**(values | lists | {"lines": lines}))


def lines_as_text(lines: Iterable[Line]) -> str:
    """Give an order's lines as the JSON text that is stored."""
    return json.dumps([[line.ref, line.amount_minor] for line in lines])
