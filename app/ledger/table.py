"""A file, opened: what was found out about it, and its rows."""

from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

from app.ledger.evidence import dates_of, decimal_of
from app.ledger.headings import Fit, best_fit
from app.ledger.items import ON_ACCOUNT
from app.ledger.layout import Layout
from app.ledger.notes import layout_notes
from app.ledger.options import Options
from app.ledger.profile import profile_named, profiles
from app.ledger.readings import NdjsonReading, Reading, RowReading
from app.ledger.refusal import FileRefusedError
from app.ledger.rows import Document, Flaw, ItemRow, LeftOut, Row
from app.ledger.sources import NdjsonSource, Source, source_of
from app.ledger.totals import Sum, Totals


class Table:
    """A file that can be read.

    `profile` is `None` for NDJSON, whose lines say themselves what they are, and so are its
    `columns`; else those are the fields that the file has a column for, with their headings.
    `notes` has every guess as a sentence. `totals` are those of the rows read so far. `done` of
    `size` says how far the file has been read, in bytes of a text file or rows of a sheet.
    """

    def __init__(
        self, fit: Fit | None, notes: list[str], size: int, read: Callable[[], Reading]
    ) -> None:
        self.profile = None if fit is None else fit.profile
        self.columns = None if fit is None else {name: fit.heading(name) for name in fit.columns}
        self.notes = notes
        self.size = size
        self.totals = Totals()
        self._read = read
        self._reading: Reading | None = None

    @property
    def done(self) -> int:
        return 0 if self._reading is None else self._reading.done

    def rows(self) -> Iterator[Row]:
        """Give the rows in order, one at a time; each call begins anew, with new totals.

        Of those that are left out, only such as name a customer.

        Raises `FileRefusedError` where the rest of the file cannot be read.
        """
        totals = self.totals = Totals()
        sums = totals.items
        is_numbering = self.profile is not None and self.profile.unnumbered_payments
        with closing(self._read()) as reading:
            self._reading = reading
            for row in reading:
                totals.rows += 1
                if isinstance(row, ItemRow) and not row.amount_minor:
                    totals.left_out[SETTLED] += 1
                elif isinstance(row, ItemRow):
                    key = (row.kind, row.currency)
                    if (total := sums.get(key)) is None:
                        total = sums[key] = Sum()
                    total.count += 1
                    total.minor += row.amount_minor
                    if is_numbering and row.ref.startswith(ON_ACCOUNT):
                        totals.unnumbered += 1
                elif isinstance(row, LeftOut):
                    totals.left_out[row.why] += 1
                    if row.customer is None:
                        continue
                elif isinstance(row, Flaw):
                    totals.flawed += 1
                elif isinstance(row, Document):
                    totals.documents[_statement(row)] += 1
                yield row


def _statement(row: Document) -> str:
    """Give what a line states: "put customer". What it does not say is for the API's model."""
    for verb in ("put", "delete"):
        if isinstance(what := row.document.get(verb), str) and what in _KNOWN:
            return f"{verb} {what}"
    return "unknown"


SETTLED = "zero: nothing is left of it"
"""What rows are counted as that state no open item, but that a document is cleared."""

_KNOWN = frozenset({"customer", "limit", "open_item", "order"})


def open_table(path: Path, profile: str | None = None, options: Options | None = None) -> Table:
    """Look at a file and say how it is to be read.

    `profile` is a profile's name, or the path of a user's own ending in .toml; without it the
    profile that fits the headings best is taken. Raises `FileRefusedError` for a file that is
    no table, that no profile fits, or in which two readings would fit and nothing decides.
    """
    options = options or Options()
    known = list(profiles().values()) if profile is None else [profile_named(profile)]
    try:
        source = source_of(path, options)
        if isinstance(source, NdjsonSource):
            return _ndjson(source, profile)
        return _rows(source, best_fit(known, source.heads()), options)
    except OSError as error:
        raise FileRefusedError("file_unreadable", f"{path.name}: {error.strerror}.") from None


def _ndjson(source: NdjsonSource, profile: str | None) -> Table:
    if profile is not None and not profile.startswith("canonical"):
        message = f"The file is NDJSON, which has the API's field names, not those of {profile}."
        raise FileRefusedError("profile_unfit", message)
    return Table(None, [source.note], source.size, lambda: NdjsonReading(source.open()))


def _rows(source: Source, fit: Fit, options: Options) -> Table:
    with closing(source.rows(fit.delimiter)) as rows:
        decimal, decimal_note = decimal_of(fit, options, rows)
    with closing(source.rows(fit.delimiter)) as rows:
        dates, dates_note = dates_of(fit, options, rows)
    layout = Layout(fit, options, decimal, dates)
    _check_stated(layout)
    notes = [*source.notes, *layout_notes(layout)]
    notes += [note for note in (decimal_note, dates_note) if note is not None]
    return Table(fit, notes, source.size, lambda: RowReading(source.rows(fit.delimiter), layout))


def _check_stated(layout: Layout) -> None:
    """Refuse a file that lacks what only an option can say."""
    if not layout.has("currency") and layout.default_currency is None:
        message = "No column names the currency: state the option currency."
        raise FileRefusedError("currency_missing", message)
    if layout.profile.open_on is not None and layout.options.as_of is None:
        message = "The list has settled items too: state the option as_of, the day to look at."
        raise FileRefusedError("as_of_missing", message)
