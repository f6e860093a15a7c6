"""What sales is mailed of a refusal and an escalation: for how much, why, and what would help."""

from typing import Any

import pytest
from holds.desk import Person, issued
from notices.mail_server import a_mail_server
from notices.office import SALES, an_office
from notices.receiver import a_receiver, event
from notices.test_mails import part

from app.settings import Settings

REASONS = {
    "de": "- Mit diesem Auftrag liegt das Obligo 129,00 EUR über dem Limit.",
    "en": "- With this order the exposure is 129.00 EUR over the limit.",
    "nl": "129,00 EUR",
}
AMOUNTS = {"de": "60,00 EUR", "en": "60.00 EUR", "nl": "60,00 EUR"}
LABELS = {"de": "Auftragswert:", "en": "Order amount:", "nl": "Orderbedrag:"}
PREPAY = {
    "de": "- Vorauskasse: 60,00 EUR", "en": "- Pay in advance: 60.00 EUR",
    "nl": "- Vooruitbetalen: 60,00 EUR",
}  # fmt: skip
PAY_DUE = {
    "de": "- Fällige Posten bezahlen: 70,00 EUR", "en": "- Pay the items that are due: 70.00 EUR",
    "nl": "- Vervallen posten betalen: 70,00 EUR",
}  # fmt: skip


@pytest.mark.parametrize("language", ["de", "en", "nl"])
@pytest.mark.parametrize("action", ["refuse", "escalate"])
async def test_sales_reads_the_amount_the_reasons_and_what_each_option_takes(
    settings: Settings, language: str, action: str
) -> None:
    said: dict[str, Any] = {
        "reason": "no_limit",
        "options": ["pay_due_items", "prepay", "security"],
    }
    async with a_mail_server() as mail, an_office(settings, smtp_url=mail.url) as office:
        service = office.service
        await service.customer("C1", limit="1.00", sales_contact=SALES, language=language)
        await service.item("C1", "I1", "70.00", due_on="2026-01-02")
        hold = (await office.held("SO-1"))["hold"]["id"]
        clerk = Person(service, await issued(service, "credit"))
        await clerk.act(hold, action, **(said if action == "refuse" else {}))
        await mail.mails(2)
    (message,) = (message for to, message in mail.came if to == SALES)
    text = part(message, "plain")
    for told in (LABELS, AMOUNTS, REASONS, PREPAY):
        assert told[language] in text
    assert (PAY_DUE[language] in text) == (action == "refuse")
    assert "EUR" not in message["Subject"]
    assert "await" not in text


async def test_an_order_that_a_statement_stopped_is_told_in_the_same_way(
    settings: Settings,
) -> None:
    async with a_mail_server() as mail, an_office(settings, smtp_url=mail.url) as office:
        service = office.service
        await service.check("C1", "SO-1", "0.50")
        await service.order("C1", "SO-1", "9.00")
        (held,) = (await service.get("/v1/holds"))["items"]
        clerk = Person(service, await issued(service, "credit"))
        await clerk.act(held["id"], "refuse", reason="no_limit", options=[])
        await mail.mails(2)
    (message,) = (message for to, message in mail.came if to == SALES)
    assert "9.00 EUR" in part(message, "plain")
    assert "The order is stated 8.50 EUR larger than" in part(message, "plain")
    assert "What the customer can do" not in part(message, "plain")


async def test_the_events_have_amount_and_currency(settings: Settings) -> None:
    async with a_receiver() as erp, an_office(settings) as office:
        service = office.service
        await office.hears(erp.url, "hold.refused", "hold.escalated")
        clerk = Person(service, await issued(service, "credit"))
        for ref, action in (("SO-1", "refuse"), ("SO-2", "escalate")):
            hold = (await office.held(ref))["hold"]["id"]
            await clerk.act(hold, action, **({"reason": "r"} if action == "refuse" else {}))
        told = [event(came)["data"] for came in await erp.events(2)]
    assert [(data["amount"], data["currency"]) for data in told] == [("60.00", "EUR")] * 2
