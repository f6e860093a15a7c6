"""The credit department's procedure (design section 5): refused, escalated, agreed on by two."""

from stories.company import CLERK, LEAD, SALES, SELLER, Company, a_customer, text_of

from app.desk.outbox import EventKind


async def test_it_is_refused_with_options_and_sales_talks_to_the_customer(
    company: Company,
) -> None:
    await a_customer(company, "C6", owes="1100.00", language="de")
    hold = await company.held("C6", "SO-6", "300.00")
    advice = (await company.hold(hold))["advice"]
    assert advice["verdict"] == "refuse"
    offers = [offer["type"] for offer in advice["offers"]]
    assert {"prepay", "security"} <= set(offers)

    refused = await (await company.clerk()).act(
        hold, "refuse", reason="no_cover", note="Bitte anrufen.", options=["prepay", "security"]
    )

    assert (refused["state"], refused["history"][-1]["after"]["options"]) == (
        "refused",
        ["prepay", "security"],
    )
    mail = await company.mailed(SALES, "Freigabe abgelehnt: SO-6, C6 GmbH (C6)")
    assert "Auftragswert:                300,00 EUR\n" in text_of(mail)
    assert "- Vorauskasse: 300,00 EUR\n- Sicherheit stellen" in text_of(mail)
    assert "Bitte anrufen." in text_of(mail)
    told = await company.heard(EventKind.HOLD_REFUSED, hold=hold)
    assert (told["options"], told["by"]) == (["prepay", "security"], CLERK)
    paid = await company.gate.check(
        "C6", "SO-6", "300.00", revision=2, prepaid="300.00", payment_terms="PREPAID"
    )
    assert paid["may_ship"]


async def test_it_is_escalated_and_the_committees_two_parts_decide(company: Company) -> None:
    await a_customer(company, "C7", owes="1100.00")
    hold = await company.held("C7", "SO-7", "300.00")
    seller = await company.person("sales", SELLER)
    finance = await company.person("committee_finance", "cfo@example.com")
    sales = await company.person("committee_sales", "cso@example.com")

    escalated = await seller.act(hold, "escalate", note="A key account.")
    first = await finance.act(hold, "committee", vote="for", reason="strategic", amount="250.00")
    twice = await finance.ask(hold, "committee", version=first["version"], vote="for", reason="r")
    decided = await sales.act(hold, "committee", vote="for", reason="strategic")

    assert [escalated["state"], first["state"], decided["state"]] == [
        "escalated",
        "escalated",
        "released",
    ]
    assert (twice.status_code, twice.json()["code"]) == (403, "forbidden")
    assert decided["release"] | {"until": None} == {
        "kind": "committee",
        "amount": "250.00",
        "currency": "EUR",
        "until": None,
        "released_by": "cfo@example.com",
        "second_by": "cso@example.com",
    }
    assert "A key account." in text_of(
        await company.mailed(SALES, "With the credit committee: SO-7")
    )
    assert "250.00 EUR" in text_of(await company.mailed(SALES, "Order released: SO-7, "))
    for kind in (EventKind.HOLD_ESCALATED, EventKind.HOLD_RELEASED):
        await company.heard(kind, hold=hold)
    history = (await company.hold(hold))["history"]
    assert [(e["action"], e["by"]) for e in history] == [
        ("open", None),
        ("escalate", "seller@example.com"),
        ("committee", "cfo@example.com"),
        ("committee", "cso@example.com"),
    ]


async def test_four_eyes_see_large_releases_also_in_slices(company: Company) -> None:
    await company.gate.put("/v1/policies/strict", releases={"four_eyes_above": "500.00"})
    await a_customer(company, "C8", policy="strict")
    clerk, lead = await company.clerk(), await company.person("credit_lead", LEAD)
    large = await company.held("C8", "SO-8", "600.00")

    proposed = await clerk.release(large)
    again = await clerk.ask(large, "release", version=2, reason="payment_promised")
    agreed = await lead.release(large)

    assert (proposed["state"], agreed["state"]) == ("awaiting_second", "released")
    assert (again.status_code, again.json()["because"]) == (403, "agreed_before")
    assert (agreed["release"]["released_by"], agreed["release"]["second_by"]) == (CLERK, LEAD)
    assert (await company.heard(EventKind.HOLD_RELEASED, hold=large))["by"] == LEAD
    slice_ = await company.held("C8", "SO-8b", "10.00")
    assert (await clerk.release(slice_))["state"] == "awaiting_second"
