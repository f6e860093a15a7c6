"""Rows that state nothing open: what is at zero is cleared, and who is listed has nothing left."""

from pathlib import Path
from typing import Any

import pytest
from imports.lists import CUSTOMERS, Command, item, items, report_of, written
from support.service import Service
from support.tables import Connection, require_sound

WHOLE = ("--whole", "customers", "--json")
OPOS = "Konto;Rechnungsnummer;Soll;Haben;Ausgleichsnummer"


async def invoices(service: Service) -> list[str]:
    return [(await service.account(ref))["exposure"]["invoices"] for ref in CUSTOMERS]


def opos(folder: Path, *rows: str) -> Path:
    path = folder / "opos.csv"
    path.write_text("\n".join([OPOS, *rows, ""]), encoding="utf-8")
    return path


def taken(done: Any) -> Any:
    assert done.returncode == 0, done.stdout
    return report_of(done.stdout)["report"]


async def test_a_document_at_zero_is_cleared_by_any_list(
    book: Service, command: Command, tmp_path: Path, connection: Connection
) -> None:
    command(opos(tmp_path, "C1;R1;10,00;;", "C1;R2;5,00;;"))
    settled = opos(tmp_path, "C1;R1;10,00;10,00;", "C1;R2;5,00;;")
    first = taken(command(settled, "--rows", 2, "--total", "EUR=5.00", "--json"))
    again = taken(command(settled, "--json"))
    assert first["left_out"] == {"zero: nothing is left of it": 1}
    assert (first["taken"]["applied"], again["taken"]["unchanged"]) == (1, 2)
    assert await invoices(book) == ["5.00", "0.00", "0.00"]
    await require_sound(connection)


async def test_a_document_at_zero_is_cleared_by_its_version(
    book: Service, command: Command, tmp_path: Path
) -> None:
    def version(amount: str, number: int) -> Path:
        return written(tmp_path, [item("C1", "R1", amount)[:-1] + f",{number}"])

    command(version("7.00", 3))
    late = taken(command(version("0.00", 2), "--json"))
    assert (late["taken"]["outdated"], await invoices(book)) == (1, ["7.00", "0.00", "0.00"])
    command(version("0.00", 4))
    assert taken(command(version("7.00", 3), "--json"))["taken"]["outdated"] == 1
    assert await invoices(book) == ["0.00"] * 3


@pytest.mark.parametrize("row", ["C1;R1;10,00;10,00;", "C1;R1;10,00;;4711", "C1;R9;1,00;;4711"])
async def test_a_customer_of_whom_all_rows_are_zero_or_left_out_has_nothing_open(
    book: Service, command: Command, tmp_path: Path, connection: Connection, row: str
) -> None:
    stated = ["C1;R1;10,00;;", *(f"C2;R{n};10,00;;" for n in range(9)), "C3;R1;10,00;;"]
    command(opos(tmp_path, *stated))
    taken(command(opos(tmp_path, row, *stated[1:10]), *WHOLE))
    # C3 is not listed, so that nothing is said of it.
    assert await invoices(book) == ["0.00", "90.00", "10.00"]
    await require_sound(connection)


@pytest.mark.parametrize("whole", ["customers", "all"])
@pytest.mark.parametrize("rest", ["{};10,00;10,00;", "{};10,00;;4711"])
async def test_a_list_of_settled_rows_that_clears_much_waits_for_its_word(
    book: Service, command: Command, tmp_path: Path, whole: str, rest: str
) -> None:
    refs = [f"{customer};R1" for customer in CUSTOMERS]
    command(opos(tmp_path, *(f"{ref};10,00;;" for ref in refs)))
    done = command(opos(tmp_path, *map(rest.format, refs)), "--whole", whole, "--json")
    refusal = report_of(done.stdout)["refusal"]
    assert (done.returncode, refusal["code"]) == (65, "list_shrinks")
    assert (refusal["saw"]["items_before"], refusal["saw"]["items_cleared"]) == (3, 3)
    assert refusal["saw"]["amount_cleared"] == {"EUR": "30.00"}
    assert await invoices(book) == ["10.00"] * 3
    word = refusal["saw"]["confirm"]
    taken(command(opos(tmp_path, *map(rest.format, refs)), *("--whole", whole), "--json",
                  "--confirm", word))  # fmt: skip
    assert await invoices(book) == ["0.00"] * 3


@pytest.mark.usefixtures("book")
async def test_a_list_of_settled_rows_only_tells_that_its_source_has_spoken(
    command: Command, tmp_path: Path, service: Service
) -> None:
    path = opos(tmp_path, "C1;R1;10,00;;4711", "C9;R1;10,00;;4711", "C1;R2;0,00;;")
    report = taken(command(path, *WHOLE, "--source", "datev"))
    assert (report["refused"], report["taken"]["unknown"]) == (0, 1)
    sources = (await service.get("/v1/sources"))["items"]
    assert "datev" in {source["name"] for source in sources}


async def test_a_row_that_is_no_row_of_the_customer_does_not_list_it(
    book: Service, command: Command, tmp_path: Path
) -> None:
    path = tmp_path / "erpnext.csv"
    headings = "Party Type,Party,Voucher No,Outstanding Amount,Currency"
    command(written(tmp_path, items(["C1"], 1)))
    path.write_text(f"{headings}\nSupplier,C1,R1,1.00,EUR\nCustomer,C1,,1.00,EUR\n", "utf-8")
    taken(command(path, *WHOLE))
    assert await invoices(book) == ["10.00", "0.00", "0.00"]


async def test_orders_in_a_feed_do_not_list_their_customer(
    book: Service, command: Command, tmp_path: Path
) -> None:
    command(written(tmp_path, items(["C1"], 1)))
    path = tmp_path / "feed.ndjson"
    order = '{"put":"order","customer":"C1","ref":"SO-1","amount":"5.00","currency":"EUR"}\n'
    path.write_text(order, encoding="utf-8")
    taken(command(path, *WHOLE))
    assert await invoices(book) == ["10.00", "0.00", "0.00"]


async def test_a_left_out_row_with_a_cell_too_many_is_not_believed(
    book: Service, command: Command, tmp_path: Path
) -> None:
    # A text cut in two has moved its end into the column of clearing numbers.
    path = tmp_path / "opos.csv"
    headings = "Konto;Rechnungsnummer;Soll;Haben;Text;Ausgleichsnummer"
    path.write_text(f"{headings}\nC1;R1;10,00;;one; two;\n", "utf-8")
    done = command(path, "--json")
    assert report_of(done.stdout)["refusal"]["code"] == "row_of_nobody"
    assert await invoices(book) == ["0.00"] * 3
