"""Excel workbooks: cells as Excel stores them, and archives that must not be unpacked."""

import struct
from datetime import date
from pathlib import Path
from zipfile import ZIP_BZIP2, ZIP_DEFLATED, ZipFile

import pytest
from ledger.files import Refusal, flaws_of, items_of, refusal_of, written
from ledger.workbooks import PARTS, Cell, Number, write_sheet, write_workbook

from app.ledger import Options, open_table
from app.ledger.bounds import WORKBOOK_INFLATED_BYTES_MAX

HEADINGS: list[Cell] = ["Party", "Voucher No", "Due Date", "Outstanding Amount", "Currency"]
SHEET = "xl/worksheets/sheet1.xml"


def workbook(folder: Path, *rows: list[Cell]) -> Path:
    return write_workbook(folder / "file.xlsx", [HEADINGS, *rows])


def test_numbers_days_and_texts_are_read_as_excel_shows_them(tmp_path: Path) -> None:
    path = workbook(
        tmp_path,
        [10027, "R1", date(2026, 10, 31), Number("6120.5"), "EUR"],
        ["0010027", 4711, "2026-10-31", Number("-0.30000000000000004"), "EUR"],
        [10028, "R3", None, Number("1.2E3"), "EUR"],
    )
    rows = list(open_table(path).rows())
    assert [tuple(row)[:8] for row in rows] == [
        (2, "10027", "R1", "invoice", 612_050, "EUR", None, date(2026, 10, 31)),
        (3, "0010027", "4711", "credit_note", 30, "EUR", None, date(2026, 10, 31)),
        (4, "10028", "R3", "invoice", 120_000, "EUR", None, None),
    ]


def test_stored_numbers_show_nothing_of_how_texts_are_written(tmp_path: Path) -> None:
    path = workbook(
        tmp_path,
        ["C1", "R1", None, Number("1.5"), "EUR"],
        ["C1", "R2", None, "1.234,50", "EUR"],
        ["C1", "R3", None, Number("1.234"), "KWD"],
    )
    assert items_of(path) == [
        ("R1", "invoice", 150),
        ("R2", "invoice", 123_450),
        ("R3", "invoice", 1234),
    ]


def test_what_excel_cannot_keep_is_a_flaw(tmp_path: Path) -> None:
    path = workbook(
        tmp_path,
        [Number("1234567890123456"), "R1", None, 1, "EUR"],
        ["C1", "=R2", None, 1, "EUR"],
        ["C1", "R3", None, Number("1.005"), "EUR"],
        [None, None, None, None, None],
        ["C1", "R4", Number("46326"), 1, "EUR"],
    )
    table = open_table(path)
    assert flaws_of(table) == [
        (2, "Party", "number_not_exact"),
        (3, "Voucher No", "formula"),
        (4, "Outstanding Amount", "too_many_decimals"),
        (6, "Due Date", "date_malformed"),
    ]


def test_a_formula_counts_as_the_value_excel_stored(tmp_path: Path) -> None:
    texts = ("".join(f'<c t="inlineStr"><is><t>{t}</t></is></c>' for t in map(str, HEADINGS)),)
    row = (
        '<c t="inlineStr"><is><t>C1</t></is></c><c t="inlineStr"><is><t>R1</t></is></c><c/>'
        '<c><f>10+2.5</f><v>12.5</v></c><c t="inlineStr"><is><t>EUR</t></is></c>'
    )
    body = f"<sheetData><row>{texts[0]}</row><row>{row}</row></sheetData>"
    assert items_of(write_sheet(tmp_path / "file.xlsx", body)) == [("R1", "invoice", 1250)]


def test_a_sheet_is_chosen_by_its_name(tmp_path: Path) -> None:
    path = workbook(tmp_path, ["C1", "R1", None, 1, "EUR"])
    assert items_of(path, options=Options(sheet="Posten")) == [("R1", "invoice", 100)]
    assert refusal_of(path, options=Options(sheet="Other")).code == "sheet_missing"


def test_an_empty_sheet_has_no_headings(tmp_path: Path) -> None:
    assert refusal_of(write_sheet(tmp_path / "file.xlsx", "<sheetData/>")).code == "no_headings"


def test_a_sheet_that_unpacks_to_many_times_its_size_is_refused(tmp_path: Path) -> None:
    path = write_sheet(tmp_path / "file.xlsx", " " * 50_000_000)
    assert path.stat().st_size < 100_000
    assert refusal_of(path) == Refusal("workbook_bomb", None, None)


def test_parts_that_are_too_large_together_are_refused(tmp_path: Path) -> None:
    path = write_sheet(tmp_path / "file.xlsx", "")
    with ZipFile(path, "a", ZIP_DEFLATED) as archive:
        for number in range(WORKBOOK_INFLATED_BYTES_MAX // 1_000_000 + 1):
            archive.writestr(f"xl/media/{number}.bin", b"\0" * 1_000_000)
    assert refusal_of(path).code == "workbook_bomb"


def test_a_zip_that_lies_about_its_sizes_is_refused(tmp_path: Path) -> None:
    path = write_sheet(tmp_path / "file.xlsx", " " * 50_000_000)
    content = path.read_bytes()
    size = ZipFile(path).getinfo(SHEET).file_size
    path.write_bytes(content.replace(struct.pack("<L", size), struct.pack("<L", 500)))
    assert refusal_of(path).code == "workbook_bomb"


def test_a_small_sheet_that_claims_a_huge_area_is_refused(tmp_path: Path) -> None:
    body = '<sheetData><row r="1"><c r="A1"><v>1</v></c></row><row r="1048576">'
    body += "<c r='XFD1048576'><v>1</v></c></row></sheetData>"
    assert refusal_of(write_sheet(tmp_path / "file.xlsx", body)).code == "workbook_bomb"


@pytest.mark.parametrize("place", ["C999999999999999999991", "AAAA1", "A-1", ""])
def test_a_cell_at_an_impossible_place_is_refused(tmp_path: Path, place: str) -> None:
    body = f'<sheetData><row r="1"><c t="n"r = "{place}"><v>1</v></c></row></sheetData>'
    assert refusal_of(write_sheet(tmp_path / "file.xlsx", body)).code == "workbook_broken"


@pytest.mark.parametrize("part", ["content.xml", "xl/workbook.bin"])
def test_another_kind_of_workbook_is_refused(tmp_path: Path, part: str) -> None:
    path = workbook(tmp_path, ["C1", "R1", None, 1, "EUR"])
    with ZipFile(path, "a") as archive:
        archive.writestr(part, "")
    assert refusal_of(path).code == "not_a_workbook"


def test_an_archive_that_is_no_workbook_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "file.zip"
    with ZipFile(path, "w") as archive:
        archive.writestr("readme.txt", "hello")
    assert refusal_of(path).code == "not_a_workbook"


def test_an_archive_packed_as_workbooks_never_are_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "file.xlsx"
    with ZipFile(path, "w", ZIP_BZIP2) as archive:
        for name, content in PARTS.items():
            archive.writestr(name, content)
    assert refusal_of(path).code == "workbook_broken"


@pytest.mark.parametrize("kept", [4, 30, 100, 700])
def test_half_a_workbook_is_refused(tmp_path: Path, kept: int) -> None:
    content = workbook(tmp_path, ["C1", "R1", None, 1, "EUR"]).read_bytes()
    assert refusal_of(written(tmp_path, content[:kept])).code == "workbook_broken"


def test_a_workbook_without_its_sheet_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "file.xlsx"
    with ZipFile(path, "w") as archive:
        for name, content in PARTS.items():
            archive.writestr(name, content)
    assert refusal_of(path).code == "workbook_broken"
