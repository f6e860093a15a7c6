"""Rows that are not taken: the line, the column and a code, and the rest of the file is read."""

from pathlib import Path

import pytest
from ledger.files import HEADINGS, flaws_of, written

from app.ledger import Flaw, Options, open_table

GOOD = "D1,R1,invoice,12.30,EUR,2026-10-01,2026-10-31,SO-1,3\n"


def row(**cells: str) -> str:
    good = dict(zip(HEADINGS.strip().split(","), GOOD.strip().split(","), strict=True))
    return ",".join((good | cells).values()) + "\n"


BAD_CELLS = [
    ("customer", "", "ref_empty"),
    ("customer", " D1", "ref_space_at_end"),
    ("ref", "", "ref_empty"),
    ("ref", "*", "ref_without_letter_or_digit"),
    ("ref", "- / -", "ref_without_letter_or_digit"),
    ("ref", "R\t1", "ref_not_printable_ascii"),
    ("ref", "Rechnung ä", "ref_not_printable_ascii"),
    ("ref", "R" * 65, "ref_too_long"),
    ("ref", "=1+1", "formula"),
    ("customer", '"=HYPERLINK(""x"")"', "formula"),
    ("kind", "Invoice", "kind_unknown"),
    ("kind", "", "kind_unknown"),
    ("amount", "", "amount_malformed"),
    ("amount", "12,30", "amount_malformed"),
    ("amount", "-12.30", "amount_malformed"),
    ("amount", "1e3", "amount_malformed"),
    ("amount", "NaN", "amount_malformed"),
    ("amount", "٣", "amount_malformed"),
    ("amount", "=A1", "formula"),
    ("amount", "12.305", "too_many_decimals"),
    ("amount", "10000000000000.01", "amount_too_large"),
    ("currency", "eur", "currency_unknown"),
    ("currency", "XAU", "currency_unknown"),
    ("currency", "", "currency_missing"),
    ("issued_on", "2026-02-30", "date_malformed"),
    ("issued_on", "01.10.2026", "date_malformed"),
    ("due_on", "1899-12-31", "date_out_of_range"),
    ("order", "SO ", "ref_space_at_end"),
    ("version", "1.5", "whole_number_malformed"),
    ("version", str(2**53 + 1), "whole_number_malformed"),
    ("version", "9" * 5000, "whole_number_malformed"),
]


@pytest.mark.parametrize(("column", "cell", "code"), BAD_CELLS)
def test_a_bad_cell_is_named_by_line_and_column(
    tmp_path: Path, column: str, cell: str, code: str
) -> None:
    quoted = f'"{cell}"' if "," in cell else cell
    path = written(tmp_path, HEADINGS + GOOD + row(**{column: quoted}) + row(ref="R2"))

    table = open_table(path, "canonical-open-items")

    assert flaws_of(table) == [(3, column, code)]
    assert table.totals.rows == 3


@pytest.mark.parametrize(
    ("content", "code"),
    [
        ("D1,R1,invoice,12.30,EUR\n", "cells_too_few"),
        (GOOD.strip() + ",more\n", "cells_too_many"),
        ('D1,"R"1,invoice,12.30,EUR,,,,\n', "csv_malformed"),
        ("D1,R1,invoice,12.30,EUR,,,,\0\n", "nul_byte"),
    ],
)
def test_a_row_that_is_no_row_is_named_by_its_line(
    tmp_path: Path, content: str, code: str
) -> None:
    table = open_table(written(tmp_path, HEADINGS + GOOD + content + GOOD))
    assert flaws_of(table) == [(3, None, code)]


def test_the_line_of_a_row_is_its_first_even_below_cells_of_several_lines(tmp_path: Path) -> None:
    content = 'customer,name,currency\nD1,"Two\nlines",EUR\nD2,"Three\n\nlines",EUX\nD3,,EUX\n'
    table = open_table(written(tmp_path, content))
    assert flaws_of(table) == [
        (4, "currency", "currency_unknown"),
        (7, "currency", "currency_unknown"),
    ]


def test_empty_cells_behind_the_last_column_are_no_cells(tmp_path: Path) -> None:
    table = open_table(written(tmp_path, HEADINGS + GOOD.strip() + ",,,\n,,,,,,,,\n"))
    assert flaws_of(table) == []
    assert dict(table.totals.left_out) == {"blank line": 1}


def test_a_byte_outside_the_stated_encoding_is_a_flaw_and_never_replaced(tmp_path: Path) -> None:
    content = "customer,name,currency\nD1,Müller,EUR\nD2,".encode() + b"M\xfcller,EUR\n"
    table = open_table(written(tmp_path, content), options=Options(encoding="utf-8"))
    assert flaws_of(table) == [(3, "name", "undecodable")]


def test_a_byte_that_windows_1252_does_not_know_is_a_flaw(tmp_path: Path) -> None:
    content = b"customer,name,currency\nD1,M\xfcller,EUR\nD2,M\x81ller,EUR\n"
    table = open_table(written(tmp_path, content))
    assert flaws_of(table) == [(3, "name", "undecodable")]


@pytest.mark.parametrize(
    ("cells", "column", "code"),
    [
        ("R1;12.50;S", "Betrag", "amount_malformed"),
        ("R1;-12,50-;S", "Betrag", "amount_malformed"),
        ("R1;12,50-;S", "Soll/Haben", "side_contradicts"),
        ("R1;12,50;X", "Soll/Haben", "side_unknown"),
        ("R1;12,505;S", "Betrag", "too_many_decimals"),
        ("R1;;S", "Betrag", "amount_missing"),
        ("R1;1.2.3,00;S", "Betrag", "amount_malformed"),
    ],
)
def test_an_amount_that_contradicts_itself_is_a_flaw(
    tmp_path: Path, cells: str, column: str, code: str
) -> None:
    content = f"Konto;Rechnungsnummer;Betrag;Soll/Haben\n1;{cells}\n"
    table = open_table(written(tmp_path, content), "datev-opos")
    assert flaws_of(table) == [(2, column, code)]


def test_a_message_repeats_nothing_of_the_cell(tmp_path: Path) -> None:
    account = "DE89370400440532013000"
    cells = [row(**{column: account * 3}) for column in HEADINGS.strip().split(",")]
    rows = list(open_table(written(tmp_path, HEADINGS + "".join(cells))).rows())
    assert [r.message for r in rows if isinstance(r, Flaw) and account in r.message] == []
    assert len(rows) == len(cells)


def test_a_ledger_line_must_be_one_json_object(tmp_path: Path) -> None:
    lines = ["[]", "{", '{"a": NaN}', '{"a": ' + "[" * 30_000 + "}", '{"put": "x"}', "\0"]
    table = open_table(written(tmp_path, '{"delete": "order"}\n' + "\n".join(lines)))
    assert flaws_of(table) == [(n, None, "json_malformed") for n in (2, 3, 4, 5, 7)]
    assert dict(table.totals.documents) == {"delete order": 1, "unknown": 1}


def test_an_amount_of_nothing_is_left_to_the_api(tmp_path: Path) -> None:
    line = (
        '{"put": "open_item", "customer": "D1", "ref": "R1", "kind": "invoice", '
        '"amount": "0.00", "currency": "EUR"}'
    )
    table = open_table(written(tmp_path, line))
    assert flaws_of(table) == []
    assert dict(table.totals.documents) == {"put open_item": 1}


def test_a_profile_by_kind_takes_no_minus(tmp_path: Path) -> None:
    profile = (
        'name = "own"\ntitle = "Own"\nstates = "open_items"\ndecimal = "comma"\nsign = "kind"\n'
        'currency = "EUR"\nrequired = ["customer", "ref", "kind", "amount"]\n'
        'other_kinds = "refused"\nkinds.invoice = ["RE"]\nkinds.credit_note = ["GS"]\n'
        '[columns]\ncustomer = ["Kunde"]\nref = ["Beleg"]\nkind = ["Art"]\namount = ["Betrag"]\n'
    )
    own = written(tmp_path, profile, "own.toml")
    content = "Kunde;Beleg;Art;Betrag\n1;2;RE;3,00\n1;3;GS;4,00\n1;4;RE;-1,00\n1;5;XX;1,00\n"
    table = open_table(written(tmp_path, content), str(own))
    assert flaws_of(table) == [(4, "Betrag", "amount_negative"), (5, "Art", "kind_unknown")]
    assert table.totals.balances() == {"EUR": -100}


def test_the_sides_of_an_amount_may_be_named_in_a_column(tmp_path: Path) -> None:
    content = "Konto;Rechnungsnummer;Betrag;S/H\n1;2;3,00;S\n1;3;4,00;H\n1;4;5,00-;H\n1;5;0,00;\n"
    table = open_table(written(tmp_path, content))
    assert [tuple(row)[2:5] for row in table.rows()] == [
        ("2", "invoice", 300),
        ("3", "credit_note", 400),
        ("4", "credit_note", 500),
        ("5", "credit_note", 0),
    ]


def test_debit_and_credit_must_say_something_and_not_too_much(tmp_path: Path) -> None:
    large = "9" * 13
    content = f"Konto;Rechnungsnummer;Soll;Haben\n1;2;;\n1;3;{large},00;-{large},00\n"
    assert flaws_of(open_table(written(tmp_path, content))) == [
        (2, "Soll", "amount_missing"),
        (3, "Soll", "amount_too_large"),
    ]


def test_a_flag_or_number_that_is_none_is_a_flaw(tmp_path: Path) -> None:
    content = "customer,name,currency,direct_debit,dunning_level\nD1,A,EUR,maybe,\nD2,B,EUR,,-1\n"
    assert flaws_of(open_table(written(tmp_path, content))) == [
        (2, "direct_debit", "flag_malformed"),
        (3, "dunning_level", "whole_number_malformed"),
    ]


@pytest.mark.parametrize(
    ("profile", "headings", "column", "good"),
    [
        ("sap-fbl5n", "KUNNR,BELNR,GJAHR,BUZEI,WRBTR,WAERS", "BELNR", "1,900,2026,1,9.00,EUR"),
        ("canonical-orders", "customer,ref,amount,currency", "ref", "1,SO-1,9.00,EUR"),
    ],
)
def test_a_row_of_totals_that_names_a_customer_is_no_document(
    tmp_path: Path, profile: str, headings: str, column: str, good: str
) -> None:
    customer, _, *rest = good.split(",")
    total = ",".join((customer, "*", *rest))

    table = open_table(written(tmp_path, f"{headings}\n{good}\n{total}\n"), profile)

    assert flaws_of(table) == [(3, column, "ref_without_letter_or_digit")]
