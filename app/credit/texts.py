"""What a reason says to a person, in German, English and Dutch."""

from datetime import date
from enum import StrEnum

from app.credit.judgement import Reason
from app.credit.money import Currency, decimal_text
from app.credit.rules import ReasonCode, Unit


class Language(StrEnum):
    """The languages of the texts; codes and figures outside them are the same in all."""

    GERMAN = "de"
    ENGLISH = "en"
    DUTCH = "nl"


TEXTS: dict[ReasonCode, dict[Language, str]] = {
    ReasonCode.CUSTOMER_UNKNOWN: {
        Language.GERMAN: "Der Kunde ist hier nicht bekannt.",
        Language.ENGLISH: "The customer is not known here.",
        Language.DUTCH: "De klant is hier niet bekend.",
    },
    ReasonCode.CUSTOMER_BLOCKED: {
        Language.GERMAN: "Der Kunde ist gesperrt.",
        Language.ENGLISH: "The customer is blocked.",
        Language.DUTCH: "De klant is geblokkeerd.",
    },
    ReasonCode.RATE_MISSING: {
        Language.GERMAN: "Für einen Betrag in fremder Währung fehlt der Kurs zu {threshold}.",
        Language.ENGLISH: "An amount in a foreign currency has no exchange rate to {threshold}.",
        Language.DUTCH: "Voor een bedrag in vreemde valuta ontbreekt de koers naar {threshold}.",
    },
    ReasonCode.ABOVE_GRANT: {
        Language.GERMAN: "Der Auftrag ist um {amount} größer gemeldet als die gewährten "
        "{threshold}.",
        Language.ENGLISH: "The order is stated {amount} larger than the {threshold} granted.",
        Language.DUTCH: "De order is {amount} groter gemeld dan de toegekende {threshold}.",
    },
    ReasonCode.LIMIT_MISSING: {
        Language.GERMAN: "Für den Kunden ist kein Kreditlimit festgelegt.",
        Language.ENGLISH: "No credit limit is set for the customer.",
        Language.DUTCH: "Voor de klant is geen kredietlimiet vastgesteld.",
    },
    ReasonCode.LIMIT_EXPIRED: {
        Language.GERMAN: "Das Kreditlimit galt nur bis {threshold}.",
        Language.ENGLISH: "The credit limit was valid until {threshold} only.",
        Language.DUTCH: "De kredietlimiet was slechts geldig tot en met {threshold}.",
    },
    ReasonCode.LIMIT_EXCEEDED: {
        Language.GERMAN: "Mit diesem Auftrag liegt das Obligo {amount} über dem Limit.",
        Language.ENGLISH: "With this order the exposure is {amount} over the limit.",
        Language.DUTCH: "Met deze order ligt het kredietbeslag {amount} boven de limiet.",
    },
    ReasonCode.OVERDUE_ITEMS: {
        Language.GERMAN: "{amount} sind überfällig, das Älteste um {observed}.",
        Language.ENGLISH: "{amount} are overdue, the oldest by {observed}.",
        Language.DUTCH: "{amount} is achterstallig, het oudste met {observed}.",
    },
    ReasonCode.OLDEST_ITEM: {
        Language.GERMAN: "Alter der ältesten offenen Rechnung: {observed}; erlaubt: {threshold}.",
        Language.ENGLISH: "Age of the oldest open invoice: {observed}; allowed: {threshold}.",
        Language.DUTCH: "Ouderdom van de oudste factuur: {observed}; toegestaan: {threshold}.",
    },
    ReasonCode.DUNNING_LEVEL: {
        Language.GERMAN: "Der Kunde steht auf Mahnstufe {observed}; die Grenze ist {threshold}.",
        Language.ENGLISH: "The customer is at dunning level {observed}; the mark is {threshold}.",
        Language.DUTCH: "De klant heeft aanmaningsniveau {observed}; de grens is {threshold}.",
    },
    ReasonCode.ORDER_MAXIMUM: {
        Language.GERMAN: "Der Auftrag übersteigt den größten Einzelauftrag von {threshold}.",
        Language.ENGLISH: "The order is above the largest single order of {threshold}.",
        Language.DUTCH: "De order overschrijdt de grootste afzonderlijke order van {threshold}.",
    },
    ReasonCode.TOTALS_DRIFT: {
        Language.GERMAN: "Seit {observed} weichen die Summen des Kreditkontos von den Belegen ab.",
        Language.ENGLISH: "Since {observed} the account's totals differ from its documents.",
        Language.DUTCH: "Sinds {observed} wijken de totalen van de rekening af van de stukken.",
    },
    ReasonCode.DATA_STALE: {
        Language.GERMAN: "Alter der Daten zu offenen Posten: {observed}; erlaubt: {threshold}.",
        Language.ENGLISH: "Age of the data on open items: {observed}; allowed: {threshold}.",
        Language.DUTCH: "Ouderdom van de gegevens over open posten: {observed}; "
        "toegestaan: {threshold}.",
    },
    ReasonCode.LIMIT_REVIEW_DUE: {
        Language.GERMAN: "Zeit seit der letzten Prüfung des Limits: {observed}; "
        "erlaubt: {threshold}.",
        Language.ENGLISH: "Time since the limit was reviewed: {observed}; allowed: {threshold}.",
        Language.DUTCH: "Tijd sinds de limiet is beoordeeld: {observed}; toegestaan: {threshold}.",
    },
    ReasonCode.LIMIT_NEAR: {
        Language.GERMAN: "Mit diesem Auftrag bleiben vom Limit noch {amount}.",
        Language.ENGLISH: "With this order {amount} of the limit are left.",
        Language.DUTCH: "Met deze order blijft van de limiet nog {amount} over.",
    },
    ReasonCode.EXEMPT_TERMS: {
        Language.GERMAN: "Die Zahlungsbedingung braucht keinen Kredit.",
        Language.ENGLISH: "The payment terms need no credit.",
        Language.DUTCH: "De betalingsvoorwaarde vraagt geen krediet.",
    },
    ReasonCode.RELEASE_APPLIED: {
        Language.GERMAN: "Der Auftrag liegt in dem, was ihm schon gewährt ist: {threshold}.",
        Language.ENGLISH: "The order is within what it was granted before: {threshold}.",
        Language.DUTCH: "De order blijft binnen wat eerder is toegekend: {threshold}.",
    },
}

_COUNTED: dict[Unit, dict[Language, tuple[str, str]]] = {
    Unit.DAYS: {
        Language.GERMAN: ("Tag", "Tage"),
        Language.ENGLISH: ("day", "days"),
        Language.DUTCH: ("dag", "dagen"),
    },
    Unit.MINUTES: {
        Language.GERMAN: ("Minute", "Minuten"),
        Language.ENGLISH: ("minute", "minutes"),
        Language.DUTCH: ("minuut", "minuten"),
    },
}

_DATE_FORMATS: dict[Language, str] = {
    Language.GERMAN: "%d.%m.%Y",
    Language.ENGLISH: "%Y-%m-%d",
    Language.DUTCH: "%d-%m-%Y",
}


def message(reason: Reason, currency: Currency, language: Language) -> str:
    """Give the reason's sentence, with amounts, numbers and dates as the language writes them."""
    return TEXTS[reason.code][language].format(
        amount=amount_text(reason.amount_minor, currency, language),
        observed=_measure(reason.observed, reason.unit, currency, language),
        threshold=_measure(reason.threshold, reason.unit, currency, language),
    )


def amount_text(minor: int, currency: Currency, language: Language) -> str:
    """Give an amount for people to read: 13,500.00 EUR, or 13.500,00 EUR."""
    whole, _, decimals = decimal_text(minor, currency).partition(".")
    sign = "-" if whole.startswith("-") else ""
    grouped = f"{abs(int(whole)):,}"
    english = f"{sign}{grouped}.{decimals}" if decimals else f"{sign}{grouped}"
    text = english if language is Language.ENGLISH else english.translate(_CONTINENTAL)
    return f"{text} {currency.code}"


def date_text(day: date, language: Language) -> str:
    """Give a day for people to read: 2026-11-22, or 22.11.2026."""
    return day.strftime(_DATE_FORMATS[language])


_CONTINENTAL = str.maketrans(",.", ".,")


def figure_text(value: int | str | None, unit: Unit | None, currency: Currency) -> str | None:
    """Give a reason's figure as the contract writes it, the same in every language."""
    if value is None:
        return None
    if unit is Unit.MONEY:
        return decimal_text(int(value), currency)
    return str(value)


def _measure(
    value: int | str | None, unit: Unit | None, currency: Currency, language: Language
) -> str:
    match unit, value:
        case Unit.MONEY, int():
            return amount_text(value, currency, language)
        case ((Unit.DAYS | Unit.MINUTES), int()):
            return _counted(value, unit, language)
        case Unit.DATE, str():
            return date_text(date.fromisoformat(value), language)
        case _:
            return str(value)


def _counted(number: int, unit: Unit, language: Language) -> str:
    one, many = _COUNTED[unit][language]
    return f"{number} {one if number == 1 else many}"
