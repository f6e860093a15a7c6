"""A parcel that waits for an account sees what the one before it has written there."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import date

import pytest
from deadline.watching import locked, until_waiting
from support.service import Service, a_service
from support.tables import Connection, require_sound

from app.credit.item import ItemKind, OpenItem
from app.credit.posting import Effect
from app.desk.intake import Intake, Parcel
from app.desk.statements import StateItem
from app.settings import Settings
from app.wiring import wired_importer

WAITS = ("lock_timeout_s", "statement_timeout_s", "deadline_s", "bulk_deadline_s")


@pytest.fixture
async def patient(settings: Settings) -> AsyncIterator[Service]:
    """A service that waits for a lock as long as it takes, with a customer who owes nothing."""
    async with a_service(settings.model_copy(update=dict.fromkeys(WAITS, 20.0))) as service:
        await service.customer("C1")
        yield service


@asynccontextmanager
async def _an_intake(settings: Settings) -> AsyncIterator[Intake]:
    """What takes parcels, as patient."""
    importer = wired_importer(settings.model_copy(update=dict.fromkeys(WAITS, 20.0)))
    await importer.work.database.open()
    yield importer.intake
    await importer.work.database.close()


@pytest.mark.parametrize(
    ("version", "expected"), [(1, (Effect.OUTDATED, 20_00)), (3, (Effect.APPLIED, 30_00))]
)
async def test_the_first_item_of_an_account_is_seen_by_who_waited_for_it(
    patient: Service,
    connection: Connection,
    settings: Settings,
    version: int,
    expected: tuple[Effect, int],
) -> None:
    parcel = Parcel({"C1": [_invoice(version, 30_00)]}, {"import": "imp_1"})
    async with _an_intake(settings) as intake:
        async with locked(settings.database_url, "C1"):
            item = patient.item("C1", "RE-1", "20.00", version=2, due_on="2030-01-31")
            stating = asyncio.create_task(item)
            await until_waiting(connection)
            taking = asyncio.create_task(intake.take(parcel))
            await until_waiting(connection, number=2)
        await stating
        taken = await taking
    found = await connection.fetchval("SELECT amount_minor FROM open_item")
    assert (*taken["C1"].effects, found) == expected
    await require_sound(connection)


def _invoice(version: int, cents: int) -> StateItem:
    due_on = date(2030, 1, 31)
    item = OpenItem("C1", "RE-1", ItemKind.INVOICE, cents, "EUR", due_on=due_on, version=version)
    return StateItem(item)
