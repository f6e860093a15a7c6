"""A reservation stops counting at its very instant, by the clock alone: no worker runs here."""

from datetime import timedelta

import asyncpg
from life.order_book import (
    NOON,
    RESERVED_FOR,
    an_order,
    at,
    give_back,
    hold_states,
    order_of,
    tied_up,
)

from app.settings import Settings

INSTANT = NOON + RESERVED_FOR
JUST_BEFORE = INSTANT - timedelta(microseconds=1)
LATER = INSTANT + timedelta(hours=3)


async def _reserved(settings: Settings, amount: str = "60.00") -> str:
    async with at(settings, NOON) as service:
        await service.customer("C1", limit="100.00")
        check_id: str = (await service.check("C1", "SO-1", amount))["id"]
    return check_id


async def test_it_counts_until_a_microsecond_before_and_not_at_the_instant(
    settings: Settings,
) -> None:
    await _reserved(settings)

    async with at(settings, JUST_BEFORE) as service:
        before = await tied_up(service)
        held = await service.preview("C1", "SO-2", "50.00")
    async with at(settings, INSTANT) as service:
        after = await tied_up(service)
        passed = await service.preview("C1", "SO-2", "50.00")

    assert (before, after) == (("0.00", "60.00", "40.00"), ("0.00", "0.00", "100.00"))
    assert (held["outcome"], passed["outcome"]) == ("hold", "pass")


async def test_credit_that_lapsed_is_granted_again_only_once(
    settings: Settings, connection: "asyncpg.Connection[asyncpg.Record]"
) -> None:
    await _reserved(settings)

    async with at(settings, INSTANT) as service:
        second = await service.check("C1", "SO-2", "85.00")
        third = await service.check("C1", "SO-3", "20.00")

        assert (second["outcome"], third["outcome"]) == ("pass", "hold")
        assert await tied_up(service) == ("0.00", "85.00", "15.00")
    stored = await connection.fetchval("SELECT reservations_minor FROM credit_account")
    assert stored == 85_00


async def test_an_order_whose_reservation_lapsed_shows_as_expired(settings: Settings) -> None:
    await _reserved(settings)

    async with at(settings, LATER) as service:
        unswept = await order_of(service)
        await service.check("C1", "SO-2", "1.00")
        swept = await order_of(service)

    assert swept == an_order("expired")
    assert unswept == swept


async def test_a_late_statement_is_granted_again_where_it_still_fits(settings: Settings) -> None:
    await _reserved(settings)

    async with at(settings, LATER) as service:
        stated = await service.order("C1", "SO-1", "60.00")

        assert (stated["state"], stated["counted"], stated["hold"]) == ("open", "60.00", None)
        assert await tied_up(service) == ("60.00", "0.00", "40.00")


async def test_a_late_statement_that_no_longer_fits_is_held_and_does_not_count(
    settings: Settings,
) -> None:
    await _reserved(settings)

    async with at(settings, LATER) as service:
        await service.check("C1", "SO-2", "70.00")
        stated = await service.order("C1", "SO-1", "60.00")

        assert (stated["state"], stated["counted"]) == ("held", "0.00")
        assert await hold_states(service) == [("SO-1", "open")]
        assert await tied_up(service) == ("0.00", "70.00", "30.00")


async def test_a_statement_at_the_last_microsecond_takes_the_reservation_over(
    settings: Settings,
) -> None:
    await _reserved(settings)

    async with at(settings, JUST_BEFORE) as service:
        await service.order("C1", "SO-1", "60.00")
    async with at(settings, LATER) as service:
        assert await order_of(service) == an_order("open", counted="60.00")
        assert await tied_up(service) == ("60.00", "0.00", "40.00")


async def test_an_increase_that_lapses_leaves_the_open_order(settings: Settings) -> None:
    await _reserved(settings)

    async with at(settings, NOON) as service:
        await service.order("C1", "SO-1", "60.00")
        await service.check("C1", "SO-1", "85.00", revision=2)
        assert await tied_up(service) == ("60.00", "25.00", "15.00")
    async with at(settings, INSTANT) as service:
        assert await tied_up(service) == ("60.00", "0.00", "40.00")


async def test_a_new_revision_after_the_expiry_is_decided_anew(settings: Settings) -> None:
    await _reserved(settings)

    async with at(settings, LATER) as service:
        await service.check("C1", "SO-2", "70.00")
        answer = await service.check("C1", "SO-1", "60.00", revision=2)

    assert (answer["outcome"], answer["exposure"]["before"]) == ("hold", "70.00")


async def test_the_same_revision_after_the_expiry_still_gets_its_old_answer(
    settings: Settings,
) -> None:
    check_id = await _reserved(settings)

    async with at(settings, LATER) as service:
        again = await service.check("C1", "SO-1", "60.00")
        assert await tied_up(service) == ("0.00", "0.00", "100.00")

    assert again["id"] == check_id


async def test_what_an_earlier_revision_was_granted_does_not_lapse_while_the_new_one_is_held(
    settings: Settings,
) -> None:
    await _reserved(settings)
    async with at(settings, JUST_BEFORE) as service:
        await service.check("C1", "SO-1", "110.00", revision=2)

    async with at(settings, LATER) as service:
        assert await tied_up(service) == ("0.00", "60.00", "40.00")


async def test_nothing_is_left_to_give_back_after_the_expiry(settings: Settings) -> None:
    check_id = await _reserved(settings)

    async with at(settings, INSTANT) as service:
        assert await give_back(service, check_id) == (200, False)
        assert await tied_up(service) == ("0.00", "0.00", "100.00")
