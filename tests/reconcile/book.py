"""A small book with something in every total, and what the tests read of an account."""

from typing import Any, TypeAlias

import asyncpg
from support.service import Service

from app.desk.desk import Desk
from app.desk.reconcile import Reconciled

Connection: TypeAlias = "asyncpg.Connection[asyncpg.Record]"


async def written(service: Service, *customers: str) -> None:
    """Have customers with invoices, a credit note, a payment, an order and a reservation."""
    for ref in customers:
        await service.customer(ref, limit="9000.00")
        await service.check(ref, "SO-2", "100.00")
        dates = {"issued_on": "2026-10-01", "due_on": "2026-10-31"}
        await service.item(ref, "I1", "600.00", **dates)
        await service.item(ref, "I2", "70.00", issued_on="2026-10-02", due_on="2026-11-30")
        await service.item(ref, "TRIFLE", "20.00", **dates)
        await service.item(ref, "PAID", "80.00", **dates)
        await service.delete(f"/v1/customers/{ref}/open-items/PAID")
        await service.item(ref, "C1", "50.00", kind="credit_note")
        await service.item(ref, "P1", "10.00", kind="payment")
        await service.item(ref, "F1", "5.00", currency="USD")
        await service.order(ref, "SO-1", "300.00", ship_date="2026-12-01")


def desk_of(service: Service) -> Desk:
    """Give the service's own desk."""
    desk = service.app.state.desk
    assert isinstance(desk, Desk)
    return desk


async def run(service: Service, *, repair: bool = False) -> Reconciled:
    """Reconcile all accounts."""
    return await desk_of(service).reconcile.run(repair=repair)


async def is_marked(connection: Connection, account: str) -> bool:
    """Say whether the account is marked as drifting."""
    marked: bool = await connection.fetchval(
        "SELECT drift_found_at IS NOT NULL FROM credit_account WHERE ref = $1", account
    )
    return marked


async def gaps(connection: Connection) -> list[Any]:
    """Give the numbers of any account that no decision and no journal entry stands for."""
    return await connection.fetch(
        """SELECT a.ref, n FROM credit_account a, generate_series(1, a.seq) AS n
           WHERE (SELECT count(*) FROM decision d WHERE d.account = a.ref AND d.seq = n)
               + (SELECT count(*) FROM journal j WHERE j.account = a.ref AND j.seq = n) <> 1"""
    )


async def entries(connection: Connection, account: str, kind: str) -> list[str]:
    """Give the facts of the account's journal entries of a kind, in order, as JSON."""
    found = await connection.fetch(
        "SELECT facts FROM journal WHERE account = $1 AND kind = $2 ORDER BY seq", account, kind
    )
    return [row["facts"] for row in found]
