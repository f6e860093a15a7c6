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
                      reasons, picture, opened_at, closed_at, ship_date, assignee)
    SELECT 'A' || n % 2000, 'hld_' || n,
           CASE WHEN n % 10 = 0 THEN (ARRAY['open', 'ready', 'escalated'])[1 + n % 3]
                WHEN n % 10 = 1 THEN 'refused' ELSE 'superseded' END,
           'A' || n % 2000, 'SO-' || n, 1, n * 7919 % 100000, 'EUR',
           ARRAY[(ARRAY['limit_exceeded', 'overdue_items'])[1 + n % 2]], repeat('x', 900),
           now() - n * interval '1 minute', CASE WHEN n % 10 > 0 THEN now() END,
           current_date + n % 90, CASE WHEN n % 4 = 0 THEN 'desk ' || n % 7 END
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
CONTACTS = "UPDATE customer SET sales_contact = 'Sales-' || substr(ref, 2)::int % 40"

PAGE_ROWS = 50
WAITING_ROWS = 2_000
WAIT = tuple(sorted(WAITS))
NARROWED: tuple[dict[str, Any], ...] = (
    {},
    {"reason": "limit_exceeded"},
    {"ready": False},
    {"age_min_hours": 24},
    {"age_max_hours": 200},
    {"sales_contact": "sales-10"},
    {"currency": "EUR"},
    {"currency": "EUR", "amount_min_minor": 50_000},
    {"assigned": False},
    {"assigned": True},
    {"assignee": "desk 1"},
    {"assignee": "desk 9"},
)
"""Of what waits, and of all that was ever held."""

LOOKED_UP: tuple[dict[str, Any], ...] = (
    {"customer": "A20"},
    {"order": "SO-20"},
    {"hold_id": "hld_20"},
    *({"states": (state,)} for state in ("open", "refused", "superseded", "expired")),
    {"states": ("ready", "refused")},
    {"states": (*WAIT, "superseded", "refused")},
)
"""Of all that was ever held."""

OF_WHAT_WAITS = tuple({"states": WAIT} | narrowed for narrowed in NARROWED)


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


def holds_read(plan: Plan) -> int:
    """Give how many holds were looked at, those that were not wanted among them."""
    return sum(
        int(node["Actual Loops"] * (node["Actual Rows"] + node.get("Rows Removed by Filter", 0)))
        for node in nodes(plan)
        if node.get("Relation Name") == "hold"
    )


@pytest.mark.parametrize("sorting", Sorting)
async def test_every_page_is_read_by_index(busy: Connection, sorting: Sorting) -> None:
    amiss = []
    for asked, after in product((*OF_WHAT_WAITS, *NARROWED, *LOOKED_UP), (None, "hld_10000")):
        values: list[Any] = ["Europe/Berlin", datetime.now(UTC)]
        statement = page_statement(Wanted(**asked), Part(PAGE_ROWS, after, sorting), values)
        plan = await plan_of(busy, statement, values)
        amiss += [(asked, after, table) for table in scanned_through(plan)]
        if asked.get("states") == WAIT and holds_read(plan) > WAITING_ROWS + PAGE_ROWS:
            amiss.append((asked, after, f"{holds_read(plan)} holds"))
    assert amiss == []


async def test_what_is_asked_for_is_counted_by_index(busy: Connection) -> None:
    scanned = []
    for asked in (*OF_WHAT_WAITS, *LOOKED_UP):
        # What was ever held is counted up to a limit, which is soonest reached by reading on.
        if "superseded" in asked.get("states", ()):
            continue
        values: list[Any] = []
        statement = counts_statement(Wanted(**asked), values, datetime.now(UTC))
        plan = await plan_of(busy, statement, values)
        scanned += [(asked, table) for table in scanned_through(plan)]
    assert scanned == []


async def test_a_page_reads_no_more_holds_than_it_gives(busy: Connection) -> None:
    for sorting, after in product(Sorting, (None, "hld_10000")):
        values: list[Any] = ["Europe/Berlin", None]
        statement = page_statement(Wanted(states=WAIT), Part(PAGE_ROWS, after, sorting), values)
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
