"""A profile laid over a file's headings: where each field stands, and how its cells are read."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import TypeVar

from app.credit.money import Currency
from app.ledger import cells
from app.ledger.amounts import DecimalMark, ReadAmount, amount_reader, exact_amount
from app.ledger.cells import CURRENCIES, Reader
from app.ledger.dates import day_reader, exact_day
from app.ledger.headings import Fit
from app.ledger.options import Options
from app.ledger.profile import Profile
from app.ledger.rows import CellError

Value = TypeVar("Value")


@dataclass(frozen=True, slots=True)
class Layout:
    """How one file is read.

    Each row gets an empty cell behind its last, which stands for every column that the file
    does not have: so a field's place is always a place in the row.
    """

    fit: Fit
    options: Options
    decimal: DecimalMark
    dates: tuple[str, ...]

    @property
    def profile(self) -> Profile:
        return self.fit.profile

    @property
    def width(self) -> int:
        """Give the number of cells in a row."""
        return len(self.fit.headings)

    def has(self, field: str) -> bool:
        """Say whether the file has a column for a field."""
        return field in self.fit.columns

    def at(self, field: str) -> int:
        """Give a field's place in a row."""
        return self.fit.columns.get(field, self.width)

    def name(self, field: str) -> str:
        """Give what to call a field in a message: the file's own heading if it has one."""
        return self.fit.heading(field) if self.has(field) else field

    def reader(self, field: str, meaning: Callable[[str], Value]) -> Reader[Value]:
        """Give a reader whose errors name the field's column."""
        return Reader(meaning, self.name(field))

    def ref_meaning(self, field: str) -> Callable[[str], str]:
        """Give how a field's cell is read as a ref."""
        if self.profile.exact:
            return cells.ref
        return cells.unpadded_ref if field in self.profile.unpadded else cells.trimmed_ref

    def refs(self, field: str) -> Reader[str]:
        """Give the reader of a field's refs."""
        return self.reader(field, self.ref_meaning(field))

    def optional_refs(self, field: str) -> Reader[str | None]:
        """Give the reader of a field's refs; an empty cell is none."""
        return self.reader(field, cells.or_nothing(self.ref_meaning(field)))

    def days(self, field: str) -> Reader[date | None]:
        """Give the reader of a field's days; an empty cell is no day."""
        if self.profile.exact:
            return self.reader(field, lambda cell: exact_day(cell) if cell else None)
        # Workbooks give their days as ISO has them, and nothing else looks like that.
        return self.reader(field, day_reader([*self.dates, "YYYY-MM-DD"]))

    def amounts(self) -> ReadAmount:
        """Give how amounts are read."""
        return exact_amount if self.profile.exact else amount_reader(self.decimal)

    @property
    def default_currency(self) -> str | None:
        """Give the currency of rows that name none."""
        return self.options.currency or self.profile.currency

    def currencies(self) -> Reader[Currency]:
        """Give the reader of currencies; an empty cell is the default, or refused."""
        default = self.default_currency

        def meaning(cell: str) -> Currency:
            if cell.strip():
                return cells.exact_currency(cell) if self.profile.exact else cells.currency(cell)
            if default is None:
                message = "Names no currency; the option currency states which is meant."
                raise CellError("currency_missing", message)
            return CURRENCIES[default]

        return self.reader("currency", meaning)
