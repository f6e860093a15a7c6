"""What mails say, in German, English and Dutch."""

from enum import StrEnum
from typing import Final

from app.credit.texts import Language

DE, EN, NL = Language.GERMAN, Language.ENGLISH, Language.DUTCH


class Word(StrEnum):
    """One sentence or label of a mail."""

    OPENED = "opened"
    OPENED_INTRO = "opened_intro"
    RELEASED = "released"
    RELEASED_INTRO = "released_intro"
    REFUSED = "refused"
    REFUSED_INTRO = "refused_intro"
    ESCALATED = "escalated"
    ESCALATED_INTRO = "escalated_intro"
    DIGEST = "digest"
    DIGEST_INTRO = "digest_intro"
    CUSTOMER = "customer"
    ORDER = "order"
    AMOUNT = "amount"
    RELEASED_AMOUNT = "released_amount"
    UNTIL = "until"
    SHIP_DATE = "ship_date"
    LIMIT = "limit"
    UNLIMITED = "unlimited"
    EXPOSURE = "exposure"
    OVERDUE = "overdue"
    NOTE = "note"
    REASONS = "reasons"
    OPTIONS = "options"
    HAND_ON = "hand_on"
    FOOTER = "footer"


WORDS: Final[dict[Word, dict[Language, str]]] = {
    Word.OPENED: {
        DE: "Auftrag gesperrt: {order}, {name} ({customer})",
        EN: "Order on hold: {order}, {name} ({customer})",
        NL: "Order geblokkeerd: {order}, {name} ({customer})",
    },
    Word.OPENED_INTRO: {
        DE: "Der Auftrag ist gesperrt und wartet auf die Kreditabteilung.",
        EN: "The order is on hold and waits for the credit department.",
        NL: "De order is geblokkeerd en wacht op de kredietafdeling.",
    },
    Word.RELEASED: {
        DE: "Auftrag freigegeben: {order}, {name} ({customer})",
        EN: "Order released: {order}, {name} ({customer})",
        NL: "Order vrijgegeven: {order}, {name} ({customer})",
    },
    Word.RELEASED_INTRO: {
        DE: "Der Auftrag ist freigegeben.",
        EN: "The order is released.",
        NL: "De order is vrijgegeven.",
    },
    Word.REFUSED: {
        DE: "Freigabe abgelehnt: {order}, {name} ({customer})",
        EN: "Release refused: {order}, {name} ({customer})",
        NL: "Vrijgave geweigerd: {order}, {name} ({customer})",
    },
    Word.REFUSED_INTRO: {
        DE: "Die Kreditabteilung kann den Auftrag so nicht freigeben. Bitte sprechen Sie mit dem "
        "Kunden.",
        EN: "The credit department cannot release the order as it is. Please talk to the "
        "customer.",
        NL: "De kredietafdeling kan de order zo niet vrijgeven. Neem contact op met de klant.",
    },
    Word.ESCALATED: {
        DE: "Beim Kreditausschuss: {order}, {name} ({customer})",
        EN: "With the credit committee: {order}, {name} ({customer})",
        NL: "Bij de kredietcommissie: {order}, {name} ({customer})",
    },
    Word.ESCALATED_INTRO: {
        DE: "Über den Auftrag entscheidet der Kreditausschuss.",
        EN: "The credit committee will decide on the order.",
        NL: "De kredietcommissie beslist over de order.",
    },
    Word.DIGEST: {
        DE: "Gesperrte Aufträge: {count}",
        EN: "Orders on hold: {count}",
        NL: "Geblokkeerde orders: {count}",
    },
    Word.DIGEST_INTRO: {
        DE: "Diese Aufträge sind seit der letzten Mail gesperrt worden.",
        EN: "These orders were put on hold since the last mail.",
        NL: "Deze orders zijn sinds de vorige mail geblokkeerd.",
    },
    Word.CUSTOMER: {DE: "Kunde", EN: "Customer", NL: "Klant"},
    Word.ORDER: {DE: "Auftrag", EN: "Order", NL: "Order"},
    Word.AMOUNT: {DE: "Auftragswert", EN: "Order amount", NL: "Orderbedrag"},
    Word.RELEASED_AMOUNT: {
        DE: "Freigegeben bis",
        EN: "Released up to",
        NL: "Vrijgegeven tot",
    },
    Word.UNTIL: {DE: "Freigabe gilt bis", EN: "Release valid until", NL: "Vrijgave geldig tot"},
    Word.SHIP_DATE: {DE: "Lieferdatum", EN: "Ship date", NL: "Leverdatum"},
    Word.LIMIT: {DE: "Kreditlimit", EN: "Credit limit", NL: "Kredietlimiet"},
    Word.UNLIMITED: {DE: "unbegrenzt", EN: "unlimited", NL: "onbeperkt"},
    Word.EXPOSURE: {
        DE: "Obligo mit diesem Auftrag",
        EN: "Exposure with this order",
        NL: "Kredietbeslag met deze order",
    },
    Word.OVERDUE: {DE: "Überfällig", EN: "Overdue", NL: "Achterstallig"},
    Word.NOTE: {DE: "Bemerkung", EN: "Note", NL: "Opmerking"},
    Word.REASONS: {DE: "Gründe", EN: "Reasons", NL: "Redenen"},
    Word.OPTIONS: {
        DE: "Was der Kunde tun kann",
        EN: "What the customer can do",
        NL: "Wat de klant kan doen",
    },
    Word.HAND_ON: {
        DE: "Zu diesem Kunden ist kein Ansprechpartner im Vertrieb hinterlegt. Bitte geben Sie "
        "diese Nachricht weiter.",
        EN: "No sales contact is known for this customer. Please pass this message on.",
        NL: "Bij deze klant is geen contactpersoon van verkoop bekend. Geef dit bericht door.",
    },
    Word.FOOTER: {
        DE: "Diese Mail hat Creditgate automatisch verschickt ({event}).",
        EN: "Creditgate has sent this mail automatically ({event}).",
        NL: "Creditgate heeft deze mail automatisch verstuurd ({event}).",
    },
}

OPTIONS: Final[dict[str, dict[Language, str]]] = {
    "pay_due_items": {
        DE: "Fällige Posten bezahlen",
        EN: "Pay the items that are due",
        NL: "Vervallen posten betalen",
    },
    "pay_early": {
        DE: "Offene Posten vorzeitig bezahlen",
        EN: "Pay open items early",
        NL: "Openstaande posten vervroegd betalen",
    },
    "shorten_terms": {
        DE: "Kürzeres Zahlungsziel vereinbaren",
        EN: "Agree on shorter payment terms",
        NL: "Een kortere betalingstermijn afspreken",
    },
    "prepay": {DE: "Vorauskasse", EN: "Pay in advance", NL: "Vooruitbetalen"},
    "cash_on_delivery": {DE: "Nachnahme", EN: "Cash on delivery", NL: "Onder rembours"},
    "security": {
        DE: "Sicherheit stellen (Bankbürgschaft, Bürgschaft, Abtretung)",
        EN: "Give security (bank guarantee, surety, assignment)",
        NL: "Zekerheid stellen (bankgarantie, borgtocht, cessie)",
    },
    "bank_guarantee": {
        DE: "Bankbürgschaft stellen",
        EN: "Give a bank guarantee",
        NL: "Een bankgarantie geven",
    },
    "surety": {DE: "Bürgschaft stellen", EN: "Give a surety", NL: "Borg laten staan"},
    "assignment": {
        DE: "Forderungen abtreten",
        EN: "Assign receivables",
        NL: "Vorderingen cederen",
    },
    "ship_part": {
        DE: "Einen Teil jetzt liefern",
        EN: "Ship a part of it now",
        NL: "Een deel nu leveren",
    },
    "await_release": {
        DE: "Freigabe durch die Kreditabteilung abwarten",
        EN: "Await a release by the credit department",
        NL: "Vrijgave door de kredietafdeling afwachten",
    },
}
"""What can be done, by its code; a code that is not here is told as it is."""


def worded(word: Word, language: Language, **parts: object) -> str:
    """Give a sentence or label in a language."""
    return WORDS[word][language].format(**parts)
