"""An account with one customer, and how its orders and totals stand."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

from support.service import Service, a_service

from app.credit.hold import HoldState
from app.settings import Settings

NOON = datetime.now(UTC)
"""When the stories begin. Sources state by the real clock, so that their data are fresh."""

RESERVED_FOR = timedelta(minutes=60)


@asynccontextmanager
async def at(settings: Settings, now: datetime) -> AsyncIterator[Service]:
    """Have the service as it is at this instant of the database's clock."""
    async with a_service(settings, fixed_now=now) as service:
        yield service


async def order_of(service: Service, ref: str = "SO-1") -> dict[str, Any]:
    """Give how an order stands: its state, what counts and what is set aside."""
    listed = (await service.client.get("/v1/customers/C1/orders")).json()["items"]
    order = next(order for order in listed if order["ref"] == ref)
    return {name: order[name] for name in ("state", "counted", "reserved", "unchecked")}


async def tied_up(service: Service) -> tuple[str, str, str]:
    """Give the account's open orders, reservations and headroom."""
    account = await service.account("C1")
    exposure = account["exposure"]
    return exposure["open_orders"], exposure["reservations"], account["headroom"]


async def hold_states(service: Service) -> list[tuple[str, str]]:
    """Give every hold's order and state, oldest first."""
    holds = (await service.get("/v1/holds", state=[*HoldState]))["items"]
    return [(hold["order"]["ref"], hold["state"]) for hold in holds]


async def give_back(service: Service, check_id: str) -> tuple[int, Any]:
    """Give a reservation back; gives the status, and whether something was given back."""
    answer = await service.client.delete(f"/v1/checks/{check_id}/reservation")
    return answer.status_code, answer.json().get("given_back", answer.json().get("code"))


def an_order(state: str, *, counted: str = "0.00", reserved: str = "0.00") -> dict[str, Any]:
    """Give how an order that was checked here is expected to stand."""
    return {"state": state, "counted": counted, "reserved": reserved, "unchecked": False}
