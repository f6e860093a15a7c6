"""A flaw that the API's own model finds is told by the file's column, or by a line's pointer."""

import json
from pathlib import Path
from typing import Any

import pytest
from imports.lists import Command, report_of

pytestmark = pytest.mark.usefixtures("book")

OWN = """name = "own-limits"
title = "Limits of our own"
states = "limits"
required = ["account", "amount|unlimited", "currency"]
decimal = "comma"
[columns]
account = ["Konto"]
amount = ["Kreditlimit"]
unlimited = ["Ohne Limit"]
currency = ["Waehrung"]
"""


def places(done: Any) -> list[tuple[int, str, str]]:
    problems = report_of(done.stdout)["report"]["problems"]
    return [(problem["line"], problem["column"], problem["code"]) for problem in problems]


def test_in_a_table_it_is_the_heading(command: Command, tmp_path: Path) -> None:
    profile, path = tmp_path / "own.toml", tmp_path / "limits.csv"
    profile.write_text(OWN, encoding="utf-8")
    rows = ["C1;;;EUR", "C2;5,00;ja;EUR", "C3;7,00;;EUR"]
    path.write_text("\n".join(["Konto;Kreditlimit;Ohne Limit;Waehrung", *rows, ""]), "utf-8")
    assert places(command(path, "--profile", profile, "--json")) == [
        (2, "Kreditlimit", "required"),
        (3, "Kreditlimit", "amount_and_unlimited"),
    ]


def test_a_column_that_is_not_there_goes_by_its_field(command: Command, tmp_path: Path) -> None:
    path = tmp_path / "limits.csv"
    path.write_text("account,unlimited,currency\nC1,false,EUR\n", encoding="utf-8")
    assert places(command(path, "--json")) == [(2, "amount", "required")]


def test_in_a_line_of_ndjson_it_is_the_pointer(command: Command, tmp_path: Path) -> None:
    lines = [
        {"put": "limit", "account": "C1", "currency": "EUR"},
        {"put": "limit", "account": "C1", "currency": "EUR", "unlimited": "yes"},
        {"put": "order", "customer": "C1", "ref": "A", "currency": "EUR", "amount": "1.00"}
        | {"invoiced": "1.234"},
    ]
    path = tmp_path / "limits.ndjson"
    path.write_text("".join(json.dumps(line) + "\n" for line in lines), encoding="utf-8")
    assert places(command(path, "--json")) == [
        (1, "/amount", "required"),
        (2, "/unlimited", "boolean_expected"),
        (3, "/invoiced", "too_many_decimals"),
    ]
