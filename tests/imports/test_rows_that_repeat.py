"""Rows that a file has more than once: said again they change nothing, otherwise nobody knows."""

from pathlib import Path
from typing import Any

import pytest
from imports.lists import Command, item, report_of, written
from support.service import Service
from support.tables import Connection, require_sound


def of(done: Any) -> Any:
    return report_of(done.stdout)["report"]


def problems(done: Any) -> list[tuple[int, str]]:
    return [(problem["line"], problem["code"]) for problem in of(done)["problems"]]


def a_file(folder: Path, *lines: str) -> Path:
    path = folder / "rows.csv"
    path.write_text("\n".join([*lines, ""]), encoding="utf-8")
    return path


def versioned(amount: str, version: int, ref: str = "R1") -> str:
    return item("C1", ref, amount).removesuffix(",") + f",{version}"


@pytest.mark.usefixtures("book")
async def test_a_document_that_is_repeated_word_for_word_counts_once_and_is_told(
    command: Command, tmp_path: Path, service: Service, connection: Connection
) -> None:
    rows = [versioned("5.00", 2), versioned("9.00", 1), versioned("5.00", 2)]
    done = command(written(tmp_path, rows), "--json")
    assert (done.returncode, problems(done)) == (0, [])
    taken = of(done)["taken"]
    assert (taken["applied"], taken["outdated"], taken["unchanged"]) == (1, 1, 0)
    (note,) = [note for note in of(done)["notes"] if "word for word" in note]
    assert ": 1." in note
    assert (await service.account("C1"))["exposure"]["invoices"] == "5.00"
    await require_sound(connection)


@pytest.mark.usefixtures("book")
async def test_one_version_that_says_two_things_is_refused_with_its_account(
    command: Command, tmp_path: Path, service: Service
) -> None:
    rows = [versioned("5.00", 2), versioned("6.00", 2), versioned("1.00", 1, "R2")]
    done = command(written(tmp_path, rows), "--json")
    assert sorted(problems(done)) == [
        (2, "account_incomplete"),
        (3, "ref_repeated"),
        (4, "account_incomplete"),
    ]
    assert (await service.account("C1"))["exposure"]["invoices"] == "0.00"


@pytest.mark.usefixtures("book")
async def test_versions_of_one_document_and_a_repeated_one_of_another_do_not_mix(
    command: Command, tmp_path: Path
) -> None:
    rows = [versioned("5.00", 1), versioned("6.00", 2), item("C1", "R2", "1.00")]
    done = command(written(tmp_path, [*rows, item("C1", "R2", "1.00")]), "--json")
    assert [found for found in problems(done) if found[1] == "ref_repeated"] == [
        (5, "ref_repeated")
    ]


@pytest.mark.usefixtures("book")
@pytest.mark.parametrize(("second", "code"), [("5.00", 0), ("6.00", 40)])
async def test_orders_are_told_the_same(
    command: Command, tmp_path: Path, second: str, code: int
) -> None:
    rows = ["C1,SO-1,5.00,EUR,3", f"C1,SO-1,{second},EUR,3"]
    done = command(a_file(tmp_path, "customer,ref,amount,currency,version", *rows), "--json")
    assert done.returncode == code
    assert any("word for word" in note for note in of(done)["notes"]) == (code == 0)
    assert problems(done) == ([] if code == 0 else [
        (3, "ref_repeated"), (2, "account_incomplete"),
    ])  # fmt: skip


MASTERS = {
    "customer": ("customer,name,currency,status", "K1,Werk,EUR,active", "K1,Werk,EUR,blocked"),
    "limit": ("account,amount,currency", "C1,500.00,EUR", "C1,700.00,EUR"),
}


@pytest.mark.usefixtures("book")
@pytest.mark.parametrize("kind", ["customer", "limit"])
@pytest.mark.parametrize("how", [(), ("--dry-run",)])
async def test_a_customer_or_limit_that_is_listed_twice_otherwise_is_refused(
    command: Command, tmp_path: Path, service: Service, kind: str, how: tuple[str, ...]
) -> None:
    headings, *rows = MASTERS[kind]
    done = command(a_file(tmp_path, headings, *rows), *how, "--json")
    assert (done.returncode, problems(done)) == (40, [(2, "ref_repeated"), (3, "ref_repeated")])
    assert (await service.client.get("/v1/customers/K1")).status_code == 404
    assert (await service.account("C1"))["limit"]["amount"] == "100000.00"


@pytest.mark.usefixtures("book")
@pytest.mark.parametrize("kind", ["customer", "limit"])
async def test_a_customer_or_limit_that_is_listed_twice_alike_is_unchanged_once(
    command: Command, tmp_path: Path, kind: str
) -> None:
    headings, row, _ = MASTERS[kind]
    done = command(a_file(tmp_path, headings, row, row), "--json")
    assert (done.returncode, of(done)["taken"]["applied"]) == (0, 1)
    assert of(done)["taken"]["unchanged"] == 1


@pytest.mark.usefixtures("book")
async def test_lines_of_ndjson_are_one_after_another(
    command: Command, tmp_path: Path, service: Service
) -> None:
    line = '{{"put": "limit", "account": "C1", "amount": "{}", "currency": "EUR"}}'
    path = a_file(tmp_path, line.format("500.00"), line.format("700.00"))
    assert command(path).returncode == 0
    assert (await service.account("C1"))["limit"]["amount"] == "700.00"


@pytest.mark.usefixtures("book")
async def test_a_file_of_orders_without_ship_dates_leaves_those_that_are_known(
    command: Command, tmp_path: Path, service: Service, connection: Connection
) -> None:
    await service.order("C1", "SO-1", "10.00", ship_date="2030-12-01")
    await service.order("C1", "SO-2", "10.00", ship_date="2030-12-01")
    seen = []
    for lines in (
        ("customer,ref,amount,currency", "C1,SO-1,10.00,EUR", "C1,SO-2,8.00,EUR"),
        ("customer,ref,amount,currency,ship_date", "C1,SO-1,10.00,EUR,"),
    ):
        taken = of(command(a_file(tmp_path, *lines), "--json"))["taken"]
        found = (await service.get("/v1/customers/C1/orders"))["items"]
        dates = [(order["amount"], order["ship_date"]) for order in found]
        seen.append((taken["applied"], taken["unchanged"], dates))
    assert seen == [
        (1, 1, [("10.00", "2030-12-01"), ("8.00", "2030-12-01")]),
        (1, 0, [("10.00", None), ("8.00", "2030-12-01")]),
    ]
    await require_sound(connection)
