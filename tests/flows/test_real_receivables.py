"""Real receivables of a hundred customers, loaded as they stood on four days."""

import csv
import json
from collections import defaultdict
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from decimal import Decimal
from functools import cache
from typing import Any

import pytest
from support.receivables import CONTROLS, CURRENCY, POLICY, SAMPLE, Control, needs_sample
from support.service import Service, a_service

from app.settings import Settings

ASKED = "SO-1"

pytestmark = needs_sample


@dataclass(frozen=True, slots=True)
class Invoice:
    """One line of the sample."""

    customer: str
    ref: str
    amount: Decimal
    issued_on: date
    due_on: date
    settled_on: date

    def is_open(self, day: date) -> bool:
        return self.issued_on <= day < self.settled_on

    def is_overdue(self, day: date) -> bool:
        return self.is_open(day) and self.due_on < day

    def line(self) -> dict[str, Any]:
        return {
            "put": "open_item",
            "customer": self.customer,
            "ref": self.ref,
            "kind": "invoice",
            "amount": str(self.amount),
            "currency": CURRENCY,
            "issued_on": self.issued_on.isoformat(),
            "due_on": self.due_on.isoformat(),
        }


def _day(text: str) -> date:
    month, day, year = map(int, text.split("/"))
    return date(year, month, day)


@cache
def invoices() -> list[Invoice]:
    with SAMPLE.open(encoding="utf-8", newline="") as lines:
        return [
            Invoice(
                customer=row["customerID"],
                ref=row["invoiceNumber"],
                amount=Decimal(row["InvoiceAmount"]).quantize(Decimal("0.01")),
                issued_on=_day(row["InvoiceDate"]),
                due_on=_day(row["DueDate"]),
                settled_on=_day(row["SettledDate"]),
            )
            for row in csv.DictReader(lines)
        ]


def open_on(day: date) -> list[Invoice]:
    return [invoice for invoice in invoices() if invoice.is_open(day)]


def sums(found: Iterator[Invoice]) -> dict[str, Decimal]:
    by_customer: dict[str, Decimal] = defaultdict(Decimal)
    for invoice in found:
        by_customer[invoice.customer] += invoice.amount
    return dict(by_customer)


@asynccontextmanager
async def loaded(settings: Settings, day: date) -> AsyncIterator[Service]:
    """A service whose clock stands at noon of that day, with what was open on it."""
    noon = datetime.combine(day, time(12), tzinfo=UTC)
    async with a_service(settings, fixed_now=noon) as service:
        await service.put("/v1/policies/standard", **POLICY)
        items = open_on(day)
        customers = sorted({invoice.customer for invoice in items})
        lines = [
            *(
                {"put": "customer", "customer": c, "name": c, "currency": CURRENCY}
                for c in customers
            ),
            *(invoice.line() for invoice in items),
        ]
        answer = await service.client.post(
            "/v1/ledger",
            content="\n".join(map(json.dumps, lines)).encode(),
            headers={"Content-Type": "application/x-ndjson"},
        )
        assert (answer.status_code, answer.json()["applied"]) == (200, len(lines)), answer.text
        yield service


async def accounts(service: Service, day: date) -> dict[str, Any]:
    """Read every account that has something open."""
    refs = sorted({invoice.customer for invoice in open_on(day)})
    return {ref: (await service.account(ref))["exposure"] for ref in refs}


async def open_items(service: Service, customer: str) -> list[Any]:
    answer = await service.client.get(f"/v1/customers/{customer}/open-items")
    items: list[Any] = answer.json()["items"]
    return items


def total(exposures: dict[str, Any], part: str) -> Decimal:
    return sum((Decimal(exposure[part]) for exposure in exposures.values()), Decimal(0))


@pytest.mark.parametrize("control", CONTROLS, ids=lambda control: str(control.day))
async def test_open_and_overdue_totals_are_those_of_the_readme(
    settings: Settings, control: Control
) -> None:
    async with loaded(settings, control.day) as service:
        exposures = await accounts(service, control.day)
        listed = [item for ref in exposures for item in await open_items(service, ref)]

    largest = max(exposures, key=lambda ref: Decimal(exposures[ref]["invoices"]))
    assert control == Control(
        day=control.day,
        open_items=len(listed),
        open_sum=total(exposures, "invoices"),
        overdue_items=sum(item["due_on"] < str(control.day) for item in listed),
        overdue_sum=total(exposures, "overdue"),
        customers=len(exposures),
        largest=(largest, Decimal(exposures[largest]["total"])),
    )


@pytest.mark.parametrize("control", CONTROLS, ids=lambda control: str(control.day))
async def test_every_customer_owes_the_sum_of_its_open_invoices(
    settings: Settings, control: Control
) -> None:
    async with loaded(settings, control.day) as service:
        exposures = await accounts(service, control.day)

    items = open_on(control.day)
    owed = sums(iter(items))
    overdue = sums(invoice for invoice in items if invoice.is_overdue(control.day))
    assert {ref: Decimal(e["invoices"]) for ref, e in exposures.items()} == owed
    assert {
        ref: Decimal(e["overdue"]) for ref, e in exposures.items() if Decimal(e["overdue"])
    } == overdue


@pytest.mark.parametrize("control", CONTROLS, ids=lambda control: str(control.day))
async def test_the_check_sees_the_same_as_the_account(
    settings: Settings, control: Control
) -> None:
    async with loaded(settings, control.day) as service:
        exposures = await accounts(service, control.day)
        previews = {
            ref: await service.preview(ref, ASKED, "10.00", currency=CURRENCY) for ref in exposures
        }

    parts = ("invoices", "credit_notes", "payments", "open_orders", "reservations", "overdue")
    for ref, preview in previews.items():
        assert [preview["exposure"][part] for part in parts] == [
            exposures[ref][part] for part in parts
        ], ref
        warned = "overdue_items" in {reason["code"] for reason in preview["reasons"]}
        assert warned == bool(Decimal(exposures[ref]["overdue"])), ref
