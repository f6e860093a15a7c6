"""The customers one is told about: five that always answer the same, and the contract's own."""

from typing import Any

from app.demo.book import Book

PASS = "DEMO-PASS"  # noqa: S105 - a customer's number
WARN = "DEMO-WARN"
HOLD = "DEMO-HOLD"
BLOCKED = "DEMO-BLOCKED"
UNLIMITED = "DEMO-UNLIMITED"
EXAMPLE = "D10027"

SALES = "sales-south@example.com"
"""Who sells to the cast, and is mailed what becomes of its held orders."""

ROOMY_MINOR = 10_000_000_00
"""A limit that a demo's reservations do not come near."""

EXAMPLE_ORDER: dict[str, Any] = {
    "ref": "SO-4711",
    "amount": "18450.00",
    "currency": "EUR",
    "payment_terms": "NET30",
    "lines": [{"ref": "10", "amount": "4200.00"}, {"ref": "20", "amount": "14250.00"}],
}
"""The order of the published example, which is over the example customer's limit."""


def put_cast(book: Book) -> None:
    """State the six, with all that they owe and have ordered."""
    _passing(book)
    _warning(book)
    _holding(book)
    _blocked(book)
    _unlimited(book)
    _example(book)


def _customer(book: Book, ref: str, name: str, **more: Any) -> None:  # noqa: ANN401 - as the API
    book.customer(ref, name, language="de", sales_contact=SALES, **more)


def _passing(book: Book) -> None:
    _customer(book, PASS, "Sonnenkamp Handels GmbH", payment_terms_days=60)
    book.limit(PASS, ROOMY_MINOR)
    # Due far ahead, so that a demo left running for weeks does not come to warn.
    for amount_minor, due_in_days in ((8_420_00, 300), (5_115_50, 340), (2_104_90, 360)):
        book.invoice(PASS, amount_minor, due_in_days=due_in_days, terms_days=365)


def _warning(book: Book) -> None:
    _customer(book, WARN, "Spätlinger Werkzeuge GmbH", payment_terms_days=30)
    book.limit(WARN, ROOMY_MINOR)
    book.invoice(WARN, 3_980_00, due_in_days=-19)
    book.invoice(WARN, 1_240_75, due_in_days=-8)
    book.invoice(WARN, 12_660_00, due_in_days=21)


def _holding(book: Book) -> None:
    """Over its limit already, so that every order holds, and without anything overdue."""
    _customer(book, HOLD, "Vollbrink Maschinenbau GmbH", payment_terms_days=45)
    book.limit(HOLD, 50_000_00)
    book.invoice(HOLD, 31_480_00, due_in_days=300, terms_days=365)
    book.invoice(HOLD, 15_920_00, due_in_days=330, terms_days=365)
    book.credit("credit_note", HOLD, 1_100_00, days_ago=6)
    book.order(HOLD, 7_200_00, ships_in_days=9)


def _blocked(book: Book) -> None:
    _customer(book, BLOCKED, "Riegelhof Textil GmbH", status="blocked")
    book.limit(BLOCKED, 25_000_00)
    book.invoice(BLOCKED, 4_300_00, due_in_days=-140)


def _unlimited(book: Book) -> None:
    _customer(book, UNLIMITED, "Landkreis Auental", payment_terms_days=30)
    book.unlimited(UNLIMITED, "public authority")
    book.invoice(UNLIMITED, 64_750_00, due_in_days=300, terms_days=365)


def _example(book: Book) -> None:
    _customer(book, EXAMPLE, "Muster Handels GmbH", payment_terms_days=30)
    book.limit(EXAMPLE, 50_000_00)
    book.invoice(EXAMPLE, 6_120_00, due_in_days=-22)
    for amount_minor, due_in_days in ((14_780_00, 8), (10_250_50, 17), (7_749_50, 26)):
        book.invoice(EXAMPLE, amount_minor, due_in_days=due_in_days)
    book.credit("credit_note", EXAMPLE, 2_150_00, days_ago=12)
    book.credit("payment", EXAMPLE, 1_000_00, days_ago=3)
    book.order(EXAMPLE, 9_300_00, ships_in_days=10)
