"""A row that may belong to any account: nothing of its file is taken."""

from pathlib import Path
from typing import Any

import pytest
from imports.lists import HEADINGS, Command, item, ledger, report_of
from support.service import Service
from support.tables import Connection

ITEM = '{"put":"open_item","customer":"C1","ref":"%s","kind":"invoice","currency":"EUR",%s}'
GOOD_LINE = ITEM % ("R1", '"amount":"1.00"')


def text_of(*lines: str) -> str:
    return "\n".join([*lines, ""])


def listed(row: str) -> str:
    return text_of(HEADINGS, item("C1", "R1", "1.00"), row)


def ordered(row: str) -> str:
    return text_of("customer,ref,amount,currency", "C1,SO-1,10.00,EUR", row)


def fed(line: str) -> str:
    return text_of(GOOD_LINE, line)


def refused(done: Any) -> tuple[int, str, int | None]:
    refusal = report_of(done.stdout)["refusal"]
    return done.returncode, refusal["code"], refusal["line"]


@pytest.mark.usefixtures("book")
@pytest.mark.parametrize(
    ("content", "cause"),
    [
        (listed("C1,R2,invoice,1.00,EUR"), "cells_too_few"),
        (listed("C1,R2,invoice,1,00,EUR,2026-10-01,2026-10-31,,7"), "cells_too_many"),
        (listed("x,C1,R2,invoice,1.00,EUR,2026-10-01,2026-10-31,,"), "currency_unknown"),
        (listed('"C"1,R2,invoice,1.00,EUR,,,,'), "csv_malformed"),
        (listed(",R2,invoice,1.00,EUR,,,,"), "ref_empty"),
        (ordered("C1,SO-2,10.00"), "cells_too_few"),
        (fed(GOOD_LINE[:-1]), "json_malformed"),
        (fed("[]"), "json_malformed"),
        (fed(ITEM % ("R2", '"amount":"1.00","amount":"2.00"')), "duplicate_key"),
        (fed('{"put":"open_item","ref":"R2"}'), "required"),
        (fed('{"delete":"order","customer":"","ref":"R2"}'), "ref_empty"),
    ],
)
async def test_a_file_with_a_row_of_nobody_is_refused_with_its_line_and_reason(
    command: Command, tmp_path: Path, connection: Connection, content: str, cause: str
) -> None:
    path = tmp_path / "file"
    path.write_text(content, encoding="utf-8")
    before = await ledger(connection)
    done = command(path, "--json")
    expected_line = 2 if content.startswith("{") else 3
    assert refused(done) == (65, "row_of_nobody", expected_line)
    assert f"({cause})" in report_of(done.stdout)["refusal"]["message"]
    assert await ledger(connection) == before


async def test_a_customer_or_limit_that_is_flawed_leaves_no_account_in_part(
    book: Service, command: Command, tmp_path: Path
) -> None:
    path = tmp_path / "feed.ndjson"
    flawed = ['{"put":"limit","account":"C1","amount":"oops"}', '{"put":"customer"}']
    path.write_text(text_of(GOOD_LINE, *flawed), encoding="utf-8")
    done = command(path, "--json")
    assert done.returncode == 40, done.stdout
    assert (await book.account("C1"))["exposure"]["invoices"] == "1.00"


async def test_customers_are_taken_row_by_row(
    service: Service, command: Command, tmp_path: Path
) -> None:
    path = tmp_path / "customers.csv"
    path.write_text("customer,name,currency\nN1,One,EUR\nN2,Two\n", encoding="utf-8")
    done = command(path, "--json")
    problems = report_of(done.stdout)["report"]["problems"]
    assert [(p["line"], p["code"]) for p in problems] == [(3, "cells_too_few")]
    assert (await service.get("/v1/customers/N1"))["name"] == "One"
