"""Many callers at the same moment, over HTTP: nothing is granted twice, nothing is lost."""

import asyncio
from collections.abc import AsyncIterator
from decimal import Decimal
from typing import Any

import httpx2
import pytest
from support.service import Service, a_service, asked
from support.tables import Connection, require_sound

from app.settings import Settings


@pytest.fixture
async def service(settings: Settings) -> AsyncIterator[Service]:
    """A service patient enough for a queue on two slow cores."""
    waits = ("acquire_timeout_s", "lock_timeout_s", "statement_timeout_s", "deadline_s")
    patient = dict.fromkeys(waits, 20.0)
    async with a_service(settings.model_copy(update=patient)) as running:
        yield running


async def ask(service: Service, body: dict[str, Any]) -> httpx2.Response:
    response = await service.client.post("/v1/checks", json=body)
    assert response.status_code == 200, response.text
    return response


async def ask_all(service: Service, bodies: list[dict[str, Any]]) -> list[Any]:
    responses = await asyncio.gather(*(ask(service, body) for body in bodies))
    return [response.json() for response in responses]


async def seqs(connection: Connection, account: str) -> list[int]:
    rows = await connection.fetch(
        "SELECT seq FROM decision WHERE account = $1 ORDER BY 1", account
    )
    return [row["seq"] for row in rows]


async def test_twenty_at_once_get_ten_times_yes_where_there_is_room_for_ten(
    service: Service, connection: Connection
) -> None:
    await service.customer("C1", limit="100.00")
    before = (await service.account("C1"))["seq"]
    answers = await ask_all(service, [asked("C1", f"SO-{n}", "10.00") for n in range(20)])
    account = await service.account("C1")
    assert sorted(answer["may_ship"] for answer in answers) == [False] * 10 + [True] * 10
    assert (account["exposure"]["reservations"], account["headroom"]) == ("100.00", "0.00")
    told = sorted(answer["account_seq"] for answer in answers)
    assert told == await seqs(connection, "C1") == list(range(before + 1, before + 21))
    await require_sound(connection)


async def test_what_each_answer_saw_is_what_those_before_it_left(service: Service) -> None:
    await service.customer("C1", limit="100.00")
    answers = await ask_all(service, [asked("C1", f"SO-{n}", f"{n}.00") for n in range(1, 21)])
    left = Decimal("100.00")
    for answer in sorted(answers, key=lambda answer: answer["account_seq"]):
        assert Decimal(answer["headroom"]) == left
        amount = Decimal(answer["order"]["amount"])
        assert answer["may_ship"] == (amount <= left)
        left -= amount if answer["may_ship"] else 0


async def test_customers_of_one_account_queue_up_for_the_same_room(
    service: Service, connection: Connection
) -> None:
    for ref in ("C1", "C2", "C3"):
        await service.customer(ref, account="GROUP", limit="50.00")
    bodies = [asked(f"C{1 + n % 3}", f"SO-{n}", "10.00") for n in range(18)]
    answers = await ask_all(service, bodies)
    assert sum(answer["may_ship"] for answer in answers) == 5
    await require_sound(connection)


@pytest.mark.parametrize("amount", ["60.00", "600.00"])
async def test_the_same_check_sent_ten_times_at_once_is_decided_once(
    service: Service, connection: Connection, amount: str
) -> None:
    await service.customer("C1", limit="100.00")
    body = asked("C1", "SO-1", amount)
    responses = await asyncio.gather(*(ask(service, body) for _ in range(10)))
    assert len({response.content for response in responses}) == 1
    assert sum("idempotent-replayed" in response.headers for response in responses) == 9
    counts = await connection.fetchrow(
        "SELECT (SELECT count(*) FROM decision), (SELECT count(*) FROM sales_order),"
        " (SELECT count(*) FROM hold), (SELECT sum(reserved_minor)::int FROM sales_order)"
    )
    assert counts is not None
    held = amount == "600.00"
    assert tuple(counts) == (1, 1, int(held), 0 if held else 6000)
    await require_sound(connection)


async def test_revisions_sent_at_once_leave_one_reservation(
    service: Service, connection: Connection
) -> None:
    await service.customer("C1", limit="100.00")
    bodies = [asked("C1", "SO-1", f"{n}.00", revision=n) for n in range(1, 11)]
    responses = await asyncio.gather(
        *(service.client.post("/v1/checks", json=body) for body in bodies)
    )
    assert {response.status_code for response in responses} <= {200, 409}
    assert (await service.account("C1"))["exposure"]["reservations"] == "10.00"
    await require_sound(connection)


async def test_an_unknown_customer_checked_many_times_at_once_is_held_each_time(
    service: Service, connection: Connection
) -> None:
    answers = await ask_all(service, [asked("NOBODY", f"SO-{n}", "1.00") for n in range(12)])
    assert {answer["outcome"] for answer in answers} == {"hold"}
    assert await seqs(connection, "NOBODY") == list(range(1, 13))
    await require_sound(connection)


async def test_checks_and_statements_at_once_keep_the_totals_true(
    service: Service, connection: Connection
) -> None:
    await service.customer("C1", limit="100.00")
    await asyncio.gather(
        *(service.check("C1", f"SO-{n}", "10.00") for n in range(8)),
        *(service.order("C1", f"SO-{n}", "15.00", ship_date="2030-01-01") for n in range(8)),
        *(service.item("C1", f"I{n}", "5.00", order=f"SO-{n}") for n in range(8)),
        *(service.item("C1", f"I{n % 2}", "60.00", due_on="2020-01-01") for n in range(4)),
    )
    await require_sound(connection)


async def test_checks_and_limit_changes_at_once_grant_no_more_than_the_highest_limit(
    service: Service, connection: Connection
) -> None:
    await service.customer("C1", limit="20.00")
    limits = ["50.00", "30.00", "50.00", "0.00", "40.00"]
    path = "/v1/accounts/C1/limit"
    await asyncio.gather(
        *(service.check("C1", f"SO-{n}", "10.00") for n in range(12)),
        *(service.put(path, amount=amount, currency="EUR") for amount in limits),
    )
    account = await service.account("C1")
    assert Decimal(account["exposure"]["total"]) <= Decimal("50.00")
    await require_sound(connection)


async def test_the_same_document_stated_at_once_counts_once(
    service: Service, connection: Connection
) -> None:
    await service.customer("C1")
    await asyncio.gather(
        *(service.item("C1", "I1", f"{n}.00", version=n, order="SO-1") for n in range(1, 11)),
        *(service.order("C1", "SO-1", f"{n}.00", version=n) for n in range(1, 11)),
    )
    items = (await service.get("/v1/customers/C1/open-items"))["items"]
    assert [(item["amount"], item["version"]) for item in items] == [("10.00", 10)]
    await require_sound(connection)


async def test_a_customer_who_moves_while_it_is_asked_about_loses_nothing(
    service: Service, connection: Connection
) -> None:
    await service.customer("C1", limit="1000.00")
    await service.customer("C2", account="GROUP", limit="1000.00")

    async def insist(method: str, path: str, **body: Any) -> None:
        """Send again what got no answer, as callers do, and let others go first."""
        response = await service.client.request(method, path, json=body)
        while response.status_code == 503:
            await asyncio.sleep(0.1)
            response = await service.client.request(method, path, json=body)
        assert response.is_success, response.text

    invoice = {"kind": "invoice", "amount": "1.00", "currency": "EUR"}
    body = {"name": "C1", "currency": "EUR"}
    moves = ("GROUP", "C1", "GROUP", "C1", "GROUP")
    await asyncio.gather(
        *(insist("POST", "/v1/checks", **asked("C1", f"SO-{n}", "10.00")) for n in range(10)),
        *(insist("PUT", f"/v1/customers/C1/open-items/I{n}", **invoice) for n in range(20)),
        *(insist("PUT", "/v1/customers/C1", **body, account=account) for account in moves),
    )
    await require_sound(connection)
    customer = await service.get("/v1/customers/C1")
    account = await service.account(customer["account"])
    assert account["exposure"]["total"] == "120.00"


async def test_a_new_customer_created_many_times_at_once_is_there_once(
    service: Service, connection: Connection
) -> None:
    body = {"name": "C1", "currency": "EUR"}
    responses = await asyncio.gather(
        *(service.client.put("/v1/customers/C1", json=body) for _ in range(10))
    )
    assert sorted(r.status_code for r in responses) == [200] * 9 + [201]
    await require_sound(connection)
