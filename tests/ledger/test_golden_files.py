"""A file of each profile, written by hand from its documentation, and what it says."""

import json
from datetime import date
from pathlib import Path

import pytest
from ledger.files import as_json

from app.ledger import Options, open_table, profiles

GOLDEN = Path(__file__).parent / "golden"
FILES = sorted(path for path in GOLDEN.iterdir() if path.suffix != ".json")
STATED = {
    "business-central.csv": Options(currency="EUR"),
    "ibm-sample.csv": Options(as_of=date(2026, 11, 22)),
}


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.name))
def test_a_file_says_what_its_documentation_means(path: Path) -> None:
    table = open_table(path, options=STATED.get(path.name))
    rows = [as_json(row) for row in table.rows()]

    expected = json.loads((GOLDEN / f"{path.name}.json").read_text(encoding="utf-8"))
    found = {"notes": table.notes, "rows": rows, "left_out": dict(table.totals.left_out)}
    assert found == expected
    assert table.totals.is_whole()
    assert table.done <= table.size


def test_every_profile_has_its_file() -> None:
    named = {path.stem.removesuffix("-fields") for path in FILES}
    assert named >= set(profiles())


def test_a_file_is_read_a_second_time_with_the_same_totals() -> None:
    table = open_table(GOLDEN / "sap-fbl5n.csv")
    first, totals = list(table.rows()), table.totals
    assert list(table.rows()) == first
    assert (table.totals.items, table.totals.rows) == (totals.items, totals.rows)
    assert table.totals.balances() == {"EUR": 595_000, "USD": -100_000, "JPY": 120_000}
