import pytest
from support.service import Service
from support.tables import Connection

from app.desk import figures

UP = "creditgate_database_up 1.0"
NOTHING_WAITS = [
    "creditgate_outbox_waiting 0.0",
    "creditgate_outbox_oldest_seconds 0.0",
    "creditgate_outbox_dead 0.0",
]


@pytest.fixture(autouse=True)
def _read_at_every_scrape(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(figures, "KEPT_S", 0.0)


async def scraped(service: Service) -> list[str]:
    """Give the samples, as anybody without a key gets them."""
    response = await service.client.get("/metrics", headers={"authorization": ""})
    assert response.status_code == 200
    assert response.headers["content-type"] == "text/plain; version=0.0.4; charset=utf-8"
    return [line for line in response.text.splitlines() if not line.startswith("#")]


async def test_where_nothing_was_stated_there_are_no_series_of_sources(service: Service) -> None:
    assert await scraped(service) == [
        UP,
        "creditgate_sources 0.0",
        "creditgate_drifting_accounts 0.0",
        *NOTHING_WAITS,
    ]


async def test_a_silent_source_a_gap_and_a_drifting_account_show(
    service: Service, connection: Connection
) -> None:
    await service.customer("C1")
    await service.customer("C2")
    await service.put("/v1/sources/bank", expected_interval_minutes=60)
    await service.put("/v1/sources/sap", expected_interval_minutes=60)
    for number in (2, 5):
        await service.send_ledger(source="sap", sequence=number)
    await connection.execute(
        "UPDATE source SET stated_at = clock_timestamp() - interval '3601 s' WHERE name = 'sap'"
    )
    await connection.execute("DELETE FROM source WHERE name = 'default'")
    await connection.execute(
        "UPDATE source SET watched_since = clock_timestamp() - interval '61 min'"
        " WHERE name = 'bank'"
    )
    await connection.execute("UPDATE credit_account SET drift_found_at = now() WHERE ref = 'C1'")
    assert await scraped(service) == [
        UP,
        'creditgate_source_age_seconds{source="sap"} 3601.0',
        'creditgate_source_silent{source="bank"} 1.0',
        'creditgate_source_silent{source="sap"} 1.0',
        'creditgate_source_gaps{source="bank"} 0.0',
        'creditgate_source_gaps{source="sap"} 2.0',
        "creditgate_sources 2.0",
        "creditgate_drifting_accounts 1.0",
        *NOTHING_WAITS,
    ]


async def test_what_nobody_was_told_yet_shows_with_its_age_and_what_was_given_up(
    service: Service, connection: Connection
) -> None:
    await service.customer("C1", limit="1.00")
    for number in range(3):
        await service.check("C1", f"SO-{number}", "60.00")
    await connection.execute("UPDATE outbox SET occurred_at = occurred_at - interval '90 s'")
    await connection.execute(
        "INSERT INTO delivery (account, id, event_id, channel, audience, receiver, state,"
        " queued_at, next_at, done_at) SELECT 'C1', 'dlv_' || state, id, 'mail', 'credit', state,"
        " state, now(), now(), CASE WHEN state <> 'waiting' THEN now() END"
        " FROM (SELECT id FROM outbox LIMIT 1) fact, unnest(ARRAY['waiting', 'delivered',"
        " 'dead']) state"
    )
    told = dict(line.split(" ") for line in await scraped(service) if "outbox" in line)
    assert float(told.pop("creditgate_outbox_oldest_seconds")) >= 90
    assert told == {"creditgate_outbox_waiting": "4.0", "creditgate_outbox_dead": "1.0"}


async def test_of_many_sources_the_first_hundred_have_series_those_waited_for_before_others(
    service: Service, connection: Connection
) -> None:
    await connection.execute(
        "INSERT INTO source (name, stated_at)"
        " SELECT 'S' || n, now() FROM generate_series(1, 150) n"
    )
    await service.put("/v1/sources/zzz", expected_interval_minutes=60)
    samples = await scraped(service)
    silent = [line for line in samples if line.startswith("creditgate_source_silent")]
    assert (len(silent), silent[0]) == (100, 'creditgate_source_silent{source="zzz"} 0.0')
    assert "creditgate_sources 151.0" in samples


async def test_a_database_that_is_away_gives_no_figures_and_says_so(service: Service) -> None:
    await service.client.put("/v1/sources/sap", json={"expected_interval_minutes": 60})
    assert len(await scraped(service)) > 1
    await service.app.state.desk.database.close()
    assert await scraped(service) == ["creditgate_database_up 0.0"]


async def test_figures_are_read_once_for_all_who_ask_within_a_moment(
    service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(figures, "KEPT_S", 60.0)
    before = await scraped(service)
    await service.put("/v1/sources/sap", expected_interval_minutes=60)
    assert await scraped(service) == before
