from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from api.ledger_lines import counts, customer, delete, item, problems
from support.service import Service, refusal
from support.tables import Connection, dump

AN_HOUR = {"expected_interval_minutes": 60}


async def feed(service: Service, *lines: Any, **said: Any) -> Any:
    """Post statements in bulk with what their source says of them."""
    response = await service.send_ledger(*lines, **said)
    assert response.is_success, response.text
    return response.json()


async def gaps_of(service: Service, source: str) -> tuple[int | None, list[tuple[int, int]]]:
    """Give the highest number seen and the ranges that never came."""
    found = await service.get(f"/v1/sources/{source}")
    return found["sequence"], [(gap["from"], gap["to"]) for gap in found["gaps"]]


def ago(**time: float) -> str:
    return (datetime.now(UTC) - timedelta(**time)).isoformat()


async def test_a_source_that_was_never_heard_of_is_not_there(service: Service) -> None:
    response = await service.client.get("/v1/sources/sap")
    assert refusal(response) == (404, "source_unknown", [])
    assert await service.get("/v1/sources") == {"items": [], "next_cursor": None}


async def test_a_source_that_is_waited_for_is_silent_once_its_interval_has_passed(
    service: Service, connection: Connection
) -> None:
    response = await service.client.put("/v1/sources/sap", json=AN_HOUR)
    since = response.json()["watched_since"]
    assert timedelta() <= datetime.now(UTC) - datetime.fromisoformat(since) < timedelta(minutes=1)
    assert (response.status_code, response.json()) == (
        201,
        {
            "name": "sap",
            "stated_at": None,
            "as_of": None,
            "age_minutes": None,
            "sequence": None,
            "gaps": [],
            "gaps_exact": True,
            "expected_interval_minutes": 60,
            "watched_since": since,
            "silent": False,
        },
    )
    seen = []
    for minutes in (59, 2):
        await connection.execute(
            "UPDATE source SET watched_since = watched_since - make_interval(mins => $1)", minutes
        )
        seen.append((await service.get("/v1/sources/sap"))["silent"])
    assert seen == [False, True]


async def test_who_sets_a_watch_up_once_more_does_not_silence_it(
    service: Service, connection: Connection
) -> None:
    await service.put("/v1/sources/sap", **AN_HOUR)
    await connection.execute("UPDATE source SET watched_since = watched_since - interval '2 h'")
    kept = await service.put("/v1/sources/sap", expected_interval_minutes=90)
    assert kept["silent"]
    ended = await service.put("/v1/sources/sap", expected_interval_minutes=None)
    assert (ended["watched_since"], ended["silent"]) == (None, False)
    anew = await service.put("/v1/sources/sap", **AN_HOUR)
    assert (anew["watched_since"], anew["silent"]) == (kept["watched_since"], True)


@pytest.mark.parametrize(
    ("body", "place"),
    [
        ({}, ("/expected_interval_minutes", "required")),
        ({"expected_interval_minutes": 0}, ("/expected_interval_minutes", "too_small")),
        ({"expected_interval_minutes": "60"}, ("/expected_interval_minutes", None)),
        (AN_HOUR | {"name": "x"}, ("/name", "unknown_field")),
    ],
)
async def test_an_interval_is_a_whole_number_of_minutes_or_none(
    service: Service, body: Any, place: tuple[str, str | None]
) -> None:
    status, code, [(pointer, found)] = refusal(
        await service.client.put("/v1/sources/sap", json=body)
    )
    assert (status, code, pointer) == (422, "invalid_request", place[0])
    assert place[1] in {None, found}


async def test_every_statement_marks_its_source_and_default_where_it_names_none(
    service: Service,
) -> None:
    await service.customer("C1", limit=None)
    path, body = "/v1/customers/C1/open-items/I1", {"kind": "invoice", "amount": "5.00"}
    order = {"amount": "5.00", "currency": "EUR"}
    for method, at, sent, source in (
        ("PUT", path, body | {"currency": "EUR"}, "sap"),
        ("DELETE", path, None, "bank"),
        ("PUT", "/v1/customers/C1/orders/SO-1", order, "shop/nl"),
        ("DELETE", "/v1/customers/C1/orders/SO-1", None, "crm"),
    ):
        response = await service.client.request(method, at, json=sent, params={"source": source})
        assert response.is_success, response.text
    await feed(service, item("C1", "I2"), source="files")
    await service.item("C1", "I3", "1.00")
    listed = (await service.get("/v1/sources"))["items"]
    told = [(s["name"], s["age_minutes"], s["as_of"], s["silent"]) for s in listed]
    assert told == [
        (name, 0, None, False) for name in ("bank", "crm", "default", "files", "sap", "shop/nl")
    ]
    assert (await service.get("/v1/sources/shop%2Fnl"))["name"] == "shop/nl"


async def test_an_item_is_kept_with_the_source_that_stated_it_last(
    service: Service, connection: Connection
) -> None:
    await service.customer("C1")
    await feed(service, item("C1", "I1"), item("C1", "I2"), source="sap")
    await service.client.put(
        "/v1/customers/C1/open-items/I2?source=bank",
        json={"kind": "invoice", "amount": "9.00", "currency": "EUR"},
    )
    rows = await connection.fetch("SELECT ref, source FROM open_item ORDER BY ref")
    assert [tuple(row) for row in rows] == [("I1", "sap"), ("I2", "bank")]


async def test_sources_are_listed_by_name_page_by_page(service: Service) -> None:
    for name in ("c", "a", "b"):
        await service.put(f"/v1/sources/{name}", **AN_HOUR)
    page = await service.get("/v1/sources", limit=2)
    rest = await service.get("/v1/sources", limit=2, cursor=page["next_cursor"])
    names = [[source["name"] for source in part["items"]] for part in (page, rest)]
    assert (names, rest["next_cursor"]) == ([["a", "b"], ["c"]], None)


@pytest.mark.parametrize(
    ("came", "highest", "gaps"),
    [
        ([1, 2, 3], 3, []),
        ([3], 3, [(1, 2)]),
        ([1, 5], 5, [(2, 4)]),
        ([1, 5, 3], 5, [(2, 2), (4, 4)]),
        ([1, 5, 3, 2, 4], 5, []),
        ([1, 5, 9, 4, 5, 1, 9], 9, [(2, 3), (6, 8)]),
        ([9_007_199_254_740_992], 9_007_199_254_740_992, [(1, 9_007_199_254_740_991)]),
    ],
)
async def test_bodies_that_never_came_are_named_until_they_do(
    service: Service, came: list[int], highest: int, gaps: list[tuple[int, int]]
) -> None:
    await service.customer("C1")
    for number in came:
        await feed(service, item("C1", "I1", version=number), source="sap", sequence=number)
    assert await gaps_of(service, "sap") == (highest, gaps)


async def test_more_than_a_hundred_gaps_are_told_as_a_hundred_and_said_to_be_so(
    service: Service,
) -> None:
    for number in range(2, 206, 2):
        await feed(service, source="sap", sequence=number)
    found = await service.get("/v1/sources/sap")
    assert (len(found["gaps"]), found["gaps_exact"]) == (100, False)
    assert [(gap["from"], gap["to"]) for gap in found["gaps"][:3]] == [(1, 5), (7, 7), (9, 9)]
    for number in range(1, 204):
        await feed(service, source="sap", sequence=number)
    mended = await service.get("/v1/sources/sap")
    assert (mended["sequence"], mended["gaps"], mended["gaps_exact"]) == (204, [], True)


async def test_a_body_counts_as_come_though_all_of_it_was_refused_but_makes_nothing_fresher(
    service: Service,
) -> None:
    answer = await feed(service, item("NOBODY", "I1"), source="sap", sequence=1, as_of=ago())
    assert problems(answer) == [(1, "customer_unknown", [])]
    found = await service.get("/v1/sources/sap")
    assert (found["sequence"], found["stated_at"], found["as_of"]) == (1, None, None)


async def test_a_body_that_could_not_be_taken_to_its_end_has_not_come(
    service: Service, connection: Connection
) -> None:
    await service.customer("C1")
    await service.customer("C2")
    lines = [item("C1", "I1"), item("C2", "I2")]
    async with connection.transaction():
        await connection.execute("SELECT FROM credit_account WHERE ref = 'C1' FOR UPDATE")
        answer = await feed(service, *lines, source="sap", sequence=1, as_of=ago())
    assert (counts(answer)["applied"], problems(answer)) == (1, [(1, "unavailable", [])])
    assert (await service.client.get("/v1/sources/sap")).status_code == 404
    assert counts(await feed(service, *lines, source="sap", sequence=1))["unchanged"] == 1
    assert await gaps_of(service, "sap") == (1, [])


async def test_an_empty_body_that_names_its_number_says_that_there_is_nothing_new(
    service: Service,
) -> None:
    as_of = ago(minutes=5)
    assert set(counts(await feed(service, source="sap", sequence=1, as_of=as_of)).values()) == {0}
    found = await service.get("/v1/sources/sap")
    assert (found["sequence"], found["age_minutes"]) == (1, 5)
    assert datetime.fromisoformat(found["as_of"]) <= datetime.fromisoformat(as_of)


async def test_as_of_never_goes_back_and_one_that_lies_ahead_is_taken_for_now(
    service: Service,
) -> None:
    seen = []
    for as_of in (ago(minutes=90), ago(minutes=30), ago(minutes=60), ago(days=-9)):
        await feed(service, source="sap", as_of=as_of)
        seen.append((await service.get("/v1/sources/sap"))["age_minutes"])
    assert seen == [90, 30, 30, 0]


async def test_an_instant_may_name_any_offset(service: Service) -> None:
    await feed(service, source="sap", as_of="2026-01-02T03:04:05.5+05:30")
    assert (await service.get("/v1/sources/sap"))["as_of"] == "2026-01-01T21:34:05.500Z"


@pytest.mark.parametrize(
    ("name", "value", "code"),
    [
        ("as_of", "1700000000", "instant_expected"),
        ("as_of", "2026-11-22", "instant_expected"),
        ("as_of", "2026-11-22T09:00:00", "instant_expected"),
        ("as_of", "2026-11-22T09:00:00 01:00", "instant_expected"),
        ("as_of", "2026-13-22T09:00:00Z", "instant_expected"),
        ("as_of", "0001-01-01T00:00:00+09:00", "instant_out_of_range"),
        ("as_of", "9999-12-31T23:59:59-09:00", "instant_out_of_range"),
        ("sequence", "0", "too_small"),
        ("sequence", "-1", "too_small"),
        ("sequence", "1.5", "whole_number_expected"),
        ("sequence", "9007199254740993", "too_large"),
        ("source", "", "ref_empty"),
        ("source", " sap", "ref_space_at_end"),
        ("sauce", "sap", "unknown_field"),
    ],
)
async def test_what_a_body_says_of_itself_is_checked_before_it_is_taken(
    service: Service, connection: Connection, name: str, value: str, code: str
) -> None:
    await service.customer("C1")
    before = await dump(connection)
    response = await service.send_ledger(item("C1", "I1"), **{name: value})
    problem = response.json()
    assert response.status_code == 422
    assert [(e["code"], e["in"], e["parameter"]) for e in problem["errors"]] == [
        (code, "query", name)
    ]
    assert await dump(connection) == before


async def test_another_number_under_the_same_idempotency_key_is_another_request(
    service: Service,
) -> None:
    headers = {"Content-Type": "application/x-ndjson", "Idempotency-Key": "k1"}
    said = [{"source": "sap", "sequence": number} for number in (1, 1, 2)]
    answers = [
        await service.client.post("/v1/ledger", content=b"", headers=headers, params=one)
        for one in said
    ]
    assert [answer.status_code for answer in answers] == [200, 200, 422]
    assert answers[2].json()["code"] == "idempotency_key_reused"
    assert await gaps_of(service, "sap") == (1, [])


async def test_lines_of_masters_alone_do_not_make_the_data_fresher(service: Service) -> None:
    await feed(service, customer("C1"), delete("open_item", "C1", "NONE"), source="crm")
    assert (await service.get("/v1/sources"))["items"] == []
