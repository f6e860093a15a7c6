"""What people do with a hold while others write: SO-2 of 75.00 is held, 30.00 are left."""

from functools import partial

from interleavings.writers import (
    CUSTOMER,
    Canonical,
    Writer,
    cancelling,
    checking,
    stating,
)
from support.service import Service

from app.credit.caller import Caller, Role
from app.credit.hold import HoldAction
from app.desk.deeds import Deed
from app.desk.desk import Desk
from app.desk.hold_bulk import REFUSED

HELD = "SO-2"
FIRST = Caller("key_1", frozenset({Role.CREDIT}), "first@example.com")
SECOND = Caller("key_2", frozenset({Role.CREDIT_LEAD}), "second@example.com")
SELLER = Caller("key_3", frozenset({Role.SALES}), "seller@example.com")


async def have_held(service: Service) -> str:
    """Have an order that was stopped; gives its hold."""
    answer = await service.check(CUSTOMER, HELD, "75.00")
    hold: str = answer["hold"]["id"]
    return hold


def hold_writers(hold: str) -> tuple[Writer, ...]:
    """Give everything that ends or changes a hold; each has seen its first version."""
    act = partial(_acting, hold)
    return (
        act("release", Deed(HoldAction.RELEASE, "r"), FIRST),
        act("release by another", Deed(HoldAction.RELEASE, "r", amount="60.00"), SECOND),
        act("refuse", Deed(HoldAction.REFUSE, "r"), FIRST),
        act("escalate", Deed(HoldAction.ESCALATE, "r"), SELLER),
        act("recheck", Deed(HoldAction.RECHECK), FIRST),
        act("cancel of the hold", Deed(HoldAction.CANCEL, "r"), SELLER),
        act("comment", Deed(HoldAction.COMMENT, note="n"), SELLER, version=None),
        checking("check of the held order's next revision", HELD, "20.00", revision=2),
        checking("check of a larger revision", HELD, "90.00", revision=2),
        cancelling("cancel of the held order", HELD),
        stating("confirm of the held order", HELD, "75.00"),
        stating("larger statement of the held order", HELD, "80.00"),
    )


def _acting(hold: str, name: str, deed: Deed, by: Caller, *, version: int | None = 1) -> Writer:
    async def act(desk: Desk) -> Canonical:
        try:
            traced = await desk.holds.act(hold, deed, by, version=version)
        except REFUSED as refusal:
            return (type(refusal).__name__,)
        told = traced.hold
        return (told.state, told.released_by, told.released_minor)

    return Writer(name, act)
