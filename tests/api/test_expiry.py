"""A reservation stops counting at the instant of its expiry, not when a worker comes round."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from support.service import a_service
from support.tables import Connection, require_sound

from app.settings import Settings

NOW = datetime.now(UTC).replace(microsecond=0)
EXPIRY = NOW + timedelta(minutes=60)
INSTANT = timedelta(microseconds=1)


async def reserved(settings: Settings, amount: str = "60.00") -> None:
    async with a_service(settings, fixed_now=NOW) as service:
        await service.customer("C1", limit="100.00")
        answer = await service.check("C1", "SO-1", amount)
        expires_at = datetime.fromisoformat(answer["reservation"]["expires_at"])
        assert expires_at == EXPIRY


def outcome(answer: Any) -> tuple[str, str]:
    return answer["outcome"], answer["exposure"]["before"]


@pytest.mark.parametrize(
    ("moment", "before", "told"),
    [
        (EXPIRY - INSTANT, "60.00", "hold"),
        (EXPIRY, "0.00", "pass"),
        (EXPIRY + INSTANT, "0.00", "pass"),
    ],
)
async def test_it_counts_until_that_instant_and_no_longer(
    settings: Settings, connection: Connection, moment: datetime, before: str, told: str
) -> None:
    await reserved(settings)
    async with a_service(settings, fixed_now=moment) as service:
        assert (await service.account("C1"))["exposure"]["reservations"] == before
        assert outcome(await service.preview("C1", "SO-2", "50.00")) == (told, before)
        assert outcome(await service.check("C1", "SO-2", "50.00")) == (told, before)
        await require_sound(connection)


async def test_an_order_whose_reservation_lapsed_is_decided_anew(
    settings: Settings, connection: Connection
) -> None:
    await reserved(settings)
    async with a_service(settings, fixed_now=EXPIRY) as service:
        await service.item("C1", "I1", "90.00")
        answer = await service.check("C1", "SO-1", "60.00", revision=2)
        assert (answer["outcome"], answer["reasons"][0]["code"]) == ("hold", "limit_exceeded")
        await require_sound(connection)


async def test_a_lapsed_reservation_that_is_confirmed_after_all_counts_if_the_rules_still_say_yes(
    settings: Settings, connection: Connection
) -> None:
    await reserved(settings)
    async with a_service(settings, fixed_now=EXPIRY) as service:
        stated = await service.order("C1", "SO-1", "60.00")
        assert (stated["state"], stated["counted"], stated["hold"]) == ("open", "60.00", None)
        await require_sound(connection)


async def test_a_lapsed_reservation_that_is_confirmed_too_late_is_held(
    settings: Settings, connection: Connection
) -> None:
    await reserved(settings)
    async with a_service(settings, fixed_now=EXPIRY) as service:
        await service.check("C1", "SO-2", "70.00")
        stated = await service.order("C1", "SO-1", "60.00")
        assert (stated["state"], stated["counted"]) == ("held", "0.00")
        assert (await service.account("C1"))["exposure"]["total"] == "70.00"
        await require_sound(connection)


async def test_a_stated_order_never_lapses(settings: Settings) -> None:
    await reserved(settings)
    async with a_service(settings, fixed_now=NOW) as service:
        await service.order("C1", "SO-1", "60.00")
    async with a_service(settings, fixed_now=EXPIRY) as service:
        assert (await service.account("C1"))["exposure"]["total"] == "60.00"
        answer = await service.check("C1", "SO-1", "60.00", revision=2)
        assert answer["reasons"][-1]["code"] == "release_applied"


async def test_what_an_earlier_revision_was_granted_does_not_lapse_while_a_newer_one_is_held(
    settings: Settings,
) -> None:
    await reserved(settings)
    async with a_service(settings, fixed_now=NOW) as service:
        assert (await service.check("C1", "SO-1", "120.00", revision=2))["outcome"] == "hold"
    async with a_service(settings, fixed_now=EXPIRY) as service:
        assert (await service.account("C1"))["exposure"]["reservations"] == "60.00"


async def test_a_lapsed_order_is_listed_as_expired(settings: Settings) -> None:
    await reserved(settings)
    async with a_service(settings, fixed_now=EXPIRY) as service:
        [order] = (await service.get("/v1/customers/C1/orders"))["items"]
        assert (order["state"], order["reserved"]) == ("expired", "0.00")


async def test_the_policy_says_for_how_long_credit_is_reserved(settings: Settings) -> None:
    async with a_service(settings, fixed_now=NOW) as service:
        await service.put("/v1/policies/standard", reservation_minutes=5)
        await service.customer("C1", limit="100.00")
        await service.check("C1", "SO-1", "60.00")
    async with a_service(settings, fixed_now=NOW + timedelta(minutes=5)) as service:
        assert (await service.account("C1"))["headroom"] == "100.00"


async def test_the_business_day_decides_what_is_overdue(settings: Settings) -> None:
    late_evening = NOW.replace(hour=23, minute=30)
    today = late_evening.date()
    in_utc = settings.model_copy(update={"time_zone": "UTC"})
    in_berlin = settings.model_copy(update={"time_zone": "Europe/Berlin"})
    async with a_service(settings, fixed_now=late_evening) as service:
        await service.customer("C1")
        await service.item("C1", "I1", "80.00", due_on=(today - timedelta(3)).isoformat())
    seen = []
    for zone in (in_utc, in_berlin):
        async with a_service(zone, fixed_now=late_evening) as service:
            seen.append((await service.account("C1"))["exposure"]["overdue"])
    assert seen == ["0.00", "80.00"]
