"""Doing something with holds of a running service, and saying what became of each."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import typer

from app.cli.asking import REFUSALS, Asking, Service, path_of
from app.cli.exits import Exit, Failure
from app.terminal import grouped

Document = dict[str, Any]

WHATEVER_IT_IS_NOW = {"assign", "comment"}
"""What is done without having seen the hold as it is."""


@dataclass(frozen=True, slots=True)
class Deciding:
    """Acts on holds at the version that was seen, else the one of now.

    Of a dry run nothing stays.
    """

    service: Service
    version: int | None = None
    dry_run: bool = False

    def do(self, action: str, holds: Sequence[str], said: Mapping[str, object]) -> Exit:
        """Do the same with each hold; gives how the command ends."""
        if self.version is not None and len(holds) > 1:
            raise Failure(Exit.USAGE, "A version is one hold's: name one hold, or no version.")
        asking = Asking(self.service)
        seen = {hold: json.loads(asking.read(path_of(hold))) for hold in dict.fromkeys(holds)}
        # A field that stands for nobody is said as such.
        body = {n: value for n, value in said.items() if value is not None or n == "assignee"}
        actions = [self._one(action, shown) | body for shown in seen.values()]
        results = asking.post("/v1/holds/actions", {"dry_run": self.dry_run, "actions": actions})
        refused = [
            problem
            for result in results["items"]
            if (problem := self._told(seen[result["hold"]], result)) is not None
        ]
        if self.dry_run:
            typer.echo("\n".join(_standing(account) for account in results["accounts"]))
        if len(refused) < len(seen):
            return Exit.LINES_REFUSED if refused else Exit.OK
        return REFUSALS.get(refused[0]["status"], Exit.DATA)

    def _one(self, action: str, shown: Document) -> Document:
        one = {"hold": shown["id"], "action": action}
        if action in WHATEVER_IT_IS_NOW:
            return one
        return one | {"version": self.version or shown["version"]}

    def _told(self, shown: Document, result: Document) -> Document | None:
        """Print what became of one hold; gives the problem where nothing did."""
        order = f"{shown['order']['ref']} of {shown['customer']}"
        problem: Document | None = result["problem"]
        if problem is None:
            typer.echo(f"{order}: {'would be ' if self.dry_run else ''}{result['state']}")
            return None
        because = f" Because of: {problem['because']}." if "because" in problem else ""
        told = f"Nothing was done ({problem['status']}): {problem['detail']}{because}"
        typer.echo(f"{order}: {told}", err=True)
        return problem


def _standing(account: Document) -> str:
    """Give how an account would stand, in a line."""
    exposure, limit = account["exposure"], account["limit"]
    free = "" if account["headroom"] is None else f", {grouped(account['headroom'])} free"
    allowed = "no limit"
    if limit is not None:
        allowed = "unlimited" if limit["amount"] is None else f"limit {grouped(limit['amount'])}"
    told = f"{grouped(exposure['total'])} {account['currency']}"
    return f"{account['account']} then: exposure {told}, {allowed}{free}"
