"""`creditgate check`: asks a running service over HTTP."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any
from urllib.parse import quote

import httpx2
import typer
from uuid_utils import uuid7

from app.cli.asking import (
    Service,
    accepted,
    document_of,
    unreachable,
    unreadable,
    unusable,
)
from app.cli.exits import Exit
from app.terminal import answer_lines

DEFAULT_CURRENCY = "EUR"
OUTCOMES = {"pass": Exit.OK, "warning": Exit.WARNING, "hold": Exit.HOLD}


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


def asked(service: Service, question: Question, *, preview: bool, as_json: bool) -> Exit:
    """Ask, print the answer, and give the exit code that stands for its outcome."""
    path = "/v1/checks/preview" if preview else "/v1/checks"
    try:
        with service.client() as client:
            body = question.body(question.currency or _currency_of(client, question.customer))
            response = accepted(client.post(path, json=body))
    except httpx2.TransportError as error:
        raise unreachable(service, error) from None
    except (httpx2.InvalidURL, UnicodeEncodeError) as error:
        raise unusable(service, error) from None
    answer = _decision(response)
    lines = [response.text] if as_json else answer_lines(answer)
    typer.echo("\n".join(lines))
    return OUTCOMES[answer["outcome"]]


def _currency_of(client: httpx2.Client, customer: str) -> str:
    response = client.get(f"/v1/customers/{quote(customer, safe='')}")
    if response.status_code == HTTPStatus.NOT_FOUND:
        return DEFAULT_CURRENCY
    return str(document_of(accepted(response)).get("currency", DEFAULT_CURRENCY))


def _decision(response: httpx2.Response) -> dict[str, Any]:
    answer = document_of(response)
    if answer.get("outcome") not in OUTCOMES:
        raise unreadable(response)
    return answer
