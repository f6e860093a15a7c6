"""Real receivables through the whole file import: accounts hold the README's control totals."""

import csv
from datetime import UTC, datetime, time
from decimal import Decimal
from typing import Any

import pytest
from imports.lists import Command, report_of
from support.receivables import CONTROLS, CURRENCY, POLICY, SAMPLE, Control, needs_sample
from support.service import Service, a_service

from app.settings import Settings

pytestmark = needs_sample

CENTS = Decimal("0.01")


@pytest.fixture
async def customers(settings: Settings) -> list[str]:
    """The sample's hundred customers, who owe nothing yet."""
    with SAMPLE.open(encoding="utf-8", newline="") as lines:
        refs = sorted({row["customerID"] for row in csv.DictReader(lines)})
    async with a_service(settings) as service:
        await service.put("/v1/policies/standard", **POLICY)
        lines_of = [{"put": "customer", "customer": r, "name": r, "currency": "USD"} for r in refs]
        await service.ledger(*lines_of)
    return refs


@pytest.mark.parametrize("control", CONTROLS, ids=lambda control: str(control.day))
async def test_the_accounts_hold_what_the_readme_says(
    settings: Settings, command: Command, customers: list[str], control: Control
) -> None:
    done = command(SAMPLE, "--as-of", control.day, "--total", f"{CURRENCY}={control.open_sum}")
    assert done.returncode == 0, done.stdout
    assert await _found(settings, customers, control) == control


async def test_one_list_after_another_each_takes_the_place_of_the_last(
    settings: Settings, command: Command, customers: list[str]
) -> None:
    for control in CONTROLS:
        arguments = (SAMPLE, "--whole", "all", "--as-of", control.day, "--json")
        done = command(*arguments)
        if done.returncode == 65:
            # Nearly everything was paid in half a year: somebody has to say that this is so.
            refusal = report_of(done.stdout)["refusal"]
            assert refusal["code"] == "list_shrinks"
            done = command(*arguments, "--confirm", refusal["saw"]["confirm"])
        assert done.returncode == 0, done.stdout
        assert await _found(settings, customers, control) == control


@pytest.mark.usefixtures("customers")
def test_a_wrong_control_total_takes_nothing(command: Command) -> None:
    control = CONTROLS[0]
    wrong = control.open_sum + CENTS
    done = command(SAMPLE, "--as-of", control.day, "--total", f"{CURRENCY}={wrong}", "--json")
    assert (done.returncode, report_of(done.stdout)["refusal"]["code"]) == (65, "totals_differ")


async def _found(settings: Settings, customers: list[str], control: Control) -> Control:
    """Count what the accounts say at noon of the day, in the README's own terms."""
    noon = datetime.combine(control.day, time(12), tzinfo=UTC)
    async with a_service(settings, fixed_now=noon) as service:
        exposures = {ref: (await service.account(ref))["exposure"] for ref in customers}
        items = [item for ref in customers for item in await _items(service, ref)]
    owed = {ref: Decimal(exposure["invoices"]) for ref, exposure in exposures.items()}
    largest = max(owed, key=lambda ref: owed[ref])
    return Control(
        day=control.day,
        open_items=len(items),
        open_sum=sum(owed.values(), Decimal(0)),
        overdue_items=sum(item["due_on"] < str(control.day) for item in items),
        overdue_sum=sum((Decimal(e["overdue"]) for e in exposures.values()), Decimal(0)),
        customers=sum(amount > 0 for amount in owed.values()),
        largest=(largest, owed[largest]),
    )


async def _items(service: Service, customer: str) -> list[Any]:
    answer = await service.get(f"/v1/customers/{customer}/open-items")
    assert answer.get("next") is None
    items: list[Any] = answer["items"]
    return items
