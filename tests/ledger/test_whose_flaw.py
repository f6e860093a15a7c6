"""A row that cannot be taken says whose it is, where that can be read."""

from pathlib import Path

import pytest
from ledger.files import HEADINGS, written

from app.ledger import Flaw, open_table


def customers_of_flaws(path: Path) -> list[str | None]:
    return [row.customer for row in open_table(path).rows() if isinstance(row, Flaw)]


@pytest.mark.parametrize(
    ("row", "customer"),
    [
        ("D1,R1,invoice,oops,EUR,,,,", "D1"),
        ("D1,,invoice,1.00,EUR,,,,", "D1"),
        ("D1,R1,bill,1.00,EUR,,,,", "D1"),
        (",R1,invoice,1.00,EUR,,,,", None),
        (" D1,R1,invoice,oops,EUR,,,,", None),
        ("=D1,R1,invoice,oops,EUR,,,,", None),
        # Nobody knows which cell is missing, or too many.
        ("D1,R1,invoice,1.00,EUR", None),
        ("D1,R1,invoice,1.00,EUR,,,,,x", None),
        ("x,D1,R1,invoice,1.00,EUR,,,,", None),
        ('"D"1,R1,invoice,1.00,EUR,,,,', None),
    ],
)
def test_a_flaw_names_the_customer(tmp_path: Path, row: str, customer: str | None) -> None:
    assert customers_of_flaws(written(tmp_path, f"{HEADINGS}{row}\n")) == [customer]


def test_the_customer_is_read_as_the_profile_has_it(tmp_path: Path) -> None:
    content = "Konto;Rechnungsnummer;Betrag;Soll/Haben\n 10027 ;R1;oops;S\n;R1;oops;S\n"
    assert customers_of_flaws(written(tmp_path, content)) == ["10027", None]


def test_a_limit_is_nobodys(tmp_path: Path) -> None:
    content = "account,amount,currency\nD1,oops,EUR\n"
    assert customers_of_flaws(written(tmp_path, content)) == [None]


def test_a_line_that_is_no_json_is_nobodys(tmp_path: Path) -> None:
    assert customers_of_flaws(written(tmp_path, '{"customer": "D1"}\n{"customer": "D1"\n')) == [
        None
    ]
