"""What the worker asks all day, and who looks at dead letters, reads a few rows of many."""

import json
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from support.service import Service
from support.tables import Connection

from app.storage import deliveries, delivery_records, outbox

FACTS = """
    INSERT INTO outbox (account, id, kind, facts, occurred_at, webhooks_made_at,
                        mails_made_at)
    SELECT 'A' || n % 500, 'evt_' || lpad(n::text, 8, '0'), 'hold.opened', '{}', now(),
           CASE WHEN n > 10 THEN now() END, CASE WHEN n > 20 THEN now() END
      FROM generate_series(1, 20000) n
"""
DELIVERIES = """
    INSERT INTO delivery (account, id, event_id, channel, audience, receiver, state, queued_at,
                          next_at, done_at)
    SELECT account, replace(id, 'evt', 'dlv'), id, 'mail', 'credit', 'a@example.com',
           CASE WHEN id < 'evt_00000050' THEN 'waiting' WHEN id < 'evt_00000060' THEN 'dead'
                ELSE 'delivered' END, now(), now(),
           CASE WHEN id >= 'evt_00000050' THEN now() END
      FROM outbox WHERE webhooks_made_at IS NOT NULL
"""
ROWS_MAX = 500
TOKEN = "00000000-0000-0000-0000-000000000000"  # noqa: S105 - a claim's

STATEMENTS: dict[str, tuple[str, tuple[object, ...]]] = {
    "facts without webhooks": (outbox.TAKE_FOR_WEBHOOKS, (200,)),
    "facts without mails": (outbox.TAKE_FOR_MAILS, (200, timedelta(hours=72))),
    "mails given up": (outbox.GIVE_UP_MAILS, (timedelta(days=30), timedelta(hours=72))),
    "lanes": (deliveries.LANES, ()),
    "claim": (deliveries.CLAIM, ("mail", 8, timedelta(seconds=40), TOKEN)),
    "claim for a digest": (deliveries.CLAIM_DIGEST, ("digest", 200, timedelta(seconds=40), TOKEN)),
    "list": (delivery_records.LIST, ("~", 50)),
    "dead letters": (delivery_records.LIST_IN_STATE, ("~", 50, "dead", None)),
    "for a receiver": (delivery_records.LIST_FOR_RECEIVER, ("~", 50, "whk_1")),
    "dead for a receiver": (
        delivery_records.LIST_IN_STATE,
        ("~", 50, "dead", "a@example.com"),
    ),
    "one": (delivery_records.FIND, ("dlv_00000100",)),
    "dead ones again": (delivery_records.REDELIVER_DEAD, (None, "b@example.com", 1000)),
}


@pytest.fixture
async def full(service: Service, connection: Connection) -> Connection:
    """A database with 20,000 facts, of which a few are still to be told."""
    await service.customer("C1")
    for statement in (FACTS, DELIVERIES, "ANALYZE", "SET plan_cache_mode = force_generic_plan"):
        await connection.execute(statement)
    return connection


async def test_whatever_is_asked_reads_a_few_rows_of_many(full: Connection) -> None:
    wrong: dict[str, object] = {}
    for name, (statement, values) in STATEMENTS.items():
        transaction = full.transaction()
        await transaction.start()
        plan = await _plan(full, statement, values)
        await transaction.rollback()
        through = [node for node in _nodes(plan) if _is_read_through(node)]
        if through or (rows := sum(map(_rows, _nodes(plan)))) > ROWS_MAX:
            wrong[name] = [n["Relation Name"] for n in through] or rows
    assert wrong == {}


async def _plan(connection: Connection, statement: str, values: tuple[object, ...]) -> Any:
    await connection.execute(f"PREPARE asked AS {statement}")
    listed = ", ".join("NULL" if v is None else f"'{v}'" for v in values)
    asked = f"EXECUTE asked ({listed})" if values else "EXECUTE asked"
    told = await connection.fetchval(f"EXPLAIN (ANALYZE, TIMING OFF, FORMAT JSON) {asked}")
    await connection.execute("DEALLOCATE asked")
    return json.loads(told)[0]["Plan"]


def _nodes(plan: Any) -> Iterator[Any]:
    yield plan
    for child in plan.get("Plans", []):
        yield from _nodes(child)


def _is_read_through(node: Any) -> bool:
    return node["Node Type"] == "Seq Scan" and node["Relation Name"] in {"outbox", "delivery"}


def _rows(node: Any) -> int:
    """Give how many rows were taken from a table, the ones thrown away included."""
    if "Relation Name" not in node or "Scan" not in node["Node Type"]:
        return 0
    found = node["Actual Rows"] + node.get("Rows Removed by Filter", 0)
    return int(node["Actual Loops"] * found)
