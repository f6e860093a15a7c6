"""Whole lists as files: what a file would clear, found before anything of it is taken."""

from app.desk.spool import Spool
from app.desk.whole_lists import Held, ListShrinksError, WholeLists
from app.ledger.errand import Errand, ImportRefusedError, Report, WholeOf
from app.ledger.gathering import customers_listed
from app.ledger.repeats import Repeats, each_once


async def require_plausible(
    lists: WholeLists, documents: Spool, errand: Errand, repeats: Repeats
) -> None:
    """Raise `ImportRefusedError` for a list that clears much and is not confirmed."""
    before, cleared = await _compared(lists, documents, errand, repeats)
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
    lists: WholeLists, documents: Spool, errand: Errand, repeats: Repeats
) -> tuple[Held, Held]:
    """Give what the source has open now, and what of that its list leaves out."""
    before = cleared = Held()
    for dealt in documents.parts():
        part = dict(each_once(dealt.items(), repeats, Report()))
        # What is listed with nothing left of it is cleared, as what is left out is.
        stated = {
            (account, row[0], row[1]): (row[4], row[3])
            for account, lines in part.items()
            for _, row in lines
            if isinstance(row, tuple) and row[3]
        }
        customers = None
        if errand.whole is WholeOf.CUSTOMERS:
            customers = sorted(set().union(*map(customers_listed, part.values())))
        held = await lists.held(errand.source, sorted(part), customers)
        before += Held.of(held)
        cleared += Held.lost(held, stated)
    if errand.whole is WholeOf.ALL:
        unnamed = await lists.accounts_of(errand.source) - documents.accounts
        held = await lists.held(errand.source, sorted(unnamed), None)
        before += Held.of(held)
        cleared += Held.lost(held, {})
    return before, cleared
