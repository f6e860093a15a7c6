"""A call of every operation that is about holds and keys, as the contract describes it."""

from holds.desk import Desk, Person
from support.contract import Call

COMMITTEE = {"vote": "for", "reason": "strategic_customer"}
KEY = {
    "name": "credit desk 1",
    "person": "credit.desk1@example.com",
    "roles": ["credit"],
    "scopes": [],
    "release_ceiling": "20000.00",
    "currency": "EUR",
}


def acting(operation: str, hold: str, person: Person, version: int = 1, **body: object) -> Call:
    """Give somebody's action on a hold as a call."""
    headers = person.headers | {"if-match": f'"{version}"'}
    return Call(operation, {"hold": hold}, body, headers)


async def every_action(desk: Desk) -> list[Call]:
    """Give a call of every action, each on a hold of its own."""
    clerk = await desk.person("credit", "committee_finance")
    escalated = await desk.held("SO-0")
    await clerk.act(escalated, "escalate")
    holds = [await desk.held(f"SO-{number}") for number in range(1, 8)]
    return [
        acting("release_hold", holds[0], clerk, reason="payment_promised", note="called"),
        acting("refuse_hold", holds[1], clerk, reason="no_cover", options=["prepay"]),
        acting("escalate_hold", holds[2], clerk, reason="key_account"),
        acting("assign_hold", holds[3], clerk, assignee="clerk@example.com"),
        acting("comment_hold", holds[4], clerk, note="The customer was called."),
        acting("recheck_hold", holds[5], clerk),
        acting("cancel_hold", holds[6], clerk, reason="withdrawn"),
        acting("decide_hold", escalated, clerk, version=2, **COMMITTEE),
        Call("act_on_holds", body=dry_run(holds[3], "hld_none"), headers=clerk.headers),
    ]


def dry_run(*holds: str) -> dict[str, object]:
    """Give what would release these holds."""
    released = {"action": "release", "version": 2, "reason": "payment_promised"}
    return {"dry_run": True, "actions": [released | {"hold": hold} for hold in holds]}


ACTIONS = {
    "release_hold", "refuse_hold", "escalate_hold", "assign_hold", "comment_hold", "recheck_hold",
    "cancel_hold", "decide_hold", "act_on_holds",
}  # fmt: skip
KEYS = {"issue_key", "list_keys", "revoke_key"}
