"""Replaying a preview: its answer against the written rules at the number that it names."""

from typing import Any

from prove.account import Account
from prove.book import OrderLine
from prove.decisions import asked_of, terms_of, wrong_figures
from prove.evidence import microseconds
from prove.history import Story
from prove.ruling import rule

TOLD_TO_US = 999
"""Answers tell instants to the millisecond."""


def replay_preview(account: Account, seq: int, story: Story, answer: dict[str, Any]) -> None:
    """Compare what would have been decided with what the rules make of it, and record nothing."""
    told = microseconds(answer["decided_at"])
    assert told is not None, "every answer says when"
    key = (story.operation.customer, story.operation.ref)
    asked = asked_of(answer, story, account.book.orders.get(key, OrderLine()))
    terms = terms_of(account, {"seq": seq, "decided_at": told + TOLD_TO_US}, answer)
    wrong = [
        wrong_figures(account, answer, rule(account.book, key, asked, terms, now), (asked, terms))
        for now in (told, told + TOLD_TO_US)
    ]
    if all(wrong):
        account.evidence.blame("O1", account.ref, seq, f"preview: {'; '.join(wrong[0])}", story)
    for name in ("id", "reservation", "hold"):
        if answer[name] is not None:
            account.evidence.blame("O5", account.ref, seq, f"a preview has a {name}", story)
