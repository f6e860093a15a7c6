"""Bodies of any size: they are taken in a bounded memory, and only once they are whole."""

import asyncio
import json
import tracemalloc
from collections.abc import AsyncIterator, Callable, Iterator
from hashlib import sha256
from typing import Any

import pytest
from api.ledger_lines import counts, customer, delete, item, limit, order, problems
from support.service import KEY, Service, a_service
from support.tables import Connection, dump, require_sound

from app.api.models.statements import PROBLEMS_MAX
from app.api.routes.lines import LINE_BYTES_MAX
from app.desk import dealing
from app.serving import listener_on, served
from app.settings import Settings

HEADERS = {"content-type": "application/x-ndjson"}
CUSTOMERS = 50
FEW, MANY = 3_000, 30_000


def _bytes(*lines: Any) -> Iterator[bytes]:
    for line in lines:
        yield (line if isinstance(line, str) else json.dumps(line)).encode() + b"\n"


async def _sent(lines: Iterator[bytes]) -> AsyncIterator[bytes]:
    for line in lines:
        yield line


def _feed(lines: int, stray: Callable[[int], Any] = lambda _: None) -> Iterator[bytes]:
    """Give lines about the customers' items in turn; `stray` may put another in one's place."""
    for number in range(1, lines + 1):
        other = stray(number)
        yield from _bytes(other or item(f"C{number % CUSTOMERS}", f"I{number % FEW}", "1.00"))


async def _customers(service: Service) -> None:
    await service.ledger(*(customer(f"C{n}") for n in range(CUSTOMERS)))


async def _peak_of(service: Service, lines: int) -> int:
    """Give the most memory that Python had allocated while a body was taken, in bytes."""
    tracemalloc.start()
    response = await service.client.post(
        "/v1/ledger", content=_sent(_feed(lines)), headers=HEADERS
    )
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert counts(response.json())["lines"] == lines
    assert counts(response.json())["refused"] == 0
    return peak


async def test_ten_times_the_lines_take_little_more_memory(
    service: Service, connection: Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(dealing, "AT_ONCE", 1_000)
    await _customers(service)
    few, many = await _peak_of(service, FEW), await _peak_of(service, MANY)
    assert many < 2 * few + 4_000_000
    assert (await service.account("C7"))["exposure"]["total"] == f"{FEW // CUSTOMERS}.00"
    await require_sound(connection)


async def test_bad_lines_anywhere_fail_no_other_and_the_first_are_told(
    service: Service, connection: Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(dealing, "AT_ONCE", 100)
    await _customers(service)
    lines = 6_000

    def stray(number: int) -> Any:
        match number % 4:
            case 0:
                return "{no json"
            case 1:
                return item("NOBODY", "I1")
            case _:
                return None

    response = await service.client.post(
        "/v1/ledger", content=_sent(_feed(lines, stray)), headers=HEADERS
    )
    answer = response.json()
    assert (answer["lines"], answer["refused"]) == (lines, lines // 2)
    numbers = [number for number in range(1, lines) if number % 4 in {0, 1}][:PROBLEMS_MAX]
    codes = ["malformed_json", "customer_unknown"]
    assert [(line, code) for line, code, _ in problems(answer)] == [
        (number, codes[number % 4]) for number in numbers
    ]
    await require_sound(connection)


@pytest.mark.parametrize("at_once", [1, 2, dealing.AT_ONCE])
async def test_a_body_that_is_dealt_does_what_a_small_one_does(
    service: Service, connection: Connection, monkeypatch: pytest.MonkeyPatch, at_once: int
) -> None:
    monkeypatch.setattr(dealing, "AT_ONCE", at_once)
    answer = await service.ledger(
        limit("GROUP", "500.00"),
        customer("C1"),
        limit("C1", "100.00"),
        item("C1", "I0", "1.00"),
        item("C1", "I1", "2.00", version=2),
        customer("C1", account="GROUP"),
        item("C1", "I1", "3.00", version=1),
        order("C1", "SO-1", "4.00"),
        customer("C1", account="LAST"),
        item("C1", "I2", "8.00"),
        delete("open_item", "C1", "I0"),
        item("NOBODY", "I1"),
    )
    assert problems(answer) == [(1, "account_unknown", []), (12, "customer_unknown", [])]
    assert (answer["applied"], answer["outdated"]) == (9, 1)
    assert (await service.account("LAST"))["exposure"]["total"] == "14.00"
    await require_sound(connection)


async def test_an_account_of_a_large_body_gets_one_number_for_all_its_lines(
    service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(dealing, "AT_ONCE", 10)
    await _customers(service)
    seqs = [(await service.account(f"C{n}"))["seq"] for n in range(3)]
    await service.ledger(*(item(f"C{n % 3}", f"I{n}") for n in range(600)))
    assert [(await service.account(f"C{n}"))["seq"] - seqs[n] for n in range(3)] == [1, 1, 1]


async def test_a_line_without_end_is_refused_and_the_next_is_read(service: Service) -> None:
    await service.customer("C1")
    long = json.dumps(item("C1", "I1", order="x" * LINE_BYTES_MAX))
    exact = json.dumps(item("C1", "I2")).ljust(LINE_BYTES_MAX)
    answer = await service.ledger(long, exact, exact + " ", item("C1", "I3"), long)
    assert [line for line, _, _ in problems(answer)] == [1, 3, 5]
    assert answer["problems"][0]["problem"]["errors"][0]["code"] == "line_too_long"
    assert (answer["lines"], answer["applied"]) == (5, 2)


async def test_a_key_is_bound_to_query_and_body_however_it_is_cut(service: Service) -> None:
    await service.customer("C1")
    body = b"".join(_bytes(item("C1", "I1"), item("C1", "I2")))
    headers = HEADERS | {"Idempotency-Key": "key-1"}
    post = service.client.post
    first = await post("/v1/ledger?source=erp", content=body, headers=headers)
    pieces = _sent(body[at : at + 7] for at in range(0, len(body), 7))
    again = await post("/v1/ledger?source=erp", content=pieces, headers=headers)
    other = await post("/v1/ledger?source=shop", content=body, headers=headers)
    assert (again.content, again.headers["idempotent-replayed"]) == (first.content, "true")
    assert (other.status_code, other.json()["code"]) == (422, "idempotency_key_reused")


async def test_the_fingerprint_of_a_key_is_what_it_always_was(
    service: Service, connection: Connection
) -> None:
    await service.customer("C1")
    body = b"".join(_bytes(item("C1", "I1")))
    headers = HEADERS | {"Idempotency-Key": "key-1"}
    await service.client.post("/v1/ledger", content=body, headers=headers)
    kept = await connection.fetchval("SELECT fingerprint FROM idempotency_key")
    assert kept == sha256(body).digest()


@pytest.mark.parametrize("framing", ["length", "chunked"])
async def test_a_half_sent_body_changes_nothing(
    settings: Settings, connection: Connection, framing: str
) -> None:
    async with a_service(settings) as service:
        await _customers(service)
        before = await dump(connection)
        with listener_on("127.0.0.1", 0) as listener:
            async with served(service.app, listener):
                await _send_half(listener.getsockname()[1], framing)
                alive = await service.get("/v1/customers/C1")
        assert alive["account"] == "C1"
        assert await dump(connection) == before


async def _send_half(port: int, framing: str) -> None:
    """Send whole lines of a body that does not come to its end, and hang up."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    lines = b"".join(_feed(3_000))
    length = "Transfer-Encoding: chunked" if framing == "chunked" else "Content-Length: 999999999"
    writer.write(
        f"POST /v1/ledger HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {KEY}\r\n"
        f"Idempotency-Key: half\r\nContent-Type: application/x-ndjson\r\n{length}\r\n\r\n".encode()
    )
    writer.write(b"%x\r\n%b\r\n" % (len(lines), lines) if framing == "chunked" else lines)
    await writer.drain()
    await asyncio.sleep(0.2)
    writer.close()
    await writer.wait_closed()
    assert await reader.read() == b""


async def test_a_body_beyond_the_limit_is_refused_at_the_chunk_that_is_too_much(
    settings: Settings, connection: Connection
) -> None:
    small = settings.model_copy(update={"ledger_body_max_bytes": 100_000})
    async with a_service(small) as service:
        await _customers(service)
        before = await dump(connection)
        response = await service.client.post(
            "/v1/ledger", content=_sent(_feed(3_000)), headers=HEADERS
        )
        assert (response.status_code, response.json()["code"]) == (413, "body_too_large")
        assert await dump(connection) == before
