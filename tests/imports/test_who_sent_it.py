"""What a file changes bears the name of whoever sent it."""

from typing import Any

from holds.desk import CLERK, Desk, Person, over_the_limit
from imports.lists import sent_and_ended
from support.service import Service
from support.tables import Connection

LIMITS = b"account,amount,currency,reason\nC1,70.00,EUR,review\n"
CHANGED_BY = "SELECT facts ->> 'by' FROM journal WHERE kind = 'limit' ORDER BY seq DESC LIMIT 1"


async def release(desk: Desk, person: Person) -> tuple[int, Any]:
    answer = await person.ask(await desk.held(), "release", reason="r")
    return answer.status_code, answer.json().get("because")


async def test_who_sent_a_file_of_limits_does_not_release_over_them(
    service: Service, connection: Connection
) -> None:
    async with over_the_limit(service) as desk:
        clerk = await desk.person("credit", "ledger")
        run = await sent_and_ended(service, LIMITS, headers=clerk.headers)

        assert run["report"]["limits"] == {"applied": 1, "unchanged": 0}
        assert await connection.fetchval(CHANGED_BY) == CLERK
        assert await release(desk, clerk) == (403, "changed_limit")


async def test_a_file_that_a_system_sent_bars_nobody(
    service: Service, connection: Connection
) -> None:
    async with over_the_limit(service) as desk:
        await sent_and_ended(service, LIMITS)

        assert await connection.fetchval(CHANGED_BY) is None
        assert (await release(desk, await desk.person("credit")))[0] == 200
