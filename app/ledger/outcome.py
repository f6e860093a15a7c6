"""What a run came to, as the document that is stored, printed and sent."""

from collections.abc import Iterator, Mapping
from typing import Any, Final

from app.credit.item import ItemKind
from app.credit.money import decimal_text
from app.ledger.cells import CURRENCIES
from app.ledger.errand import ImportRefusedError, Refused, Report
from app.ledger.items import ON_ACCOUNT
from app.ledger.refusal import FileRefusedError
from app.ledger.totals import Sum, Totals

PROBLEMS_TOLD_MAX = 100
"""How many refused lines the document names; all are counted."""

_NAMES: Final[Mapping[ItemKind, str]] = {
    ItemKind.INVOICE: "invoices",
    ItemKind.CREDIT_NOTE: "credit_notes",
    ItemKind.PAYMENT: "payments",
}
_FOLLOWS: Final = "account_incomplete"
"""Why a line is refused that has no flaw of its own; those with one are told before."""

_EFFECTS: Final = ("applied", "unchanged", "outdated", "unknown")
_EFFECTS_OF_MASTERS: Final = ("applied", "unchanged")


def report_document(report: Report) -> dict[str, Any]:
    """Give a report for programs; amounts are decimal text, without a sign but the balance."""
    totals = report.totals
    return {
        "notes": [*report.notes, *_notes(report)],
        "rows": totals.rows,
        "left_out": dict(totals.left_out),
        "taken": {effect: report.effects[effect] for effect in _EFFECTS},
        "customers": {effect: report.customers[effect] for effect in _EFFECTS_OF_MASTERS},
        "limits": {effect: report.limits[effect] for effect in _EFFECTS_OF_MASTERS},
        "accounts": report.accounts,
        "cleared": report.cleared,
        "refused": report.refused,
        "problems": [
            {
                "line": problem.line,
                "column": problem.column,
                "code": problem.code,
                "message": problem.message,
            }
            for problem in sorted(report.problems, key=_causes_first)
        ][:PROBLEMS_TOLD_MAX],
        "totals": _totals(totals),
        "documents": dict(totals.documents),
    }


def _notes(report: Report) -> Iterator[str]:
    if report.totals.unnumbered:
        yield (
            f"Rows in credit that have no number: {report.totals.unnumbered:,}. They are payments "
            f"on account, one for each customer, day and currency ({ON_ACCOUNT}…)."
        )
    if report.repeated:
        yield (
            "Rows that repeat another row of their document and version word for word: "
            f"{report.repeated:,}. They are taken once; the control totals count all rows."
        )
    if report.spared:
        yield (
            f"Documents that the list leaves out, and that its source stated only after it was "
            f"looked at: {report.spared:,}. They stay."
        )
    if report.summed:
        yield (
            f"Rows with the number of another row of their customer: {report.summed:,}. Their "
            "amounts are summed into one open item, which is due on the earliest day of its parts."
        )


def _causes_first(problem: Refused) -> tuple[bool, int]:
    return problem.code == _FOLLOWS, problem.line


def refusal_document(refusal: FileRefusedError | ImportRefusedError) -> dict[str, Any]:
    """Say why nothing was taken, with the figures that it is about."""
    told: dict[str, Any] = {"code": refusal.code, "message": refusal.message}
    if isinstance(refusal, ImportRefusedError):
        return told | {"line": None, "column": None, "saw": _said(refusal.details)}
    return told | {"line": refusal.line, "column": refusal.column, "saw": {}}


def _said(details: Mapping[str, object]) -> dict[str, object]:
    """Give figures as a caller has them: amounts as decimal text."""
    code = details.get("currency")
    if not isinstance(code, str):
        return {
            name: _texts(value) if isinstance(value, Mapping) else value
            for name, value in details.items()
        }
    currency = CURRENCIES[code]
    amounts = {"minor": "amount", "expected": "expected"}
    return {
        amounts.get(name, name): decimal_text(value, currency) if isinstance(value, int) else value
        for name, value in details.items()
    }


def _texts(minor: Mapping[str, int]) -> dict[str, str]:
    return {code: decimal_text(minor[code], CURRENCIES[code]) for code in sorted(minor)}


def _totals(totals: Totals) -> list[dict[str, Any]]:
    balances = totals.balances()
    return [_total(code, balances[code], totals) for code in sorted(balances)]


def _total(code: str, balance_minor: int, totals: Totals) -> dict[str, Any]:
    currency = CURRENCIES[code]
    of_kind = {kind: totals.items.get((kind, code), Sum()) for kind in ItemKind}
    sums = {_NAMES[kind]: decimal_text(found.minor, currency) for kind, found in of_kind.items()}
    counted = {"currency": code, "items": sum(found.count for found in of_kind.values())}
    return counted | sums | {"balance": decimal_text(balance_minor, currency)}
