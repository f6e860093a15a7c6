"""However a feed arrives, in whatever order, again or late: the end is the same."""

import json
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from flows.feeds import Feed, feeds
from flows.test_any_history import DEPTH
from flows.world import World, a_world
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from ledger.files import written
from support.tables import require_sound

from app.desk import dealing
from app.ledger import open_table
from app.ledger.errand import Errand
from app.ledger.importer import Importer
from app.settings import Settings
from app.wiring import wired_importer

Lines = Sequence[dict[str, Any]]

OPEN_ITEMS = """
    SELECT customer, ref, kind, amount_minor, currency FROM open_item
    WHERE cleared_at IS NULL ORDER BY 1, 2
"""
COUNTED = """
    SELECT customer, ref, counted_minor, currency FROM sales_order
    WHERE counted_minor > 0 ORDER BY 1, 2
"""
ALL_ITEMS = """
    SELECT customer, ref, kind, amount_minor, currency, issued_on, due_on, order_ref,
           invoiced_minor, version, cleared_at IS NOT NULL AS cleared, cancelled
      FROM open_item ORDER BY 1, 2
"""
"""All that is known of items, the cleared ones among them."""
ALL_ORDERS = """
    SELECT customer, ref, version, cancelled_at IS NOT NULL AS cancelled, counted_minor,
           CASE WHEN cancelled_at IS NULL THEN stated_minor END AS stated_minor,
           CASE WHEN cancelled_at IS NULL THEN currency END AS currency
      FROM sales_order WHERE version IS NOT NULL ORDER BY 1, 2
"""
"""All that is known of orders. What a cancelled one last came to is not asked for any more, and
one that only an invoice has named is none yet."""
TOTALS = """
    SELECT ref, invoices_minor, credit_notes_minor, payments_minor, orders_minor,
           foreign_documents FROM credit_account ORDER BY 1
"""


class Counter:
    """Where a feed is handed in: each statement alone, in a body of lines, or as a file."""

    def __init__(self, world: World, importer: Importer) -> None:
        self.world, self.importer = world, importer
        self.ways: dict[str, Callable[[Lines], Any]] = {
            "singly": self.singly,
            "ledger": self.ledger,
            "file": self.file,
        }

    async def singly(self, lines: Lines) -> None:
        service = self.world.services[0]
        for line in lines:
            body = dict(line)
            verb = "put" if "put" in body else "delete"
            kind = {"open_item": "open-items", "order": "orders"}[body.pop(verb)]
            path = f"/v1/customers/{body.pop('customer')}/{kind}/{body.pop('ref')}"
            await (service.put(path, **body) if verb == "put" else service.delete(path, **body))

    async def ledger(self, lines: Lines) -> None:
        answer = await self.world.services[0].ledger(*lines)
        assert answer["problems"] == []

    async def file(self, lines: Lines) -> None:
        with TemporaryDirectory() as folder:
            path = written(Path(folder), "\n".join(map(json.dumps, lines)), "feed.ndjson")
            report = await self.importer.take(
                open_table(path), Errand(), "imp_test", lambda *_: None
            )
        assert report.problems == []


@st.composite
def arrivals(draw: st.DrawFn) -> tuple[Feed, list[tuple[str, Lines]]]:
    """Give a feed, and bodies that bring each of its lines at least once, in any order."""
    feed = draw(feeds())
    lines = feed.lines()
    again = draw(st.lists(st.sampled_from(lines), max_size=6))
    mixed = draw(st.permutations([*lines, *again]))
    cuts = sorted(draw(st.lists(st.integers(0, len(mixed)), max_size=3)))
    bodies = [mixed[a:b] for a, b in zip([0, *cuts], [*cuts, len(mixed)], strict=True) if a < b]
    ways = st.sampled_from(["singly", "ledger", "file"])
    return feed, [(draw(ways), body) for body in bodies]


def test_any_arrival_of_a_feed_ends_in_its_highest_versions(
    service_settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Bodies of a few lines are dealt as large ones are.
    monkeypatch.setattr(dealing, "AT_ONCE", 4)
    with a_world(service_settings) as world:
        importer = wired_importer(service_settings)
        world.run(importer.work.database.open())
        counter = Counter(world, importer)

        @settings(max_examples=60 * DEPTH, deadline=None, suppress_health_check=list(HealthCheck))
        @given(arrival=arrivals())
        def ends_the_same(arrival: tuple[Feed, list[tuple[str, Lines]]]) -> None:
            feed, bodies = arrival
            world.run(world.start_anew())
            world.run(counter.ledger(feed.lines()))
            in_order = world.run(_end(world))
            world.run(world.start_anew())
            for way, body in bodies:
                world.run(counter.ways[way](body))
            world.run(_require_end(world, feed))
            assert world.run(_end(world)) == in_order

        try:
            ends_the_same()
        finally:
            with suppress(OSError):
                world.run(importer.work.database.close())


async def _require_end(world: World, feed: Feed) -> None:
    items = [tuple(row) for row in await world.connection.fetch(OPEN_ITEMS)]
    orders = [tuple(row) for row in await world.connection.fetch(COUNTED)]
    assert items == feed.open_items()
    assert orders == feed.counted()
    await require_sound(world.connection)


async def _end(world: World) -> list[list[tuple[Any, ...]]]:
    """Give everything that is known of documents but the instants at which it was told."""
    states = (ALL_ITEMS, ALL_ORDERS, TOTALS)
    return [[tuple(row) for row in await world.connection.fetch(state)] for state in states]
