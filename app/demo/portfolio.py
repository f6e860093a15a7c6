"""The demo's customers: the cast, and an ordinary portfolio that a fixed seed makes up."""

from datetime import date
from random import Random
from typing import Literal

from app.demo import cast
from app.demo.book import Book
from app.demo.companies import COMPANIES, Company

SEED = 20_261_122
FIRST_CUSTOMER = 10_101
GROUP = {"D10112": "D10111", "D10113": "D10111"}
"""Customers that share another's credit account, as companies of one group do."""

SALES = "sales-north@example.com"
"""Who sells to them, and is mailed what becomes of their held orders."""

ITEMS_PER_CUSTOMER = (5, 12)
ORDERED_BY = 23
"""How many of the ordinary customers have an open order."""

CREDITS: tuple[Literal["credit_note", "payment"], ...] = ("credit_note", "payment")
OVERDUE_SHARE = 0.1
CREDIT_SHARE = 0.12
TERMS_DAYS = (14, 30, 30, 45)
USED_PERCENT = (25, 105)
"""How much of its limit a customer uses: most have room, a few are near or over it."""

LIMIT_STEP_MINOR = 500_000


def demo_book(today: date) -> Book:
    """Give every statement of the demo, the same on every day but for the dates."""
    random = Random(SEED)  # noqa: S311 - figures of a demo, not secrets
    book = Book(today)
    cast.put_cast(book)
    exposures_minor: dict[str, int] = {}
    for index, company in enumerate(COMPANIES):
        ref = f"D{FIRST_CUSTOMER + index}"
        account = GROUP.get(ref, ref)
        _put_customer(book, ref, company, random)
        owed_minor = _put_documents(book, ref, random, ordered=index < ORDERED_BY)
        exposures_minor[account] = exposures_minor.get(account, 0) + owed_minor
    for account, exposure_minor in exposures_minor.items():
        wanted_minor = exposure_minor * 100 // random.randint(*USED_PERCENT)
        book.limit(account, -(-wanted_minor // LIMIT_STEP_MINOR) * LIMIT_STEP_MINOR)
    return book


def demo_customers() -> frozenset[str]:
    """Give the refs of the demo's customers."""
    lines = demo_book(date.min.replace(year=2000)).lines
    return frozenset(line["customer"] for line in lines if line["put"] == "customer")


def _put_customer(book: Book, ref: str, company: Company, random: Random) -> None:
    mailbox = company.name.split()[0].lower().translate({ord("ö"): "oe", ord("ä"): "ae"})
    shared = {"account": GROUP[ref]} if ref in GROUP else {}
    book.customer(
        ref,
        company.name,
        language=company.language,
        sales_contact=SALES,
        email=f"einkauf-{ref.lower()}@{mailbox}.{company.domain}",
        payment_terms_days=random.choice(TERMS_DAYS),
        direct_debit=random.random() < OVERDUE_SHARE,
        **shared,
    )


def _put_documents(book: Book, ref: str, random: Random, *, ordered: bool) -> int:
    """State what a customer owes and has ordered; gives the exposure."""
    exposure_minor = sum(
        _put_item(book, ref, random) for _ in range(random.randint(*ITEMS_PER_CUSTOMER))
    )
    if ordered:
        order_minor = random.randint(80_000, 1_500_000)
        book.order(ref, order_minor, ships_in_days=random.randint(1, 35))
        exposure_minor += order_minor
    return exposure_minor


def _put_item(book: Book, ref: str, random: Random) -> int:
    terms_days, share = random.choice(TERMS_DAYS), random.random()
    amount_minor = random.randint(12_000, 980_000)
    if share < CREDIT_SHARE:
        credit_minor = amount_minor // 8
        book.credit(random.choice(CREDITS), ref, credit_minor, days_ago=random.randint(1, 30))
        return -credit_minor
    is_overdue = share > 1 - OVERDUE_SHARE
    due_in_days = -random.randint(5, 60) if is_overdue else random.randint(0, terms_days)
    book.invoice(ref, amount_minor, due_in_days=due_in_days, terms_days=terms_days)
    return amount_minor
