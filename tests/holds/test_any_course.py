"""Whatever happens on an account, what is ready fits within its limit all at once."""

from decimal import Decimal
from random import Random
from typing import Any

import pytest
from holds.desk_of_credit import desk_of, look
from support.service import Service
from support.tables import Connection, require_sound

STEPS = 40
REFS = [f"SO-{number}" for number in range(8)]


async def step(service: Service, random: Random, number: int) -> None:
    """Do one thing to the account: ask, state, pay, cancel, or set its limit."""
    ref, amount = random.choice(REFS), f"{random.randrange(1, 80)}.00"
    match random.randrange(6):
        case 0 | 1:
            await service.check("C1", ref, amount, revision=number + 1)
        case 2:
            await service.item("C1", f"RE-{random.randrange(4)}", amount)
        case 3:
            await service.client.delete(f"/v1/customers/C1/open-items/RE-{random.randrange(4)}")
        case 4:
            await service.client.delete(f"/v1/customers/C1/orders/{ref}")
        case _:
            limit = f"{random.randrange(0, 200)}.00"
            await service.put("/v1/accounts/C1/limit", amount=limit, currency="EUR")


async def ready(service: Service) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = (await service.get("/v1/holds", ready=True))["items"]
    return found


async def room(service: Service) -> Decimal:
    return Decimal((await service.account("C1"))["headroom"])


@pytest.mark.parametrize("seed", range(4))
async def test_what_is_ready_fits_all_at_once_and_looking_again_changes_nothing(
    service: Service, connection: Connection, seed: int
) -> None:
    random = Random(seed)  # noqa: S311 - a course of events, not a secret
    await service.customer("C1", limit="100.00")
    for number in range(STEPS):
        await step(service, random, number)
        await look(service)
        free = await room(service)
        # What an earlier revision ties up already is not asked for again.
        asked = [
            Decimal(hold["at_stop"]["exposure"]["this_order"]) for hold in await ready(service)
        ]
        tied_up = await connection.fetchval(
            "SELECT coalesce(sum(o.reserved_minor), 0)::bigint FROM sales_order o"
            " JOIN hold h ON h.id = o.hold_id AND h.ready_at IS NOT NULL"
        )
        assert not asked or sum(asked) - Decimal(tied_up) / 100 <= free, (number, asked, free)
        again = await desk_of(service).waking.look_at("C1")
        assert (again.ready, again.reopened, again.released) == ([], [], [])
    await require_sound(connection)


@pytest.mark.parametrize("seed", range(4))
async def test_what_is_released_by_itself_never_passes_the_limit(
    service: Service, connection: Connection, seed: int
) -> None:
    random = Random(100 + seed)  # noqa: S311 - a course of events, not a secret
    await service.put("/v1/policies/standard", auto_release=True)
    await service.customer("C1", limit="100.00")
    for number in range(STEPS):
        await step(service, random, number)
        woken = await look(service)
        assert not woken.released or await room(service) >= 0, number
    await service.put("/v1/accounts/C1/limit", amount="9000.00", currency="EUR")
    await look(service)
    waiting = await service.get("/v1/holds", state=["open", "ready"])
    assert waiting["items"] == []
    await require_sound(connection)


ENDS = (
    "UPDATE hold SET released_until = current_date - 1 WHERE state = 'released'",
    "UPDATE sales_order SET reserved_until = now() WHERE reserved_until IS NOT NULL",
    "UPDATE credit_account SET holds_due_at = 'epoch' WHERE holds_due_at IS NOT NULL",
)
"""Time passes, for releases and reservations alike."""

# What an order was granted goes on while a newer revision is held, or was released in its turn.
RELEASED = """
    SELECT h.state, o.granted_minor > 0 AND coalesce(o.reserved_until, 'infinity') > now()
           AS lives_on
      FROM hold h JOIN sales_order o ON o.account = h.account AND o.ref = h.order_ref
     WHERE h.state IN ('released', 'expired') AND h.released_until < current_date
"""


@pytest.mark.parametrize("seed", range(4))
async def test_a_release_that_is_over_is_expired_unless_its_order_was_granted_anew(
    service: Service, connection: Connection, seed: int
) -> None:
    random = Random(200 + seed)  # noqa: S311 - a course of events, not a secret
    await service.put("/v1/policies/standard", auto_release=True)
    await service.customer("C1", limit="100.00")
    await service.check("C1", "SO-9", "150.00")
    await service.put("/v1/accounts/C1/limit", amount="200.00", currency="EUR")
    await look(service)
    seen = set[str]()
    for number in range(STEPS):
        await step(service, random, number)
        await look(service)
        if random.randrange(4) == 0:
            for statement in ENDS:
                await connection.execute(statement)
            await look(service)
            over = await connection.fetch(RELEASED)
            assert all(row["state"] == "expired" or row["lives_on"] for row in over), number
            seen |= {row["state"] for row in over}
    assert "expired" in seen
    await require_sound(connection)
