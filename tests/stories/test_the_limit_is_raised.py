"""The credit department's procedure (design section 5): must the limit rise for good?"""

from typing import Any

import asyncpg
from holds.desk import Person
from stories.company import SALES, Company, a_customer

from app.desk.outbox import EventKind


async def with_an_assessment_out_of_date(company: Company, url: str, customer: str) -> None:
    """Have a customer pay in time whose limit was set longer ago than the policy allows."""
    await a_customer(company, customer, takes_discount=True)
    connection = await asyncpg.connect(url)
    await connection.execute(
        "UPDATE credit_account SET limit_set_at = limit_set_at - interval '400 days' "
        "WHERE ref = $1",
        customer,
    )
    await connection.close()
    for number in (1, 2, 3):
        await company.held(customer, f"{customer}-{number}", "400.00")


async def test_the_assessment_is_out_of_date_the_limit_is_raised_and_the_oldest_go_first(
    company: Company, url: str
) -> None:
    await with_an_assessment_out_of_date(company, url, "C4")
    holds = (await company.gate.get("/v1/holds", customer="C4"))["items"]
    advice = (await company.hold(holds[0]["id"]))["advice"]
    assert (advice["verdict"], advice["limit_needed"]) == ("raise_limit", "1300.00")
    assert advice["assessment"] == {"age_days": 400, "max_age_days": 365, "current": False}

    await company.gate.put("/v1/accounts/C4/limit", amount="1800.00", currency="EUR")

    before = {"amount": "1000.00", "currency": "EUR", "unlimited": False}
    before |= {"valid_until": None, "reason": None}
    raised = await company.heard(EventKind.LIMIT_CHANGED, account="C4", before=before)
    assert raised["limit"]["amount"] == "1800.00"
    for ref in ("C4-1", "C4-2"):
        await company.heard(EventKind.HOLD_READY, order=ref)
    assert await company.states("C4") == {"C4-1": "ready", "C4-2": "ready", "C4-3": "open"}
    assert (await company.hold(holds[2]["id"]))["advice"]["assessment"]["current"]
    await they_are_released_together(await company.clerk(), holds[:2])
    for ref in ("C4-1", "C4-2"):
        await company.mailed(SALES, f"Order released: {ref}, ")
    assert (await company.gate.account("C4"))["headroom"] == "100.00"


async def they_are_released_together(clerk: Person, holds: list[dict[str, Any]]) -> None:
    """Look at what releasing them would come to, and then do it."""
    actions = [
        {"hold": hold["id"], "version": 2, "action": "release", "reason": "limit_raised"}
        for hold in holds
    ]
    for dry_run in (True, False):
        answer = await clerk.service.client.post(
            "/v1/holds/actions",
            json={"dry_run": dry_run, "actions": actions},
            headers=clerk.headers,
        )
        done = answer.json()
        assert [(one["state"], one["problem"]) for one in done["items"]] == [
            ("released", None)
        ] * 2
        (account,) = done["accounts"]
        assert account["exposure"]["reservations"] == "800.00"


async def test_where_the_policy_says_so_a_raised_limit_releases_the_oldest_by_itself(
    company: Company, url: str
) -> None:
    await company.gate.put("/v1/policies/generous", auto_release=True)
    await with_an_assessment_out_of_date(company, url, "C5")
    await company.gate.put("/v1/customers/C5", name="C5", currency="EUR", policy="generous",
                           sales_contact=SALES)  # fmt: skip
    await company.gate.put("/v1/accounts/C5/limit", amount="1700.00", currency="EUR")
    for ref in ("C5-1", "C5-2"):
        told = await company.heard(EventKind.HOLD_RELEASED, order=ref)
        assert told["reason"] == "auto_release"
        await company.mailed(SALES, f"Order released: {ref}, ")
    assert await company.states("C5") == {
        "C5-1": "released",
        "C5-2": "released",
        "C5-3": "open",
    }
    assert (await company.gate.account("C5"))["headroom"] == "0.00"
