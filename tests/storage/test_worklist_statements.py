"""The worklist is read by its indexes: 2,000 open holds among many that are done with."""

import json
from datetime import UTC, datetime
from itertools import product
from typing import Any

import pytest
from storage.test_hot_statements import NEIGHBOURS, Plan, nodes, scanned_through
from support.service import Service
from support.tables import Connection

from app.storage.waiting import DUE, WAITING
from app.storage.worklist import WAITS, Part, Sorting, Wanted, counts_statement, page_statement

HOLDS = """
    INSERT INTO hold (account, id, state, customer, order_ref, revision, amount_minor, currency,
                      reasons, picture, opened_at, closed_at, ship_date)
    SELECT 'A' || n % 2000, 'hld_' || n,
           CASE WHEN n % 10 = 0 THEN (ARRAY['open', 'ready', 'escalated'])[1 + n % 3]
                ELSE 'superseded' END,
           'A' || n % 2000, 'SO-' || n, 1, n * 7919 % 100000, 'EUR',
           ARRAY[(ARRAY['limit_exceeded', 'overdue_items'])[1 + n % 2]], repeat('x', 900),
           now() - n * interval '1 minute', CASE WHEN n % 10 > 0 THEN now() END,
           current_date + n % 90
      FROM generate_series(1, 20000) n
"""
ORDERS = """
    INSERT INTO sales_order (account, customer, ref, currency, hold_id, granted_minor,
                             granted_credit_minor, reserved_minor, reserved_until,
                             admitted_minor, counted_minor)
    SELECT 'A' || n % 2000, 'A' || n % 2000, 'SO-' || n, 'EUR',
           CASE WHEN n % 10 = 0 THEN 'hld_' || n END, 0, 0, 0,
           CASE WHEN n % 10 = 1 THEN now() END, 0, 0
      FROM generate_series(1, 20000) n
"""
DAYS = """
    INSERT INTO calendar_total (account, series, grain, starts_on, amount_minor, documents)
    SELECT 'A' || n % 2000, 'due', 'day', current_date - n / 2000, 100, 1
      FROM generate_series(0, 9999) n
"""
ITEMS = """
    INSERT INTO open_item (account, customer, ref, kind, amount_minor, currency, due_on,
                           invoiced_minor, stated_at)
    SELECT 'A' || n % 2000, 'A' || n % 2000, 'I' || n, 'invoice', 10000, 'EUR', current_date - 9,
           0, now()
      FROM generate_series(1, 10000) n
"""
CONTACTS = "UPDATE customer SET sales_contact = 'sales-' || substr(ref, 2)::int % 40"

PAGE_ROWS = 50
ASKED: tuple[dict[str, Any], ...] = (
    {},
    {"states": ("open",)},
    {"reason": "limit_exceeded"},
    {"ready": False},
    {"age_min_hours": 24, "age_max_hours": 200},
    {"sales_contact": "sales-10"},
    {"customer": "A20"},
    {"order": "SO-20"},
    {"currency": "EUR", "amount_min_minor": 50_000},
    {"assignee": "desk 1"},
    {"hold_id": "hld_20"},
)


@pytest.fixture
async def busy(service: Service, connection: Connection) -> Connection:
    """A database with 2,000 holds that wait and 18,000 that do not."""
    await service.customer("C1")
    for statement in (NEIGHBOURS, HOLDS, ORDERS, DAYS, ITEMS, CONTACTS, "ANALYZE"):
        await connection.execute(statement)
    return connection


async def plan_of(connection: Connection, statement: str, values: list[Any]) -> Plan:
    """Run a statement with its values; gives the plan with what it read."""
    explained = await connection.fetchval(
        f"EXPLAIN (ANALYZE, TIMING OFF, FORMAT JSON) {statement}", *values
    )
    plan: Plan = json.loads(explained)[0]["Plan"]
    return plan


def wanted(**asked: Any) -> Wanted:
    return Wanted(**({"states": tuple(sorted(WAITS))} | asked))


async def test_every_page_of_what_waits_is_read_by_index(busy: Connection) -> None:
    scanned = []
    for asked, sorting, after in product(ASKED, Sorting, (None, "hld_10000")):
        values: list[Any] = ["Europe/Berlin", datetime.now(UTC)]
        statement = page_statement(wanted(**asked), Part(PAGE_ROWS, after, sorting), values)
        plan = await plan_of(busy, statement, values)
        scanned += [(asked, sorting, after, table) for table in scanned_through(plan)]
    assert scanned == []


async def test_what_waits_is_counted_by_index(busy: Connection) -> None:
    scanned = []
    for asked in ASKED:
        values: list[Any] = []
        statement = counts_statement(wanted(**asked), values, datetime.now(UTC))
        plan = await plan_of(busy, statement, values)
        scanned += [(asked, table) for table in scanned_through(plan)]
    assert scanned == []


async def test_a_page_reads_no_more_holds_than_it_gives(busy: Connection) -> None:
    for sorting, after in product(Sorting, (None, "hld_10000")):
        values: list[Any] = ["Europe/Berlin", None]
        statement = page_statement(wanted(), Part(PAGE_ROWS, after, sorting), values)
        plan = await plan_of(busy, statement, values)
        read = [node for node in nodes(plan) if node.get("Relation Name") == "hold"]
        rows = [node["Actual Rows"] for node in read if node["Actual Rows"] > 1]
        assert rows == [PAGE_ROWS], (sorting, after)


async def test_looking_for_holds_to_wake_reads_only_what_is_due(busy: Connection) -> None:
    await busy.execute("UPDATE credit_account SET holds_due_at = 'epoch' WHERE ref = 'A20'")
    await busy.execute("ANALYZE credit_account")
    due = await plan_of(busy, DUE, [None, "", 500])
    waiting = await plan_of(busy, WAITING, ["A20"])
    assert (scanned_through(due), scanned_through(waiting)) == ([], [])
    assert due["Actual Rows"] == 1
