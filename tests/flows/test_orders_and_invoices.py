"""Orders and their invoices, in every order of arrival: nothing counts twice, or below zero."""

from collections.abc import Sequence
from itertools import permutations
from typing import Any

import pytest
from support.service import Service
from support.tables import Connection, require_sound

Told = tuple[str, str, dict[str, Any]]


def order(version: int, amount: str, invoiced: str | None = "0.00") -> Told:
    body = {"amount": amount, "currency": "EUR", "version": version}
    return ("put", "orders/X", body if invoiced is None else body | {"invoiced": invoiced})


def cancelled(version: int) -> Told:
    return ("delete", "orders/X", {"version": version})


def item(ref: str, amount: str, version: int = 1, kind: str = "invoice") -> Told:
    body = {"kind": kind, "amount": amount, "currency": "EUR", "order": "X", "version": version}
    return ("put", f"open-items/{ref}", body)


def credit_note(ref: str, amount: str) -> Told:
    return item(ref, amount, kind="credit_note")


def cleared(ref: str, version: int) -> Told:
    return ("delete", f"open-items/{ref}", {"version": version})


def gone(ref: str, version: int) -> Told:
    return ("delete", f"open-items/{ref}", {"version": version, "cancelled": "true"})


STORIES: dict[str, tuple[list[Told], tuple[str, str, str]]] = {
    "part invoices": (
        [order(1, "100.00"), item("I1", "30.00"), item("I2", "20.00")],
        ("50.00", "0.00", "50.00"),
    ),
    "part invoices, and the order stated again": (
        [
            order(1, "100.00"),
            item("I1", "30.00"),
            item("I2", "20.00"),
            order(2, "50.00", invoiced="50.00"),
        ],
        ("50.00", "0.00", "50.00"),
    ),
    "an order stated again between its invoices": (
        [
            order(1, "100.00"),
            item("I1", "30.00"),
            order(2, "70.00", invoiced="30.00"),
            item("I2", "20.00"),
        ],
        ("50.00", "0.00", "50.00"),
    ),
    "more is invoiced than was ordered": (
        [order(1, "100.00"), item("I1", "90.00"), item("I2", "40.00")],
        ("130.00", "0.00", "0.00"),
    ),
    "more is invoiced, and the order is raised": (
        [order(1, "100.00"), item("I1", "130.00"), order(2, "20.00", invoiced="130.00")],
        ("130.00", "0.00", "20.00"),
    ),
    "a credit note lowers what is owed and does not reopen the order": (
        [order(1, "100.00"), item("I1", "100.00"), credit_note("N1", "40.00")],
        ("100.00", "-40.00", "0.00"),
    ),
    "a credit note for an invoice, and the order stated again": (
        [
            order(1, "100.00"),
            item("I1", "30.00"),
            credit_note("N1", "30.00"),
            order(2, "100.00", invoiced="30.00"),
        ],
        ("30.00", "-30.00", "100.00"),
    ),
    "an invoice is cancelled, and the order stated again": (
        [
            order(1, "100.00"),
            item("I1", "30.00"),
            cleared("I1", 2),
            order(2, "100.00", invoiced="30.00"),
        ],
        ("0.00", "0.00", "100.00"),
    ),
    "an invoice is cancelled and made anew": (
        [
            order(1, "100.00"),
            item("I1", "30.00"),
            cleared("I1", 2),
            item("I2", "40.00"),
            order(2, "60.00", invoiced="70.00"),
        ],
        ("40.00", "0.00", "60.00"),
    ),
    "a part payment, and the order stated again": (
        [
            order(1, "100.00"),
            item("I1", "30.00"),
            item("I1", "10.00", version=2),
            order(2, "70.00", invoiced="30.00"),
        ],
        ("10.00", "0.00", "70.00"),
    ),
    "part invoices of an order that does not say what is invoiced": (
        [order(1, "100.00", invoiced=None), item("I1", "40.00"), item("I2", "25.00")],
        ("65.00", "0.00", "35.00"),
    ),
    "an invoice that is cancelled, issued anew and paid": (
        [
            order(1, "100.00", invoiced=None),
            item("I1", "90.00"),
            gone("I1", 2),
            item("I1", "40.00", version=3),
            cleared("I1", 4),
        ],
        ("0.00", "0.00", "60.00"),
    ),
    "the rest of an order is cancelled": (
        [order(1, "100.00"), item("I1", "30.00"), cancelled(2)],
        ("30.00", "0.00", "0.00"),
    ),
    "a cancelled order is stated again": (
        [
            order(1, "100.00"),
            cancelled(2),
            item("I1", "30.00"),
            order(3, "10.00", invoiced="30.00"),
        ],
        ("30.00", "0.00", "10.00"),
    ),
}


async def tell(service: Service, customer: str, told: Told) -> None:
    verb, path, said = told
    address = f"/v1/customers/{customer}/{path}"
    await (service.put(address, **said) if verb == "put" else service.delete(address, **said))


async def parts(service: Service, customer: str) -> tuple[str, str, str]:
    """Give invoices, credit notes and open orders."""
    exposure = (await service.account(customer))["exposure"]
    return exposure["invoices"], exposure["credit_notes"], exposure["open_orders"]


async def ends(service: Service, arrivals: Sequence[Sequence[Told]]) -> set[tuple[str, str, str]]:
    """Give what each arrival ends in, on a customer of its own; no step takes an order below 0."""
    found = set()
    for number, arrival in enumerate(arrivals):
        customer = f"C{number}"
        await service.customer(customer, limit=None)
        for told in arrival:
            await tell(service, customer, told)
            assert not (await parts(service, customer))[2].startswith("-")
        found.add(await parts(service, customer))
    return found


@pytest.mark.parametrize("story", sorted(STORIES))
async def test_a_story_ends_the_same_in_every_order_of_arrival(
    service: Service, connection: Connection, story: str
) -> None:
    told, expected = STORIES[story]
    assert await ends(service, list(permutations(told))) == {expected}
    await require_sound(connection)


@pytest.mark.parametrize("story", sorted(STORIES))
async def test_a_story_that_is_told_twice_over_ends_the_same(
    service: Service, connection: Connection, story: str
) -> None:
    told, expected = STORIES[story]
    arrivals = [[*told, *told], [*told, *reversed(told)], [*reversed(told), *told]]
    assert await ends(service, arrivals) == {expected}
    await require_sound(connection)
