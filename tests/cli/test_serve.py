import re
import signal
import socket

import pytest
from support.commands import run, running
from support.service import KEY


def test_every_missing_setting_is_named_in_a_sentence() -> None:
    done = run("serve")
    assert done.returncode == 78
    assert done.stderr.splitlines() == [
        f"creditgate: CREDITGATE_{name} is not set. Set it to {meaning}."
        for name, meaning in (
            ("DATABASE_URL", "postgresql://user:password@host/database"),
            ("API_KEY", "the administrator's key, at least 32 characters"),
        )
    ]


def test_a_wrong_setting_is_refused_without_repeating_it() -> None:
    done = run("serve", api_key="short-secret", database_url="mysql://host/db", port="many")
    assert done.returncode == 78
    assert [line.split()[1] for line in done.stderr.splitlines()] == [
        "CREDITGATE_DATABASE_URL",
        "CREDITGATE_API_KEY",
        "CREDITGATE_PORT",
    ]
    assert "short-secret" not in done.stderr


def test_a_database_without_schema_is_refused(empty_database_url: str) -> None:
    done = run("serve", "--port", "0", database_url=empty_database_url, api_key=KEY)
    assert done.returncode == 78
    assert "Run `creditgate migrate`" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_database_that_is_not_there_is_said_in_a_sentence() -> None:
    url = "postgresql://nobody@127.0.0.1:1/nothing"
    done = run("serve", "--port", "0", database_url=url, api_key=KEY)
    assert done.returncode == 69
    assert done.stderr.count("\n") == 1
    assert "gives no connection" in done.stderr


def test_a_port_in_use_is_said_in_a_sentence(database_url: str) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        done = run("serve", "--port", port, database_url=database_url, api_key=KEY)
    assert done.returncode == 69
    assert done.stderr == f"creditgate: Cannot listen on port {port} of 127.0.0.1: it is in use.\n"


@pytest.mark.parametrize(("number", "code"), [(signal.SIGTERM, 0), (signal.SIGINT, 130)])
def test_it_serves_until_it_is_told_to_stop(
    database_url: str, number: signal.Signals, code: int
) -> None:
    with running("serve", "--port", "0", database_url=database_url, api_key=KEY) as service:
        said = service.wait_for("serves on http://127.0.0.1:")
        assert service.end(number) == code
        assert service.said == said
        assert re.fullmatch(r"Creditgate [\d.]+ serves on http://127\.0\.0\.1:\d+\n", said)
