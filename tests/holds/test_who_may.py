"""Who may do what in which state: the whole table, written by hand, and every cell of it tried."""

from typing import Any

import pytest
from holds.desk import Desk, Person
from support.tables import Connection

from app.credit.caller import Role
from app.credit.hold import HoldAction, HoldState

BODIES: dict[str, dict[str, Any]] = {
    "release": {"reason": "r"},
    "refuse": {"reason": "r"},
    "escalate": {},
    "committee": {"vote": "for", "reason": "r"},
    "assign": {"assignee": None},
    "comment": {"note": "n"},
    "recheck": {},
    "cancel": {},
}

ROLES = (
    "order_entry", "sales", "credit", "credit_lead", "committee_finance", "committee_sales",
    "ledger", "shop", "admin", "auditor",
)  # fmt: skip

# A letter for each role, in the order of ROLES: y may, c nobody may in this state (409), - is not
# for this role (403). Roles without any cell but - may not come near holds, or decide nothing.
TABLE = {
    "release": {
        "open": "--yy------", "awaiting_second": "--yy------", "ready": "--yy------",
        "released": "--cc------", "refused": "--cc------", "escalated": "--cc------",
        "cancelled": "--cc------", "superseded": "--cc------", "expired": "--cc------",
    },
    "refuse": {
        "open": "--yy------", "awaiting_second": "--yy------", "ready": "--yy------",
        "released": "--cc------", "refused": "--cc------", "escalated": "--cc------",
        "cancelled": "--cc------", "superseded": "--cc------", "expired": "--cc------",
    },
    "escalate": {
        "open": "-yyy------", "awaiting_second": "-yyy------", "ready": "-yyy------",
        "released": "-ccc------", "refused": "-y--------", "escalated": "-ccc------",
        "cancelled": "-ccc------", "superseded": "-ccc------", "expired": "-ccc------",
    },
    "committee": {
        "open": "----cc----", "awaiting_second": "----cc----", "ready": "----cc----",
        "released": "----cc----", "refused": "----cc----", "escalated": "----yy----",
        "cancelled": "----cc----", "superseded": "----cc----", "expired": "----cc----",
    },
    "assign": {
        "open": "--yy------", "awaiting_second": "--yy------", "ready": "--yy------",
        "released": "--cc------", "refused": "--cc------", "escalated": "--yy------",
        "cancelled": "--cc------", "superseded": "--cc------", "expired": "--cc------",
    },
    "comment": {
        "open": "yyyyyy----", "awaiting_second": "yyyyyy----", "ready": "yyyyyy----",
        "released": "yyyyyy----", "refused": "yyyyyy----", "escalated": "yyyyyy----",
        "cancelled": "yyyyyy----", "superseded": "yyyyyy----", "expired": "yyyyyy----",
    },
    "recheck": {
        "open": "yyyy------", "awaiting_second": "yyyy------", "ready": "yyyy------",
        "released": "cccc------", "refused": "--yy------", "escalated": "yyyy------",
        "cancelled": "cccc------", "superseded": "cccc------", "expired": "cccc------",
    },
    "cancel": {
        "open": "yyyy------", "awaiting_second": "yyyy------", "ready": "yyyy------",
        "released": "cccc------", "refused": "yyyy------", "escalated": "yyyy------",
        "cancelled": "cccc------", "superseded": "cccc------", "expired": "cccc------",
    },
}  # fmt: skip
MEANING = {"y": 200, "c": 409, "-": 403}

# As a release without four eyes would have left it, so that every state may be put.
PUT = """
    UPDATE hold SET state = $2, version = 1, events = 0, release_kind = 'passes',
                    released_minor = 1, released_until = NULL, released_by = NULL,
                    second_by = NULL
     WHERE id = $1
"""
PUT_ORDER = """
    UPDATE sales_order SET hold_id = $1, granted_minor = 0, granted_credit_minor = 0,
                           reserved_minor = 0, reserved_until = NULL, cancelled_at = NULL
"""
PUT_ACCOUNT = """
    UPDATE credit_account SET reservations_minor = 0, orders_minor = 0, limit_minor = $1
"""
ROOM = {"ready": 10_000}
"""The limit with which the order is in that state; else it is over its limit."""
FORGET = "DELETE FROM hold_event; DELETE FROM hold_approval"


def test_the_table_has_every_role_action_and_state() -> None:
    assert set(ROLES) == set(Role)
    assert set(TABLE) == set(HoldAction)
    for action, row in TABLE.items():
        assert set(row) == set(HoldState), action
        assert {len(cells) for cells in row.values()} == {len(ROLES)}, action


@pytest.fixture
async def people(desk: Desk) -> dict[str, Person]:
    """Somebody in each role."""
    return {role: await desk.person(role, person=f"{role}@example.com") for role in ROLES}


@pytest.mark.parametrize("action", TABLE)
async def test_every_cell_of_the_table_is_as_it_is_written(
    desk: Desk, people: dict[str, Person], connection: Connection, action: str
) -> None:
    hold = await desk.held()
    tried = {}
    for state in TABLE[action]:
        cells = ""
        for role in ROLES:
            await connection.execute(PUT, hold, state)
            await connection.execute(PUT_ORDER, hold)
            await connection.execute(PUT_ACCOUNT, ROOM.get(state, 5_000))
            await connection.execute(FORGET)
            answer = await people[role].ask(hold, action, **BODIES[action])
            cells += next(c for c, status in MEANING.items() if status == answer.status_code)
        tried[state] = cells
    assert tried == TABLE[action]


async def test_a_refusal_for_the_role_names_the_roles_that_may(
    people: dict[str, Person], desk: Desk
) -> None:
    hold = await desk.held()

    by_role = await people["sales"].ask(hold, "release", reason="r")
    by_scope = await people["auditor"].ask(hold, "release", reason="r")

    assert (by_role.status_code, by_role.json()["code"]) == (403, "forbidden")
    assert by_role.json()["needs_role"] == ["credit", "credit_lead"]
    assert "credit" in by_scope.json()["needs_role"]
    assert (await desk.hold(hold))["history"][1:] == []
