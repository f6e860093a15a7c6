"""The two statements of the hot path stay cheap however much an account carries."""

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from support.service import Service
from support.tables import Connection, dump, require_sound

from app.credit.commitment import Commitment
from app.storage import decisions, moves
from app.storage.decisions import RECORD_DECISION, DecisionEntry, HoldEntry
from app.storage.positions import READ_POSITION

NOW = datetime.now(UTC)
NEVER = NOW + timedelta(days=36_500)

ITEMS = """
    INSERT INTO open_item (account, customer, ref, kind, amount_minor, currency, issued_on,
                           due_on, invoiced_minor, stated_at)
    SELECT 'BIG', 'BIG', 'I' || n, 'invoice', 10000, 'EUR', current_date - n % 400,
           current_date + CASE WHEN n % 2 = 0 THEN -5 - n % 400 ELSE n % 90 END, 0, now()
    FROM generate_series(1, 20000) n
"""
ORDERS = """
    INSERT INTO sales_order (account, customer, ref, currency, granted_minor,
                             granted_credit_minor, reserved_minor, stated_minor, admitted_minor,
                             counted_minor, ship_date, stated_at)
    SELECT 'BIG', 'BIG', 'SO-' || n, 'EUR', 0, 0, 0, 5000, 5000, 5000, current_date + n % 200,
           now()
    FROM generate_series(1, 5000) n
"""
DECISIONS = """
    INSERT INTO decision (account, id, seq, customer, order_ref, revision, fingerprint, outcome,
                          answer, decided_at)
    SELECT 'BIG', 'chk_' || n, n, 'BIG', 'OLD-' || n, 1, '', 'pass', '{}', now()
    FROM generate_series(1, 5000) n
"""
OTHERS = """
    INSERT INTO open_item (account, customer, ref, kind, amount_minor, currency, due_on,
                           invoiced_minor, stated_at)
    SELECT 'A' || n % 500, 'A' || n % 500, 'I' || n, 'invoice', 10000, 'EUR', current_date, 0,
           now()
    FROM generate_series(1, 5000) n
"""
NEIGHBOURS = """
    WITH made AS (
        INSERT INTO credit_account (ref, currency, exponent)
        SELECT 'A' || n, 'EUR', 2 FROM generate_series(0, 1999) n RETURNING ref
    )
    INSERT INTO customer (account, ref, name, currency, policy, status, direct_debit,
                          takes_discount, dunning_level, language)
    SELECT ref, ref, ref, 'EUR', 'standard', 'active', false, false, 0, 'en' FROM made
"""
HOLDS = """
    INSERT INTO hold (account, id, state, customer, order_ref, revision, amount_minor, currency,
                      reasons, picture, opened_at)
    SELECT 'BIG', 'hld_' || n, 'open', 'BIG', 'SO-' || n, 1, 5000, 'EUR', '{}', '{}', now()
    FROM generate_series(1, 2000) n
"""
ROWS_MAX = 200
"""Totals by month and by day, and a handful of single rows; not one row per document."""

SMALL = {"policy", "source", "webhook_endpoint"}
"""Reference data of a few rows, which are quickest read from end to end."""

Plan = dict[str, Any]


@pytest.fixture
async def big(service: Service, connection: Connection) -> Connection:
    """A database with an account of 20,000 items, half of them overdue, and 5,000 orders."""
    await service.customer("BIG", limit="9000000.00")
    for statement in (ITEMS, ORDERS, DECISIONS, OTHERS, NEIGHBOURS, HOLDS):
        await connection.execute(statement)
    await connection.execute(moves.COUNT_DAYS, "BIG")
    await connection.execute(moves.COUNT_TOTALS, "BIG")
    await connection.execute("UPDATE credit_account SET seq = 5000 WHERE ref = 'BIG'")
    await connection.execute("ANALYZE")
    await connection.execute("SET plan_cache_mode = force_generic_plan")
    return connection


async def plan_of(connection: Connection, statement: str, *values: object) -> Plan:
    """Run a statement as the plan for any values has it; give that plan with what it read."""
    await connection.execute(f"PREPARE hot AS {statement}")
    listed = ", ".join(_literal(value) for value in values)
    explained = await connection.fetchval(
        f"EXPLAIN (ANALYZE, TIMING OFF, FORMAT JSON) EXECUTE hot ({listed})"
    )
    await connection.execute("DEALLOCATE hot")
    plan: Plan = json.loads(explained)[0]["Plan"]
    return plan


def _literal(value: object) -> str:
    match value:
        case None:
            return "NULL"
        case bool() | int():
            return str(value)
        case list():
            return f"ARRAY[{', '.join(map(_literal, value))}]::text[]"
        case bytes():
            return f"'\\x{value.hex()}'"
        case _:
            return f"'{value}'"


def nodes(plan: Plan) -> Iterator[Plan]:
    yield plan
    for child in plan.get("Plans", []):
        yield from nodes(child)


def rows_read(plan: Plan) -> int:
    """Give how many rows were taken from tables, the ones thrown away included."""
    return sum(
        int(node["Actual Loops"] * (node["Actual Rows"] + node.get("Rows Removed by Filter", 0)))
        for node in nodes(plan)
        if "Relation Name" in node and "Scan" in node["Node Type"]
    )


def scanned_through(plan: Plan) -> list[str]:
    """Give the tables that were read from end to end, small reference data left out."""
    return [
        node["Relation Name"]
        for node in nodes(plan)
        if node["Node Type"] == "Seq Scan" and node["Relation Name"] not in SMALL
    ]


def question(order: str, revision: int) -> tuple[object, ...]:
    return ("BIG", "BIG", order, revision, "Europe/Berlin", None)


@pytest.mark.parametrize("order", ["SO-17", "OLD-17", "NEW"])
async def test_reading_a_position_touches_a_few_rows_of_a_big_account(
    big: Connection, order: str
) -> None:
    plan = await plan_of(big, READ_POSITION, *question(order, 1))
    assert scanned_through(plan) == []
    assert rows_read(plan) < ROWS_MAX


async def test_a_horizon_does_not_make_the_reading_longer(
    big: Connection, service: Service
) -> None:
    await service.policy(limit={"horizon_days": 30})
    plan = await plan_of(big, READ_POSITION, *question("NEW", 1))
    assert scanned_through(plan) == []
    assert rows_read(plan) < ROWS_MAX


async def test_many_sources_do_not_make_the_reading_longer(big: Connection) -> None:
    await big.execute(
        "INSERT INTO source (name, stated_at, expected_interval_minutes) SELECT 'S' || n,"
        " now() - n * interval '1 s', nullif(n % 2, 0) * 60 FROM generate_series(1, 20000) n"
    )
    await big.execute("ANALYZE source")
    plan = await plan_of(big, READ_POSITION, *question("NEW", 1))
    assert [n for n in nodes(plan) if n.get("Relation Name") == "source"]
    assert rows_read(plan) < ROWS_MAX


async def test_what_was_read_is_what_the_documents_add_up_to(
    big: Connection, service: Service
) -> None:
    exposure = (await service.account("BIG"))["exposure"]
    overdue = await big.fetchval(
        "SELECT sum(amount_minor)::bigint / 100 FROM open_item WHERE account = 'BIG'"
        " AND due_on < (now() AT TIME ZONE 'Europe/Berlin')::date - 3"
    )
    assert (exposure["total"], exposure["overdue"]) == ("2250000.00", f"{overdue}.00")


def an_entry(seq: int, **changed: Any) -> DecisionEntry:
    commitment = Commitment(
        customer="BIG",
        ref="NEW",
        currency="EUR",
        revision=1,
        check_id="chk_new",
        hold_id="hld_new",
        granted_minor=500,
        granted_credit_minor=500,
        reserved_minor=500,
        reserved_until=NOW + timedelta(hours=1),
    )
    entry = DecisionEntry(
        id="chk_new",
        account="BIG",
        seq=seq,
        revision=1,
        outcome="hold",
        answer="{}",
        fingerprint=b"x",
        channel=None,
        decided_at=NOW,
        due_by=NEVER,
        amount_minor=500,
        currency="EUR",
        commitment=commitment,
        reservations_change_minor=500,
        hold=HoldEntry("hld_new", ("limit_exceeded",), "{}", "{}"),
    )
    return replace(entry, **changed)


async def test_recording_a_decision_touches_a_few_rows_of_a_big_account(big: Connection) -> None:
    seq = await big.fetchval("SELECT seq FROM credit_account WHERE ref = 'BIG'")
    entry = an_entry(seq)
    line = entry.commitment
    async with big.transaction():
        plan = await plan_of(
            big, RECORD_DECISION, "BIG", seq, 500, entry.id, "BIG", "NEW", 1, None, b"x", "hold",
            "{}", NOW, "EUR", "hld_new", 500, 500, 500, line.reserved_until, 0, 0, 500,
            ["limit_exceeded"], "{}", "EUR", NEVER, 0, None, "{}", 0, None, NOW.date(),
            "erika@example.com", "[]", "erika@example.com",
        )  # fmt: skip
    assert await big.fetchval("SELECT count(*) FROM decision WHERE id = 'chk_new'") == 1
    assert scanned_through(plan) == []
    assert rows_read(plan) < ROWS_MAX


async def test_a_decision_on_an_account_that_moved_on_writes_nothing_at_all(
    service: Service, connection: Connection
) -> None:
    await service.customer("BIG", limit="1.00")
    await service.check("BIG", "NEW", "60.00")
    seq = (await service.account("BIG"))["seq"]
    before = await dump(connection)
    for stale in (seq - 1, seq + 1):
        entry = an_entry(stale, revision=2)
        assert not await decisions.record(connection, entry)  # type: ignore[arg-type]
    assert await dump(connection) == before


async def test_a_decision_on_the_account_as_it_was_read_writes_all_of_it(
    service: Service, connection: Connection
) -> None:
    await service.customer("BIG", limit="1.00")
    await service.check("BIG", "NEW", "60.00")
    seq = (await service.account("BIG"))["seq"]
    entry = an_entry(seq, revision=2)
    assert await decisions.record(connection, entry)  # type: ignore[arg-type]
    account = await service.account("BIG")
    assert (account["seq"], account["exposure"]["reservations"]) == (seq + 1, "5.00")
    states = await connection.fetch("SELECT state FROM hold ORDER BY id")
    assert [row["state"] for row in states] == ["superseded", "open"]
    await require_sound(connection)


async def test_a_revision_that_was_decided_already_is_not_recorded_again(
    service: Service, connection: Connection
) -> None:
    await service.customer("BIG", limit="1000.00")
    await service.check("BIG", "NEW", "60.00")
    seq = (await service.account("BIG"))["seq"]
    before = await dump(connection)
    assert not await decisions.record(connection, an_entry(seq))  # type: ignore[arg-type]
    assert await dump(connection) == before
