"""Several rows of one document: its parts where a profile says so, else nobody knows what is open.

This is seen account by account, behind the spool: no more than one account's rows are compared.
"""

from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from enum import StrEnum
from typing import Any

from app.credit.item import ItemKind, Key
from app.credit.money import MINOR_MAX
from app.desk.statements import StateOrder
from app.ledger.errand import Refused, Report
from app.ledger.gathering import OTHER_ROW, Packed, stating
from app.ledger.profile import Profile

Lines = Sequence[tuple[int, Any]]
"""An account's rows, each with its line."""


class Repeats(StrEnum):
    """What it means that a document stands on several rows without a version.

    Rows of one version must say the same, and are one; rows of several are statements of it.
    """

    REFUSED = "refused"
    SUMMED = "summed"
    VERSIONS = "versions"

    @classmethod
    def of(cls, profile: Profile | None) -> "Repeats":
        """Give what it means in a file; one without a profile has statements one after another."""
        if profile is None:
            return cls.VERSIONS
        return cls.SUMMED if profile.sums_parts else cls.REFUSED


class _ConflictError(Exception):
    """The rows of a document do not come to one open item."""


def each_once(
    accounts: Iterable[tuple[str, Lines]], repeats: Repeats, report: Report
) -> Iterator[tuple[str, Lines]]:
    """Give the accounts with one row for each document; the rows of the others are refused."""
    for account, lines in accounts:
        if repeats is Repeats.VERSIONS or not _says_twice(lines):
            yield account, lines
            continue
        found, problems = _by_document(lines, repeats)
        if not problems:
            once = len(lines) - len(found)
            report.summed += once if repeats is Repeats.SUMMED else 0
            report.repeated += once if repeats is Repeats.REFUSED else 0
            yield account, found
            continue
        for line, _ in stating(lines):
            report.refuse(
                problems.get(line) or Refused(line, None, "account_incomplete", OTHER_ROW)
            )


def _says_twice(lines: Lines) -> bool:
    """Say whether a document stands on several lines, by one version or without any."""
    stated = [_item_of(row) for _, row in lines if isinstance(row, tuple)]
    ordered = [_order_of(row) for _, row in lines if isinstance(row, StateOrder)]
    return len(set(stated)) < len(stated) or len(set(ordered)) < len(ordered)


Said = tuple[Key, int | None]
"""A document, and the version that a row states."""


def _item_of(row: Packed) -> Said:
    return row[:2], row[-1]


def _order_of(row: StateOrder) -> Said:
    return row.key, row.statement.version


def _by_document(
    lines: Lines, repeats: Repeats
) -> tuple[list[tuple[int, Any]], dict[int, Refused]]:
    """Give one row for each document, and by their lines the rows that cannot be made one."""
    found, problems = _orders_once([line for line in lines if not isinstance(line[1], tuple)])
    by_version: dict[Said, list[tuple[int, Packed]]] = {}
    for line, row in lines:
        if isinstance(row, tuple):
            by_version.setdefault(_item_of(row), []).append((line, row))
    for rows in by_version.values():
        first = rows[0][0]
        try:
            found.append((first, _one([row for _, row in rows], repeats)))
        except _ConflictError as conflict:
            message = f"Line {first} states this document too: {conflict}"
            problems |= {
                line: Refused(line, None, "ref_repeated", message) for line, _ in rows[1:]
            }
    return sorted(found, key=lambda numbered: numbered[0]), problems


def _orders_once(lines: Lines) -> tuple[list[tuple[int, Any]], dict[int, Refused]]:
    """Give each order's row, and refuse a second one that is not the same version said again.

    It may be a position of the order as well as a later state.
    """
    found: list[tuple[int, Any]] = []
    first: dict[Said, tuple[int, StateOrder]] = {}
    problems: dict[int, Refused] = {}
    for line, row in lines:
        said = _order_of(row) if isinstance(row, StateOrder) else None
        if said is None or said not in first:
            found.append((line, row))
            if said is not None:
                first[said] = (line, row)
        elif said[1] is None or first[said][1] != row:
            message = f"Line {first[said][0]} states this order too: how much of it is open?"
            problems[line] = Refused(line, None, "ref_repeated", message)
    return found, problems


def _one(rows: list[Packed], repeats: Repeats) -> Packed:
    """Give the one row that a document's rows come to; raises `_ConflictError`."""
    if len(rows) == 1:
        return rows[0]
    if rows[0][-1] is not None:
        if any(row != rows[0] for row in rows):
            raise _ConflictError("what does this version say?")
        return rows[0]
    if repeats is Repeats.REFUSED:
        raise _ConflictError("what is open of it?")
    customer, ref, *_, currency = rows[0][:5]
    if any(row[4] != currency for row in rows):
        raise _ConflictError("parts in several currencies have no sum.")
    kind, minor = _sum(rows)
    owed = [row for row in rows if row[2] == kind and row[3]]
    issued_on, due_on = _earliest(row[5] for row in owed), _earliest(row[6] for row in owed)
    return (customer, ref, kind, minor, currency, issued_on, due_on, None, None)


def _sum(rows: list[Packed]) -> tuple[str, int]:
    """Give what parts come to: what was paid of an invoice under its number is taken off it."""
    kinds = {row[2] for row in rows if row[3]}
    signed = sum(row[3] if row[2] == ItemKind.INVOICE else -row[3] for row in rows)
    if abs(signed) > MINOR_MAX:
        raise _ConflictError("its parts come to more than 10^15 of the smallest unit.")
    return _kind(kinds, signed), abs(signed)


def _kind(kinds: set[str], signed: int) -> str:
    """Give what parts are together; what was paid beyond an invoice is owed to the customer."""
    if len(kinds) == 1:
        return kinds.pop()
    if signed >= 0:
        return ItemKind.INVOICE.value
    paid = ItemKind.CREDIT_NOTE if ItemKind.CREDIT_NOTE in kinds else ItemKind.PAYMENT
    return paid.value


def _earliest(days: Iterable[date | None]) -> date | None:
    return min((day for day in days if day is not None), default=None)
