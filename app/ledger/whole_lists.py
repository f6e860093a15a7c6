"""Whole lists as files: what a file would clear, found before anything of it is taken."""

from collections.abc import Mapping
from dataclasses import dataclass

from app.credit.item import Key
from app.desk.spool import Spool
from app.desk.statements import CancelOrder, StateItem, Statement, StateOrder, key_of
from app.desk.whole_lists import (
    Held,
    ListOf,
    ListShrinksError,
    Sight,
    WholeLists,
    open_in,
)
from app.ledger.errand import Errand, ImportRefusedError, Report, WholeOf
from app.ledger.fields import States
from app.ledger.gathering import Packed, customers_listed, stating
from app.ledger.profile import Profile
from app.ledger.repeats import Lines, Repeats, each_once
from app.storage.whole_lists import Amount, Documents

_OF = {States.OPEN_ITEMS: ListOf.ITEMS, States.ORDERS: ListOf.ORDERS}


@dataclass(frozen=True, slots=True)
class Listing:
    """What a file is a list of, and what it means that it has a document more than once."""

    of: frozenset[ListOf]
    repeats: Repeats


async def require_plausible(
    lists: WholeLists, documents: Spool, errand: Errand, listing: Listing
) -> None:
    """Raise `ImportRefusedError` for a list of nothing, or one that clears much unconfirmed."""
    if not listing.of:
        message = "Only a list of open items or of orders can be whole; nothing was changed."
        raise ImportRefusedError("whole_not_documents", message)
    before, cleared = await _compared(lists, documents, errand, listing)
    try:
        lists.require_plausible(errand.source, before, cleared, errand.confirm)
    except ListShrinksError as shrinks:
        details = {
            "items_before": before.items,
            "items_cleared": cleared.items,
            "amount_before": before.minor,
            "amount_cleared": cleared.minor,
            "confirm": shrinks.token,
        }
        message = "The list would clear more than may be cleared unasked; nothing was changed."
        raise ImportRefusedError("list_shrinks", message, details) from shrinks


async def _compared(
    lists: WholeLists, documents: Spool, errand: Errand, listing: Listing
) -> tuple[Held, Held]:
    """Give what the source has open now, and what of that its list leaves out."""
    before = cleared = Held()
    for of in listing.of:
        for dealt in documents.parts():
            part = dict(each_once(dealt.items(), listing.repeats, Report()))
            customers = None
            if errand.whole is WholeOf.CUSTOMERS:
                customers = sorted(set().union(*map(customers_listed, part.values())))
            held = await lists.held(Sight(of, errand.source, sorted(part), customers))
            before += Held.of(held)
            cleared += Held.lost(held, _stated(part, of))
        if errand.whole is WholeOf.ALL:
            unnamed = await lists.accounts_of(errand.source, of) - documents.accounts
            held = await lists.held(Sight(of, errand.source, sorted(unnamed)))
            before += Held.of(held)
            cleared += Held.lost(held, {})
    return before, cleared


def _stated(part: Mapping[str, Lines], of: ListOf) -> Documents:
    """Give what a part of a list says is open; what any of its rows clears is not."""
    stated: dict[tuple[str, str, str], Amount] = {}
    ended: set[tuple[str, str, str]] = set()
    for account, lines in part.items():
        for _, row in stating(lines):
            if kind_of(row) is not of:
                continue
            key, amount = _open_in(row)
            if amount is None:
                ended.add((account, *key))
            else:
                stated[account, *key] = amount
    return {key: amount for key, amount in stated.items() if key not in ended}


def _open_in(row: Packed | Statement) -> tuple[Key, Amount | None]:
    if isinstance(row, tuple):
        return (row[0], row[1]), (row[4], row[3]) if row[3] else None
    is_open = isinstance(row, StateItem | StateOrder)
    return key_of(row), open_in(row) if is_open else None


def kind_of(row: Packed | Statement) -> ListOf:
    """Say of what a row is."""
    return ListOf.ORDERS if isinstance(row, StateOrder | CancelOrder) else ListOf.ITEMS


def list_of(profile: Profile | None, documents: Spool) -> frozenset[ListOf]:
    """Say what a file is a list of: what its profile states, or NDJSON whatever stands in it."""
    if profile is not None:
        return frozenset({_OF[profile.states]} if profile.states in _OF else ())
    rows = (
        row for part in documents.parts() for lines in part.values() for _, row in stating(lines)
    )
    return frozenset(map(kind_of, rows))
