"""Formulas in workbooks: what was computed last is taken and said, what never was is refused."""

from pathlib import Path
from zipfile import ZIP_DEFLATED, ZipFile

import pytest
from ledger.files import Refusal, flaws_of, items_of, refusal_of
from ledger.workbooks import PARTS, write_sheet

from app.ledger import Flaw, Options, open_table

HEADINGS = ["Party", "Voucher No", "Due Date", "Outstanding Amount", "Currency", "Remark"]
SHEET = "xl/worksheets/sheet1.xml"
NOTE = "{} cells hold formulas; their last computed value was taken."
PLAIN = ("<f>1+1</f><v>2</v>", '<f t="shared" si="0"/><v>2.5</v>')
EMPTY = ("<f>1+1</f>", "<f>1+1</f><v/>", "<f>1+1</f><v></v>", '<f t="shared" si="0"/>')


def text(value: str) -> str:
    return f'<c t="inlineStr"><is><t>{value}</t></is></c>'


def row(**cells: str) -> str:
    """Give a row of an open item, in which these cells are XML."""
    good = {"Party": text("C1"), "Voucher": text("R1"), "Due": "<c/>", "Amount": "<c><v>1</v></c>"}
    good |= {"Currency": text("EUR"), "Remark": "<c/>"}
    return f"<row>{''.join((good | cells).values())}</row>"


def sheet(*rows: str) -> str:
    headings = f"<row>{''.join(map(text, HEADINGS))}</row>"
    return f"<sheetData>{headings}{''.join(rows)}</sheetData>"


def book(folder: Path, *rows: str) -> Path:
    return write_sheet(folder / "file.xlsx", sheet(*rows))


@pytest.mark.parametrize("amount", PLAIN)
def test_what_was_computed_last_is_taken_and_said(tmp_path: Path, amount: str) -> None:
    path = book(tmp_path, row(Amount=f"<c>{amount}</c>"), row(Voucher=text("R2")))
    assert [ref for ref, *_ in items_of(path)] == ["R1", "R2"]
    assert NOTE.format(1) in open_table(path).notes


def test_of_a_sheet_without_formulas_nothing_is_said(tmp_path: Path) -> None:
    notes = open_table(book(tmp_path, row())).notes
    assert [note for note in notes if "formula" in note] == []


@pytest.mark.parametrize("amount", EMPTY)
def test_a_row_that_needs_what_was_never_computed_is_refused(tmp_path: Path, amount: str) -> None:
    path = book(tmp_path, row(), row(Amount=f"<c>{amount}</c>"), row(Due=f"<c>{amount}</c>"))
    assert flaws_of(open_table(path)) == [
        (3, "Outstanding Amount", "formula_not_computed"),
        (4, "Due Date", "formula_not_computed"),
    ]
    (flaw, _) = (flaw for flaw in open_table(path).rows() if isinstance(flaw, Flaw))
    assert flaw.customer == "C1"


def test_a_formula_that_nobody_needs_refuses_nothing(tmp_path: Path) -> None:
    path = book(tmp_path, row(Remark="<c><f>1+1</f></c>"))
    assert items_of(path) == [("R1", "invoice", 100)]


def test_an_empty_text_is_what_a_formula_came_to(tmp_path: Path) -> None:
    path = book(tmp_path, row(Due='<c t="str"><f>""</f><v></v></c>'))
    assert items_of(path) == [("R1", "invoice", 100)]


@pytest.mark.parametrize("formula", ["<f>1/0</f>", ""])
def test_an_error_is_no_empty_cell(tmp_path: Path, formula: str) -> None:
    path = book(tmp_path, row(Due=f'<c t="e">{formula}<v>#DIV/0!</v></c>'))
    assert flaws_of(open_table(path)) == [(2, "Due Date", "formula_error")]


def test_whether_a_row_is_cleared_must_have_been_computed(tmp_path: Path) -> None:
    headings = map(text, ("Konto", "Rechnungsnummer", "Saldo", "Ausgleichsnummer"))
    rows = f"<row>{''.join(headings)}</row><row>{text('C1')}{text('R1')}<c><v>1</v></c>"
    path = write_sheet(
        tmp_path / "file.xlsx", f"<sheetData>{rows}<c><f>A1</f></c></row></sheetData>"
    )
    assert flaws_of(open_table(path)) == [(2, "Ausgleichsnummer", "formula_not_computed")]


def test_cells_are_found_by_their_places_below_and_right_of_nothing(tmp_path: Path) -> None:
    cells = "".join(
        text(heading).replace("<c ", f'<c r="{letter}4" ')
        for letter, heading in zip("CDEF", HEADINGS[:4], strict=True)
    )
    item = '<c r="C6" t="str"><v>C1</v></c><c r="D6" t="str"><v>R1</v></c>'
    body = f'<row r="4">{cells}</row><row r="6">{item}<c r="F6"><f>A1</f></c></row>'
    path = write_sheet(tmp_path / "file.xlsx", f"<sheetData>{body}</sheetData>")
    table = open_table(path, options=Options(currency="EUR"))
    assert flaws_of(table) == [(6, "Outstanding Amount", "formula_not_computed")]
    assert table.done == table.size == 6


@pytest.mark.parametrize(("calculation", "flaws"), [("", 0), ('<calcPr fullCalcOnLoad="1"/>', 1)])
def test_a_zero_of_a_program_that_computes_nothing_is_no_value(
    tmp_path: Path, calculation: str, flaws: int
) -> None:
    parts = PARTS | {SHEET: sheet(row(Amount="<c><f>A1</f><v>0</v></c>"))}
    parts["xl/workbook.xml"] = PARTS["xl/workbook.xml"].replace(
        "</workbook>", f"{calculation}</workbook>"
    )
    path = tmp_path / "file.xlsx"
    with ZipFile(path, "w", ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    assert len(flaws_of(open_table(path))) == flaws


def test_a_sheet_that_was_never_computed_is_refused_as_a_whole(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("app.ledger.formulas.UNCOMPUTED_MAX", 2)
    path = book(tmp_path, *[row(Remark="<c><f>A1</f></c>")] * 3)
    assert refusal_of(path) == Refusal("formula_not_computed", 4, None)


def test_a_sheet_with_types_of_its_own_is_refused(tmp_path: Path) -> None:
    path = write_sheet(tmp_path / "file.xlsx", sheet(row(Amount="<c><f>1</f></c>")))
    with ZipFile(path) as archive:
        content = {name: archive.read(name) for name in archive.namelist()}
    content[SHEET] = b'<!DOCTYPE x [<!ENTITY a "b">]>' + content[SHEET]
    with ZipFile(path, "w") as archive:
        for name, told in content.items():
            archive.writestr(name, told)
    assert refusal_of(path).code == "workbook_broken"
