"""What is found out about a file, said in its notes, and refused where two readings would fit."""

from pathlib import Path

import pytest
from ledger.files import HEADINGS, Refusal, items_of, refusal_of, written

from app.ledger import DecimalMark, FileRefusedError, Options, open_table, profiles

ERPNEXT = "Party,Voucher Type,Voucher No,Posting Date,Outstanding Amount,Currency\n"
CENTRAL = "Customer No.;Document No.;Entry No.;Posting Date;Remaining Amount;Currency Code\n"


def erpnext(folder: Path, *amounts: str) -> Path:
    rows = (f'C1,Sales Invoice,R{n},2026-10-01,"{a}",EUR\n' for n, a in enumerate(amounts))
    return written(folder, ERPNEXT + "".join(rows))


@pytest.mark.parametrize(
    ("amounts", "note", "minor"),
    [
        (["1.234,56"], "Decimal comma, because of 1.234,56 in line 2.", [123_456]),
        (["1,234.56"], "Decimal point, because of 1,234.56 in line 2.", [123_456]),
        (["1.234", "0,5"], "Decimal comma, because of 0,5 in line 3.", [123_400, 50]),
        (
            ["1.234", "1.234.567"],
            "Decimal comma, because of 1.234.567 in line 3.",
            [123_400, 123_456_700],
        ),
        (["1,23,456.00"], "Decimal point, because of 1,23,456.00 in line 2.", [12_345_600]),
        (["1'234.5"], "Decimal point, because of 1'234.5 in line 2.", [123_450]),
        (["1234.50", "2.000"], "Decimal point, because of 1234.50 in line 2.", [123_450, 200]),
        (["12", "7"], "No amount is written with a decimal mark.", [1200, 700]),
        (["12345.000"], "Decimal point, because of 12345.000 in line 2.", [1_234_500]),
        (["0.500"], "Decimal point, because of 0.500 in line 2.", [50]),
    ],
)
def test_the_decimal_mark_is_found_in_the_amounts(
    tmp_path: Path, amounts: list[str], note: str, minor: list[int]
) -> None:
    path = erpnext(tmp_path, *amounts)
    assert open_table(path).notes[-1] == note
    assert [item[2] for item in items_of(path)] == minor


def test_a_decimal_mark_that_no_amount_shows_must_be_stated(tmp_path: Path) -> None:
    path = erpnext(tmp_path, "12", "1.234", "-5.678")
    assert refusal_of(path) == Refusal("decimal_ambiguous", 3, None)

    stated = items_of(path, options=Options(decimal=DecimalMark.COMMA))
    assert [item[2] for item in stated] == [1200, 123_400, 567_800]


@pytest.mark.parametrize(
    ("days", "note", "first"),
    [
        (
            ["03/04/2026", "25/04/2026"],
            "Dates as DD/MM/YYYY, because of 25/04/2026 in line 3.",
            "2026-04-03",
        ),
        (
            ["03/04/2026", "04/25/2026"],
            "Dates as MM/DD/YYYY, because of 04/25/2026 in line 3.",
            "2026-03-04",
        ),
    ],
)
def test_day_and_month_are_told_apart_by_the_dates(
    tmp_path: Path, days: list[str], note: str, first: str
) -> None:
    rows = "".join(f"C1;R{n};{n};{day};1,50;EUR\n" for n, day in enumerate(days))
    table = open_table(written(tmp_path, CENTRAL + rows))
    assert table.notes[-1] == note
    assert str(next(table.rows()).issued_on) == first  # type: ignore[union-attr]


def test_dates_that_fit_both_orders_must_be_stated(tmp_path: Path) -> None:
    path = written(tmp_path, CENTRAL + "C1;R1;1;03/04/2026;1,50;EUR\n")
    assert refusal_of(path) == Refusal("dates_ambiguous", 2, None)
    table = open_table(path, options=Options(dates="DD/MM/YYYY"))
    assert str(next(table.rows()).issued_on) == "2026-04-03"  # type: ignore[union-attr]


@pytest.mark.parametrize(
    ("encoding", "note"),
    [
        ("utf-8", "Read as UTF-8."),
        ("utf-8-sig", "Read as UTF-8, as its byte order mark says."),
        ("utf-16", "Read as UTF-16, as its byte order mark says."),
        ("cp1252", "Read as Windows-1252, because line 2 is not UTF-8."),
    ],
)
def test_umlauts_are_read_in_every_encoding(tmp_path: Path, encoding: str, note: str) -> None:
    content = "customer,name,currency\nD1,Müller & Söhne €,EUR\n"
    table = open_table(written(tmp_path, content.encode(encoding)))
    assert table.notes[0] == note
    assert next(table.rows()).document["name"] == "Müller & Söhne €"  # type: ignore[union-attr]


def test_a_stated_encoding_goes_before_what_the_bytes_suggest(tmp_path: Path) -> None:
    content = "customer,name,currency\nD1,10 €,EUR\n".encode("iso-8859-15")
    table = open_table(written(tmp_path, content), options=Options(encoding="iso-8859-15"))
    assert table.notes[0] == "Read as iso-8859-15, as stated."
    assert next(table.rows()).document["name"] == "10 €"  # type: ignore[union-attr]


def test_an_umlaut_far_down_decides_the_encoding_too(tmp_path: Path) -> None:
    many = "D1,Miller,EUR\n" * 200_000
    content = f"customer,name,currency\n{many}D2,Müller,EUR\n".encode("cp1252")
    table = open_table(written(tmp_path, content))
    assert table.notes[0] == "Read as Windows-1252, because line 200002 is not UTF-8."


@pytest.mark.parametrize("delimiter", [";", ",", "\t"])
def test_the_delimiter_is_the_one_that_makes_the_headings(tmp_path: Path, delimiter: str) -> None:
    content = HEADINGS + "D1,R1,invoice,12.30,EUR,,,,\n"
    path = written(tmp_path, content.replace(",", delimiter))
    assert items_of(path) == [("R1", "invoice", 1230)]


def test_another_delimiter_can_be_stated(tmp_path: Path) -> None:
    content = (HEADINGS + "D1,R1,invoice,12.30,EUR,,,,\n").replace(",", "|")
    path = written(tmp_path, content)
    assert items_of(path, options=Options(delimiter="|")) == [("R1", "invoice", 1230)]


def test_headings_are_found_without_regard_to_case_spaces_and_points(tmp_path: Path) -> None:
    content = "CUSTOMERNO;document_no.;Entry  No;remaining amount;currency-code\nC1;R1;7;1,5;EUR\n"
    assert items_of(written(tmp_path, content)) == [("R1/7", "invoice", 150)]


def test_a_customer_without_currency_column_needs_the_option(tmp_path: Path) -> None:
    path = written(tmp_path, "party,voucher_no,outstanding\nC1,R1,1.5\n")
    assert refusal_of(path) == Refusal("currency_missing", None, None)
    assert items_of(path, options=Options(currency="USD")) == [("R1", "invoice", 150)]


def test_a_list_of_settled_items_needs_the_day_to_look_at(tmp_path: Path) -> None:
    headings = "customerID,invoiceNumber,InvoiceDate,DueDate,InvoiceAmount,SettledDate\n"
    assert refusal_of(written(tmp_path, headings)) == Refusal("as_of_missing", None, None)


def test_what_a_file_lacks_is_said(tmp_path: Path) -> None:
    content = "Kunde;Belegnummer;Betrag in Hauswährung;Hauswährung\n10027;4711;1,5-;EUR\n"
    table = open_table(written(tmp_path, content))
    assert table.notes[2:-1] == [
        "Amounts are those in local currency, column Betrag in Hauswährung.",
        "Refs are made without year, item, so two documents may have the same.",
        (
            "There is no column for cleared, so no row is left out as cleared: it has a clearing "
            "document."
        ),
        "There is no column for special_gl, so no row is left out as a down payment request.",
        "No column has the due date, so nothing of it counts as overdue.",
    ]


def test_headings_that_two_profiles_fit_alike_need_the_profile_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    twin = profiles()["canonical-limits"].model_copy(update={"name": "twin"})
    monkeypatch.setattr("app.ledger.table.profiles", lambda: {**profiles(), "twin": twin})
    path = written(tmp_path, "account,amount,currency\n")
    with pytest.raises(FileRefusedError) as refused:
        open_table(path)
    assert refused.value.message == (
        "The headings fit canonical-limits and twin alike: name the profile."
    )


@pytest.mark.parametrize(("end", "is_told"), [("", True), ("\n", False), ("\r\n", False)])
def test_a_last_line_without_an_end_is_told(tmp_path: Path, end: str, *, is_told: bool) -> None:
    text = f"customer,ref,kind,amount,currency\nC1,I1,invoice,12.00,EUR{end}"
    notes = open_table(written(tmp_path, text)).notes
    assert any("no line end" in note for note in notes) == is_told
