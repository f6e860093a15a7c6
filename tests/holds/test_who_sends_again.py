"""Who may see whom mails and webhooks did not reach, and have them sent again."""

from holds.desk import Desk, Person

from app.credit.caller import Role

CALLS = {
    "list deliveries": ("GET", "/v1/outbox"),
    "read one": ("GET", "/v1/outbox/dlv_1"),
    "redeliver one": ("POST", "/v1/outbox/dlv_1/redeliver"),
    "redeliver the dead": ("POST", "/v1/outbox/redeliver"),
    "list endpoints": ("GET", "/v1/webhooks"),
    "rotate a secret": ("POST", "/v1/webhooks/whk_1/rotate"),
}

MAY = {
    "admin": set(CALLS),
    "credit_lead": {"list deliveries", "read one", "redeliver one", "redeliver the dead"},
    "auditor": {"list deliveries", "read one", "list endpoints"},
}


async def may(desk: Desk, role: str) -> set[str]:
    """Give the calls that are not refused to somebody in the role."""
    person: Person = await desk.person(role, person=f"{role}@example.com")
    allowed = set()
    for name, (method, path) in CALLS.items():
        answer = await desk.service.client.request(method, path, headers=person.headers)
        if answer.status_code != 403:
            assert answer.status_code in {200, 404}, answer.text
            allowed.add(name)
    return allowed


async def test_who_leads_the_credit_desk_sends_again_and_manages_no_endpoints(desk: Desk) -> None:
    assert {role: await may(desk, role) for role in Role} == {
        role: MAY.get(role, set()) for role in Role
    }
