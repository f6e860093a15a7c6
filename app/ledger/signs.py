"""What a row is worth and what it is: amounts with their sign, and kinds from types and signs."""

from collections.abc import Callable
from types import MappingProxyType
from typing import Final

from app.credit.item import ItemKind
from app.credit.money import MINOR_MAX, Currency
from app.ledger.cells import Reader, refuse_odd
from app.ledger.layout import Layout
from app.ledger.profile import plain
from app.ledger.rows import CellError

SignedMinor = Callable[[list[str], Currency], int]
"""Gives what a row adds to what is owed, in minor units."""

_DEBIT: Final = 1
_CREDIT: Final = -1
_SIDES: Final = MappingProxyType({"debit": _DEBIT, "credit": _CREDIT})


def signed_minor(layout: Layout) -> SignedMinor:
    """Give how this file says what a row adds to what is owed: negative if it is owed back."""
    if layout.profile.sign == "kind":
        return _unsigned(layout)
    if layout.has("debit") or layout.has("credit"):
        return _debit_less_credit(layout)
    return _amount_by_side(layout) if layout.has("side") else _amount(layout)


def _amount(layout: Layout, field: str = "amount") -> SignedMinor:
    at, heading, amounts = layout.at(field), layout.name(field), layout.amounts()

    def minor(cells: list[str], currency: Currency) -> int:
        try:
            return amounts(cells[at], currency)
        except CellError as error:
            error.column = heading
            raise

    return minor


def _unsigned(layout: Layout) -> SignedMinor:
    amount = _amount(layout)
    if layout.profile.exact:
        return amount

    def minor(cells: list[str], currency: Currency) -> int:
        found = amount(cells, currency)
        if found < 0:
            message = "Must have no minus: the kind says the sign."
            raise CellError("amount_negative", message, layout.name("amount"))
        return found

    return minor


def _debit_less_credit(layout: Layout) -> SignedMinor:
    debit, credit = _amount(layout, "debit"), _amount(layout, "credit")
    places = (layout.at("debit"), layout.at("credit"))

    def minor(cells: list[str], currency: Currency) -> int:
        if not any(cells[at].strip() for at in places):
            raise CellError(
                "amount_missing", "Has neither debit nor credit.", layout.name("debit")
            )
        debit_minor = debit(cells, currency) if cells[places[0]].strip() else 0
        credit_minor = credit(cells, currency) if cells[places[1]].strip() else 0
        if abs(debit_minor - credit_minor) > MINOR_MAX:
            message = "Debit and credit differ by more than 10^15 of the smallest unit."
            raise CellError("amount_too_large", message, layout.name("debit"))
        return debit_minor - credit_minor

    return minor


def _amount_by_side(layout: Layout) -> SignedMinor:
    amount = _amount(layout)
    at, heading = layout.at("side"), layout.name("side")
    known = {plain(mark): _SIDES[s] for s, marks in layout.profile.sides.items() for mark in marks}

    def meaning(cell: str) -> int:
        side = known.get(plain(cell))
        if side is None:
            refuse_odd(cell)
            raise CellError("side_unknown", f"Must be one of {', '.join(known)}.")
        return side

    sides = Reader(meaning, heading)

    def minor(cells: list[str], currency: Currency) -> int:
        found = amount(cells, currency)
        if not found or (found < 0 and not cells[at].strip()):
            return found
        side = sides[cells[at]]
        if found < 0 and side == _DEBIT:
            message = "Says debit where the amount has a minus."
            raise CellError("side_contradicts", message, heading)
        return -abs(found) if side == _CREDIT else found

    return minor


def kinds_of(layout: Layout) -> Reader[ItemKind]:
    """Give the reader of types: what a row of this type is, if its sign does not say otherwise."""
    as_written = str if layout.profile.exact else plain
    known = {as_written(t): kind for kind, types in layout.profile.kinds.items() for t in types}

    def meaning(cell: str) -> ItemKind:
        kind = known.get(as_written(cell))
        if kind is None:
            refuse_odd(cell)
            if layout.profile.other_kinds == "refused":
                listed = ", ".join(filter(None, known))
                raise CellError("kind_unknown", f"Must be one of {listed}.")
            kind = ItemKind.INVOICE
        return kind

    return layout.reader("kind", meaning)


def by_sign(kind: ItemKind, signed_minor: int) -> ItemKind:
    """Give what a row is: what is owed is an invoice, a negative invoice is a credit note."""
    if signed_minor > 0:
        return ItemKind.INVOICE
    return ItemKind.CREDIT_NOTE if kind is ItemKind.INVOICE else kind
