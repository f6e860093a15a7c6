"""Rows of open_item as the items that they are."""

import json
from collections.abc import Sequence
from typing import Any

import asyncpg

from app.credit.item import PLAIN, History, ItemKind, Key, OpenItem
from app.storage.database import Connection

LOAD_ITEMS = """
    SELECT i.* FROM open_item i
    JOIN unnest($2::text[], $3::text[]) AS asked (customer, ref)
      ON i.account = $1 AND i.customer = asked.customer AND i.ref = asked.ref
"""
"""Reads the items that a posting touches; the account is locked by then."""

LIST_ITEMS = """
    SELECT * FROM open_item
    WHERE account = $1 AND customer = $2 AND ref > $3 AND cleared_at IS NULL
    ORDER BY ref LIMIT $4
"""
"""A customer's open items by ref."""


async def load(connection: Connection, account: str, keys: Sequence[Key]) -> dict[Key, OpenItem]:
    """Give the known ones of these items."""
    rows = await connection.fetch(
        LOAD_ITEMS, account, [customer for customer, _ in keys], [ref for _, ref in keys]
    )
    return {(row["customer"], row["ref"]): from_row(row) for row in rows}


async def listed(
    connection: Connection, account: str, customer: str, *, after: str, limit: int
) -> list[OpenItem]:
    """Give a customer's open items in the order of their refs, those after `after`."""
    rows = await connection.fetch(LIST_ITEMS, account, customer, after, limit)
    return [from_row(row) for row in rows]


def from_row(row: asyncpg.Record) -> OpenItem:
    """Give the item that a row stands for."""
    return OpenItem(
        customer=row["customer"],
        ref=row["ref"],
        kind=ItemKind(row["kind"]),
        amount_minor=row["amount_minor"],
        currency=row["currency"],
        issued_on=row["issued_on"],
        due_on=row["due_on"],
        order_ref=row["order_ref"],
        version=row["version"],
        invoiced_minor=row["invoiced_minor"],
        cleared=row["cleared_at"] is not None,
        source=row["source"],
        cancelled=row["cancelled"],
        largest_minor=row["largest_minor"],
        history=PLAIN if row["history"] is None else _history(json.loads(row["history"])),
    )


def as_record(item: OpenItem) -> dict[str, Any]:
    """Give the item as a JSON object for the statement that writes it."""
    return item._asdict() | {"history": _as_object(item.history)}


def history_as_text(history: History) -> str | None:
    """Give a history as JSON text, `None` for one that there is nothing to tell of."""
    return None if history == PLAIN else json.dumps(_as_object(history))


def _as_object(history: History) -> dict[str, Any] | None:
    told = {name: value for name, value in history._asdict().items() if value not in {None, ()}}
    return told or None


def _history(told: dict[str, Any]) -> History:
    steps = tuple((version, minor) for version, minor in told.get("steps", ()))
    return History(told.get("stated"), told.get("anew"), steps)
