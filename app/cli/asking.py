"""Asking a running service about keys and holds, as the commands do."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

import httpx2
import typer

from app.cli.check import REFUSALS, Service, unreachable
from app.cli.exits import Exit, Failure

Document = dict[str, Any]
COLUMNS = "{id:<36}  {state:<15}  {order:<16}  {customer:<12}  {amount:>14}  {reasons}"


@dataclass(frozen=True, slots=True)
class Asking:
    """Sends what a command wants, and fails with what the service says against it."""

    service: Service

    def get(self, path: str, query: Mapping[str, str | None] | None = None) -> Document:
        """Read something."""
        stated = {name: value for name, value in (query or {}).items() if value is not None}
        return self._sent("GET", path, params=stated)

    def post(
        self, path: str, body: Document, headers: Mapping[str, str] | None = None
    ) -> Document:
        """Send a body; what is None is left out."""
        stated = {name: value for name, value in body.items() if value is not None}
        return self._sent("POST", path, json=stated, headers=headers)

    def delete(self, path: str) -> Document:
        """Delete something."""
        return self._sent("DELETE", path)

    def act(self, hold: str, action: str, body: Document, *, version: int | None) -> Document:
        """Do something with a hold, at the version that was seen or else the one of now."""
        path = f"/v1/holds/{quote(hold, safe='')}"
        seen = self.get(path)["version"] if version is None else version
        return self.post(f"{path}/{action}", body, {"If-Match": f'"{seen}"'})

    def list_holds(self, query: Mapping[str, str | None], *, as_json: bool) -> None:
        """Print holds page by page, oldest first."""
        cursor = None
        while True:
            page = self.get("/v1/holds", {**query, "cursor": cursor})
            for hold in page["items"]:
                typer.echo(json.dumps(hold) if as_json else _line(hold))
            cursor = page["next_cursor"]
            if cursor is None:
                return

    def _sent(self, method: str, path: str, **request: object) -> Document:
        try:
            with self.service.client() as client:
                response = client.request(method, path, **request)  # type: ignore[arg-type]
        except httpx2.TransportError as error:
            raise unreachable(self.service, error) from None
        if not response.is_success:
            raise _refused(response)
        document: Document = response.json()
        return document


def _refused(response: httpx2.Response) -> Failure:
    try:
        problem: Document = response.json()
    except ValueError:
        problem = {}
    code = next((c for known, c in REFUSALS.items() if known == response.status_code), Exit.DATA)
    told = problem.get("detail") or response.reason_phrase
    because = [f"Because of: {problem['because']}."] if "because" in problem else []
    flaws = [f"{e.get('pointer')}: {e.get('message')}" for e in problem.get("errors") or []]
    sentence = f"Nothing was done ({response.status_code}): {told}"
    return Failure(code, sentence, *because, *flaws)


def _line(hold: Document) -> str:
    order = hold["order"]
    return COLUMNS.format(
        id=hold["id"],
        state=hold["state"],
        order=order["ref"],
        customer=hold["customer"],
        amount=f"{order['amount']} {order['currency']}",
        reasons=", ".join(hold["reasons"]),
    )
