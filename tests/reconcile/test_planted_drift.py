"""Drift is planted past the service, and found, marked and repaired by it."""

import json

import pytest
from reconcile.book import Connection, entries, gaps, is_marked, run, written
from support.service import Service
from support.tables import require_sound

BIGGER = "UPDATE credit_account SET {0} = {0} + 7 WHERE ref = 'C1'"
DUE = "UPDATE calendar_total SET {} WHERE account = 'C1' AND series = 'due' AND grain = '{}'"
SHIP = "UPDATE calendar_total SET {} WHERE account = 'C1' AND series = 'ship' AND grain = '{}'"
OF_OCTOBER = " AND starts_on >= '2026-10-01' AND starts_on < '2026-11-01'"

PLANTED = {
    BIGGER.format("invoices_minor"): [("invoices_minor", None, 69007, 69000)],
    BIGGER.format("credit_notes_minor"): [("credit_notes_minor", None, 5007, 5000)],
    BIGGER.format("payments_minor"): [("payments_minor", None, 1007, 1000)],
    BIGGER.format("orders_minor"): [("orders_minor", None, 30007, 30000)],
    BIGGER.format("reservations_minor"): [("reservations_minor", None, 10007, 10000)],
    BIGGER.format("foreign_documents"): [("foreign_documents", None, 8, 1)],
    DUE.format("amount_minor = 1", "day") + OF_OCTOBER: [
        ("due_day_minor", "2026-10-31", 1, 60000)
    ],
    DUE.format("amount_minor = 1", "month") + OF_OCTOBER: [
        ("due_month_minor", "2026-10-01", 1, 60000)
    ],
    DUE.format("documents = 2", "day") + OF_OCTOBER: [("due_day_documents", "2026-10-31", 2, 1)],
    SHIP.format("amount_minor = 0, documents = 0", "day"): [
        ("ship_day_documents", "2026-12-01", 0, 1),
        ("ship_day_minor", "2026-12-01", 0, 30000),
    ],
    "DELETE FROM calendar_total WHERE account = 'C1' AND series = 'ship' AND grain = 'month'": [
        ("ship_month_documents", "2026-12-01", 0, 1),
        ("ship_month_minor", "2026-12-01", 0, 30000),
    ],
    "INSERT INTO calendar_total VALUES ('C1', 'due', 'day', '2031-01-01', 9, 1)": [
        ("due_day_documents", "2031-01-01", 1, 0),
        ("due_day_minor", "2031-01-01", 9, 0),
    ],
    # The other way round: a detail is lost, and the totals still have it.
    "DELETE FROM open_item WHERE account = 'C1' AND ref = 'C1'": [
        ("credit_notes_minor", None, 5000, 0)
    ],
    "UPDATE open_item SET amount_minor = 7100 WHERE account = 'C1' AND ref = 'I2'": [
        ("due_day_minor", "2026-11-30", 7000, 7100),
        ("due_month_minor", "2026-11-01", 7000, 7100),
        ("invoices_minor", None, 69000, 69100),
    ],
}


@pytest.mark.parametrize("statement", PLANTED)
async def test_a_planted_drift_is_found_marked_and_repaired(
    service: Service, connection: Connection, statement: str
) -> None:
    await written(service, "C0", "C1", "C2")
    await connection.execute(statement)

    found = await run(service)
    assert (found.accounts, found.marked, found.is_sound) == (3, ["C1"], False)
    (drift,) = found.drifting
    assert (drift.account, drift.currency, drift.exponent, drift.unlisted) == ("C1", "EUR", 2, 0)
    wrong = [
        (w.total, w.starts_on and w.starts_on.isoformat(), w.stored, w.counted)
        for w in drift.wrong
    ]
    assert wrong == PLANTED[statement]
    assert await is_marked(connection, "C1")
    assert not await is_marked(connection, "C2")

    mended = await run(service, repair=True)
    assert (mended.repaired, mended.is_sound) == (["C1"], True)
    assert not await is_marked(connection, "C1")
    await require_sound(connection)
    assert (await run(service)).drifting == []


async def test_mark_repair_and_a_mark_taken_off_are_in_the_journal_without_a_gap(
    service: Service, connection: Connection
) -> None:
    await written(service, "C1")
    await connection.execute(BIGGER.format("invoices_minor"))
    total = {"total": "invoices_minor", "on": None, "before": 69007, "after": 69000}

    await run(service)
    await run(service)
    await run(service, repair=True)
    await run(service, repair=True)

    drifts = [json.loads(facts) for facts in await entries(connection, "C1", "drift")]
    repairs = [json.loads(facts) for facts in await entries(connection, "C1", "repair")]
    assert drifts == [{"drifts": True, "totals": [total]}]
    assert repairs == [{"totals": [total]}]
    assert await gaps(connection) == []


async def test_an_account_that_became_sound_by_itself_loses_its_mark(
    service: Service, connection: Connection
) -> None:
    await written(service, "C1")
    await connection.execute(BIGGER.format("orders_minor"))
    await run(service)
    await connection.execute("UPDATE credit_account SET orders_minor = orders_minor - 7")

    again = await run(service)

    assert (again.cleared, again.drifting, again.is_sound) == (["C1"], [], True)
    assert not await is_marked(connection, "C1")
    assert await gaps(connection) == []


async def reasons(service: Service) -> list[str]:
    answer = await service.preview("C1", "SO-9", "1.00")
    return [reason["code"] for reason in answer["reasons"]]


async def test_a_mark_changes_what_checks_answer_so_that_the_account_moves_on(
    service: Service, connection: Connection
) -> None:
    await written(service, "C1")
    before = (await service.account("C1"))["seq"]
    await connection.execute(BIGGER.format("orders_minor"))
    await run(service)
    assert (await service.account("C1"))["seq"] == before + 1
    assert "totals_drift" in await reasons(service)
    await run(service, repair=True)
    assert "totals_drift" not in await reasons(service)


async def test_an_account_that_is_busy_is_left_and_said(
    service: Service, connection: Connection
) -> None:
    await written(service, "C1", "C2")
    await connection.execute("UPDATE credit_account SET orders_minor = orders_minor + 7")
    async with connection.transaction():
        await connection.execute("SELECT FROM credit_account WHERE ref = 'C1' FOR UPDATE")
        found = await run(service, repair=True)
    assert (found.left, found.repaired, found.is_sound) == (["C1"], ["C2"], False)


async def test_another_trifle_amount_that_is_not_counted_yet_is_no_drift(
    service: Service, connection: Connection
) -> None:
    await written(service, "C1")
    await connection.execute(
        """INSERT INTO policy SELECT name, 9, document, grace_days, 500, horizon_days
             FROM policy WHERE name = 'standard'"""
    )
    assert (await run(service)).drifting == []


async def test_a_long_list_is_cut_short_and_says_so(
    service: Service, connection: Connection
) -> None:
    await written(service, "C1")
    await connection.execute(
        """INSERT INTO calendar_total
           SELECT 'C1', 'due', 'day', '2040-01-01'::date + n, 9, 1 FROM generate_series(1, 60) n"""
    )
    (drift,) = (await run(service)).drifting
    assert (len(drift.wrong), drift.unlisted) == (50, 70)
    assert (await run(service, repair=True)).is_sound
    await require_sound(connection)
