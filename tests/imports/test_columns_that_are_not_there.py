"""A customers file says of a customer what it has columns for, and nothing else."""

from pathlib import Path
from typing import Any

import pytest
from imports.lists import Command, report_of
from support.service import Service

KNOWN: dict[str, Any] = {
    "customer": "K1",
    "name": "Known",
    "currency": "EUR",
    "account": "GROUP",
    "policy": "careful",
    "status": "blocked",
    "payment_terms_days": 30,
    "direct_debit": True,
    "takes_discount": True,
    "dunning_level": 3,
    "language": "de",
    "email": "pay@example.com",
    "sales_contact": "sales@example.com",
}
DEFAULTS: dict[str, Any] = {
    "account": "K1",
    "policy": "standard",
    "status": "active",
    "payment_terms_days": None,
    "direct_debit": False,
    "takes_discount": False,
    "dunning_level": 0,
    "language": "en",
    "email": None,
    "sales_contact": None,
}


@pytest.fixture
async def known(service: Service) -> Service:
    await service.policy("careful")
    body = {name: value for name, value in KNOWN.items() if name != "customer"}
    await service.put("/v1/customers/K1", **body)
    return service


def written(folder: Path, headings: str, *rows: str) -> Path:
    path = folder / "customers.csv"
    path.write_text("\n".join([headings, *rows, ""]), encoding="utf-8")
    return path


async def customer(service: Service, ref: str = "K1") -> Any:
    return await service.get(f"/v1/customers/{ref}")


async def test_a_column_that_is_not_there_leaves_what_is_known(
    known: Service, command: Command, tmp_path: Path
) -> None:
    path = written(tmp_path, "customer,name,currency", "K1,Renamed,EUR")
    assert command(path).returncode == 0
    assert await customer(known) == KNOWN | {"name": "Renamed"}


@pytest.mark.parametrize("column", sorted(DEFAULTS))
async def test_an_empty_cell_says_none_or_the_default(
    known: Service, command: Command, tmp_path: Path, column: str
) -> None:
    path = written(tmp_path, f"customer,name,currency,{column}", "K1,Known,EUR,")
    assert command(path).returncode == 0
    assert await customer(known) == KNOWN | {column: DEFAULTS[column]}


async def test_a_new_customer_has_the_default_for_a_column_that_is_not_there(
    service: Service, command: Command, tmp_path: Path
) -> None:
    path = written(tmp_path, "customer,name,currency,status", "K1,New,EUR,blocked")
    assert command(path).returncode == 0
    said = {"customer": "K1", "name": "New", "currency": "EUR"}
    assert await customer(service) == said | DEFAULTS | {"status": "blocked"}


async def test_a_file_without_names_is_of_known_customers_alone(
    known: Service, command: Command, tmp_path: Path
) -> None:
    path = written(tmp_path, "customer,currency,status", "K1,EUR,active", "TYPO,EUR,active")
    done = command(path, "--json")
    (problem,) = report_of(done.stdout)["report"]["problems"]
    assert (done.returncode, problem["line"], problem["code"]) == (40, 3, "customer_unknown")
    assert await customer(known) == KNOWN | {"status": "active"}
    assert (await known.client.get("/v1/customers/TYPO")).status_code == 404


async def test_a_file_of_amounts_leaves_until_when_limits_are_valid_and_why(
    known: Service, command: Command, tmp_path: Path
) -> None:
    await known.put(
        "/v1/accounts/GROUP/limit",
        amount="1000.00", currency="EUR", valid_until="2027-01-31", reason="review",
    )  # fmt: skip
    path = written(tmp_path, "account,amount,currency", "GROUP,1500.00,EUR")
    assert command(path).returncode == 0
    limit = (await known.account("GROUP"))["limit"]
    found = (limit["amount"], limit["valid_until"], limit["reason"])
    assert found == ("1500.00", "2027-01-31", "review")


async def test_a_line_of_the_ledger_replaces_the_whole_customer(known: Service) -> None:
    line = {"put": "customer", "customer": "K1", "name": "Known", "currency": "EUR"}
    assert (await known.ledger(line, line))["applied"] == 1
    assert await customer(known) == KNOWN | DEFAULTS
