import json
import os
import re
import socket
import threading
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import asyncpg
import httpx2
import pytest
from support.commands import run, running
from support.service import KEY
from typing_extensions import override

from app.cli import main
from app.embedded import EmbeddedPostgres

ASKED = ("check", "--customer", "C1", "--amount")


@pytest.fixture
def key(tmp_path: Path) -> str:
    """The path of a file that holds the service's key."""
    return key_file(tmp_path, KEY)


def key_file(folder: Path, key: str) -> str:
    path = folder / f"{key[:8]}.key"
    path.write_text(f"{key}\n")
    return str(path)


@pytest.fixture(scope="module")
async def url(postgres: EmbeddedPostgres, template: str) -> AsyncIterator[str]:
    """One service for these tests, on a database of its own."""
    name = f"check_{os.urandom(6).hex()}"
    connection = await asyncpg.connect(postgres.url())
    try:
        await connection.execute(f"CREATE DATABASE {name} TEMPLATE {template}")
        arguments = ("serve", "--port", "0")
        with running(*arguments, database_url=postgres.url(name), api_key=KEY) as service:
            yield re.findall(r"http://\S+", service.wait_for("serves on"))[0]
        await connection.execute(f"DROP DATABASE {name} WITH (FORCE)")
    finally:
        await connection.close()


@pytest.fixture
def customer(url: str) -> str:
    """A customer with 1,000.00 USD of credit."""
    ref = f"C-{os.urandom(5).hex()}"
    headers = {"Authorization": f"Bearer {KEY}"}
    with httpx2.Client(base_url=url, headers=headers, trust_env=False) as client:
        body = {"name": "Customer 1", "currency": "USD"}
        assert client.put(f"/v1/customers/{ref}", json=body).is_success
        limit = {"amount": "1000.00", "currency": "USD"}
        assert client.put(f"/v1/accounts/{ref}/limit", json=limit).is_success
    return ref


@pytest.fixture
def asked(url: str, customer: str, key: str) -> tuple[str, ...]:
    """The command up to the amount."""
    return ("check", "--url", url, "--key-file", key, "--customer", customer, "--amount")


def test_the_exit_code_is_the_outcome(url: str, customer: str) -> None:
    question = ("check", "--customer", customer, "--preview", "--amount")
    done = [
        run(*question, amount, url=url, api_key=KEY) for amount in ("100.00", "950.00", "1000.01")
    ]
    assert [process.returncode for process in done] == [0, 10, 20]
    assert [process.stdout.split()[5] for process in done] == ["PASS", "WARNING", "HOLD"]


def test_a_question_that_is_none_and_a_wrong_key_decide_nothing(
    asked: tuple[str, ...], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main([*asked, "1,50"]) == 64
    assert "/order/amount: Must be a plain decimal number" in capsys.readouterr().err
    assert main([*asked, "1.50", "--key-file", key_file(tmp_path, "wrong")]) == 77
    assert "Nothing was decided (401)" in capsys.readouterr().err


def test_the_answer_is_laid_out_in_the_customers_currency(
    asked: tuple[str, ...], customer: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main([*asked, "400.00", "--language", "de"]) == 0
    assert main([*asked, "1600.00", "--language", "de"]) == 20
    passed, _, reserved, *held = capsys.readouterr().out.splitlines()
    assert passed == f"{customer}    order        400.00 USD  ->  PASS"
    assert reserved.startswith("    Reserved: 400.00 USD until ")
    assert held[:5] == [
        f"{customer}    order      1,600.00 USD  ->  HOLD",
        "    limit 1,000.00 = reservations 400.00 + free 600.00",
        "    hard  Mit diesem Auftrag liegt das Obligo 1.000,00 USD über dem Limit.",
        "    try   prepay 1,000.00 USD  ->  warning",
        "    try   ship 600.00 USD of it now  ->  warning",
    ]
    assert held[-1].startswith("    The order waits in hold hld_")


def test_json_is_the_answer_as_it_came(
    asked: tuple[str, ...], capsys: pytest.CaptureFixture[str]
) -> None:
    options = ("--json", "--order", "SO-1", "--prepaid", "100.00", "--terms", "NET30")
    assert main([*asked, "400.00", *options]) == 0
    assert main([*asked, "400.00", *options]) == 0
    first, again = capsys.readouterr().out.splitlines()
    assert first == again
    assert json.loads(first)["exposure"]["this_order"] == "300.00"


def test_an_unknown_customer_is_asked_about_in_euros(
    asked: tuple[str, ...], capsys: pytest.CaptureFixture[str]
) -> None:
    assert main([*asked, "1", "--customer", "a/b?"]) == 20
    assert "1.00 EUR  ->  HOLD" in capsys.readouterr().out


def test_nobody_there_and_no_key_are_said_in_a_sentence(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    alone = run(*ASKED, "1", url=f"http://127.0.0.1:{port}", api_key=KEY)
    keyless = run(*ASKED, "1", cwd=tmp_path)
    assert (alone.returncode, alone.stderr.count("\n")) == (69, 1)
    assert (keyless.returncode, keyless.stderr.count("\n")) == (77, 1)


@pytest.mark.parametrize(
    "arguments",
    [
        ["--url", "nonsense"],
        ["--url", "ftp://127.0.0.1"],
        ["--revision", "0"],
        ["--colour"],
    ],
)
def test_bad_usage_is_64(arguments: list[str], key: str) -> None:
    assert main([*ASKED, "1", "--key-file", key, *arguments]) == 64


@pytest.mark.parametrize(
    ("status", "code"),
    [
        (400, 64),
        (403, 77),
        (409, 70),
        (418, 70),
        (429, 69),
        (500, 70),
        (502, 69),
        (503, 69),
        (504, 69),
    ],
)
def test_what_is_no_decision_has_a_code_of_its_own(status: int, code: int, key: str) -> None:
    with answering(status, b"<html>") as url:
        assert main([*ASKED, "1", "--url", url, "--key-file", key]) == code


@pytest.mark.parametrize("body", [b"<html>", b"[]", b'{"outcome": "maybe"}'])
def test_another_service_at_the_address_is_no_decision(
    body: bytes, key: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with answering(200, body) as url:
        options = ["--url", url, "--key-file", key, "--currency", "EUR"]
        assert main([*ASKED, "1", *options]) == 70
    assert "is not Creditgate" in capsys.readouterr().err


@contextmanager
def answering(status: int, body: bytes) -> Iterator[str]:
    """Have a server that gives the same answer to everything."""

    class Answer(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(status)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def do_POST(self) -> None:
            self.rfile.read(int(self.headers["Content-Length"]))
            self.do_GET()

        @override
        def log_message(self, *_: object) -> None:
            """Keep quiet."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Answer) as server:
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join(5)
