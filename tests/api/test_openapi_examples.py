"""The published examples are what the service answers, and its answers are as published."""

import json
import os
import re
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import asyncpg
import pytest
from holds.calls import ACTIONS, KEYS
from support.contract import Call, answered, operations
from support.service import Service, a_service, asked
from support.situations import PLANT, SITUATIONS, WHOLESALER, a_wholesaler_and_a_plant

from app.api.description.examples import examples_folder
from app.settings import Settings

NOW = datetime(2026, 11, 22, 9, 14, 3, 212_000, UTC)
STATED_AT = datetime(2026, 11, 22, 9, 8, 51, tzinfo=UTC)
FILES = sorted(examples_folder().glob("*.json"))
REWRITING = "CREDITGATE_REWRITE_EXAMPLES"
MENDED_BY = f"{REWRITING}=1 make test ARGS=tests/api/test_openapi_examples.py && make openapi"

_ID = re.compile("(chk|hld|imp)_[0-9a-f]{32}")
_INSTANT = re.compile(r"\d{4}-\d{2}-\d{2}T[0-9:.]+Z")

FORM = b'--b\r\nContent-Disposition: form-data; name="file"\r\n\r\ncustomer\r\n--b--\r\n'

RENEWED = {"ref": "RE-2026-090", "kind": "invoice", "amount": "3600.00", "currency": "EUR"}

PROMISED = {"amount": "250.00", "currency": "EUR", "expected_on": "2026-12-01"}

AGREED = {"ref": "SO-4701", "amount": "2400.00", "currency": "EUR", "ship_date": "2026-12-07"}

OTHER_CALLS = [
    Call("read_customer", {"customer": WHOLESALER}),
    Call("read_payment_behaviour", {"customer": WHOLESALER}),
    Call("list_open_items", {"customer": WHOLESALER}),
    Call("put_open_items", {"customer": PLANT}, {"items": [RENEWED]}),
    Call("put_orders", {"customer": PLANT}, {"orders": [AGREED]}),
    Call("clear_open_item", {"customer": WHOLESALER, "ref": "RE-2026-118"}),
    Call("list_orders", {"customer": WHOLESALER}),
    Call("cancel_order", {"customer": WHOLESALER, "ref": "SO-4698"}),
    Call("put_expected_payment", {"customer": PLANT, "ref": "EP-1"}, PROMISED),
    Call("list_expected_payments", {"customer": PLANT}),
    Call("list_policy_versions", {"name": "standard"}),
    Call("post_import", body=FORM, headers={"content-type": "multipart/form-data; boundary=b"}),
    Call("list_webhooks"),
    Call("list_deliveries"),
    Call("redeliver_dead", body={}),
    Call("livez"),
    Call("readyz"),
]


@pytest.fixture
async def dated(settings: Settings) -> AsyncIterator[Service]:
    """The service on the day of the examples."""
    async with a_service(settings, fixed_now=NOW) as service:
        yield service


def test_every_example_has_a_situation_and_every_situation_an_example() -> None:
    assert sorted(SITUATIONS) == [file.stem for file in FILES]


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
async def test_an_example_is_what_the_service_answers(
    file: Path, dated: Service, connection: "asyncpg.Connection[asyncpg.Record]"
) -> None:
    await SITUATIONS[file.stem](dated)
    await connection.execute("UPDATE source SET stated_at = $1", STATED_AT)
    example = stored(file)

    answers = {}
    for operation in example["answers"]:
        call = Call(operation, example.get("path", {}), example.get("request"))
        answer = await answered(dated.client, call)
        answers[operation] = {"status": answer.status_code, "body": answer.json()}

    if os.environ.get(REWRITING) and masked(example["answers"]) != masked(answers):
        rewrite(file, example | {"answers": answers})
    assert masked(stored(file)["answers"]) == masked(answers), f"mended by: {MENDED_BY}"


def stored(file: Path) -> dict[str, Any]:
    document: dict[str, Any] = json.loads(file.read_text(encoding="utf-8"))
    return document


def rewrite(file: Path, example: dict[str, Any]) -> None:
    text = json.dumps(example, indent=2, ensure_ascii=False) + "\n"
    file.write_text(text, encoding="utf-8")


def masked(value: Any) -> Any:
    """Give a value without what differs from run to run: ids, instants, sequence numbers."""
    match value:
        case dict():
            return {
                name: 0 if name in {"seq", "account_seq"} else masked(part)
                for name, part in value.items()
            }
        case list():
            return [masked(part) for part in value]
        case str():
            return _INSTANT.sub("an instant", _ID.sub(r"\1_id", value))
        case _:
            return value


@pytest.mark.parametrize("call", OTHER_CALLS, ids=lambda call: call.operation)
async def test_what_has_no_example_answers_as_described(call: Call, service: Service) -> None:
    await a_wholesaler_and_a_plant(service)

    answer = await answered(service.client, call)

    assert answer.is_success


async def test_a_recorded_check_and_its_hold_read_as_described(service: Service) -> None:
    await a_wholesaler_and_a_plant(service)
    body = asked(WHOLESALER, "SO-4711", "18450.00")
    check = (await answered(service.client, Call("check_order", body=body))).json()

    again = await answered(service.client, Call("read_check", {"check": check["id"]}))
    hold = await answered(service.client, Call("read_hold", {"hold": check["hold"]["id"]}))

    given_back = await answered(
        service.client, Call("give_back_reservation", {"check": check["id"]})
    )

    assert again.json() == check
    assert given_back.json()["given_back"] is False
    assert hold.json()["check"] == check["id"]


async def test_a_webhook_endpoint_is_kept_as_described(service: Service) -> None:
    body = {"url": "https://1.1.1.1/hooks", "events": ["hold.opened"]}
    made = (await answered(service.client, Call("add_webhook", body=body))).json()
    place = {"webhook": made["id"]}
    for call in (
        Call("put_webhook", place, body | {"description": "the ERP"}),
        Call("read_webhook", place),
        Call("rotate_webhook_secret", place, {"overlap_hours": 1}),
    ):
        assert (await answered(service.client, call)).status_code == 200
    deleted = (await answered(service.client, Call("delete_webhook", place))).json()
    assert (deleted["description"], deleted["enabled"]) == ("the ERP", False)


async def test_an_expected_payment_reads_as_described(service: Service) -> None:
    await a_wholesaler_and_a_plant(service)
    path = {"customer": PLANT, "ref": "EP-1"}
    await answered(service.client, Call("put_expected_payment", path, PROMISED))

    read = await answered(service.client, Call("read_expected_payment", path))
    dropped = await answered(service.client, Call("drop_expected_payment", path))

    assert (read.json()["amount"], dropped.json()["applied"]) == ("250.00", True)


async def test_a_customer_put_again_is_replaced_as_described(service: Service) -> None:
    await a_wholesaler_and_a_plant(service)
    body = {"name": "Werk Nord AG", "currency": "EUR"}

    answer = await answered(service.client, Call("put_customer", {"customer": PLANT}, body))

    assert answer.status_code == 200


def test_every_operation_is_called_here() -> None:
    called = {operation for file in FILES for operation in stored(file)["answers"]}
    read = {"read_check", "read_hold", "give_back_reservation"}
    read |= {"read_expected_payment", "drop_expected_payment"}
    kept = {"add_webhook", "read_webhook", "put_webhook", "rotate_webhook_secret"}
    told = {"delete_webhook", "read_delivery", "redeliver"}
    others = {call.operation for call in OTHER_CALLS}
    elsewhere = ACTIONS | KEYS | read | kept | told
    assert called | others | elsewhere == set(operations())
