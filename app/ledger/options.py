"""What a user may state about a file, so that nothing about it is guessed."""

from dataclasses import dataclass
from datetime import date

from app.ledger.amounts import DecimalMark
from app.ledger.cells import CURRENCIES
from app.ledger.dates import FORMS
from app.ledger.refusal import FileRefusedError


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """Each is optional and goes before what the profile says or the file suggests.

    `currency`: of rows that name none. `decimal`: "point" or "comma". `dates`: the form of the
    dates, such as DD/MM/YYYY. `as_of`: the day on which a list of settled items is looked at.
    Raises `FileRefusedError` for a value that is none.
    """

    currency: str | None = None
    decimal: DecimalMark | None = None
    dates: str | None = None
    delimiter: str | None = None
    encoding: str | None = None
    sheet: str | None = None
    as_of: date | None = None

    def __post_init__(self) -> None:
        if self.currency is not None and self.currency not in CURRENCIES:
            raise FileRefusedError("option_invalid", "The option currency is no ISO 4217 code.")
        if self.dates is not None and self.dates not in FORMS:
            message = f"The option dates must be one of {', '.join(FORMS)}."
            raise FileRefusedError("option_invalid", message)
        if self.delimiter is not None and (len(self.delimiter) != 1 or self.delimiter in '\r\n"'):
            raise FileRefusedError("option_invalid", "The option delimiter must be one character.")
