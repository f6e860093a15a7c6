"""What a migration's way back makes of rows that the earlier schema cannot hold."""

import asyncio

import pytest
from storage.catalog import rows
from support.service import KEY, a_service

from app.settings import Settings
from app.storage import schema

INVOICES = "SELECT ref, invoiced_minor, cleared_at IS NULL FROM open_item ORDER BY ref"


@pytest.fixture
async def booked(database_url: str) -> str:
    """A database with an order and two invoices for it: one paid, one cancelled."""
    settings = Settings.model_validate({"database_url": database_url, "api_key": KEY})
    async with a_service(settings) as service:
        await service.customer("C1")
        await service.order("C1", "SO-1", "100.00")
        for ref, amount in (("PAID", "30.00"), ("WRONG", "20.00")):
            await service.item("C1", ref, amount, order="SO-1")
        await service.delete("/v1/customers/C1/open-items/PAID")
        await service.delete("/v1/customers/C1/open-items/WRONG", cancelled="true")
        assert (await service.account("C1"))["exposure"]["open_orders"] == "70.00"
    return database_url


async def test_before_0008_a_cancelled_invoice_takes_nothing_off_its_order(booked: str) -> None:
    assert [tuple(row) for row in await rows(booked, INVOICES)] == [
        ("PAID", 3000, False),
        ("WRONG", 2000, False),
    ]
    await asyncio.to_thread(schema.migrate, booked, "0007", direction="down")
    assert [tuple(row) for row in await rows(booked, INVOICES)] == [
        ("PAID", 3000, False),
        ("WRONG", 0, False),
    ]
    await asyncio.to_thread(schema.migrate, booked)
    cancelled = await rows(booked, "SELECT count(*) FROM open_item WHERE cancelled")
    assert [tuple(row) for row in cancelled] == [(0,)]
    settings = Settings.model_validate({"database_url": booked, "api_key": KEY})
    async with a_service(settings) as service:
        # What the order has back it keeps, and nothing gives it back once more.
        assert (await service.account("C1"))["exposure"]["open_orders"] == "70.00"
        await service.delete("/v1/customers/C1/open-items/WRONG", cancelled="true")
        assert (await service.account("C1"))["exposure"]["open_orders"] == "70.00"
