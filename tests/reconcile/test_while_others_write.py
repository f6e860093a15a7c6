import asyncio
import random
from itertools import count
from typing import Any

import pytest
from reconcile.book import Connection, gaps, is_marked, run, written
from support.service import Service, asked
from support.tables import require_sound

from app.storage import drift

ROUNDS = 25
CUSTOMERS = ("C1", "C2", "C3")


async def write_on(service: Service, customer: str) -> None:
    """Check, state and clear without end."""
    drawn = random.Random(customer)  # noqa: S311 - which statement comes next
    for number in count():
        ref = f"I{drawn.randrange(9)}"
        day = f"2026-{drawn.randrange(1, 13):02}-01"
        path = f"/v1/customers/{customer}/open-items/{ref}"
        body = {"kind": "invoice", "amount": f"{drawn.randrange(1, 900)}.00", "currency": "EUR"}
        order = asked(customer, f"N-{number}", "1.00", ship_date=day)
        await service.client.put(path, json=body | {"issued_on": day, "due_on": day})
        await service.client.post("/v1/checks", json=order)
        if drawn.random() < 0.3:
            await service.client.delete(path)


async def test_a_sound_book_shows_no_drift_while_others_write(
    service: Service, connection: Connection
) -> None:
    await written(service, *CUSTOMERS)
    writers = [asyncio.create_task(write_on(service, customer)) for customer in CUSTOMERS]
    found = [await run(service, repair=number % 5 == 4) for number in range(ROUNDS)]
    for writer in writers:
        writer.cancel()
    await asyncio.gather(*writers, return_exceptions=True)

    assert [run.drifting for run in found] == [[]] * ROUNDS
    assert await connection.fetchval("SELECT max(seq) FROM credit_account") > ROUNDS
    await require_sound(connection)
    assert await gaps(connection) == []


async def test_what_drifts_is_repaired_while_others_write(
    service: Service, connection: Connection
) -> None:
    await written(service, *CUSTOMERS)
    writers = [asyncio.create_task(write_on(service, customer)) for customer in CUSTOMERS]
    for number in range(ROUNDS):
        plant = "UPDATE credit_account SET invoices_minor = invoices_minor + 1 WHERE ref = $1"
        await connection.execute(plant, CUSTOMERS[number % len(CUSTOMERS)])
        await run(service, repair=True)
    for writer in writers:
        writer.cancel()
    await asyncio.gather(*writers, return_exceptions=True)

    assert (await run(service, repair=True)).is_sound
    assert not any([await is_marked(connection, customer) for customer in CUSTOMERS])
    await require_sound(connection)
    assert await gaps(connection) == []


async def test_all_is_looked_at_in_one_instant_and_nobody_waits_for_it(
    service: Service, connection: Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    await written(service, *CUSTOMERS)
    survey = drift.survey

    async def survey_then_write(lent: Any) -> tuple[int, list[str]]:
        seen = await survey(lent)
        # The snapshot is taken and its transaction open: these must neither wait nor be seen.
        assert (await service.check("C1", "SO-9", "1.00"))["outcome"] in {"pass", "hold"}
        await service.item("C2", "I9", "9.00", due_on="2026-10-31")
        await service.customer("C4")
        return seen

    monkeypatch.setattr(drift, "survey", survey_then_write)
    found = await run(service)
    assert (found.accounts, found.drifting) == (3, [])
    await require_sound(connection)
