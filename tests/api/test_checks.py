"""What a check answers: every figure, reason and option, on the policies' many settings."""

from datetime import timedelta
from typing import Any

import pytest
from support.service import Service, asked
from support.tables import Connection, business_day, dump

LINES = [{"ref": "10", "amount": "4200.00"}, {"ref": "20", "amount": "14250.00"}]


def codes(answer: Any) -> list[tuple[str, str]]:
    return [(reason["code"], reason["mode"]) for reason in answer["reasons"]]


async def an_account_as_in_the_contract(service: Service, connection: Connection) -> None:
    today = await business_day(connection)
    await service.customer("D10027", limit=None)
    await service.put(
        "/v1/accounts/D10027/limit", amount="50000.00", currency="EUR", valid_until="2999-03-31"
    )
    due = (today - timedelta(22)).isoformat()
    await service.item("D10027", "RE-1", "6120.00", due_on=due)
    await service.item("D10027", "RE-2", "32780.00", due_on=today.isoformat())
    await service.item("D10027", "GS-1", "2150.00", kind="credit_note")
    await service.item("D10027", "ZA-1", "1000.00", kind="payment")
    await service.order("D10027", "SO-4698", "9300.00")


async def test_the_example_of_the_contract_is_answered_to_the_cent(
    service: Service, connection: Connection
) -> None:
    await an_account_as_in_the_contract(service, connection)
    seq = (await service.account("D10027"))["seq"]
    answer = await service.check("D10027", "SO-4711", "18450.00", prepaid="0.00", lines=LINES)
    told = {name: answer.pop(name) for name in ("id", "decided_at", "data", "hold")}
    assert answer == {
        "outcome": "hold",
        "may_ship": False,
        "customer": "D10027",
        "account": "D10027",
        "account_seq": seq + 1,
        "order": {"ref": "SO-4711", "revision": 1, "amount": "18450.00", "currency": "EUR"},
        "limit": {
            "amount": "50000.00",
            "currency": "EUR",
            "unlimited": False,
            "valid_until": "2999-03-31",
        },
        "exposure": {
            "currency": "EUR",
            "invoices": "38900.00",
            "credit_notes": "-2150.00",
            "payments": "-1000.00",
            "open_orders": "9300.00",
            "reservations": "0.00",
            "ignored_credit": "0.00",
            "before": "45050.00",
            "this_order": "18450.00",
            "after": "63500.00",
            "overdue": "6120.00",
        },
        "headroom": "4950.00",
        "shippable_amount": "4950.00",
        "required_prepayment": "13500.00",
        "reasons": [
            {
                "code": "limit_exceeded",
                "mode": "hard",
                "observed": "63500.00",
                "threshold": "50000.00",
                "unit": "EUR",
                "message": "With this order the exposure is 13,500.00 EUR over the limit.",
                "advice": ["prepay", "ship_part", "await_release"],
            },
            {
                "code": "overdue_items",
                "mode": "soft",
                "observed": "22",
                "threshold": "3",
                "unit": "days",
                "message": "6,120.00 EUR are overdue, the oldest by 22 days.",
                "advice": ["collect"],
            },
        ],
        "options": [
            {"type": "prepay", "amount": "13500.00", "outcome": "warning"},
            {"type": "ship_part", "amount": "4200.00", "lines": ["10"], "outcome": "warning"},
        ],
        "policy": {"name": "standard", "version": 1},
        "reservation": None,
    }
    assert told["id"].startswith("chk_")
    assert told["hold"]["id"].startswith("hld_")
    assert told["data"]["stale"] is False
    assert told["data"]["as_of"] <= told["decided_at"]


@pytest.mark.parametrize("amount", ["1.00", "18450.00"])
async def test_a_preview_gives_the_checks_answer_and_writes_nothing(
    service: Service, connection: Connection, amount: str
) -> None:
    await an_account_as_in_the_contract(service, connection)
    before = await dump(connection)
    preview = await service.preview("D10027", "SO-4711", amount, lines=[])
    assert await dump(connection) == before
    check = await service.check("D10027", "SO-4711", amount, lines=[])
    recorded = {"id", "decided_at", "account_seq", "hold", "reservation"}
    assert {name: preview[name] for name in ("id", "hold", "reservation")} == {
        "id": None,
        "hold": None,
        "reservation": None,
    }
    assert {k: v for k, v in preview.items() if k not in recorded} == {
        k: v for k, v in check.items() if k not in recorded
    }


async def test_previews_of_unknown_customers_write_nothing_either(
    service: Service, connection: Connection
) -> None:
    before = await dump(connection)
    answer = await service.preview("NOBODY", "SO-1", "1.00")
    assert (answer["outcome"], codes(answer)) == ("hold", [("customer_unknown", "hard")])
    assert await dump(connection) == before


async def test_an_order_exactly_at_the_limit_passes_and_a_cent_more_does_not(
    service: Service,
) -> None:
    await service.policy(limit_near={"mode": "off"})
    await service.customer("C1", limit="100.00")
    at, above = (
        await service.preview("C1", "S", "100.00"),
        await service.preview("C1", "S", "100.01"),
    )
    assert (at["outcome"], codes(at)) == ("pass", [])
    assert (above["outcome"], codes(above)) == ("hold", [("limit_exceeded", "hard")])


async def test_where_the_boundary_is_reached_equality_holds(service: Service) -> None:
    await service.policy(limit={"boundary": "reached"}, limit_near={"mode": "off"})
    await service.customer("C1", limit="100.00")
    at, below = (
        await service.preview("C1", "S", "100.00"),
        await service.preview("C1", "S", "99.99"),
    )
    assert (at["outcome"], below["outcome"]) == ("hold", "pass")


async def test_a_soft_limit_warns_and_reserves(service: Service) -> None:
    await service.policy("soft", limit={"mode": "soft"})
    await service.customer("C1", limit="100.00", policy="soft")
    answer = await service.check("C1", "SO-1", "250.00")
    assert (answer["outcome"], answer["may_ship"], answer["hold"]) == ("warning", True, None)
    assert (codes(answer), answer["reservation"]["amount"]) == (
        [("limit_exceeded", "soft")],
        "250.00",
    )
    assert (await service.account("C1"))["headroom"] == "-150.00"


async def test_each_customer_is_checked_by_its_own_policy(service: Service) -> None:
    await service.policy("lenient", limit={"tolerance_percent": "10"}, limit_near={"mode": "off"})
    await service.customer("C1", limit="100.00")
    await service.customer("C2", limit="100.00", policy="lenient")
    strict = await service.check("C1", "SO-1", "110.00")
    lenient = await service.check("C2", "SO-1", "110.00")
    assert (strict["outcome"], strict["policy"]) == ("hold", {"name": "standard", "version": 1})
    assert (lenient["outcome"], lenient["policy"]) == ("pass", {"name": "lenient", "version": 1})


async def test_an_unknown_customer_is_held_and_owes_nothing(service: Service) -> None:
    answer = await service.check("NOBODY", "SO-1", "1.00")
    assert (answer["outcome"], codes(answer)) == ("hold", [("customer_unknown", "hard")])
    assert (answer["limit"], answer["exposure"]["before"]) == (None, "0.00")
    assert (await service.get("/v1/holds"))["items"][0]["customer"] == "NOBODY"


async def test_the_policy_may_say_otherwise_of_unknown_customers(service: Service) -> None:
    await service.policy(customer_unknown={"mode": "soft"})
    answer = await service.check("NOBODY", "SO-1", "1.00")
    assert (answer["outcome"], codes(answer)) == ("warning", [("customer_unknown", "soft")])


async def test_an_unknown_customer_is_not_judged_by_an_account_that_has_its_ref(
    service: Service,
) -> None:
    await service.policy(customer_unknown={"mode": "off"})
    await service.customer("C1", account="GROUP", limit="100.00")
    await service.item("C1", "I1", "30.00")
    answer = await service.check("GROUP", "SO-1", "1.00")
    assert (answer["limit"], answer["exposure"]["before"]) == (None, "0.00")


async def test_exempt_payment_terms_pass_without_credit(service: Service) -> None:
    await service.customer("C1", limit="0.00")
    answer = await service.check("C1", "SO-1", "500.00", payment_terms="COD")
    assert (answer["outcome"], codes(answer)) == ("pass", [("exempt_terms", "info")])
    assert (answer["exposure"]["this_order"], answer["reservation"]["amount"]) == ("0.00", "0.00")


async def test_what_is_prepaid_needs_no_credit(service: Service) -> None:
    await service.customer("C1", limit="100.00")
    answer = await service.check("C1", "SO-1", "500.00", prepaid="430.00")
    assert (answer["outcome"], answer["exposure"]["this_order"]) == ("pass", "70.00")
    assert answer["reservation"]["amount"] == "70.00"
    assert (await service.account("C1"))["headroom"] == "30.00"


async def test_a_zero_order_adds_nothing_and_passes_a_limit_that_is_passed_already(
    service: Service,
) -> None:
    await service.customer("C1", limit="10.00")
    await service.item("C1", "I1", "50.00")
    answer = await service.check("C1", "SO-1", "0")
    assert (answer["outcome"], codes(answer)) == ("pass", [])


async def test_overdue_items_warn_about_a_zero_order_too(service: Service) -> None:
    await service.customer("C1", limit="10.00")
    await service.item("C1", "I1", "50.00", due_on="2020-01-01")
    answer = await service.check("C1", "SO-1", "0")
    assert (answer["outcome"], codes(answer)) == ("warning", [("overdue_items", "soft")])


@pytest.mark.parametrize(
    ("accepted", "text"),
    [
        ("de-AT,de;q=0.9", "Mit diesem Auftrag liegt das Obligo 1.234,50 EUR über dem Limit."),
        ("nl", "Met deze order ligt het kredietbeslag 1.234,50 EUR boven de limiet."),
        ("fr", "With this order the exposure is 1,234.50 EUR over the limit."),
    ],
)
async def test_messages_are_in_the_callers_language(
    service: Service, accepted: str, text: str
) -> None:
    await service.customer("C1", limit="0.00")
    for path in ("/v1/checks/preview", "/v1/checks"):
        response = await service.client.post(
            path, json=asked("C1", "SO-1", "1234.50"), headers={"accept-language": accepted}
        )
        reason = response.json()["reasons"][0]
        assert (reason["code"], reason["message"]) == ("limit_exceeded", text)


async def test_amounts_of_other_currencies_have_their_own_decimals(service: Service) -> None:
    await service.customer("C1", currency="KWD", limit=None)
    await service.put("/v1/accounts/C1/limit", amount="1.5", currency="KWD")
    answer = await service.check("C1", "SO-1", "0.125", currency="KWD")
    assert (answer["headroom"], answer["exposure"]["after"]) == ("1.500", "0.125")


async def test_an_order_in_a_currency_without_a_rate_is_held(service: Service) -> None:
    await service.customer("C1")
    answer = await service.check("C1", "SO-1", "1.00", currency="USD")
    assert (answer["outcome"], codes(answer)) == ("hold", [("rate_missing", "hard")])
    assert (answer["order"]["amount"], answer["exposure"]["this_order"]) == ("1.00", "0.00")
