"""Whole lists as files: what a file would clear, found before anything of it is taken."""

from array import array
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from app.credit.item import Key
from app.desk.listing import kind_of, mark_of
from app.desk.spool import Spool
from app.desk.statements import CancelOrder, ClearItem, StateItem, Statement, StateOrder, key_of
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
from app.storage.whole_lists import Amount, Documents, Place

_OF = {States.OPEN_ITEMS: ListOf.ITEMS, States.ORDERS: ListOf.ORDERS}


Seen = Mapping[str, Sequence[int]]
"""By account, marks of the documents that a list was found to leave out."""


@dataclass(frozen=True, slots=True)
class Listing:
    """What a file is a list of, and what it means that it has a document more than once."""

    of: frozenset[ListOf]
    repeats: Repeats


async def require_plausible(
    lists: WholeLists, documents: Spool, errand: Errand, listing: Listing
) -> Seen:
    """Raise `ImportRefusedError` for a list of nothing, or one that clears much unconfirmed.

    Gives what it was found to leave out: no more of it is judged, so that no more is cleared.
    """
    if not listing.of:
        message = "Only a list of open items or of orders can be whole; nothing was changed."
        raise ImportRefusedError("whole_not_documents", message)
    before, cleared, seen = await _compared(lists, documents, errand, listing)
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
    return seen


async def _compared(
    lists: WholeLists, documents: Spool, errand: Errand, listing: Listing
) -> tuple[Held, Held, Seen]:
    """Give what the source has open now, and what of that its list leaves out."""
    before = cleared = Held()
    seen: dict[str, array[int]] = {}

    def weigh(of: ListOf, held: Documents, stated: Documents) -> None:
        nonlocal before, cleared
        before += Held.of(held)
        cleared += Held.lost(held, stated)
        for account, *key in held.keys() - stated.keys():
            seen.setdefault(account, array("I")).append(mark_of(of, (key[0], key[1])))

    for of in listing.of:
        for dealt in documents.parts():
            part = dict(each_once(dealt.items(), listing.repeats, Report()))
            customers = None
            if errand.whole is WholeOf.CUSTOMERS:
                customers = sorted(set().union(*map(customers_listed, part.values())))
            held = await lists.held(Sight(of, errand.source, sorted(part), customers))
            weigh(of, held, _stated(part, of))
        if errand.whole is WholeOf.ALL:
            unnamed = await lists.accounts_of(errand.source, of) - documents.accounts
            held = await lists.held(Sight(of, errand.source, sorted(unnamed)))
            weigh(of, held, {})
    return before, cleared, seen


def _stated(part: Mapping[str, Lines], of: ListOf) -> Documents:
    """Give what a part of a list says is open; what any of its rows clears is not."""
    stated: dict[Place, Amount] = {}
    for account, lines in part.items():
        for _, row in stating(lines):
            if _kind_of(row) is not of:
                continue
            key, amount = _open_in(row)
            if _tells_more(amount, stated.get((account, *key))):
                stated[account, *key] = amount
    return stated


def _tells_more(amount: Amount, known: Amount | None) -> bool:
    if known is None:
        return True
    return not amount.is_older_than(known) and (known.is_older_than(amount) or not known.ended)


def _open_in(row: Packed | Statement) -> tuple[Key, Amount]:
    match row:
        case tuple():
            return (row[0], row[1]), Amount(row[4], row[3], row[8], ended=not row[3])
        case StateItem() | StateOrder():
            return key_of(row), open_in(row)
        case ClearItem(key, version) | CancelOrder(key, version):
            return key, Amount("", 0, version, ended=True)
        case _:
            raise TypeError("a file gives nothing back")


def _kind_of(row: Packed | Statement) -> ListOf:
    return ListOf.ITEMS if isinstance(row, tuple) else kind_of(row)


def list_of(profile: Profile | None, documents: Spool) -> frozenset[ListOf]:
    """Say what a file is a list of: what its profile states, or NDJSON whatever stands in it."""
    if profile is not None:
        return frozenset({_OF[profile.states]} if profile.states in _OF else ())
    rows = (
        row for part in documents.parts() for lines in part.values() for _, row in stating(lines)
    )
    return frozenset(map(_kind_of, rows))
