"""The writers: everything that changes an account's exposure, limit or rules.

All of them meet on one account with a limit of 100.00. 30.00 are invoiced and 40.00 reserved for
the order SO-1, whose reservation lapses; so 30.00 are left, and who comes first matters. SO-5 of
50.00 is on hold, and is released by the policy once it fits.
"""

import json
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

from support.service import Service, asked

from app.api.models.policies import PolicyBody
from app.api.models.questions import CheckRequest
from app.api.models.statements import OpenItemBody, OrderBody
from app.api.wording import wording_in
from app.credit.texts import Language
from app.desk.checks import Answered, Task
from app.desk.customers import LimitRecord
from app.desk.desk import Desk
from app.desk.statements import CancelOrder, Posted, StateItem, StateOrder

CUSTOMER = "C1"
ORDER = "SO-1"
LIMIT_MINOR = 100_00

Canonical = tuple[object, ...]
"""An answer without ids and instants."""


@dataclass(frozen=True)
class Writer:
    """One action. `late`: by a clock on which the reservation of SO-1 has lapsed.

    `binding`: it grants by the rules alone, so that it never takes the exposure over the limit.
    """

    name: str
    act: Callable[[Desk], Awaitable[Canonical]]
    late: bool = False
    binding: bool = False


async def furnish(service: Service) -> str:
    """Have the account as all schedules find it; gives the id of the check of SO-1."""
    await service.put("/v1/policies/standard", **_policy(tolerance_percent="0"))
    await service.customer(CUSTOMER, limit="100.00")
    await service.item(CUSTOMER, "RE-1", "30.00", due_on="2099-01-31")
    checked: str = (await service.check(CUSTOMER, ORDER, "40.00"))["id"]
    await service.check(CUSTOMER, "SO-5", "50.00")
    return checked


def writers(check_of_order: str) -> tuple[Writer, ...]:
    """Give every writer, some with variants that meet the others differently."""
    return (
        checking("check", "SO-8", "25.00"),
        checking("check of the rest", "SO-9", "10.00"),
        checking("check of the next revision", ORDER, "60.00", revision=2),
        _check_under_lock("check under the lock", "SO-7", "20.00"),
        checking("expiry", "SO-6", "70.00", late=True),
        stating("confirm", ORDER, "40.00"),
        stating("confirm larger than granted", ORDER, "50.00"),
        cancelling("cancel", ORDER),
        _item("item", "RE-7", "10.00"),
        _item("invoice of the order", "RE-8", "25.00", order=ORDER),
        _limit("limit lowered", 80_00),
        _limit("limit raised", 150_00),
        _put_policy("policy change", tolerance_percent="0", boundary="reached"),
        _give_back(check_of_order),
        Writer("wake", _wake, binding=True),
        Writer("wake after the expiry", _wake, late=True, binding=True),
    )


def checking(name: str, ref: str, amount: str, *, late: bool = False, **more: Any) -> Writer:
    """Give a check of an order."""

    async def act(desk: Desk) -> Canonical:
        ask = CheckRequest.model_validate(asked(CUSTOMER, ref, amount, **more)).ask()
        return _answer(await desk.checks.check(ask, wording_in(Language.ENGLISH)))

    return Writer(name, act, late=late, binding=True)


def _check_under_lock(name: str, ref: str, amount: str) -> Writer:
    """Give the check as it is made after it has lost its races."""

    async def act(desk: Desk) -> Canonical:
        ask = CheckRequest.model_validate(asked(CUSTOMER, ref, amount)).ask()
        wording = wording_in(Language.ENGLISH)
        return _answer(
            await desk.work.tried(
                lambda deadline: desk.checks._check_locked(  # noqa: SLF001 - as after lost races
                    Task(ask, wording, deadline)
                )
            )
        )

    return Writer(name, act, binding=True)


def stating(name: str, ref: str, amount: str) -> Writer:
    """Give the ERP's statement of an order."""

    async def act(desk: Desk) -> Canonical:
        body = OrderBody.model_validate(
            {"amount": amount, "currency": "EUR", "ship_date": "2099-02-01"}
        )
        return _posted(await desk.statements.post(StateOrder((CUSTOMER, ref), body.statement())))

    return Writer(name, act)


def cancelling(name: str, ref: str) -> Writer:
    """Give the cancellation of an order."""

    async def act(desk: Desk) -> Canonical:
        return _posted(await desk.statements.post(CancelOrder((CUSTOMER, ref))))

    return Writer(name, act, binding=True)


def _item(name: str, ref: str, amount: str, **more: Any) -> Writer:
    async def act(desk: Desk) -> Canonical:
        body = OpenItemBody.model_validate(
            {"kind": "invoice", "amount": amount, "currency": "EUR", "due_on": "2099-03-01"} | more
        )
        return _posted(await desk.statements.post(StateItem(body.item(CUSTOMER, ref))))

    return Writer(name, act)


def _limit(name: str, amount_minor: int) -> Writer:
    async def act(desk: Desk) -> Canonical:
        limit = LimitRecord(amount_minor, None, name)
        return (await desk.customers.set_limit(CUSTOMER, limit, "EUR"),)

    return Writer(name, act)


def _put_policy(name: str, **limit_rule: Any) -> Writer:
    async def act(desk: Desk) -> Canonical:
        body = PolicyBody.model_validate(_policy(**limit_rule))
        return ((await desk.policies.put("standard", body.document())).version,)

    return Writer(name, act, binding=True)


def _give_back(check_id: str) -> Writer:
    async def act(desk: Desk) -> Canonical:
        return _posted(await desk.statements.give_back(check_id))

    return Writer("give-back", act, binding=True)


async def _wake(desk: Desk) -> Canonical:
    woken = await desk.waking.look_at(CUSTOMER)
    return (len(woken.ready), len(woken.reopened), len(woken.released))


def _policy(**limit_rule: Any) -> dict[str, Any]:
    """Give a policy in which only the limit decides, so that no clock but the expiry matters."""
    return {
        "auto_release": True,
        "rules": {
            "limit": limit_rule,
            "limit_near": {"mode": "off"},
            "data_stale": {"mode": "off"},
        },
    }


def _answer(answered: Answered) -> Canonical:
    document = json.loads(answered.answer)
    told = ("outcome", "account_seq", "headroom", "exposure", "policy", "limit")
    reserved = document["reservation"] and document["reservation"]["amount"]
    return (
        *(json.dumps(document[name]) for name in told),
        reserved,
        document["hold"] is not None,
        answered.replayed,
    )


def _posted(posted: Posted) -> Canonical:
    order = posted.order
    return (
        posted.effect.value,
        posted.account_seq,
        None if order is None else (order.state.value, order.counted_minor, order.reserved_minor),
    )
