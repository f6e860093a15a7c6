"""What a DATEV list has in credit without a number: payments on account, by customer and day."""

from pathlib import Path
from typing import Any

import pytest
from imports.lists import Command, report_of
from support.tables import Connection, require_sound

HEADINGS = "Konto;Rechnungsnummer;Datum;Soll;Haben;Währung"
OPEN = "SELECT customer, ref, kind, amount_minor FROM open_item WHERE cleared_at IS NULL"

pytestmark = pytest.mark.usefixtures("book")


def listed(folder: Path, *rows: str) -> Path:
    path = folder / "opos.csv"
    path.write_text("\n".join([HEADINGS, *rows, ""]), encoding="utf-8")
    return path


def of(done: Any) -> Any:
    return report_of(done.stdout)["report"]


async def is_open(connection: Connection) -> list[tuple[Any, ...]]:
    return [tuple(row) for row in await connection.fetch(f"{OPEN} ORDER BY customer, ref")]


async def test_what_has_no_number_goes_by_its_day_and_is_told(
    command: Command, tmp_path: Path, connection: Connection
) -> None:
    path = listed(
        tmp_path,
        "C1;R1;01.10.2026;100,00;;EUR",
        "C1;;05.10.2026;;30,00;EUR",
        "C1;;05.10.2026;;30,00;EUR",
        "C1;;06.10.2026;;5,00;USD",
        "C2; ;;;7,00;EUR",
    )
    done = command(path, "--json")
    assert done.returncode == 0, done.stdout
    assert await is_open(connection) == [
        ("C1", "R1", "invoice", 10000),
        ("C1", "on-account/2026-10-05/EUR", "payment", 6000),
        ("C1", "on-account/2026-10-06/USD", "payment", 500),
        ("C2", "on-account/undated/EUR", "payment", 700),
    ]
    (note,) = [note for note in of(done)["notes"] if "no number" in note]
    assert ": 4." in note
    again = of(command(path, "--json"))["taken"]
    assert (again["applied"], again["unchanged"]) == (0, 4)
    await require_sound(connection)


async def test_a_payment_that_is_used_in_part_stays_the_same_document(
    command: Command, tmp_path: Path, connection: Connection
) -> None:
    for left in ("30,00", "10,00"):
        assert command(listed(tmp_path, f"C1;;05.10.2026;;{left};EUR")).returncode == 0
    assert await is_open(connection) == [("C1", "on-account/2026-10-05/EUR", "payment", 1000)]


async def test_an_invoice_needs_its_number_and_what_is_zero_needs_none(
    command: Command, tmp_path: Path, connection: Connection
) -> None:
    path = listed(
        tmp_path,
        "C1;;01.10.2026;100,00;;EUR",
        "C2;;01.10.2026;50,00;50,00;EUR",
        "C2;R2;01.10.2026;9,00;;EUR",
    )
    done = command(path, "--json")
    found = [(p["line"], p["column"], p["code"]) for p in of(done)["problems"]]
    assert (done.returncode, found) == (40, [(2, "Rechnungsnummer", "ref_empty")])
    assert await is_open(connection) == [("C2", "R2", "invoice", 900)]
    assert of(done)["left_out"] == {"zero, and has no number": 1}
