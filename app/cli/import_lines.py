"""What an import came to, as lines for people."""

import shlex
import sys
from collections.abc import Iterator, Sequence
from typing import Any

from app.terminal import grouped

PROBLEMS_SHOWN = 10
"""How many refused lines are printed; the rest are in the report of --json."""

NOTHING_TAKEN = "The file is refused, and nothing of it is taken."

_MASTERS = ("customer", "limit")

Document = dict[str, Any]


def import_lines(document: Document, *, dry_run: bool) -> Iterator[str]:
    """Give the report: what was guessed, counted and taken, and what was not and why."""
    report = document.get("report") or {}
    yield from (f"note: {note}" for note in report.get("notes", []))
    if document["state"] == "refused":
        yield NOTHING_TAKEN
        yield from _refusal(document["refusal"])
        yield from _only_read(report)
    else:
        yield from _gone_through(document, report, dry_run=dry_run)
    yield from _problems(report)
    yield f"Import {document['id']}: {document['state']}."


def _gone_through(document: Document, report: Document, *, dry_run: bool) -> Iterator[str]:
    if report["rows"] or document["state"] == "done":
        yield from _counted(report)
    if document["refusal"] is not None:
        yield from _refusal(document["refusal"])
    yield from _taken(report, dry_run=dry_run)


def _only_read(report: Document) -> Iterator[str]:
    """Say what was read of a file that was refused, so that nobody takes it for taken."""
    if report["rows"]:
        yield "Read until then, and not taken:"
        yield from (f"    {line}" for line in _counted(report))


def _counted(report: Document) -> Iterator[str]:
    left_out = sum(report["left_out"].values())
    reasons = ", ".join(f"{count:,} {why}" for why, count in report["left_out"].items())
    yield f"{report['rows']:,} rows read" + (
        f", {left_out:,} left out: {reasons}." if left_out else "."
    )
    for total in report["totals"]:
        parts = ", ".join(
            f"{name.replace('_', ' ')} {grouped(total[name])}"
            for name in ("invoices", "credit_notes", "payments")
        )
        said = f"{total['currency']}: {total['items']:,} open items, {parts}"
        yield f"{said}; balance {grouped(total['balance'])}"
    yield from (f"{count:,} x {what}" for what, count in report["documents"].items())


def _taken(report: Document, *, dry_run: bool) -> Iterator[str]:
    """Say what was taken of each kind that the file states."""
    verb = "Would be taken" if dry_run else "Taken"
    masters = [name for name in _MASTERS if report["documents"].get(f"put {name}")]
    for name in masters:
        yield f"{verb} of {name}s: {_counts(report[f'{name}s'])}."
    stated = set(report["documents"]) - {f"put {name}" for name in _MASTERS}
    if not masters or stated or report["totals"] or report["cleared"]:
        others = {
            effect: n - sum(report[f"{name}s"].get(effect, 0) for name in _MASTERS)
            for effect, n in report["taken"].items()
        }
        cleared = f", {report['cleared']:,} cleared as left out" if report["cleared"] else ""
        yield f"{verb} on {report['accounts']:,} accounts: {_counts(others)}{cleared}."


def _counts(effects: Document) -> str:
    return ", ".join(f"{n:,} {effect}" for effect, n in effects.items() if n) or "nothing"


def _refusal(refusal: Document) -> Iterator[str]:
    where = "".join(
        f" ({name} {refusal[name]})" for name in ("line", "column") if refusal[name] is not None
    )
    yield f"{refusal['code']}: {refusal['message']}{where}"
    saw = {name: value for name, value in refusal["saw"].items() if name != "confirm"}
    yield from (f"    {name.replace('_', ' ')}: {_figure(value)}" for name, value in saw.items())
    if "confirm" in refusal["saw"]:
        said = shlex.join(["creditgate", *_without_confirmation(sys.argv[1:])])
        yield f"If that is right: {said} --confirm {refusal['saw']['confirm']}"


def _without_confirmation(arguments: Sequence[str]) -> Iterator[str]:
    """Give what was typed, but for an earlier confirmation and for not being meant."""
    rest = iter(arguments)
    for argument in rest:
        if argument == "--confirm":
            next(rest, None)
        elif argument != "--dry-run" and not argument.startswith("--confirm="):
            yield argument


def _figure(value: object) -> str:
    """Give a figure, or amounts by currency."""
    if not isinstance(value, dict):
        return str(value)
    return ", ".join(f"{code} {grouped(amount)}" for code, amount in value.items()) or "nothing"


def _problems(report: Document) -> Iterator[str]:
    if not report["refused"]:
        return
    yield f"{report['refused']:,} lines refused:"
    for problem in report["problems"][:PROBLEMS_SHOWN]:
        column = "" if problem["column"] is None else f", column {problem['column']}"
        yield f"    line {problem['line']}{column}: {problem['code']}: {problem['message']}"
    if report["refused"] > PROBLEMS_SHOWN:
        yield "    and more; --json names the first hundred."
