"""What an operation refuses, it refuses as the published contract says."""

import httpx2
import pytest
from support.contract import Call, answered, operations, resolved
from support.service import Service, asked
from support.situations import PLANT, a_plant_well_within_its_limit

from app.api.problems import PROBLEM_JSON, PROBLEMS

NOBODY = "D99999"
ITEM = {"kind": "invoice", "amount": "10.00", "currency": "EUR"}
ORDER = {"amount": "10.00", "currency": "EUR"}
LIMIT = {"amount": "10.00", "currency": "EUR"}

REFUSED = [
    ("unauthorized", Call("list_holds", headers={"Authorization": "Bearer wrong"})),
    ("unauthorized", Call("check_order", body={}, headers={"Authorization": ""})),
    ("invalid_request", Call("check_order", body={"customer": PLANT})),
    ("invalid_request", Call("read_customer", {"customer": "x" * 65})),
    ("malformed_json", Call("preview_order", body="{")),
    ("unsupported_media_type", Call("post_ledger", body={})),
    ("unsupported_media_type", Call("put_limit", {"account": PLANT}, [LIMIT])),
    ("body_too_large", Call("put_customer", {"customer": PLANT}, {"name": "x" * 1_100_000})),
    (
        "order_revision_conflict",
        Call("check_order", body=asked(PLANT, "SO-1", "9.00", revision=2)),
    ),
    ("order_revision_outdated", Call("check_order", body=asked(PLANT, "SO-1", "8.00"))),
    ("check_unknown", Call("read_check", {"check": "chk_0"})),
    ("hold_unknown", Call("read_hold", {"hold": "hld_0"})),
    ("customer_unknown", Call("read_customer", {"customer": NOBODY})),
    ("customer_unknown", Call("put_open_item", {"customer": NOBODY, "ref": "I"}, ITEM)),
    ("customer_unknown", Call("clear_open_item", {"customer": NOBODY, "ref": "I"})),
    ("customer_unknown", Call("put_open_items", {"customer": NOBODY}, {"items": []})),
    ("customer_unknown", Call("put_orders", {"customer": NOBODY}, {"orders": []})),
    ("customer_unknown", Call("list_open_items", {"customer": NOBODY})),
    ("customer_unknown", Call("put_order", {"customer": NOBODY, "ref": "O"}, ORDER)),
    ("customer_unknown", Call("cancel_order", {"customer": NOBODY, "ref": "O"})),
    ("customer_unknown", Call("list_orders", {"customer": NOBODY})),
    ("open_item_unknown", Call("clear_open_item", {"customer": PLANT, "ref": "I"})),
    ("order_unknown", Call("cancel_order", {"customer": PLANT, "ref": "O"})),
    ("account_unknown", Call("read_account", {"account": NOBODY})),
    ("account_unknown", Call("put_limit", {"account": NOBODY}, LIMIT)),
    ("currency_conflict", Call("put_limit", {"account": PLANT}, LIMIT | {"currency": "USD"})),
    (
        "currency_conflict",
        Call("put_customer", {"customer": PLANT}, {"name": "Werk", "currency": "USD"}),
    ),
    ("policy_unknown", Call("read_policy", {"name": "none"})),
    ("policy_unknown", Call("list_policy_versions", {"name": "none"})),
]

WITHOUT_A_DATABASE = [
    ("check_unavailable", Call("check_order", body=asked(PLANT, "SO-2", "9.00"))),
    ("check_unavailable", Call("preview_order", body=asked(PLANT, "SO-2", "9.00"))),
    ("check_unavailable", Call("list_checks")),
    ("unavailable", Call("read_account", {"account": PLANT})),
    (
        "unavailable",
        Call("post_ledger", body=[{"put": "order", "customer": PLANT, "ref": "O"} | ORDER]),
    ),
    ("unavailable", Call("readyz")),
]


@pytest.fixture
async def plant(service: Service) -> Service:
    """A service with one customer, whose order was checked in its second revision."""
    await a_plant_well_within_its_limit(service)
    await service.check(PLANT, "SO-1", "10.00", revision=2)
    return service


@pytest.mark.parametrize(
    ("code", "call"), REFUSED, ids=lambda part: getattr(part, "operation", part)
)
async def test_a_refusal_is_the_one_described(plant: Service, code: str, call: Call) -> None:
    assert_described(await answered(plant.client, call), code, call)


@pytest.mark.parametrize(
    ("code", "call"), WITHOUT_A_DATABASE, ids=lambda part: getattr(part, "operation", part)
)
async def test_without_a_database_the_answer_is_the_one_described(
    plant: Service, code: str, call: Call
) -> None:
    await plant.app.state.desk.database.close()

    assert_described(await answered(plant.client, call), code, call)


def assert_described(answer: httpx2.Response, code: str, call: Call) -> None:
    """Assert that the answer is this problem, and that the operation gives it as an example."""
    problem = answer.json()
    responses = operations()[call.operation].document["responses"]
    examples = responses[str(answer.status_code)]["content"][PROBLEM_JSON]["examples"]
    assert problem["code"] == code, answer.text
    assert answer.status_code == PROBLEMS[code].status
    shown = resolved(examples[code])["value"]
    assert {name: problem[name] for name in ("type", "title", "status")} == {
        name: shown[name] for name in ("type", "title", "status")
    }
    assert problem.keys() == shown.keys()
