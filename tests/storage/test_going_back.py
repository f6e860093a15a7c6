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


@pytest.fixture
async def before_0011(booked: str) -> str:
    """The same as 0010 had it: a cancelled invoice kept what it once took off its order."""
    await asyncio.to_thread(schema.migrate, booked, "0010", direction="down")
    await rows(booked, "UPDATE open_item SET invoiced_minor = 2000 WHERE cancelled")
    assert await told(booked) == [("PAID", 3000, False), ("WRONG", 2000, False)]
    return booked


async def told(url: str) -> list[tuple[object, ...]]:
    return [tuple(row) for row in await rows(url, INVOICES)]


async def test_before_0008_a_cancelled_invoice_takes_nothing_off_its_order(
    before_0011: str,
) -> None:
    await asyncio.to_thread(schema.migrate, before_0011, "0007", direction="down")
    assert await told(before_0011) == [("PAID", 3000, False), ("WRONG", 0, False)]
    await asyncio.to_thread(schema.migrate, before_0011)
    cancelled = await rows(before_0011, "SELECT count(*) FROM open_item WHERE cancelled")
    assert [tuple(row) for row in cancelled] == [(0,)]
    # What the order has back it keeps, and nothing gives it back once more.
    assert await open_after_one_more_cancellation(before_0011) == ("70.00", "70.00")


async def test_from_0011_on_a_cancelled_invoice_takes_nothing_by_itself(before_0011: str) -> None:
    await asyncio.to_thread(schema.migrate, before_0011)
    assert await told(before_0011) == [("PAID", 3000, False), ("WRONG", 0, False)]
    assert await open_after_one_more_cancellation(before_0011) == ("70.00", "70.00")


async def open_after_one_more_cancellation(url: str) -> tuple[str, str]:
    """Give the open orders before and after the cancelled invoice is cancelled again."""
    settings = Settings.model_validate({"database_url": url, "api_key": KEY})
    async with a_service(settings) as service:
        before = (await service.account("C1"))["exposure"]["open_orders"]
        await service.delete("/v1/customers/C1/open-items/WRONG", cancelled="true")
        return before, (await service.account("C1"))["exposure"]["open_orders"]
