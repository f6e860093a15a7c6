"""Whatever is in a file: amounts come out as they went in, and nothing unforeseen is raised."""

import json
from pathlib import Path
from tempfile import TemporaryDirectory

from hypothesis import given, settings
from hypothesis import strategies as st
from ledger.files import HEADINGS, written
from ledger.workbooks import write_workbook

from app.credit.money import MINOR_MAX, decimal_text
from app.ledger import (
    DecimalMark,
    Document,
    FileRefusedError,
    Flaw,
    ItemRow,
    LeftOut,
    Options,
    Row,
    open_table,
    profiles,
)
from app.ledger.amounts import amount_reader, exact_amount
from app.ledger.cells import CURRENCIES
from app.ledger.evidence import decimal_mark_of

a_busy_machine = settings(deadline=None)

currencies = st.sampled_from([CURRENCIES[code] for code in ("EUR", "JPY", "KWD", "CLF")])
minors = st.integers(-MINOR_MAX, MINOR_MAX)
MARKS = {DecimalMark.POINT: (".", ","), DecimalMark.COMMA: (",", ".")}
FORMS = ["{sign}{number}", "{number}{sign}", " {sign} {number} ", "{number} {sign}"]


def grouped(plain: str, mark: str, group: str) -> str:
    whole, _, decimals = plain.partition(".")
    written_whole = f"{int(whole):,}".replace(",", group)
    return f"{written_whole}{mark}{decimals}" if decimals else written_whole


@a_busy_machine
@given(
    minor=minors,
    currency=currencies,
    mark=st.sampled_from([DecimalMark.POINT, DecimalMark.COMMA]),
    group=st.sampled_from(["", "own", " ", "'", "\N{NO-BREAK SPACE}"]),
    form=st.sampled_from([*FORMS, "({number})"]),
)
def test_an_amount_is_read_as_it_was_written(
    minor: int, currency: object, mark: DecimalMark, group: str, form: str
) -> None:
    assert currency in CURRENCIES.values()
    of = next(known for known in CURRENCIES.values() if known == currency)
    decimal_mark, separator = MARKS[mark]
    number = grouped(decimal_text(abs(minor), of), decimal_mark, group.replace("own", separator))
    text = form.format(number=number, sign="-" if minor < 0 else "")

    found = amount_reader(mark)(text, of)

    assert found == (-abs(minor) if form.startswith("(") else minor)
    assert decimal_mark_of(text) in {mark, None}


@a_busy_machine
@given(minor=st.integers(0, MINOR_MAX), currency=currencies)
def test_an_amount_as_the_api_has_it_is_read_as_it_was_written(
    minor: int, currency: object
) -> None:
    of = next(known for known in CURRENCIES.values() if known == currency)
    assert exact_amount(decimal_text(minor, of), of) == minor


def outcome(content: bytes, profile: str | None, options: Options) -> list[Row]:
    with TemporaryDirectory() as folder:
        path = written(Path(folder), content)
        try:
            table = open_table(path, profile, options)
            rows = list(table.rows())
        except FileRefusedError as error:
            assert (error.code, error.message) != ("", "")  # noqa: PT017 - or it is read
            return []
    assert table.totals.is_whole()
    assert all(isinstance(row, ItemRow | Document | Flaw | LeftOut) for row in rows)
    return rows


options_of_any_kind = st.builds(
    Options,
    currency=st.sampled_from([None, "EUR"]),
    decimal=st.sampled_from([None, DecimalMark.COMMA]),
    encoding=st.sampled_from([None, None, "utf-8", "utf-16", "windows-1252"]),
)
names = st.sampled_from([None, *profiles()])
STARTS = [b"", b"PK\x03\x04", b"\xff\xfe", b"\xef\xbb\xbf", b"{", HEADINGS.encode()]


@a_busy_machine
@given(
    start=st.sampled_from(STARTS),
    content=st.binary(max_size=400),
    profile=names,
    options=options_of_any_kind,
)
def test_any_bytes_are_refused_or_read(
    start: bytes, content: bytes, profile: str | None, options: Options
) -> None:
    outcome(start + content, profile, options)


cells = st.text(max_size=20) | st.sampled_from(["EUR", "1.234,50-", "2026-10-01", "S", '"', "=1"])


@a_busy_machine
@given(name=st.sampled_from(list(profiles())), data=st.data(), options=options_of_any_kind)
def test_any_cells_below_the_right_headings_are_refused_or_read(
    name: str, data: st.DataObject, options: Options
) -> None:
    profile = profiles()[name]
    headings = [aliases[0] for aliases in profile.columns.values()]
    rows = data.draw(st.lists(st.lists(cells, max_size=len(headings) + 1), max_size=4))
    lines = [profile.delimiters[0].join(row) for row in [headings, *rows]]
    content = "\n".join(lines).encode("utf-8", "surrogatepass")
    outcome(content, name, options)


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.text(max_size=8), inner),
    max_leaves=5,
)
plain_item = {
    "put": "open_item", "customer": "D1", "ref": "R1", "kind": "invoice", "amount": "1.50",
    "currency": "EUR", "issued_on": "2026-10-01", "due_on": None, "order": "SO-1", "version": 2,
}  # fmt: skip


@a_busy_machine
@given(field=st.sampled_from(list(plain_item)), value=json_values)
def test_an_item_that_is_not_plain_is_left_to_the_api(field: str, value: object) -> None:
    line = json.dumps(plain_item | {field: value}).encode()
    for row in outcome(line, None, Options()):
        match row:
            case ItemRow():
                assert (row.customer, row.ref) != ("", "")
            case Document():
                assert set(row.document) == set(plain_item)
            case Flaw() | LeftOut():
                assert isinstance(row, Flaw)
                assert row.code in {"json_malformed", "undecodable"}


@a_busy_machine
@given(rows=st.lists(st.lists(cells.filter(str.isprintable), max_size=5), max_size=4))
def test_any_texts_in_a_workbook_are_refused_or_read(rows: list[list[str]]) -> None:
    headings = ["Party", "Voucher No", "Due Date", "Outstanding Amount", "Currency"]
    with TemporaryDirectory() as folder:
        path = write_workbook(Path(folder) / "file.xlsx", [headings, *rows])
        outcome(path.read_bytes(), "erpnext", Options(decimal=DecimalMark.COMMA))
