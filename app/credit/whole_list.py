"""Whole lists: what a source has stated before and leaves out now is open there no more."""

from collections.abc import Set as AbstractSet

from app.credit.commitment import Commitment
from app.credit.item import Key
from app.credit.posting import Posting


def items_of(posting: Posting, source: str) -> list[Key]:
    """Give the open items that the source has stated."""
    return [
        key for key, item in posting.items.items() if not item.cleared and item.source == source
    ]


def orders_of(posting: Posting, source: str) -> list[Key]:
    """Give the source's orders of which no more is known than what it has stated.

    One that was asked about since is not among them: what it reserves, or is held for, the source
    may not know of yet.
    """
    return [
        key
        for key, order in posting.orders.items()
        if order.source == source and _hangs_on_its_source(order.at(posting.now))
    ]


def clear_missing(posting: Posting, stated: AbstractSet[Key], *, source: str) -> list[Key]:
    """Clear the items that the source leaves out; gives those."""
    missing = [key for key in items_of(posting, source) if key not in stated]
    for key in missing:
        posting.clear_item(key)
    return missing


def cancel_missing(posting: Posting, stated: AbstractSet[Key], *, source: str) -> list[Key]:
    """Cancel the orders that the source leaves out, delivered or not; gives those."""
    missing = [key for key in orders_of(posting, source) if key not in stated]
    for key in missing:
        posting.cancel_order(key)
    return missing


def _hangs_on_its_source(order: Commitment) -> bool:
    is_asked_about = order.hold_id is not None and not order.is_held_as_stated
    if is_asked_about or order.reserved_minor or order.reserved_until is not None:
        return False
    return order.counted_minor > 0 or order.is_held_as_stated
