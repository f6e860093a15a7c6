"""Rows of one document: summed where the profile says that they are its parts, else refused."""

from pathlib import Path
from typing import Any

import pytest
from imports.lists import CUSTOMERS, Command, report_of
from support.service import Service
from support.tables import Connection, require_sound

OPOS = "Konto;Rechnungsnummer;Fälligkeit;Soll;Haben;Währung"
TERMS = "Party,Voucher Type,Voucher No,Due Date,Outstanding Amount,Currency"

OPEN = "SELECT ref, kind, amount_minor, due_on::text FROM open_item WHERE cleared_at IS NULL"


def listed(folder: Path, *rows: str, headings: str = OPOS) -> Path:
    path = folder / "list.csv"
    path.write_text("\n".join([headings, *rows, ""]), encoding="utf-8")
    return path


def of(done: Any) -> Any:
    return report_of(done.stdout)["report"]


def problems(done: Any) -> list[tuple[int, str]]:
    return [(problem["line"], problem["code"]) for problem in of(done)["problems"]]


async def is_open(connection: Connection) -> list[tuple[Any, ...]]:
    return [tuple(row) for row in await connection.fetch(f"{OPEN} ORDER BY customer, ref")]


@pytest.mark.usefixtures("book")
async def test_instalments_are_one_open_item_due_on_the_earliest_day(
    command: Command, tmp_path: Path, connection: Connection
) -> None:
    rows = [
        "C1,Sales Invoice,R1,2026-12-31,30.00,EUR",
        "C2,Sales Invoice,R1,2026-12-01,7.00,EUR",
        "C1,Sales Invoice,R1,2026-11-30,20.00,EUR",
        "C1,Sales Invoice,R1,,10.00,EUR",
    ]
    path = listed(tmp_path, *rows, headings=TERMS)

    done = command(path, "--rows", 4, "--total", "EUR=67.00", "--json")

    assert done.returncode == 0, done.stdout
    assert of(done)["taken"]["applied"] == 2
    assert [note for note in of(done)["notes"] if "their customer: 2." in note] != []
    assert await is_open(connection) == [
        ("R1", "invoice", 6000, "2026-11-30"),
        ("R1", "invoice", 700, "2026-12-01"),
    ]
    assert of(command(path, "--json"))["taken"] == of(done)["taken"] | {
        "applied": 0,
        "unchanged": 2,
    }
    await require_sound(connection)


@pytest.mark.usefixtures("book")
@pytest.mark.parametrize(
    ("paid", "left"),
    [
        ("4,00", [("R1", "invoice", 600, "2026-12-31")]),
        ("10,00", []),
        ("12,50", [("R1", "credit_note", 250, "2026-11-01")]),
    ],
)
async def test_what_was_paid_of_an_invoice_under_its_number_is_taken_off_it(
    command: Command, tmp_path: Path, connection: Connection, paid: str, left: list[Any]
) -> None:
    command(listed(tmp_path, "C1;R1;31.12.2026;10,00;;EUR"))
    path = listed(tmp_path, "C1;R1;31.12.2026;10,00;;EUR", f"C1;R1;01.11.2026;;{paid};EUR")
    assert command(path).returncode == 0
    assert await is_open(connection) == left


@pytest.mark.usefixtures("book")
async def test_parts_of_a_credit_note_are_one_credit_note(
    command: Command, tmp_path: Path, connection: Connection
) -> None:
    command(listed(tmp_path, "C1;G1;;;4,00;EUR", "C1;G1;;2,00;2,00;EUR", "C1;G1;;;3,00;EUR"))
    assert await is_open(connection) == [("G1", "credit_note", 700, None)]


@pytest.mark.parametrize(
    "part",
    [
        "C1;R1;;5,00;;USD",
        "C1;R1;;9999999999999,99;;EUR",
    ],
)
async def test_an_account_with_parts_that_have_no_sum_is_not_taken(
    book: Service, command: Command, tmp_path: Path, part: str
) -> None:
    done = command(listed(tmp_path, "C1;R1;;10,00;;EUR", part, "C2;R1;;1,00;;EUR"), "--json")
    assert done.returncode == 40
    assert problems(done) == [(3, "ref_repeated"), (2, "account_incomplete")]
    exposures = [(await book.account(ref))["exposure"] for ref in CUSTOMERS]
    assert [exposure["invoices"] for exposure in exposures] == ["0.00", "1.00", "0.00"]


@pytest.mark.usefixtures("book")
async def test_a_whole_list_of_parts_is_compared_by_their_sums(
    command: Command, tmp_path: Path, connection: Connection
) -> None:
    whole = ("--whole", "all", "--json")
    command(listed(tmp_path, *(f"C1;R{n};;10,00;;EUR" for n in range(4))), *whole)
    parts = [f"C1;R{n};;5,00;;EUR" for n in range(4)]
    done = command(listed(tmp_path, *parts, *parts), *whole)
    assert (done.returncode, of(done)["taken"]["unchanged"]) == (0, 4)
    paid = [f"C1;R{n};;;4,00;EUR" for n in range(4)]
    saw = report_of(command(listed(tmp_path, *parts, *paid), *whole).stdout)["refusal"]["saw"]
    assert saw["amount_cleared"] == {"EUR": "36.00"}
    assert len(await is_open(connection)) == 4


@pytest.mark.usefixtures("book")
async def test_where_each_row_is_a_document_of_its_own_none_is_summed(
    command: Command, tmp_path: Path, connection: Connection
) -> None:
    headings = "KUNNR,BELNR,WRBTR,WAERS"
    done = command(listed(tmp_path, "C1,1,2.50,EUR", "C1,1,1.50,EUR", headings=headings), "--json")
    assert problems(done) == [(3, "ref_repeated"), (2, "account_incomplete")]
    assert await is_open(connection) == []
