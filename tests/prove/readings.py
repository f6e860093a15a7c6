"""O4 at the number that an answer names: what it says of a document was so at that very place."""

from typing import Any

from prove.account import Account
from prove.evidence import Evidence
from prove.history import Attempt, Story
from prove.previews import replay_preview

CLOCKS_APART_US = 200_000
"""How far a client's clock, taken for the database's, may be from it."""

ORDERS, ITEMS = {"order", "cancel"}, {"item", "clear"}
NUMBERED = ORDERS | ITEMS | {"give_back", "preview", "limit"}

Reading = tuple[Story, Attempt]
Readings = dict[tuple[str, int], list[Reading]]


def readings_of(evidence: Evidence) -> Readings:
    """Give the answers that name a number of their account, by account and number."""
    readings: Readings = {}
    for story in evidence.stories.values():
        for attempt in numbered_in(story):
            place = (story.operation.account, told_number(attempt))
            readings.setdefault(place, []).append((story, attempt))
    return readings


def numbered_in(story: Story) -> list[Attempt]:
    """Give the attempts whose answers say how they found their account; in bulk none does."""
    if story.operation.kind not in NUMBERED:
        return []
    return [attempt for attempt in story.taken if not was_in_bulk(attempt)]


def was_in_bulk(attempt: Attempt) -> bool:
    """Whether it was a line among others, of which only what it did is told."""
    return attempt.answer is not None and "in_bulk" in attempt.answer.document


def told_number(attempt: Attempt) -> int:
    """Give the number that an answer names; -1 where it names none."""
    number = None if attempt.answer is None else attempt.answer.document.get("account_seq")
    return number if isinstance(number, int) else -1


def replay_readings(account: Account, seq: int, asked: list[Reading], ends: int | None) -> None:
    """Compare answers with the book as this number left it; `ends` is when the next one came."""
    for story, attempt in asked:
        assert attempt.answer is not None, "only answers name a number"
        document, operation = attempt.answer.document, story.operation
        if operation.kind == "preview":
            replay_preview(account, seq, story, document)
        elif operation.kind == "limit":
            # Set at this number or before it: what is stated once more changes nothing.
            if account.book.limit_named != operation.ref:
                _blame(account, seq, story, "another limit was in force at the number it names")
        elif operation.kind == "give_back":
            latest = _latest(account.evidence, attempt, ends)
            if not document["given_back"] and _is_live(account, operation.ref, latest):
                _blame(account, seq, story, "not given back, though it was set aside")
        else:
            _blame_version(account, seq, story, document)


def blame_unplaced(evidence: Evidence, readings: Readings) -> None:
    """Find answers that name a number which their account never had."""
    for (account, seq), asked in readings.items():
        for story, _ in asked:
            evidence.blame("O4", account, seq, "the account never had this number", story)


def _blame(account: Account, seq: int, story: Story, text: str) -> None:
    account.evidence.blame("O4", account.ref, seq, text, story)


def _blame_version(account: Account, seq: int, story: Story, document: dict[str, Any]) -> None:
    """A statement that was not taken came after a later one, and one that was has its version."""
    operation = story.operation
    key = (operation.customer, operation.ref)
    known: Any = account.book.orders if operation.kind in ORDERS else account.book.items
    version = known[key].version if key in known else None
    if not document["applied"] and (version is None or version <= operation.number):
        _blame(account, seq, story, f"called outdated at version {version}, and was not")
    if document["applied"] and version != operation.number:
        _blame(account, seq, story, f"called applied at version {version}, and was not")


def _latest(evidence: Evidence, attempt: Attempt, ends: int | None) -> int:
    """Give the last instant by the database's clock at which an answer can have been true."""
    assert attempt.ended_ns is not None, "an answered attempt has ended"
    answered = (attempt.ended_ns + evidence.clock_ahead_ns) // 1000 + CLOCKS_APART_US
    return answered if ends is None else min(answered, ends)


def _is_live(account: Account, check_id: str, now: int) -> bool:
    key = account.evidence.order_of(check_id)
    line = None if key is None else account.book.orders.get(key)
    if line is None or line.check_id != check_id or line.hold_id is not None:
        return False
    return line.reserved > 0 and not line.has_lapsed(now)
