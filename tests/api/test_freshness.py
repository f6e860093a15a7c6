from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from support.service import Service, refusal
from support.tables import Connection


async def stated(service: Service, source: str, *, minutes_ago: int) -> None:
    """Have a source say that what it has stated reaches up to then."""
    as_of = datetime.now(UTC) - timedelta(minutes=minutes_ago)
    response = await service.send_ledger(source=source, as_of=as_of.isoformat())
    assert response.is_success, response.text


async def watched(service: Service, *names: str) -> None:
    for name in names:
        await service.put(f"/v1/sources/{name}", expected_interval_minutes=60)


def age_minutes(answer: Any) -> int:
    """Give how old a check's data were when it was decided."""
    as_of, now = answer["data"]["as_of"], answer["decided_at"]
    return (datetime.fromisoformat(now) - datetime.fromisoformat(as_of)) // timedelta(minutes=1)


def reasons(answer: Any) -> list[tuple[str, str]]:
    return [(reason["code"], reason["mode"]) for reason in answer["reasons"]]


@pytest.fixture
async def known(service: Service, connection: Connection) -> Service:
    """A service with a customer whom no source has spoken about."""
    await service.customer("C1")
    await connection.execute("DELETE FROM source")
    return service


async def test_where_no_source_is_watched_the_newest_tells_how_old_the_data_are(
    known: Service,
) -> None:
    assert (await known.preview("C1", "SO-1", "1.00"))["data"] == {"as_of": None, "stale": False}
    await stated(known, "sap", minutes_ago=90)
    await stated(known, "bank", minutes_ago=30)
    await stated(known, "shop", minutes_ago=60)
    assert age_minutes(await known.preview("C1", "SO-1", "1.00")) == 30


async def test_of_watched_sources_the_oldest_tells_how_old_the_data_are(known: Service) -> None:
    await stated(known, "sap", minutes_ago=90)
    await stated(known, "bank", minutes_ago=30)
    await stated(known, "old", minutes_ago=600)
    await known.item("C1", "I1", "1.00")
    await watched(known, "sap", "bank")
    assert age_minutes(await known.preview("C1", "SO-1", "1.00")) == 90
    await stated(known, "sap", minutes_ago=10)
    assert age_minutes(await known.preview("C1", "SO-1", "1.00")) == 30


async def test_what_a_watched_source_never_told_grows_old_from_when_it_is_watched(
    known: Service, connection: Connection
) -> None:
    await known.policy(data_stale={"max_age_minutes": 60, "hard_after_minutes": 120})
    await stated(known, "bank", minutes_ago=30)
    await watched(known, "sap", "bank")
    assert age_minutes(await known.preview("C1", "SO-1", "1.00")) == 30
    seen = []
    for minutes in (61, 60):
        await connection.execute(
            "UPDATE source SET watched_since = watched_since - make_interval(mins => $1)", minutes
        )
        await watched(known, "sap")
        answer = await known.preview("C1", "SO-1", "1.00")
        seen.append((age_minutes(answer), answer["outcome"], reasons(answer)))
    assert seen == [
        (61, "warning", [("data_stale", "soft")]),
        (121, "hold", [("data_stale", "hard")]),
    ]
    await known.client.put("/v1/sources/sap", json={"expected_interval_minutes": None})
    assert age_minutes(await known.preview("C1", "SO-1", "1.00")) == 30
    # Who sets it up once more does not silence it.
    await watched(known, "sap")
    assert age_minutes(await known.preview("C1", "SO-1", "1.00")) == 121


async def test_old_data_warn_first_and_hold_later(known: Service) -> None:
    await known.policy(data_stale={"max_age_minutes": 60, "hard_after_minutes": 120})
    await watched(known, "sap")
    seen = []
    for minutes_ago in (121, 120, 60):
        await stated(known, "sap", minutes_ago=minutes_ago)
        answer = await known.preview("C1", "SO-1", "1.00")
        seen.append((answer["outcome"], reasons(answer), answer["data"]["stale"]))
    assert seen == [
        ("hold", [("data_stale", "hard")], True),
        ("warning", [("data_stale", "soft")], True),
        ("pass", [], False),
    ]


async def test_data_that_hold_say_how_old_they_are_and_may_be(known: Service) -> None:
    await known.policy(data_stale={"max_age_minutes": 60, "hard_after_minutes": 120})
    await stated(known, "sap", minutes_ago=121)
    assert (await known.check("C1", "SO-1", "1.00"))["reasons"] == [
        {
            "code": "data_stale",
            "mode": "hard",
            "observed": "121",
            "threshold": "120",
            "unit": "minutes",
            "message": "Age of the data on open items: 121 minutes; allowed: 120 minutes.",
            "advice": ["feed_data"],
        }
    ]


@pytest.mark.parametrize("hard_after", [1, 1440])
async def test_data_may_not_hold_before_they_warn(service: Service, hard_after: int) -> None:
    rules = {"data_stale": {"hard_after_minutes": hard_after}}
    response = await service.client.put("/v1/policies/standard", json={"rules": rules})
    pointer = "/rules/data_stale/hard_after_minutes"
    assert refusal(response) == (422, "invalid_request", [(pointer, "too_small")])


async def test_a_drifting_account_warns_since_when_until_it_is_sound_again(
    known: Service, connection: Connection
) -> None:
    await known.customer("C2")
    # Late in the evening of London, and the next day in Berlin.
    await connection.execute(
        "UPDATE credit_account SET drift_found_at = '2026-03-01 23:30+00' WHERE ref = 'C1'"
    )
    drifting, sound = (
        await known.check("C1", "SO-1", "1.00"),
        await known.check("C2", "SO-2", "1.00"),
    )
    assert (drifting["outcome"], drifting["reasons"]) == (
        "warning",
        [
            {
                "code": "totals_drift",
                "mode": "soft",
                "observed": "2026-03-02",
                "threshold": None,
                "unit": "date",
                "message": "Since 2026-03-02 the account's totals differ from its documents.",
                "advice": ["reconcile"],
            }
        ],
    )
    assert (sound["outcome"], sound["reasons"]) == ("pass", [])
    await connection.execute("UPDATE credit_account SET drift_found_at = NULL")
    assert (await known.check("C1", "SO-3", "1.00"))["outcome"] == "pass"
