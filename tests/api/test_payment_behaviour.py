from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from typing import TypeAlias

import asyncpg
import pytest
from support.service import Service, a_service, refusal
from support.tables import require_sound

from app.settings import Settings

NOW = datetime(2026, 11, 22, 9, 0, tzinfo=UTC)
NOTHING = {
    "customer": "C1",
    "currency": None,
    "cleared_invoices": None,
    "cleared_amount": None,
    "late_invoices": None,
    "late_amount": None,
    "average_days_late": None,
    "average_days_to_pay": None,
    "share_in_time": None,
    "dso_days": None,
    "months_known": None,
    "average_month": None,
    "largest_month": None,
    "computed_at": None,
}
PATH = "/v1/customers/C1/payment-behaviour"
Connection: TypeAlias = "asyncpg.Connection[asyncpg.Record]"


@pytest.fixture
async def dated(settings: Settings) -> AsyncIterator[Service]:
    """The service on a Sunday in November 2026."""
    async with a_service(settings, fixed_now=NOW) as service:
        yield service


async def cleared(service: Service, connection: Connection, ref: str, on: str) -> None:
    """Clear a document, on another day than today."""
    await service.delete(f"/v1/customers/C1/open-items/{ref}")
    instant = datetime.fromisoformat(f"{on}T12:00:00+00:00")
    statement = "UPDATE open_item SET cleared_at = $2 WHERE ref = $1"
    await connection.execute(statement, ref, instant)


async def test_nothing_is_known_before_it_is_counted(dated: Service) -> None:
    await dated.customer("C1")
    assert await dated.get(PATH) == NOTHING
    await dated.app.state.desk.behaviours.count()
    assert await dated.get(PATH) == NOTHING


async def test_an_unknown_customer_is_said_to_be_one(dated: Service) -> None:
    answer = await dated.client.get(PATH)
    assert refusal(answer) == (404, "customer_unknown", [])


async def test_what_was_cleared_is_averaged_by_amount(
    dated: Service, connection: Connection
) -> None:
    await dated.customer("C1")
    terms = {"issued_on": "2026-09-01", "due_on": "2026-10-01"}
    await dated.item("C1", "EARLY", "300.00", **terms)
    await dated.item("C1", "LATE", "100.00", **terms)
    await dated.item("C1", "PARTS", "500.00", **terms)
    await dated.item("C1", "PARTS", "20.00", **terms)
    await dated.item("C1", "NO-DATES", "50.00")
    await dated.item("C1", "LONG-AGO", "900.00", issued_on="2025-01-01", due_on="2025-01-31")
    await dated.item("C1", "CREDIT", "80.00", kind="credit_note")
    await dated.item("C1", "OPEN", "380.00", issued_on="2026-10-01", due_on="2026-10-31")
    await cleared(dated, connection, "EARLY", "2026-09-21")
    await cleared(dated, connection, "LATE", "2026-10-31")
    await cleared(dated, connection, "PARTS", "2026-10-02")
    await cleared(dated, connection, "NO-DATES", "2026-10-02")
    await cleared(dated, connection, "LONG-AGO", "2025-03-01")

    assert await dated.app.state.desk.behaviours.count() == 1

    # 30 days late on 100.00 and 1 day late on 500.00, of 900.00; DSO (380 - 80) / 1,280 * 82 days.
    assert await dated.get(PATH) == {
        "customer": "C1",
        "currency": "EUR",
        "cleared_invoices": 4,
        "cleared_amount": "950.00",
        "late_invoices": 2,
        "late_amount": "600.00",
        "average_days_late": "3.9",
        "average_days_to_pay": "30.6",
        "share_in_time": "0.3333",
        "dso_days": "19.2",
        "months_known": 2,
        "average_month": "640.00",
        "largest_month": "900.00",
        "computed_at": "2026-11-22T09:00:00.000Z",
    }


async def test_the_day_of_clearing_is_the_business_day_and_the_first_one(
    dated: Service, connection: Connection
) -> None:
    await dated.customer("C1")
    await dated.item("C1", "I1", "10.00", due_on="2026-10-01", version=1)
    await dated.delete("/v1/customers/C1/open-items/I1", version=2)
    # Still the first of October in UTC, the second in Berlin.
    await connection.execute("UPDATE open_item SET cleared_at = '2026-10-01T22:30:00Z'")
    await dated.delete("/v1/customers/C1/open-items/I1", version=3)
    await dated.app.state.desk.behaviours.count()
    assert (await dated.get(PATH))["average_days_late"] == "1.0"


async def test_a_young_history_gives_no_dso(dated: Service) -> None:
    await dated.customer("C1")
    await dated.item("C1", "I1", "10.00", issued_on="2026-11-01", due_on="2026-12-01")
    await dated.app.state.desk.behaviours.count()
    assert (await dated.get(PATH))["dso_days"] is None


async def test_a_customer_that_moves_is_counted_anew(dated: Service) -> None:
    await dated.customer("C1")
    await dated.item("C1", "I1", "10.00", issued_on="2026-01-01", due_on="2026-02-01")
    await dated.app.state.desk.behaviours.count()
    await dated.customer("C1", limit=None, account="GROUP")
    assert await dated.get(PATH) == NOTHING
    await dated.app.state.desk.behaviours.count()
    assert (await dated.get(PATH))["dso_days"] == "325.0"


async def test_old_cleared_documents_are_dropped_and_no_total_changes(
    dated: Service, connection: Connection
) -> None:
    await dated.customer("C1")
    for ref in ("OLD", "YOUNG", "OPEN"):
        await dated.item("C1", ref, "10.00", due_on="2024-01-01")
    # Two invoices for orders: of one the rest is still to come, the other is all invoiced.
    for number, amount in ((1, "40.00"), (2, "10.00")):
        await dated.order("C1", f"SO-{number}", amount)
        await dated.item("C1", f"FOR-SO-{number}", "10.00", order=f"SO-{number}")
        await cleared(dated, connection, f"FOR-SO-{number}", "2024-01-05")
    await cleared(dated, connection, "OLD", (NOW - timedelta(days=731)).date().isoformat())
    await cleared(dated, connection, "YOUNG", (NOW - timedelta(days=729)).date().isoformat())
    before = await dated.account("C1")

    assert await dated.app.state.desk.behaviours.drop_old() == 2

    left = await connection.fetch("SELECT ref FROM open_item ORDER BY ref")
    assert [row["ref"] for row in left] == ["FOR-SO-1", "OPEN", "YOUNG"]
    assert await dated.account("C1") == before
    await require_sound(connection)
