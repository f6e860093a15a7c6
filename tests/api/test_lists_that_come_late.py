"""A whole list that comes late: by the instant it tells of, it is known to be older."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from api.ledger_lines import counts, item
from support.service import Service
from support.tables import Connection, dump, require_sound

NOW = datetime.now(UTC)
EARLY, LATE = ((NOW - timedelta(minutes=m)).isoformat() for m in (60, 30))


def document(kind: str, ref: str, **more: Any) -> dict[str, Any]:
    said = {"ref": ref, "amount": "10.00", "currency": "EUR"} | more
    return said | {"kind": "invoice"} if kind == "items" else said


async def put(service: Service, kind: str, *refs: str, customer: str = "C1", **query: Any) -> Any:
    path = f"/v1/customers/{customer}/{'open-items' if kind == 'items' else 'orders'}"
    body = {kind: [document(kind, ref) for ref in refs]}
    answer = await service.client.put(path, json=body, params=query)
    assert answer.is_success, answer.text
    return answer.json()


async def owed(service: Service, customer: str = "C1") -> tuple[str, str]:
    exposure = (await service.account(customer))["exposure"]
    return exposure["invoices"], exposure["open_orders"]


def moment(text: str) -> datetime:
    return datetime.fromisoformat(text)


@pytest.fixture(autouse=True)
async def known(service: Service) -> Service:
    await service.customer("C1")
    return service


@pytest.mark.parametrize("kind", ["items", "orders"])
async def test_an_older_list_does_not_open_what_a_newer_one_cleared(
    service: Service, connection: Connection, kind: str
) -> None:
    await put(service, kind, "A", "B", "C", "D", as_of=EARLY)
    await put(service, kind, "A", "B", "C", as_of=LATE)
    before = await dump(connection)
    again = await put(service, kind, "A", "B", "C", "D", as_of=EARLY)
    assert (again["effect"], again["outdated"], again["applied"], again["cleared"]) == (
        "outdated", 4, 0, 0,
    )  # fmt: skip
    assert abs(moment(again["newer_as_of"]) - moment(LATE)) < timedelta(seconds=1)
    assert await dump(connection) == before
    await require_sound(connection)


@pytest.mark.parametrize("kind", ["items", "orders"])
async def test_a_list_of_the_same_instant_or_of_a_later_one_is_taken(
    service: Service, kind: str
) -> None:
    seen = []
    for refs, as_of in (("ABCD", EARLY), ("ABCD", EARLY), ("ABCDE", EARLY), ("ABCD", LATE)):
        seen.append((await put(service, kind, *refs, as_of=as_of))["effect"])
    assert seen == ["applied", "unchanged", "applied", "applied"]


async def test_an_older_list_needs_no_word_as_it_clears_nothing(service: Service) -> None:
    await put(service, "items", *"ABCDEF", as_of=LATE)
    assert (await put(service, "items", as_of=EARLY))["effect"] == "outdated"


async def test_lists_of_other_kinds_sources_and_customers_have_instants_of_their_own(
    service: Service, connection: Connection
) -> None:
    await service.customer("C2", account="C1", limit=None)
    await put(service, "items", "A", as_of=LATE)
    others = [
        await put(service, "orders", "SO-1", as_of=EARLY),
        await put(service, "items", "B", as_of=EARLY, source="shop"),
        await put(service, "items", "C", as_of=EARLY, customer="C2"),
    ]
    assert [other["effect"] for other in others] == ["applied"] * 3
    assert await owed(service) == ("30.00", "10.00")
    await require_sound(connection)


async def test_a_list_that_says_no_instant_is_taken_as_it_comes(service: Service) -> None:
    await put(service, "items", "A", as_of=LATE)
    taken = await put(service, "items", "A", "B")
    assert (taken["effect"], taken["newer_as_of"]) == ("applied", None)


async def test_an_instant_moves_with_its_customer(service: Service) -> None:
    await put(service, "items", *"ABCD", as_of=EARLY)
    await put(service, "items", *"ABC", as_of=LATE)
    await service.customer("C2")
    await service.customer("C1", account="C2", limit=None)
    assert (await put(service, "items", *"ABCD", as_of=EARLY))["effect"] == "outdated"
    assert (await owed(service, "C2"))[0] == "30.00"


async def test_lists_that_lie_a_little_ahead_keep_their_order_and_years_do_no_harm(
    service: Service,
) -> None:
    ahead = [datetime.now(UTC) + timedelta(seconds=s) for s in (120, 60)]
    first, second = [await put(service, "items", "A", as_of=as_of.isoformat()) for as_of in ahead]
    assert (first["effect"], second["effect"]) == ("applied", "outdated")
    await service.customer("C2")
    far = (datetime.now(UTC) + timedelta(days=900)).isoformat()
    await put(service, "items", "A", customer="C2", as_of=far)
    now = (datetime.now(UTC) + timedelta(seconds=1)).isoformat()
    later = await put(service, "items", "B", "A", customer="C2", as_of=now)
    assert later["effect"] == "applied"


async def test_a_list_says_of_its_source_what_a_bulk_body_says(service: Service) -> None:
    await put(service, "items", "A", source="erp", as_of=LATE, sequence=1)
    await put(service, "items", "A", source="erp", as_of=EARLY, sequence=3)
    found = await service.get("/v1/sources/erp")
    assert (found["sequence"], found["gaps"]) == (3, [{"from": 2, "to": 2}])
    assert abs(moment(found["as_of"]) - moment(LATE)) < timedelta(seconds=1)


async def test_an_outdated_list_makes_nothing_fresher(
    service: Service, connection: Connection
) -> None:
    await put(service, "items", "A", source="erp", as_of=LATE)
    await connection.execute("UPDATE source SET stated_at = stated_at - interval '1 hour'")
    before = await service.get("/v1/sources/erp")
    await put(service, "items", "A", source="erp", as_of=EARLY)
    assert await service.get("/v1/sources/erp") == before


async def test_statements_one_by_one_go_by_their_versions_and_not_by_lists(
    service: Service,
) -> None:
    await put(service, "items", "A", as_of=LATE)
    answer = await service.send_ledger(item("C1", "B"), source="default", as_of=EARLY)
    assert counts(answer.json())["applied"] == 1


@pytest.mark.parametrize("kind", ["items", "orders"])
async def test_a_late_list_leaves_alone_what_was_stated_since_one_by_one(
    service: Service, connection: Connection, kind: str
) -> None:
    one = {"put": "open_item" if kind == "items" else "order", "customer": "C1", "version": 7}
    await put(service, kind, "OLD", as_of=EARLY)
    line = one | document(kind, "NEW")
    assert (await service.ledger(line, as_of=LATE))["applied"] == 1
    between = (NOW - timedelta(minutes=45)).isoformat()

    assert (await put(service, kind, "OLD", as_of=between))["cleared"] == 0
    assert (await service.ledger(line, as_of=LATE))["unchanged"] == 1
    assert await owed(service) == (("20.00", "0.00") if kind == "items" else ("0.00", "20.00"))
    # A list that is no earlier than all that was told is the last word.
    assert (await put(service, kind, "OLD", as_of=NOW.isoformat()))["cleared"] == 1
    await require_sound(connection)


async def test_a_late_list_does_not_open_what_was_cleared_since(service: Service) -> None:
    await put(service, "items", "A", as_of=EARLY)
    await service.ledger({"delete": "open_item", "customer": "C1", "ref": "A"}, as_of=LATE)
    between = (NOW - timedelta(minutes=45)).isoformat()
    assert (await put(service, "items", "A", as_of=between))["outdated"] == 1
    assert await owed(service) == ("0.00", "0.00")
