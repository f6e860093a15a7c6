"""Rows of open items, typed: one function for a file, made once from its profile and headings."""

from collections.abc import Callable
from datetime import date
from typing import Final

from app.credit.item import ItemKind
from app.ledger.cells import PLAIN_NUMBER, PLAIN_REF, number, or_nothing, whole
from app.ledger.cells import ref as checked_ref
from app.ledger.layout import Layout
from app.ledger.leaving_out import leaving_out
from app.ledger.rows import CellError, ItemRow, LeftOut
from app.ledger.signs import by_sign, kinds_of, signed_minor

Facts = tuple[date | None, date | None, str | None]
"""Issued on, due on, the order."""

_SETTLED: Final[Facts] = (None, None, None)
"""What is asked of a document of which nothing is left."""

ON_ACCOUNT: Final = "on-account/"
"""How the refs begin of payments that have no number."""

_new_row: Final = tuple.__new__

ReadItem = Callable[[int, list[str]], ItemRow | LeftOut]


def item_reader(layout: Layout) -> ReadItem:
    """Give what reads a row of this file, raising `CellError` for what is wrong in it."""
    rules = leaving_out(layout)
    ref_of = _ref_reader(layout)
    customer_at, customers = layout.at("customer"), layout.refs("customer")
    currency_at, currencies = layout.at("currency"), layout.currencies()
    kind_at, kinds = layout.at("kind"), kinds_of(layout)
    signed_minor_of, is_signed = signed_minor(layout), layout.profile.sign == "side"
    facts_of = _facts_reader(layout)
    heading = layout.name("ref")
    version_at, versions = layout.at("version"), layout.reader("version", whole)

    def read(line: int, cells: list[str]) -> ItemRow | LeftOut:
        for rule in rules:
            if (why := rule(cells)) is not None:
                return why
        customer = customers[cells[customer_at]]
        ref = ref_of(cells)
        currency = currencies[cells[currency_at]]
        kind = kinds[cells[kind_at]]
        minor = signed_minor_of(cells, currency)
        if is_signed:
            kind = by_sign(kind, minor)
            minor = abs(minor)
        facts = facts_of(cells) if minor else _SETTLED
        version = versions[cells[version_at]]
        # A million times: a tuple itself is made in half the time that ItemRow(...) takes.
        found = (line, customer, ref, kind, minor, currency.code, *facts, version)
        row = _new_row(ItemRow, found)
        return row if ref else _on_account(row, heading)

    return read


def _on_account(row: ItemRow, heading: str) -> ItemRow | LeftOut:
    """Give what a row without a number is: owed back, it is a payment on account of its day.

    How much is left of it is no part of its ref, so that it stays the same document while it is
    used up.
    """
    if not row.amount_minor:
        return LeftOut("zero, and has no number", row.customer)
    if row.kind is ItemKind.INVOICE:
        raise CellError("ref_empty", "Must not be empty.", heading)
    day = "undated" if row.issued_on is None else row.issued_on.isoformat()
    return row._replace(ref=f"{ON_ACCOUNT}{day}/{row.currency}", kind=ItemKind.PAYMENT)


def _facts_reader(layout: Layout) -> Callable[[list[str]], Facts]:
    """Give what reads the cells that may be empty."""
    issued_at, issued = layout.at("issued_on"), layout.days("issued_on")
    due_at, due = layout.at("due_on"), layout.days("due_on")
    order_at, orders = layout.at("order"), layout.optional_refs("order")
    is_exact, is_plain = layout.profile.exact, PLAIN_REF.fullmatch

    def facts(cells: list[str]) -> Facts:
        order: str | None = cells[order_at] or None
        if order and not (is_exact and is_plain(order)):
            order = orders[order]
        return (issued[cells[issued_at]], due[cells[due_at]], order)

    return facts


def _ref_reader(layout: Layout) -> Callable[[list[str]], str]:
    """Give what makes a row's ref, from one column or from several with slashes between.

    It is empty where the profile lets payments have no number.
    """
    parts = [field for field in layout.profile.ref or ("ref",) if layout.has(field)]
    heading = layout.name(parts[0])
    places = [layout.at(field) for field in parts]
    first, *others = (layout.ref_meaning(field) for field in parts)
    rest = list(zip(map(or_nothing, others), places[1:], strict=True))
    at = places[0]
    is_plain = PLAIN_NUMBER.fullmatch

    def ref(cells: list[str]) -> str:
        try:
            found = [number(first(cells[at])), *(read(cells[place]) for read, place in rest)]
            return checked_ref("/".join(filter(None, found)))
        except CellError as error:
            error.column = heading
            raise

    def exact_ref(cells: list[str]) -> str:
        cell = cells[at]
        return cell if is_plain(cell) else ref(cells)

    def ref_or_nothing(cells: list[str]) -> str:
        return ref(cells) if cells[at].strip() else ""

    if layout.profile.unnumbered_payments:
        return ref_or_nothing
    return exact_ref if layout.profile.exact else ref
