"""`POST /v1/imports`: the same files by HTTP, taken by a process of their own."""

import asyncio
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import asyncpg
import pytest
from imports.lists import CUSTOMERS, HEADINGS, Command, ended, item, items, ledger, stated, written
from support.service import KEY, Service, a_service, refusal

from app.settings import Settings

TEN = items(CUSTOMERS, 10)
Said = Mapping[str, str | Sequence[str]]


def body(lines: Sequence[str]) -> bytes:
    return "\n".join([HEADINGS, *lines, ""]).encode()


async def send(service: Service, lines: Sequence[str], **said: Any) -> Any:
    return await service.client.post(
        "/v1/imports", files={"file": ("C:\\lists\\opos.csv", body(lines))}, data=said
    )


@pytest.fixture(autouse=True)
def place(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where uploads are kept during a test."""
    path = tmp_path_factory.mktemp("uploads")
    monkeypatch.setattr(tempfile, "tempdir", str(path))
    return path


def left_in(place: Path) -> list[str]:
    """Give what uploads have left behind."""
    return [path.name for path in place.iterdir()]


async def test_a_file_that_is_sent_leaves_what_the_command_leaves(
    book: Service,
    command: Command,
    tmp_path: Path,
    connection: "asyncpg.Connection[asyncpg.Record]",
    place: Path,
) -> None:
    sent = await send(book, TEN, rows="30", total=["EUR=300.00"])
    run = await ended(book, sent.json()["id"])
    by_api = await stated(connection)
    await connection.execute("TRUNCATE open_item")
    await connection.execute("DELETE FROM calendar_total")
    await connection.execute("UPDATE credit_account SET invoices_minor = 0")

    assert sent.status_code == 202
    assert (sent.json()["state"], sent.json()["report"]) == ("waiting", None)
    assert (run["state"], run["report"]["taken"]["applied"]) == ("done", 30)
    assert run["links"] == {"self": f"/v1/imports/{run['id']}"}
    assert run["asked"] == {
        "file": "opos.csv", "source": "default", "rows": 30, "total": ["EUR=300.00"]
    }  # fmt: skip
    assert run["progress"] == {"phase": "taking", "done": 3, "of": 3}
    assert command(written(tmp_path, TEN)).returncode == 0
    assert await stated(connection) == by_api
    assert len(by_api) == 33
    while left_in(place):  # noqa: ASYNC110 - the file goes a moment after its run's end
        await asyncio.sleep(0.02)


async def test_refused_lines_and_a_refused_file_are_told(book: Service) -> None:
    flawed = await send(book, [*TEN, item("C9", "RE-1", "1.00")])
    wrong = await send(book, TEN, total="EUR=1.00")

    run = await ended(book, flawed.json()["id"])
    refused = await ended(book, wrong.json()["id"])

    assert run["state"] == "done"
    assert run["report"]["problems"] == [
        {
            "line": 32,
            "column": None,
            "code": "customer_unknown",
            "message": "No source has stated this customer.",
        }
    ]
    assert (refused["state"], refused["report"]["accounts"]) == ("refused", 0)
    assert refused["refusal"]["saw"] == {
        "currency": "EUR", "amount": "300.00", "expected": "1.00"
    }  # fmt: skip
    listed = await book.get("/v1/imports", limit=1)
    assert [run["id"] for run in listed["items"]] == [refused["id"]]
    rest = await book.get("/v1/imports", limit=1, cursor=listed["next_cursor"])
    assert [run["id"] for run in rest["items"]] == [flawed.json()["id"]]


async def test_half_a_file_as_a_whole_list_waits_for_its_confirmation(book: Service) -> None:
    await ended(book, (await send(book, TEN, whole="all")).json()["id"])
    half = await ended(book, (await send(book, TEN[:15], whole="all")).json()["id"])
    before = await book.account("C3")
    token = half["refusal"]["saw"]["confirm"]
    sure = await ended(book, (await send(book, TEN[:15], whole="all", confirm=token)).json()["id"])

    assert (half["state"], half["refusal"]["code"]) == ("refused", "list_shrinks")
    assert half["refusal"]["saw"] == {
        "items_before": 30, "items_cleared": 15,
        "amount_before": {"EUR": "300.00"}, "amount_cleared": {"EUR": "150.00"}, "confirm": token,
    }  # fmt: skip
    assert before["exposure"]["invoices"] == "100.00"
    assert (sure["state"], sure["report"]["cleared"]) == ("done", 15)
    assert (await book.account("C3"))["exposure"]["invoices"] == "0.00"


@pytest.mark.parametrize(
    ("said", "errors"),
    [
        ({"profile": "/etc/own.toml"}, [("/profile", "wrong_form")]),
        ({"whole": "some"}, [("/whole", "not_a_choice")]),
        ({"rows": "-1"}, [("/rows", "too_small")]),
        ({"rows": ["1", "2"]}, [("/rows", "whole_number_expected")]),
        ({"total": "EUR=1,00"}, [("/total/0", "wrong_form")]),
        ({"as_of": "today"}, [("/as_of", "date_malformed")]),
        ({"sheet": "a\nb"}, [("/sheet", "wrong_form")]),
        ({"colour": "red"}, [("/colour", "unknown_field")]),
        ({"source": "x" * 65}, [("/source", "ref_too_long")]),
        ({"sheet": "x" * 1_001}, [("", "too_many_fields")]),
    ],
)
async def test_a_form_that_asks_for_nothing_known_is_refused(
    book: Service, said: dict[str, Any], errors: list[tuple[str, str]], place: Path
) -> None:
    assert refusal(await send(book, TEN, **said)) == (422, "invalid_request", errors)
    assert (await book.get("/v1/imports"))["items"] == []
    assert left_in(place) == []


@pytest.mark.parametrize(
    ("content", "media_type", "expected"),
    [
        (b"", "multipart/form-data", (422, "invalid_request", [("", "multipart_malformed")])),
        (
            b"x",
            "multipart/form-data; boundary=b",
            (422, "invalid_request", [("", "multipart_malformed")]),
        ),
        (
            b'--b\r\nContent-Disposition: form-data; name="file"\r\n\r\nhalf a',
            "multipart/form-data; boundary=b",
            (422, "invalid_request", [("", "multipart_malformed")]),
        ),
        (
            b'--b\r\nContent-Disposition: form-data; name="rows"\r\n\r\n1\r\n--b--\r\n',
            "multipart/form-data; boundary=b",
            (422, "invalid_request", [("/file", "required")]),
        ),
        (b"a,b", "text/csv", (415, "unsupported_media_type", [])),
    ],
)  # fmt: skip
async def test_a_body_that_is_no_form_is_refused(
    book: Service, content: bytes, media_type: str, expected: object, place: Path
) -> None:
    headers = {"content-type": media_type}
    sent = await book.client.post("/v1/imports", content=content, headers=headers)
    assert refusal(sent) == expected
    assert left_in(place) == []


async def test_an_upload_that_is_too_large_is_refused_while_it_comes(
    settings: Settings, place: Path
) -> None:
    small = Settings.model_validate(
        settings.model_dump() | {"api_key": KEY, "import_body_max_bytes": 1_024}
    )
    async with a_service(small) as service:
        sent = await send(service, TEN)
        assert refusal(sent) == (413, "body_too_large", [])
        assert (await service.get("/v1/imports"))["items"] == []
    assert left_in(place) == []


async def test_no_more_run_at_a_time_than_are_let(book: Service) -> None:
    sent = [(await send(book, TEN)).json()["id"] for _ in range(3)]
    most = 0
    while True:
        states = [run["state"] for run in (await book.get("/v1/imports"))["items"]]
        running = sum(state in {"reading", "applying"} for state in states)
        most = max(most, running)
        if all(state == "done" for state in states):
            break
        assert "failed" not in states
        await asyncio.sleep(0.02)
    assert most == 1
    assert len(sent) == 3


async def test_a_run_that_says_nothing_for_a_minute_is_seen_as_failed(
    book: Service, connection: "asyncpg.Connection[asyncpg.Record]"
) -> None:
    await connection.execute(
        "INSERT INTO file_import (id, state, asked, report, begun_at, seen_at) VALUES "
        "('imp_1', 'applying', '{}', '{}', now(), now() - interval '61 seconds'),"
        "('imp_2', 'applying', '{}', '{}', now(), now() - interval '50 seconds')"
    )
    silent, alive = [await book.get(f"/v1/imports/imp_{n}") for n in (1, 2)]

    assert (silent["state"], silent["refusal"]["code"]) == ("failed", "interrupted")
    assert "Send the file again." in silent["refusal"]["message"]
    assert (alive["state"], alive["refusal"]) == ("applying", None)
    unknown = await book.client.get("/v1/imports/imp_3")
    assert refusal(unknown) == (404, "import_unknown", [])


async def test_a_service_that_stops_ends_what_it_runs(
    settings: Settings, connection: "asyncpg.Connection[asyncpg.Record]", place: Path
) -> None:
    async with a_service(settings) as service:
        for customer in CUSTOMERS:
            await service.customer(customer)
        run = (await send(service, items(CUSTOMERS, 30_000))).json()["id"]
        waits = (await send(service, TEN)).json()["id"]
        while (await service.get(f"/v1/imports/{run}"))["state"] == "waiting":  # noqa: ASYNC110
            await asyncio.sleep(0.02)

    states = await connection.fetch("SELECT id, state FROM file_import ORDER BY id")
    assert {row["id"]: row["state"] for row in states} == {run: "failed", waits: "failed"}
    assert left_in(place) == []


async def test_a_service_that_stops_at_once_leaves_nothing(
    settings: Settings, connection: "asyncpg.Connection[asyncpg.Record]", place: Path
) -> None:
    async with a_service(settings) as service:
        for _ in range(3):
            await send(service, TEN)

    states = await connection.fetch("SELECT state FROM file_import")
    assert [row["state"] for row in states] == ["failed"] * 3
    assert left_in(place) == []


async def test_a_dry_run_leaves_the_accounts(
    book: Service, connection: "asyncpg.Connection[asyncpg.Record]"
) -> None:
    before = await ledger(connection)
    run = await ended(book, (await send(book, TEN, dry_run="true")).json()["id"])
    assert (run["state"], run["report"]["taken"]["applied"]) == ("done", 30)
    assert run["asked"]["dry_run"] is True
    assert await ledger(connection) == before
