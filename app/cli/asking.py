"""Asking a running service over HTTP: where it is, the key to it, and what comes back."""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from http import HTTPStatus
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlsplit

import httpx2

from app.cli.exits import Exit, Failure

KEY_VARIABLE = "CREDITGATE_API_KEY"
DEMO_KEY = Path(".demo/api-key")
CONNECT_LIMIT_S = 2.0
ANSWER_LIMIT_S = 10.0
LOOPBACK = {"localhost", "127.0.0.1", "::1"}
NOTHING_DECIDED = "Nothing was decided"
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


def accepted(
    response: httpx2.Response,
    *,
    otherwise: str = NOTHING_DECIDED,
    refused: Exit = Exit.SOFTWARE,
) -> httpx2.Response:
    """Give the response back if it is an answer, else fail with what it says.

    `refused` is how the command ends where the status alone does not say it.
    """
    status = response.status_code
    if response.is_success:
        return response
    problem = _problem(response)
    told = problem.get("detail") or problem.get("title") or response.reason_phrase
    because = [f"Because of: {problem['because']}."] if "because" in problem else []
    flaws = [f"{_place(e)}: {e.get('message')}" for e in problem.get("errors") or []]
    code = next((code for known, code in REFUSALS.items() if known == status), refused)
    raise Failure(code, f"{otherwise} ({status}): {told}", *because, *flaws)


def _place(flaw: Mapping[str, Any]) -> str:
    """Give where a flaw is: a parameter, or a field of the body."""
    return str(flaw.get("parameter") or flaw.get("pointer") or "the body")


def _problem(response: httpx2.Response) -> dict[str, Any]:
    if response.headers.get("content-type", "").startswith("application/problem+json"):
        return document_of(response)
    return {}


def document_of(response: httpx2.Response) -> dict[str, Any]:
    """Give the answer's JSON object; what is none does not come from Creditgate."""
    try:
        document = response.json()
    except ValueError:
        raise unreadable(response) from None
    if not isinstance(document, dict):
        raise unreadable(response)
    return document


def unreadable(response: httpx2.Response) -> Failure:
    """Give the failure of an answer that is not Creditgate's."""
    return Failure(Exit.SOFTWARE, f"What answers at {response.url} is not Creditgate.")


def unreachable(service: Service, error: httpx2.TransportError) -> Failure:
    """Give the failure of a service that gave no answer."""
    if isinstance(error, httpx2.UnsupportedProtocol):
        return Failure(Exit.USAGE, f"{service.url} is no address such as http://127.0.0.1:8080.")
    reason = str(error) or type(error).__name__
    return Failure(Exit.UNAVAILABLE, f"No answer from {service.url}: {reason}.")


@dataclass(frozen=True, slots=True)
class Asking:
    """Sends what a command wants, and fails with `otherwise` and what the service says."""

    service: Service
    otherwise: str = "Nothing was done"

    def read(self, path: str, query: Mapping[str, Any] | None = None) -> str:
        """Give the text of a JSON object."""
        return self._sent("GET", path, params=dict(query or {})).text

    def document(self, path: str) -> dict[str, Any]:
        """Give a JSON object."""
        return document_of(self._sent("GET", path))

    def post(
        self, path: str, body: Mapping[str, Any], headers: Mapping[str, str] | None = None
    ) -> dict[str, Any]:
        """Send a body; what is None is left out."""
        return document_of(self._sent("POST", path, json=_stated(body), headers=headers))

    def put(self, path: str, body: Mapping[str, Any]) -> dict[str, Any]:
        """State a body; what is None is left out."""
        return document_of(self._sent("PUT", path, json=_stated(body)))

    def delete(self, path: str) -> None:
        """Delete something."""
        self._sent("DELETE", path)

    def _sent(self, method: str, path: str, **request: Any) -> httpx2.Response:  # noqa: ANN401
        try:
            with self.service.client() as client:
                response = client.request(method, path, **request)
        except httpx2.TransportError as error:
            raise unreachable(self.service, error) from None
        except (httpx2.InvalidURL, UnicodeEncodeError) as error:
            raise unusable(self.service, error) from None
        answer = accepted(response, otherwise=self.otherwise, refused=Exit.DATA)
        document_of(answer)
        return answer


def _stated(body: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in body.items() if value is not None}


def path_of(hold: str) -> str:
    """Give where a hold is."""
    return path_to("holds", hold)


def path_to(*steps: str) -> str:
    """Give a path of refs and names, each as one segment."""
    return "/".join(("/v1", *(quote(step, safe="") for step in steps)))


def unusable(service: Service, error: Exception) -> Failure:
    """Give the failure of an address or a key that nothing can be asked with."""
    return Failure(Exit.USAGE, f"{service.url} or the key cannot be used: {error}.")
