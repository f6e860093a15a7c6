"""Keys: who gets which, what they open, and when they open nothing any more."""

from typing import Any

import pytest
from holds.calls import KEY
from holds.desk import CLERK, Desk, Person
from support.service import Service, asked, refusal
from support.tables import Connection

from app.api.permissions import NEEDED, UnmappedRouteError, require_mapped
from app.desk import keys
from app.storage.database import Database


async def test_a_key_is_told_once_and_only_its_digest_is_kept(
    service: Service, connection: Connection
) -> None:
    issued = (await service.client.post("/v1/keys", json=KEY)).json()

    assert issued["id"].startswith("key_")
    assert len(issued["key"]) >= 43
    row = await connection.fetchrow("SELECT * FROM api_key")
    assert issued["key"] not in str(dict(row or {}))
    assert "key" not in (await service.get("/v1/keys"))["items"][0]


@pytest.mark.parametrize(
    ("body", "error"),
    [
        ({"name": "x"}, ("/roles", "required")),
        ({"name": "x", "roles": ["credit"]}, ("/person", "required")),
        ({"name": "x", "roles": ["boss"]}, ("/roles/0", "not_a_choice")),
        ({"name": "x", "scopes": ["everything"]}, ("/scopes/0", "not_a_choice")),
        (KEY | {"currency": None}, ("/currency", "required")),
        (KEY | {"release_ceiling": None}, ("/release_ceiling", "required")),
        (KEY | {"release_ceiling": "1.001"}, ("/release_ceiling", "too_many_decimals")),
    ],
)
async def test_a_key_that_makes_no_sense_is_not_issued(
    service: Service, body: dict[str, Any], error: tuple[str, str]
) -> None:
    answer = await service.client.post("/v1/keys", json=body)
    assert refusal(answer) == (422, "invalid_request", [error])


async def test_a_revoked_key_opens_nothing(service: Service) -> None:
    issued = (await service.client.post("/v1/keys", json=KEY)).json()
    headers = {"authorization": f"Bearer {issued['key']}"}
    assert (await service.client.get("/v1/holds", headers=headers)).status_code == 200

    revoked = await service.delete(f"/v1/keys/{issued['id']}")

    assert revoked["revoked_at"] is not None
    assert refusal(await service.client.get("/v1/holds", headers=headers))[0] == 401
    assert await service.delete(f"/v1/keys/{issued['id']}") == revoked


async def test_a_key_revoked_elsewhere_opens_nothing_once_it_is_looked_up_again(
    service: Service, connection: Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(keys, "KEPT_S", 0.0)
    issued = (await service.client.post("/v1/keys", json=KEY)).json()
    headers = {"authorization": f"Bearer {issued['key']}"}
    assert (await service.client.get("/v1/holds", headers=headers)).status_code == 200

    await connection.execute("UPDATE api_key SET revoked_at = now()")

    assert refusal(await service.client.get("/v1/holds", headers=headers))[0] == 401


async def test_a_key_that_never_was_cannot_be_revoked(service: Service) -> None:
    assert refusal(await service.client.delete("/v1/keys/key_none"))[:2] == (404, "key_unknown")


async def test_only_the_administrator_gives_out_keys(desk: Desk) -> None:
    for role in ("credit_lead", "auditor", "ledger"):
        person = await desk.person(role)
        answer = await desk.service.client.post("/v1/keys", json=KEY, headers=person.headers)
        assert answer.status_code == 403
        assert answer.json()["needs_role"] == ["admin"]


async def test_a_scope_opens_what_the_roles_do_not(desk: Desk) -> None:
    system = Person(desk.service, await desk.key(person=None, scopes=["checks:ask"]))
    body = asked("C1", "SO-1", "1.00")
    asked_for = await desk.service.client.post("/v1/checks", json=body, headers=system.headers)
    listed = await desk.service.client.get("/v1/holds", headers=system.headers)
    assert (asked_for.status_code, listed.status_code) == (200, 403)


async def test_a_key_costs_no_statement_once_it_is_known(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    clerk = await desk.person("order_entry")
    lent = 0
    loan = Database.loan

    def counted(database: Database) -> Any:
        nonlocal lent
        lent += 1
        return loan(database)

    async def preview(number: int) -> None:
        body = asked("C1", f"SO-{number}", "1.00")
        await desk.service.client.post("/v1/checks/preview", json=body, headers=clerk.headers)

    await preview(1)
    monkeypatch.setattr(Database, "loan", counted)
    await preview(2)

    assert lent == 1


async def test_callers_keep_their_idempotency_keys_apart(desk: Desk) -> None:
    one, other = await desk.person("order_entry"), await desk.person("sales", person=CLERK)
    named = {"idempotency-key": "k-1"}
    first = await desk.service.client.post(
        "/v1/checks", json=asked("C1", "SO-1", "1.00"), headers=one.headers | named
    )
    second = await desk.service.client.post(
        "/v1/checks", json=asked("C1", "SO-2", "1.00"), headers=other.headers | named
    )
    assert (first.status_code, second.status_code) == (200, 200)


def test_a_route_that_nobody_may_call_keeps_the_service_from_starting() -> None:
    require_mapped(NEEDED)
    with pytest.raises(UnmappedRouteError, match="drop_everything"):
        require_mapped([*NEEDED, "drop_everything"])
