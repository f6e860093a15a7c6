"""The credit department's procedure (design section 5): may it go over the limit this once?

Everything is as it is when it is used: the service and the worker are programs, asked over HTTP;
mails go to a mail server, events to a receiver that verifies them as their specification's own
library does.
"""

from datetime import date, timedelta

from stories.company import CLERK, CREDIT, SALES, TYPIST, Company, a_customer, text_of

from app.desk.outbox import EventKind

CONDITIONS = {
    "no_due_items", "pays_in_time", "order_values_only", "order_peak",
    "direct_debit_not_collected", "expected_payments",
}  # fmt: skip


async def expects(company: Company, customer: str, amount: str, on: date) -> None:
    """State a payment that the customer has announced."""
    path = f"/v1/customers/{customer}/expected-payments/EP-1"
    await company.gate.put(path, amount=amount, currency="EUR", expected_on=on.isoformat())


async def test_an_order_is_held_and_the_credit_department_is_mailed_at_once(
    company: Company,
) -> None:
    await a_customer(company, "C1", owes="850.00")
    typist = await company.person("order_entry", TYPIST)
    order = {"ref": "SO-1", "amount": "300.00", "currency": "EUR", "ship_date": "2099-01-15"}

    answer = await company.gate.client.post(
        "/v1/checks", json={"customer": "C1", "order": order}, headers=typist.headers
    )

    stop = answer.json()
    assert (stop["outcome"], stop["may_ship"]) == ("hold", False)
    why = [(r["code"], r["observed"], r["threshold"]) for r in stop["reasons"]]
    assert why == [("limit_exceeded", "1150.00", "1000.00")]
    mail = await company.mailed(CREDIT, "Order on hold: SO-1, C1 GmbH (C1)")
    assert "150.00 EUR over the limit" in text_of(mail)
    assert "300.00" not in mail["Subject"]
    told = await company.heard(EventKind.HOLD_OPENED, hold=stop["hold"]["id"])
    assert (told["order"], told["amount"], told["reasons"]) == (
        "SO-1",
        "300.00",
        ["limit_exceeded"],
    )
    (listed,) = (await company.gate.get("/v1/holds", customer="C1", state="open"))["items"]
    assert (listed["entered_by"], listed["ship_date"]) == (TYPIST, "2099-01-15")
    assert (listed["at_stop"]["headroom"], listed["now"]["headroom"]) == ("150.00", "150.00")
    assert {option["type"] for option in listed["at_stop"]["options"]} >= {"prepay"}


async def test_an_order_is_released_once_and_up_to_what_was_advised(
    company: Company, today: date
) -> None:
    await a_customer(company, "C2", takes_discount=True)
    hold = await company.held("C2", "SO-2", "500.00")
    await expects(company, "C2", "400.00", today + timedelta(days=6))

    advice = (await company.hold(hold))["advice"]
    conditions = {c["code"]: c["met"] for c in advice["conditions"]}
    assert conditions == dict.fromkeys(CONDITIONS, True) | {
        "order_peak": False,
        "direct_debit_not_collected": False,
    }
    assert all(c["figures"] for c in advice["conditions"])
    assert (advice["verdict"], advice["release_up_to"]) == ("release_once", "300.00")

    clerk = await company.clerk()
    released = await clerk.release(hold, amount="300.00", note="They pay on Friday.")

    assert (released["state"], released["release"]["released_by"]) == ("released", CLERK)
    mail = await company.mailed(SALES, "Order released: SO-2, C2 GmbH (C2)")
    assert "300.00 EUR" in text_of(mail)
    assert "They pay on Friday." in text_of(mail)
    told = await company.heard(EventKind.HOLD_RELEASED, hold=hold)
    assert (told["amount"], told["by"], told["until"]) == (
        "300.00",
        CLERK,
        released["release"]["until"],
    )
    await the_release_is_used_once(company)


async def the_release_is_used_once(company: Company) -> None:
    """Have C2's released order pass, hold beyond what was released, and nothing else pass."""
    within = await company.gate.check("C2", "SO-2", "300.00", revision=2)
    assert within["may_ship"]
    assert [(r["code"], r["mode"]) for r in within["reasons"]] == [
        ("limit_exceeded", "info"),
        ("release_applied", "info"),
    ]
    beyond = await company.gate.check("C2", "SO-2", "300.01", revision=3)
    assert beyond["outcome"] == "hold"
    await company.gate.order("C2", "SO-2", "300.00")
    other = await company.gate.check("C2", "SO-2b", "300.00")
    assert other["outcome"] == "hold"


async def test_items_that_are_due_forbid_it(company: Company, today: date) -> None:
    await a_customer(company, "C3", takes_discount=True)
    overdue_since = (today - timedelta(days=20)).isoformat()
    await company.gate.item("C3", "RE-OLD", "80.00", due_on=overdue_since)
    hold = await company.held("C3", "SO-3", "300.00")
    await expects(company, "C3", "900.00", today + timedelta(days=1))

    advice = (await company.hold(hold))["advice"]
    refusal = await (await company.clerk()).ask(hold, "release", reason="payment_promised")

    assert advice["verdict"] == "forbidden"
    assert advice["offers"][0] == {"type": "pay_due_items", "amount": "80.00"}
    problem = refusal.json()
    assert (refusal.status_code, problem["code"]) == (409, "release_forbidden")
    assert problem["because"] == ["overdue_items"]
    await company.gate.delete("/v1/customers/C3/open-items/RE-OLD")
    assert (await company.hold(hold))["advice"]["verdict"] == "release_once"


async def test_a_payment_arrives_and_the_hold_is_ready(company: Company) -> None:
    await a_customer(company, "C9")
    hold = await company.held("C9", "SO-9", "300.00")
    await a_customer(company, "C10")
    other = await company.held("C10", "SO-10", "300.00")

    await company.gate.item("C9", "PAY-1", "200.00", kind="payment")

    await company.heard(EventKind.HOLD_READY, hold=hold)
    seen = await company.hold(hold)
    assert (seen["state"], seen["judged_now"]["outcome"]) == ("ready", "warning")
    assert seen["advice"]["verdict"] == "passes"
    assert (await company.hold(other))["state"] == "open"
    released = await (await company.clerk()).release(hold)
    assert released["release"]["kind"] == "passes"
    await company.heard(EventKind.HOLD_RELEASED, hold=hold)
