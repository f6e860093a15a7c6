"""What comes out of a file, row by row."""

from datetime import date
from typing import Any, NamedTuple

from app.credit.item import ItemKind


class ItemRow(NamedTuple):
    """What is left open of one document. The amount is positive minor units; kind has the sign.

    At zero nothing is left of it: it is cleared.
    """

    line: int
    customer: str
    ref: str
    kind: ItemKind
    amount_minor: int
    currency: str
    issued_on: date | None
    due_on: date | None
    order_ref: str | None
    version: int | None


class Document(NamedTuple):
    """A row as a line of `POST /v1/ledger` has it, not yet validated."""

    line: int
    document: dict[str, Any]


class Flaw(NamedTuple):
    """Why a row is not taken. `column` is the heading in the file; no input is repeated.

    `customer` is whose row it is, where that can be read.
    """

    line: int
    column: str | None
    code: str
    message: str
    customer: str | None = None


class LeftOut(NamedTuple):
    """Why a row states no document: it is cleared, blank, a total.

    `customer` is whose list it is a row of, where that can be read.
    """

    why: str
    customer: str | None = None


Row = ItemRow | Document | Flaw | LeftOut

CellsOrFlaw = tuple[int, list[str]] | Flaw
"""A row's line and cells as they stand in the file, or why it has none."""


class StoredNumber(str):
    """A number that a workbook stores as such: with a decimal point, whatever the texts have."""

    __slots__ = ()


class CellError(ValueError):
    """A cell, or the row, is not what it must be; caught where the line is known."""

    def __init__(self, code: str, message: str, column: str | None = None) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.column = column

    def at(self, line: int, customer: str | None = None) -> Flaw:
        """Give the flaw of the row on this line."""
        return Flaw(line, self.column, self.code, self.message, customer)
