"""What the tests of waiting orders share: the desk, and how holds stand."""

from typing import Any

from support.service import Service

from app.credit.hold import HoldState
from app.desk.desk import Desk
from app.desk.waking import Woken


def desk_of(service: Service) -> Desk:
    """Give the service's own desk."""
    desk = service.app.state.desk
    assert isinstance(desk, Desk)
    return desk


async def look(service: Service) -> Woken:
    """Look once at the holds that are due, as the worker does every second."""
    return await desk_of(service).waking.look()


async def states(service: Service) -> list[tuple[str, str]]:
    """Give every hold's order and state, oldest first."""
    holds = (await service.get("/v1/holds", state=[*HoldState]))["items"]
    return [(hold["order"]["ref"], hold["state"]) for hold in holds]


async def hold_of(service: Service, order: str) -> dict[str, Any]:
    """Give the newest hold of an order."""
    found: dict[str, Any] = (await service.get("/v1/holds", order=order))["items"][-1]
    return found


async def held(service: Service, customer: str, order: str, amount: str, **more: Any) -> str:
    """Ask about an order that is held; gives its hold's id."""
    check = await service.check(customer, order, amount, **more)
    assert check["outcome"] == "hold", check
    hold_id: str = check["hold"]["id"]
    return hold_id
