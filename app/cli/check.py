"""`creditgate check`: asks a running service over HTTP."""

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from http import HTTPStatus
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlsplit

import httpx2
import typer
from uuid_utils import uuid7

from app.cli.exits import Exit, Failure
from app.terminal import answer_lines

KEY_VARIABLE = "CREDITGATE_API_KEY"
DEMO_KEY = Path(".demo/api-key")
CONNECT_LIMIT_S = 2.0
ANSWER_LIMIT_S = 10.0
DEFAULT_CURRENCY = "EUR"
LOOPBACK = {"localhost", "127.0.0.1", "::1"}
OUTCOMES = {"pass": Exit.OK, "warning": Exit.WARNING, "hold": Exit.HOLD}
REFUSALS = {
    HTTPStatus.BAD_REQUEST: Exit.USAGE,
    HTTPStatus.UNAUTHORIZED: Exit.NO_PERMISSION,
    HTTPStatus.FORBIDDEN: Exit.NO_PERMISSION,
    HTTPStatus.UNPROCESSABLE_ENTITY: Exit.USAGE,
    HTTPStatus.TOO_MANY_REQUESTS: Exit.UNAVAILABLE,
    HTTPStatus.BAD_GATEWAY: Exit.UNAVAILABLE,
    HTTPStatus.SERVICE_UNAVAILABLE: Exit.UNAVAILABLE,
    HTTPStatus.GATEWAY_TIMEOUT: Exit.UNAVAILABLE,
}


@dataclass(frozen=True, slots=True)
class Service:
    """Where the service is, the key to it, and the language of its sentences."""

    url: str
    key: str
    language: str

    def client(self) -> httpx2.Client:
        """Open a client; proxies are for services elsewhere."""
        return httpx2.Client(
            base_url=self.url,
            headers={"Authorization": f"Bearer {self.key}", "Accept-Language": self.language},
            timeout=httpx2.Timeout(ANSWER_LIMIT_S, connect=CONNECT_LIMIT_S),
            trust_env=urlsplit(self.url).hostname not in LOOPBACK,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """The order to ask about; what is None is left to the service or found out."""

    customer: str
    amount: str
    currency: str | None
    order: str | None
    revision: int
    more: Mapping[str, str | None] = field(default_factory=dict)

    def body(self, currency: str) -> dict[str, Any]:
        """Give the body of the request."""
        order = {
            "ref": self.order or f"CLI-{uuid7().hex}",
            "revision": self.revision,
            "amount": self.amount,
            "currency": currency,
        }
        stated = {name: value for name, value in self.more.items() if value is not None}
        return {"customer": self.customer, "order": order | stated}


def key_from(key_file: Path | None) -> str:
    """Find the key: in the file that was named, the environment, or the demo's file."""
    if key_file is None and (named := os.environ.get(KEY_VARIABLE)):
        return named
    path = key_file or DEMO_KEY
    try:
        key = path.read_text(encoding="ascii").strip()
    except (OSError, UnicodeDecodeError) as error:
        if key_file is None:
            told = f"There is no key. Set {KEY_VARIABLE}, or name a file with --key-file."
        else:
            told = f"The key file {path} cannot be read: {error}."
        raise Failure(Exit.NO_PERMISSION, told) from None
    return key


def asked(service: Service, question: Question, *, preview: bool, as_json: bool) -> Exit:
    """Ask, print the answer, and give the exit code that stands for its outcome."""
    path = "/v1/checks/preview" if preview else "/v1/checks"
    try:
        with service.client() as client:
            body = question.body(question.currency or _currency_of(client, question.customer))
            response = _accepted(client.post(path, json=body))
    except httpx2.TransportError as error:
        raise unreachable(service, error) from None
    except (httpx2.InvalidURL, UnicodeEncodeError) as error:
        raise Failure(Exit.USAGE, f"{service.url} or the key cannot be used: {error}.") from None
    answer = _decision(response)
    lines = [response.text] if as_json else answer_lines(answer)
    typer.echo("\n".join(lines))
    return OUTCOMES[answer["outcome"]]


def _currency_of(client: httpx2.Client, customer: str) -> str:
    response = client.get(f"/v1/customers/{quote(customer, safe='')}")
    if response.status_code == HTTPStatus.NOT_FOUND:
        return DEFAULT_CURRENCY
    return str(_document(_accepted(response)).get("currency", DEFAULT_CURRENCY))


def _accepted(response: httpx2.Response) -> httpx2.Response:
    """Give the response back if it is an answer, else fail with what it says."""
    status = response.status_code
    if status == HTTPStatus.OK:
        return response
    problem = _problem(response)
    told = problem.get("detail") or problem.get("title") or response.reason_phrase
    flaws = [f"{e.get('pointer')}: {e.get('message')}" for e in problem.get("errors") or []]
    code = next((code for known, code in REFUSALS.items() if known == status), Exit.SOFTWARE)
    raise Failure(code, f"Nothing was decided ({status}): {told}", *flaws)


def _problem(response: httpx2.Response) -> dict[str, Any]:
    if response.headers.get("content-type", "").startswith("application/problem+json"):
        return _document(response)
    return {}


def _decision(response: httpx2.Response) -> dict[str, Any]:
    answer = _document(response)
    if answer.get("outcome") not in OUTCOMES:
        raise _unreadable(response)
    return answer


def _document(response: httpx2.Response) -> dict[str, Any]:
    try:
        document = response.json()
    except ValueError:
        raise _unreadable(response) from None
    if not isinstance(document, dict):
        raise _unreadable(response)
    return document


def _unreadable(response: httpx2.Response) -> Failure:
    return Failure(Exit.SOFTWARE, f"What answers at {response.url} is not Creditgate.")


def unreachable(service: Service, error: httpx2.TransportError) -> Failure:
    """Give the failure that says why there is no answer."""
    if isinstance(error, httpx2.UnsupportedProtocol):
        return Failure(Exit.USAGE, f"{service.url} is no address such as http://127.0.0.1:8080.")
    reason = str(error) or type(error).__name__
    return Failure(Exit.UNAVAILABLE, f"No answer from {service.url}: {reason}.")
