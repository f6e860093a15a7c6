import json
from typing import Any
from urllib.parse import quote

import pytest
from api.hostile_fields import REFS, TAKERS, Taker, broken, hostile, with_value
from support.service import Service, asked, refusal
from support.tables import Connection, dump, require_sound

JSON = {"content-type": "application/json"}
MOST = "10000000000000.00"
"""10^15 cents: the largest amount of one document."""

Bad = tuple[bytes, str, str]


async def refusals(service: Service, taker: Taker, bad: list[Bad]) -> list[Any]:
    """Give for each bad body what is wrong about its refusal; nothing, if all is well."""
    wrong = []
    for raw, pointer, code in bad:
        response = await service.client.request(
            taker.method, taker.path, content=raw, headers=JSON
        )
        status, kind, places = refusal(response)
        as_expected = (status, (pointer, code) in places) == (422, True)
        if not as_expected or kind not in {"invalid_request", "malformed_json"}:
            wrong.append((raw, pointer, code, response.text))
    return wrong


@pytest.mark.parametrize("name", TAKERS)
async def test_every_bad_field_is_refused_at_its_place_and_nothing_is_written(
    service: Service, connection: Connection, name: str
) -> None:
    taker = TAKERS[name]
    await service.customer("C1")
    before = await dump(connection)
    bad = [*hostile(taker), *broken(taker)]
    assert len(bad) >= 14
    assert await refusals(service, taker, bad) == []
    assert await dump(connection) == before


@pytest.mark.parametrize("name", TAKERS)
async def test_the_body_that_the_bad_ones_were_made_of_is_good(
    service: Service, name: str
) -> None:
    taker = TAKERS[name]
    await service.customer("C1")
    assert (await service.client.request(taker.method, taker.path, json=taker.body)).is_success


PATHS = {
    "GET customer": ("GET", "/v1/customers/{}"),
    "PUT customer": ("PUT", "/v1/customers/{}"),
    "GET account": ("GET", "/v1/accounts/{}"),
    "PUT limit": ("PUT", "/v1/accounts/{}/limit"),
    "PUT item of": ("PUT", "/v1/customers/{}/open-items/I1"),
    "PUT item": ("PUT", "/v1/customers/C1/open-items/{}"),
    "DELETE item": ("DELETE", "/v1/customers/C1/open-items/{}"),
    "PUT order": ("PUT", "/v1/customers/C1/orders/{}"),
    "DELETE order": ("DELETE", "/v1/customers/C1/orders/{}"),
    "PUT policy": ("PUT", "/v1/policies/{}"),
    "GET policy": ("GET", "/v1/policies/{}"),
    "GET check": ("GET", "/v1/checks/{}"),
    "GET hold": ("GET", "/v1/holds/{}"),
}
BODIES = {
    "customers": {"name": "x", "currency": "EUR"},
    "limit": {"amount": "1.00", "currency": "EUR"},
    "open-items": {"kind": "invoice", "amount": "1.00", "currency": "EUR"},
    "orders": {"amount": "1.00", "currency": "EUR"},
    "policies": {},
}


@pytest.mark.parametrize(("method", "path"), PATHS.values(), ids=PATHS)
async def test_a_bad_ref_in_a_path_is_refused_and_nothing_is_written(
    service: Service, connection: Connection, method: str, path: str
) -> None:
    await service.customer("C1")
    before = await dump(connection)
    body = next((BODIES[kind] for kind in reversed(BODIES) if f"/{kind}" in path), None)
    refs = [quote(ref, safe="") for ref, _ in REFS.values() if isinstance(ref, str) and ref]
    for ref in [*refs, "%00", "%FF", "%ED%A0%80", "a%", "%zz", "\N{PARTY POPPER}"]:
        sent = body if method == "PUT" else None
        response = await service.client.request(method, path.format(ref), json=sent)
        [error] = response.json()["errors"]
        assert (response.status_code, error["in"]) == (422, "path"), ref
    assert await dump(connection) == before


@pytest.mark.parametrize("what", ["open-items", "orders"])
@pytest.mark.parametrize("version", ["-1", "1.5", "x", "", str(2**53 + 1), "9" * 40, "1e3"])
async def test_a_bad_version_of_a_withdrawal_is_refused(
    service: Service, connection: Connection, what: str, version: str
) -> None:
    await service.customer("C1")
    await service.item("C1", "X", "5.00")
    await service.order("C1", "X", "5.00")
    before = await dump(connection)
    path = f"/v1/customers/C1/{what}/X"
    response = await service.client.delete(path, params={"version": version})
    assert refusal(response)[:2] == (422, "invalid_request")
    assert await dump(connection) == before


async def test_a_body_that_is_too_large_is_refused_unread(
    service: Service, connection: Connection
) -> None:
    await service.customer("C1")
    before = await dump(connection)
    body = asked("C1", "SO-1", "1.00") | {"x": "y" * 1_100_000}
    response = await service.client.post("/v1/checks", json=body)
    assert refusal(response) == (413, "body_too_large", [])
    assert await dump(connection) == before


async def test_exactly_ten_to_the_fifteen_minor_units_are_fine_everywhere(
    service: Service, connection: Connection
) -> None:
    await service.customer("C1", limit=MOST)
    await service.item("C1", "I1", MOST)
    await service.order("C1", "SO-1", MOST)
    answer = await service.check("C1", "SO-2", MOST)
    assert (answer["exposure"]["after"], answer["headroom"]) == (
        "30000000000000.00",
        "-10000000000000.00",
    )
    await require_sound(connection)


@pytest.mark.parametrize(
    ("currency", "most", "above"),
    [
        ("JPY", "1000000000000000", "1000000000000001"),
        ("KWD", "1000000000000.000", "1000000000000.001"),
    ],
)
async def test_the_largest_amount_is_counted_in_the_currencys_own_units(
    service: Service, currency: str, most: str, above: str
) -> None:
    await service.customer("C1", currency=currency, limit=None)
    body = {"kind": "invoice", "amount": above, "currency": currency}
    response = await service.client.put("/v1/customers/C1/open-items/I1", json=body)
    assert refusal(response)[2] == [("/amount", "amount_too_large")]
    await service.item("C1", "I1", most, currency=currency)
    assert (await service.account("C1"))["exposure"]["total"] == most


@pytest.mark.parametrize(("currency", "amount"), [("JPY", "1.0"), ("EUR", "1.001")])
async def test_more_decimals_than_the_currency_has_are_refused(
    service: Service, currency: str, amount: str
) -> None:
    taker = TAKERS["check"]
    body = with_value(with_value(taker.body, "/order/amount", amount), "/order/currency", currency)
    response = await service.client.post("/v1/checks", json=body)
    assert refusal(response)[2][0] == ("/order/amount", "too_many_decimals")


async def test_an_item_of_zero_is_refused(service: Service) -> None:
    await service.customer("C1")
    body = {"kind": "invoice", "amount": "0.00", "currency": "EUR"}
    response = await service.client.put("/v1/customers/C1/open-items/I1", json=body)
    assert refusal(response)[2] == [("/amount", "amount_not_positive")]


async def test_more_prepaid_than_the_order_costs_is_refused(service: Service) -> None:
    body = asked("C1", "SO-1", "10.00", prepaid="10.01")
    response = await service.client.post("/v1/checks", json=body)
    assert refusal(response)[2] == [("/order/prepaid", "prepaid_above_amount")]


async def test_lines_of_the_same_ref_are_refused(service: Service) -> None:
    lines = [{"ref": "10", "amount": "1.00"}] * 2
    response = await service.client.post("/v1/checks", json=asked("C1", "S", "2.00", lines=lines))
    assert refusal(response)[2] == [("/order/lines/1/ref", "line_repeated")]


async def test_a_full_account_refuses_one_document_more_and_still_answers(
    service: Service, connection: Connection
) -> None:
    await service.customer("C1", limit=MOST)
    lines = (
        {"put": "open_item", "customer": "C1", "ref": f"I{n}", "kind": "invoice"}
        | {"amount": MOST, "currency": "EUR", "due_on": "2020-01-01"}
        for n in range(4_000)
    )
    assert (await service.ledger(*lines))["applied"] == 4_000
    before = await dump(connection)
    body = {"kind": "invoice", "amount": MOST, "currency": "EUR"}
    response = await service.client.put("/v1/customers/C1/open-items/MORE", json=body)
    assert refusal(response) == (422, "total_out_of_range", [])
    assert await dump(connection) == before
    answer = await service.check("C1", "SO-1", MOST)
    assert answer["exposure"]["after"] == "40010000000000000.00"
    assert answer["exposure"]["overdue"] == "40000000000000000.00"


async def test_a_refusal_never_repeats_what_was_sent(service: Service) -> None:
    sent = "swordfish"
    for taker in TAKERS.values():
        body = dict.fromkeys(taker.body, sent) | {sent: sent}
        response = await service.client.request(
            taker.method, taker.path, content=json.dumps(body), headers=JSON
        )
        assert response.status_code == 422
        assert f'"{sent}"' not in response.text
