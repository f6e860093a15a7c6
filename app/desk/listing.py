"""A whole list, entered on one account: what it says, what it leaves out, what is lost by it."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from zlib import crc32

from app.credit.item import Key
from app.credit.posting import Effect, Posting
from app.credit.whole_list import cancel_missing, clear_missing, items_of, orders_of
from app.desk.statements import CancelOrder, Statement, StateOrder, enter, key_of
from app.storage.bulk_postings import Whole
from app.storage.list_marks import NewerOn
from app.storage.whole_lists import Amount, Documents, Held, ListOf, Place


@dataclass(slots=True)
class Listing:
    """A source's whole list on its way into one account's posting.

    Of a customer of whom a `newer` list is known nothing is entered. `spared` counts what nobody
    has looked at: it stays, though it is left out.
    """

    account: str
    posting: Posting
    whole: Whole
    newer: NewerOn
    spared: int = 0
    _stated: dict[ListOf, set[Key]] = field(default_factory=lambda: {of: set() for of in ListOf})

    def enter(self, statements: Sequence[Statement]) -> list[Effect]:
        """Enter the list, items first: its orders leave out its invoices, wherever they stand."""
        places = sorted(
            range(len(statements)), key=lambda place: kind_of(statements[place]) is ListOf.ORDERS
        )
        effects = {place: self._enter(statements[place]) for place in places}
        return [effects[place] for place in range(len(statements))]

    def _enter(self, statement: Statement) -> Effect:
        key, of = key_of(statement), kind_of(statement)
        if self.newer.tells_of(of, key):
            return Effect.OUTDATED
        self._stated[of].add(key)
        return enter(self.posting, statement, listed=True)

    def clear_missing(self) -> tuple[list[Key], list[Key]]:
        """Clear and cancel what the list leaves out; gives those items and orders."""
        cleared: list[Key] = []
        cancelled: list[Key] = []
        if ListOf.ITEMS in self.whole.of:
            stays = self._staying(ListOf.ITEMS)
            cleared = clear_missing(self.posting, stays, source=self.whole.source)
        if ListOf.ORDERS in self.whole.of:
            stays = self._staying(ListOf.ORDERS)
            cancelled = cancel_missing(self.posting, stays, source=self.whole.source)
        return cleared, cancelled

    def _staying(self, of: ListOf) -> set[Key]:
        """Give what is stated, what a newer list has told of, and what nobody has looked at."""
        stays = self._stated[of]
        missing = [key for key in _open_of(self.posting, self.whole, of) if key not in stays]
        newer = {key for key in missing if self.newer.tells_of(of, key)}
        unseen: set[Key] = set()
        if self.whole.seen is not None:
            seen = frozenset(self.whole.seen.get(self.account, ()))
            unseen = {k for k in missing if k not in newer and mark_of(of, k) not in seen}
        self.spared += len(unseen)
        return stays | newer | unseen


def kind_of(statement: Statement) -> ListOf:
    """Say a list of what a statement stands in."""
    is_of_order = isinstance(statement, StateOrder | CancelOrder)
    return ListOf.ORDERS if is_of_order else ListOf.ITEMS


def mark_of(of: ListOf, key: Key) -> int:
    """Give a number that stands for a document of an account."""
    return crc32(f"{of} {key}".encode())


def _open_of(posting: Posting, whole: Whole, of: ListOf) -> list[Key]:
    """Give what of a list's source is open; no more was loaded than of its customers."""
    return (items_of if of is ListOf.ITEMS else orders_of)(posting, whole.source)


Judge = Callable[[Held, Held], None]
"""Is told what was open and what of that is lost; raises where that must not be."""


@dataclass(frozen=True, slots=True)
class Scales:
    """Weighs what whole lists take away, between the locks and the first thing written."""

    postings: Mapping[str, Posting]
    before: Mapping[ListOf, Documents]

    @classmethod
    def of(cls, postings: Mapping[str, Posting], whole: Whole) -> "Scales":
        """Look at what is open before anything is entered."""
        before = {
            of: {
                (account, *key): _amount(posting, of, key)
                for account, posting in postings.items()
                for key in _open_of(posting, whole, of)
            }
            for of in sorted(whole.of)
        }
        return cls(postings, before)

    def show(self, judge: Judge) -> None:
        """Have what was entered judged."""
        held, lost = Held(), Held()
        for of, before in self.before.items():
            held += Held.of(before)
            lost += Held.lost(before, {place: self._amount(of, place) for place in before})
        judge(held, lost)

    def _amount(self, of: ListOf, place: Place) -> Amount:
        account, *key = place
        return _amount(self.postings[account], of, (key[0], key[1]))


def _amount(posting: Posting, of: ListOf, key: Key) -> Amount:
    if of is ListOf.ITEMS:
        item = posting.items[key]
        return Amount(item.currency, item.amount_minor, ended=item.cleared)
    order = posting.orders[key].at(posting.now)
    return Amount(order.currency, order.counted_minor, ended=order.cancelled)
