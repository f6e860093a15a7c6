"""An account on its way through its history, as the checker replays it."""

from dataclasses import dataclass, field

from prove.book import Book, Key
from prove.evidence import Evidence


@dataclass(frozen=True, slots=True)
class Outgrown:
    """An order that was just stated above its grant, so that the next entry must judge it."""

    key: Key
    amount: int


@dataclass(slots=True)
class Account:
    """The account's ref, its book so far, and whom to tell of what is wrong."""

    ref: str
    evidence: Evidence
    book: Book = field(default_factory=Book)
    outgrown: Outgrown | None = None
