from collections import defaultdict
from datetime import date, timedelta

from app.demo import cast
from app.demo.companies import COMPANIES
from app.demo.portfolio import demo_book, demo_customers

TODAY = date(2026, 11, 22)


def test_it_is_forty_customers_with_about_300_items_and_25_orders() -> None:
    book = demo_book(TODAY)
    assert (book.count("customer"), book.count("order")) == (40, 25)
    assert 290 <= book.count("open_item") <= 320
    assert len(demo_customers()) == 40
    assert len({company.name for company in COMPANIES}) == len(COMPANIES)


def test_it_is_the_same_every_day_but_for_the_dates() -> None:
    def figures(today: date) -> list[dict[str, object]]:
        dates = {"issued_on", "due_on", "ship_date", "valid_until"}
        lines = demo_book(today).lines
        return [{name: v for name, v in line.items() if name not in dates} for line in lines]

    assert figures(TODAY) == figures(TODAY + timedelta(days=40))


def test_documents_are_numbered_once_each() -> None:
    refs = [line["ref"] for line in demo_book(TODAY).lines if "ref" in line]
    assert len(refs) == len(set(refs))


def test_some_of_it_is_overdue_and_most_is_not() -> None:
    due = [line["due_on"] for line in demo_book(TODAY).lines if "due_on" in line]
    overdue = [day for day in due if day < TODAY.isoformat()]
    assert 0.05 < len(overdue) / len(due) < 0.2


def test_the_example_customer_owes_what_the_contract_says() -> None:
    totals: dict[str, float] = defaultdict(float)
    for line in demo_book(TODAY).lines:
        if line.get("customer") == cast.EXAMPLE and "amount" in line:
            totals[str(line.get("kind", line["put"]))] += float(line["amount"])
    assert totals == {
        "invoice": 38_900.0,
        "credit_note": 2_150.0,
        "payment": 1_000.0,
        "order": 9_300.0,
    }
