"""What the demo prints: how long each step took, and what there is to try."""

import json
import os
import shlex
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.request import getproxies

import typer

from app.demo import cast

STEP_WIDTH = 56
DEFAULT_URL = "http://127.0.0.1:8080"
DEFAULT_KEY_FILE = Path(".demo/api-key")


@contextmanager
def step(text: str) -> Iterator[None]:
    """Print a step and, once it is done, how long it took."""
    started = time.monotonic()
    typer.echo(f"{text} ".ljust(STEP_WIDTH, ".") + " ", nl=False)
    try:
        yield
    except Exception:
        typer.echo("failed")
        raise
    typer.echo(f"ready in {time.monotonic() - started:.1f} s")


def what_to_try(url: str, key_file: Path, *, private: bool) -> list[str]:
    """Give the lines that say where everything is, ready to be copied."""
    return [
        "",
        f"API      {url}/docs   (OpenAPI: {url}/openapi.json)",
        f"Key      in {key_file}",
        f"Ask      {_check_line(url, key_file)}",
        f"         {_curl_line(url, key_file)}",
        "",
        f"Hear     {_listen_line(url, key_file)}",
        "",
        f"These answer the same for every ordinary order: {cast.PASS}, {cast.WARN}, {cast.HOLD},",
        f"{cast.BLOCKED}, {cast.UNLIMITED}; the others are D10101 to D10134 and {cast.EXAMPLE}.",
        _where_data_are(private=private),
    ]


def where_mails_go(*, sent: bool) -> str:
    """Give the line that says where the mails about holds are seen."""
    if sent:
        return "Mails about holds go to the server of CREDITGATE_SMTP_URL."
    return (
        "Mails about holds are shown here, as there is no mail server (CREDITGATE_SMTP_URL). "
        "Nothing leaves this machine."
    )


def _where_data_are(*, private: bool) -> str:
    if private:
        return "The database is private, on a Unix socket, and gone after the stop."
    return "The data are in the database of CREDITGATE_DATABASE_URL and stay there."


def _check_line(url: str, key_file: Path) -> str:
    asked = ["--customer", cast.HOLD, "--amount", "100.00"]
    return shlex.join([*_command(), "check", *_access(url, key_file), *asked])


def _listen_line(url: str, key_file: Path) -> str:
    return shlex.join([*_command(), "webhooks", "listen", *_access(url, key_file)])


def _access(url: str, key_file: Path) -> list[str]:
    """Give the options that say where service and key are; none where they are found anyhow."""
    where = [] if url == DEFAULT_URL and not os.environ.get("CREDITGATE_URL") else ["--url", url]
    is_found = key_file == DEFAULT_KEY_FILE and not os.environ.get("CREDITGATE_API_KEY")
    key = [] if is_found else ["--key-file", str(key_file)]
    return [*where, *key]


def _command() -> list[str]:
    installed = Path(sys.executable).with_name("creditgate")
    if installed.exists():
        return [_short(installed)]
    return [_short(Path(sys.executable)), "-m", "app.cli"]


def _short(path: Path) -> str:
    return str(path.relative_to(Path.cwd())) if path.is_relative_to(Path.cwd()) else str(path)


def _curl_line(url: str, key_file: Path) -> str:
    body = json.dumps({"customer": cast.EXAMPLE, "order": cast.EXAMPLE_ORDER})
    # A proxy is for the world outside; curl would ask it for this machine too.
    past_proxy = "--noproxy '*' " if getproxies() else ""
    return (
        f"curl -s {past_proxy}{url}/v1/checks -H 'Content-Type: application/json' \\\n"
        f'           -H "Authorization: Bearer $(cat {shlex.quote(str(key_file))})" \\\n'
        f"           -d '{body}'"
    )
