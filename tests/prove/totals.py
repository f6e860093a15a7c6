"""O7: totals equal details, the details are what the history makes them, and holds stand."""

from collections import Counter

from prove.account import Account
from prove.book import ITEM_FACTS, TOTAL_OF, OrderLine, differences
from prove.evidence import Evidence, Row

OPEN_STATES = {"open", "awaiting_second", "ready", "escalated"}


def check_totals(evidence: Evidence, accounts: dict[str, Account]) -> None:
    """Compare every account's totals, days, orders, items and holds."""
    split = {table: _by_account(evidence, table) for table in _DETAILS}
    for stored in evidence.tables["credit_account"]:
        details = {table: rows.get(stored["ref"], []) for table, rows in split.items()}
        account = accounts[stored["ref"]]
        _blame_totals(account, stored, details)
        _blame_days(account, stored, details)
        _blame_details(account, details)
        _blame_holds(account, details)


_DETAILS = ("open_item", "sales_order", "calendar_total", "hold", "decision")


def _by_account(evidence: Evidence, table: str) -> dict[str, list[Row]]:
    split: dict[str, list[Row]] = {}
    for row in evidence.tables[table]:
        split.setdefault(row["account"], []).append(row)
    return split


def _blame_totals(account: Account, stored: Row, details: dict[str, list[Row]]) -> None:
    sums: Counter[str] = Counter()
    for item in details["open_item"]:
        sums[TOTAL_OF[item["kind"]]] += 0 if item["cleared_at"] else item["amount_minor"]
    for order in details["sales_order"]:
        sums["orders_minor"] += order["counted_minor"]
        sums["reservations_minor"] += order["reserved_minor"]
    for name, expected in account.book.totals().items():
        if not stored[name] == sums[name] == expected:
            text = f"{name} is {stored[name]}, details {sums[name]}, history {expected}"
            account.evidence.blame("O7", account.ref, stored["seq"], text)


def _blame_days(account: Account, stored: Row, details: dict[str, list[Row]]) -> None:
    """Compare what is due and what ships by day and by month with the documents themselves."""
    expected: Counter[tuple[str, str, str]] = Counter()
    documents: Counter[tuple[str, str, str]] = Counter()
    for series, day, amount in _dated(stored, details):
        for grain, starts_on in (("day", day), ("month", f"{day[:7]}-01")):
            expected[series, grain, starts_on] += amount
            documents[series, grain, starts_on] += 1
    for row in details["calendar_total"]:
        place = (row["series"], row["grain"], row["starts_on"])
        if (row["amount_minor"], row["documents"]) != (expected.pop(place, 0), documents[place]):
            text = f"calendar total {place} is {row['amount_minor']}"
            account.evidence.blame("O7", account.ref, stored["seq"], text)
    for place in expected:
        account.evidence.blame("O7", account.ref, stored["seq"], f"no calendar total {place}")


def _dated(stored: Row, details: dict[str, list[Row]]) -> list[tuple[str, str, int]]:
    due = [
        ("due", item["due_on"], item["amount_minor"])
        for item in details["open_item"]
        if item["kind"] == "invoice"
        and item["due_on"]
        and not item["cleared_at"]
        and item["amount_minor"] >= stored["trifle_minor"]
    ]
    return due + [
        ("ship", order["ship_date"], order["counted_minor"])
        for order in details["sales_order"]
        if order["ship_date"] and order["counted_minor"]
    ]


def _blame_details(account: Account, details: dict[str, list[Row]]) -> None:
    stored = {(row["customer"], row["ref"]): row for row in details["sales_order"]}
    for key in stored.keys() | account.book.orders.keys():
        line = account.book.orders.get(key, OrderLine())
        row = stored.get(key)
        if row is None:
            account.evidence.blame("O4", account.ref, None, f"order {key[1]} is not there")
            continue
        comparable = row | {"cancelled": row["cancelled_at"] is not None}
        if wrong := differences(line, comparable):
            account.evidence.blame("O7", account.ref, None, f"order {key[1]}: {wrong}")
    _blame_items(account, details["open_item"])


def _blame_items(account: Account, rows: list[Row]) -> None:
    stored = {
        (row["customer"], row["ref"]): (
            *(row[name] for name in ITEM_FACTS),
            row["cleared_at"] is not None,
        )
        for row in rows
    }
    expected = {key: (*item.facts, item.cleared) for key, item in account.book.items.items()}
    for key in stored.keys() | expected.keys():
        if stored.get(key) != expected.get(key):
            text = f"item {key[1]} is {stored.get(key)}, should be {expected.get(key)}"
            account.evidence.blame("O7", account.ref, None, text)


def _blame_holds(account: Account, details: dict[str, list[Row]]) -> None:
    """Compare the worklist with the orders: one open hold for each order that is held."""
    held = {line.hold_id for line in account.book.orders.values() if line.hold_id is not None}
    is_open = {row["id"] for row in details["hold"] if row["state"] in OPEN_STATES}
    for hold_id in held ^ is_open:
        text = f"hold {hold_id} is {'open' if hold_id in is_open else 'not open'}, wrongly"
        account.evidence.blame("O7", account.ref, None, text)
    listed = Counter(row["check_id"] for row in details["hold"] if row["check_id"])
    for row in details["decision"]:
        if (row["outcome"] == "hold") != (listed[row["id"]] == 1):
            text = f"decision {row['id']} has {listed[row['id']]} holds"
            account.evidence.blame("O4", account.ref, row["seq"], text)
