"""Profiles are data: short, complete, and a user's own is checked as ours are."""

from pathlib import Path

import pytest
from ledger.files import items_of, written

from app.ledger import FileRefusedError, States, open_table, profiles

SHELF = Path(__file__).parents[2] / "app" / "ledger" / "profiles"

OWN = """
name = "own"
title = "Our own list"
states = "open_items"
required = ["customer", "ref", "amount"]
decimal = "comma"
currency = "EUR"
[columns]
customer = ["Customer"]
ref = ["Document"]
amount = ["Rest"]
"""


WHOLE = ": the profile: Value error, "


@pytest.mark.parametrize("path", sorted(SHELF.iterdir()), ids=lambda path: str(path.stem))
def test_a_profile_is_at_most_thirty_lines_of_data(path: Path) -> None:
    assert len(path.read_text(encoding="utf-8").splitlines()) <= 30
    assert profiles()[path.stem].name == path.stem


def test_these_are_the_profiles() -> None:
    assert {name: profile.states for name, profile in profiles().items()} == {
        "business-central": States.OPEN_ITEMS,
        "canonical-customers": States.CUSTOMERS,
        "canonical-limits": States.LIMITS,
        "canonical-open-items": States.OPEN_ITEMS,
        "canonical-orders": States.ORDERS,
        "datev-opos": States.OPEN_ITEMS,
        "erpnext": States.OPEN_ITEMS,
        "ibm-sample": States.OPEN_ITEMS,
        "odoo": States.OPEN_ITEMS,
        "sap-fbl5n": States.OPEN_ITEMS,
    }


def test_a_user_can_bring_a_profile_of_his_own(tmp_path: Path) -> None:
    own = written(tmp_path, OWN, "own.toml")
    path = written(tmp_path, "Customer;Document;Rest\nC1;R1;1.234,5\nC1;R2;-3\n")
    assert items_of(path, str(own)) == [("R1", "invoice", 123_450), ("R2", "credit_note", 300)]


def test_a_profile_of_limits_reads_amounts_and_days_as_its_system_writes_them(
    tmp_path: Path,
) -> None:
    own = OWN.replace("open_items", "limits").replace('"ref", ', "").replace("customer", "account")
    own = own.replace("ref =", "valid_until =").replace(
        "currency", 'dates = ["DD.MM.YYYY"]\ncurrency', 1
    )
    path = written(tmp_path, "Customer;Document;Rest\nC1;31.03.2027;50.000,0\nC2;;-1\n")
    rows = list(open_table(path, str(written(tmp_path, own, "own.toml"))).rows())
    assert [tuple(row) for row in rows] == [
        (
            2,
            {
                "put": "limit",
                "account": "C1",
                "amount": "50000.00",
                "currency": "EUR",
                "valid_until": "2027-03-31",
            },
        ),
        (3, "Rest", "amount_negative", "Must have no minus.", None),
    ]


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ('"Our own list"', "Our own", " is not TOML: Invalid value (at line 3, column 9)."),
        ("decimal", "decimals", ": decimals: Extra inputs are not permitted."),
        ('"comma"', '"dot"', ": decimal: Input should be 'point', 'comma' or 'guess'."),
        ('"EUR"', '"EURO"', ": currency: Value error, must be one of"),
        ("amount =", "amuont =", f"{WHOLE}columns has fields nothing reads: amuont."),
        ('"amount"]', '"amount", "due_on"]', f"{WHOLE}columns has no due_on."),
        ("[columns]", 'ref = ["number"]\n[columns]', f"{WHOLE}columns has no number."),
        ("[columns]", 'sign = "kind"\n[columns]', f"{WHOLE}where the kind says the sign"),
        (
            "[columns]",
            'sums_parts = true\n[columns]\nversion = ["V"]',
            f"{WHOLE}a sum of parts has no order and no version.",
        ),
        ("[columns]", '[local]\namount = ["A"]\n[columns]', f"{WHOLE}local is for amount and"),
        (
            "[columns]",
            '[[leave_out]]\ncolumn = "ref"\nwhy = "so"\n[columns]',
            ": leave_out.0: Value error, needs either when or unless.",
        ),
    ],
)
def test_what_is_wrong_in_a_profile_is_said(
    tmp_path: Path, old: str, new: str, message: str
) -> None:
    own = written(tmp_path, OWN.replace(old, new, 1), "own.toml")
    with pytest.raises(FileRefusedError) as refused:
        open_table(written(tmp_path, "Customer\n"), str(own))
    assert refused.value.message.startswith(f"own.toml{message}")


@pytest.mark.parametrize(
    ("name", "content", "code"),
    [
        ("nowhere.toml", None, "profile_missing"),
        ("large.toml", b"#" * 100_000, "profile_too_large"),
        ("latin.toml", b"title = '\xfc'", "profile_malformed"),
        ("datev", None, "profile_unknown"),
    ],
)
def test_a_profile_that_cannot_be_read_is_refused(
    tmp_path: Path, name: str, content: bytes | None, code: str
) -> None:
    if content is not None:
        written(tmp_path, content, name)
    own = str(tmp_path / name) if name.endswith(".toml") else name
    with pytest.raises(FileRefusedError) as refused:
        open_table(written(tmp_path, "Customer\n"), own)
    assert refused.value.code == code
