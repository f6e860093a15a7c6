from string import Formatter

import pytest
from support.builders import EUR, JPY, KWD

from app.credit.judgement import Reason
from app.credit.money import Currency
from app.credit.policy import Mode
from app.credit.rules import ReasonCode, Unit
from app.credit.texts import TEXTS, Language, amount_text, figure_text, message

DE, EN, NL = Language.GERMAN, Language.ENGLISH, Language.DUTCH

EXAMPLES = [
    Reason(ReasonCode.CUSTOMER_UNKNOWN, Mode.HARD),
    Reason(ReasonCode.CUSTOMER_BLOCKED, Mode.HARD),
    Reason(ReasonCode.RATE_MISSING, Mode.HARD, "USD", "EUR", Unit.CURRENCY),
    Reason(ReasonCode.ABOVE_GRANT, Mode.HARD, 700, 500, Unit.MONEY, 200),
    Reason(ReasonCode.LIMIT_MISSING, Mode.HARD),
    Reason(ReasonCode.LIMIT_EXPIRED, Mode.HARD, "2026-11-22", "2026-03-31", Unit.DATE),
    Reason(ReasonCode.LIMIT_EXCEEDED, Mode.HARD, 6_350_000, 5_000_000, Unit.MONEY, 1_350_000),
    Reason(ReasonCode.OVERDUE_ITEMS, Mode.SOFT, 22, 3, Unit.DAYS, 612_000),
    Reason(ReasonCode.OLDEST_ITEM, Mode.SOFT, 91, 90, Unit.DAYS),
    Reason(ReasonCode.DUNNING_LEVEL, Mode.HARD, 3, 2, Unit.LEVEL),
    Reason(ReasonCode.ORDER_MAXIMUM, Mode.HARD, 10_000_001, 10_000_000, Unit.MONEY),
    Reason(ReasonCode.TOTALS_DRIFT, Mode.SOFT, "2026-11-22", None, Unit.DATE),
    Reason(ReasonCode.DATA_STALE, Mode.SOFT, 1_441, 1_440, Unit.MINUTES),
    Reason(ReasonCode.LIMIT_REVIEW_DUE, Mode.SOFT, 366, 365, Unit.DAYS),
    Reason(ReasonCode.LIMIT_NEAR, Mode.SOFT, 95_000, 90_000, Unit.MONEY, 5_000),
    Reason(ReasonCode.EXEMPT_TERMS, Mode.INFO),
    Reason(ReasonCode.RELEASE_APPLIED, Mode.INFO, 400, 500, Unit.MONEY),
]

SENTENCES = {
    DE: [
        "Der Kunde ist hier nicht bekannt.",
        "Der Kunde ist gesperrt.",
        "Für einen Betrag in fremder Währung fehlt der Kurs zu EUR.",
        "Der Auftrag ist um 2,00 EUR größer gemeldet als die gewährten 5,00 EUR.",
        "Für den Kunden ist kein Kreditlimit festgelegt.",
        "Das Kreditlimit galt nur bis 31.03.2026.",
        "Mit diesem Auftrag liegt das Obligo 13.500,00 EUR über dem Limit.",
        "6.120,00 EUR sind überfällig, das Älteste um 22 Tage.",
        "Alter der ältesten offenen Rechnung: 91 Tage; erlaubt: 90 Tage.",
        "Der Kunde steht auf Mahnstufe 3; die Grenze ist 2.",
        "Der Auftrag übersteigt den größten Einzelauftrag von 100.000,00 EUR.",
        "Seit 22.11.2026 weichen die Summen des Kreditkontos von den Belegen ab.",
        "Alter der Daten zu offenen Posten: 1441 Minuten; erlaubt: 1440 Minuten.",
        "Zeit seit der letzten Prüfung des Limits: 366 Tage; erlaubt: 365 Tage.",
        "Mit diesem Auftrag bleiben vom Limit noch 50,00 EUR.",
        "Die Zahlungsbedingung braucht keinen Kredit.",
        "Der Auftrag liegt in dem, was ihm schon gewährt ist: 5,00 EUR.",
    ],
    EN: [
        "The customer is not known here.",
        "The customer is blocked.",
        "An amount in a foreign currency has no exchange rate to EUR.",
        "The order is stated 2.00 EUR larger than the 5.00 EUR granted.",
        "No credit limit is set for the customer.",
        "The credit limit was valid until 2026-03-31 only.",
        "With this order the exposure is 13,500.00 EUR over the limit.",
        "6,120.00 EUR are overdue, the oldest by 22 days.",
        "Age of the oldest open invoice: 91 days; allowed: 90 days.",
        "The customer is at dunning level 3; the mark is 2.",
        "The order is above the largest single order of 100,000.00 EUR.",
        "Since 2026-11-22 the account's totals differ from its documents.",
        "Age of the data on open items: 1441 minutes; allowed: 1440 minutes.",
        "Time since the limit was reviewed: 366 days; allowed: 365 days.",
        "With this order 50.00 EUR of the limit are left.",
        "The payment terms need no credit.",
        "The order is within what it was granted before: 5.00 EUR.",
    ],
    NL: [
        "De klant is hier niet bekend.",
        "De klant is geblokkeerd.",
        "Voor een bedrag in vreemde valuta ontbreekt de koers naar EUR.",
        "De order is 2,00 EUR groter gemeld dan de toegekende 5,00 EUR.",
        "Voor de klant is geen kredietlimiet vastgesteld.",
        "De kredietlimiet was slechts geldig tot en met 31-03-2026.",
        "Met deze order ligt het kredietbeslag 13.500,00 EUR boven de limiet.",
        "6.120,00 EUR is achterstallig, het oudste met 22 dagen.",
        "Ouderdom van de oudste factuur: 91 dagen; toegestaan: 90 dagen.",
        "De klant heeft aanmaningsniveau 3; de grens is 2.",
        "De order overschrijdt de grootste afzonderlijke order van 100.000,00 EUR.",
        "Sinds 22-11-2026 wijken de totalen van de rekening af van de stukken.",
        "Ouderdom van de gegevens over open posten: 1441 minuten; toegestaan: 1440 minuten.",
        "Tijd sinds de limiet is beoordeeld: 366 dagen; toegestaan: 365 dagen.",
        "Met deze order blijft van de limiet nog 50,00 EUR over.",
        "De betalingsvoorwaarde vraagt geen krediet.",
        "De order blijft binnen wat eerder is toegekend: 5,00 EUR.",
    ],
}


@pytest.mark.parametrize("language", Language)
def test_every_reason_is_said_in_a_whole_sentence(language: Language) -> None:
    assert [message(reason, EUR, language) for reason in EXAMPLES] == SENTENCES[language]


def test_the_examples_cover_every_reason() -> None:
    assert [reason.code for reason in EXAMPLES] == list(ReasonCode)


def placeholders(text: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(text) if name}


@pytest.mark.parametrize("reason", EXAMPLES, ids=lambda reason: reason.code)
def test_a_text_asks_the_same_of_a_reason_in_every_language(reason: Reason) -> None:
    texts = TEXTS[reason.code]
    assert {language: placeholders(text) for language, text in texts.items()} == dict.fromkeys(
        Language, placeholders(texts[EN])
    )


@pytest.mark.parametrize("reason", EXAMPLES, ids=lambda reason: reason.code)
def test_what_a_text_asks_for_is_there(reason: Reason) -> None:
    given = {
        "observed": reason.observed,
        "threshold": reason.threshold,
        "amount": reason.amount_minor or None,
    }
    asked = placeholders(TEXTS[reason.code][EN])
    assert {name for name in asked if given[name] is None} == set()


@pytest.mark.parametrize(
    ("language", "one", "many"),
    [(DE, "1 Tag;", "2 Tage."), (EN, "1 day;", "2 days."), (NL, "1 dag;", "2 dagen.")],
)
def test_one_day_is_said_in_the_singular(language: Language, one: str, many: str) -> None:
    reason = Reason(ReasonCode.OLDEST_ITEM, Mode.SOFT, 1, 2, Unit.DAYS)
    assert one in message(reason, EUR, language)
    assert message(reason, EUR, language).endswith(many)


@pytest.mark.parametrize(
    ("language", "text"),
    [
        (DE, "1 Minute; erlaubt: 0 Minuten."),
        (EN, "1 minute; allowed: 0 minutes."),
        (NL, "1 minuut; toegestaan: 0 minuten."),
    ],
)
def test_one_minute_is_said_in_the_singular_and_none_in_the_plural(
    language: Language, text: str
) -> None:
    reason = Reason(ReasonCode.DATA_STALE, Mode.SOFT, 1, 0, Unit.MINUTES)
    assert message(reason, EUR, language).endswith(text)


@pytest.mark.parametrize(
    ("minor", "currency", "language", "text"),
    [
        (0, EUR, EN, "0.00 EUR"),
        (99_999, EUR, EN, "999.99 EUR"),
        (123_456_789, EUR, EN, "1,234,567.89 EUR"),
        (123_456_789, EUR, DE, "1.234.567,89 EUR"),
        (123_456_789, EUR, NL, "1.234.567,89 EUR"),
        (-50, EUR, EN, "-0.50 EUR"),
        (-123_456, EUR, DE, "-1.234,56 EUR"),
        (1_234_567, JPY, EN, "1,234,567 JPY"),
        (1_234_567, JPY, NL, "1.234.567 JPY"),
        (1_234_567, KWD, EN, "1,234.567 KWD"),
        (1_234_567, KWD, DE, "1.234,567 KWD"),
    ],
)
def test_an_amount_is_grouped_as_its_reader_writes_it(
    minor: int, currency: Currency, language: Language, text: str
) -> None:
    assert amount_text(minor, currency, language) == text


@pytest.mark.parametrize(
    ("value", "unit", "text"),
    [
        (6_350_000, Unit.MONEY, "63500.00"),
        (22, Unit.DAYS, "22"),
        ("2026-11-22", Unit.DATE, "2026-11-22"),
        ("USD", Unit.CURRENCY, "USD"),
        (None, Unit.CURRENCY, None),
        (None, None, None),
    ],
)
def test_a_figure_is_the_same_in_every_language(
    value: int | str | None, unit: Unit | None, text: str | None
) -> None:
    assert figure_text(value, unit, EUR) == text
