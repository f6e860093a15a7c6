"""Replaying a decision: the stored answer against the written rules at its place."""

import json
from collections.abc import Collection
from datetime import datetime
from typing import Any

from prove.account import Account
from prove.book import Asked, Key, OrderLine
from prove.evidence import Row, microseconds, minor
from prove.history import Story
from prove.ruling import Ruling, Terms, rule

GRANTED = {"pass", "warning"}
JUDGED_CODES = {"limit_exceeded", "limit_near", "limit_missing", "release_applied"}


def replay_decision(account: Account, row: Row) -> None:
    """Compare the decision with the rules, and enter what it did into the book."""
    answer = json.loads(row["answer"])
    story = account.evidence.story("check", row["customer"], row["order_ref"], row["revision"])
    if story is None:
        account.evidence.blame("O5", account.ref, row["seq"], f"nobody asked {row['order_ref']}")
    account.evidence.note(account.ref, row["seq"], story)
    key = (row["customer"], row["order_ref"])
    asked = asked_of(answer, story, account.book.order(key))
    terms = terms_of(account, row, answer)
    now = row["decided_at"]
    ruling = rule(account.book, key, asked, terms, now)
    _blame_overgrant(account, row, ruling, terms)
    if (account.book.order(key).revision or 0) > asked.revision:
        text = "decided after a later revision"
        account.evidence.blame("O1", account.ref, row["seq"], text, story)
    for text in _wrong(account, row, answer, (ruling, asked, terms)):
        account.evidence.blame("O1", account.ref, row["seq"], text, story)
    _enter(account, row, answer, (key, asked, terms))


def asked_of(answer: Row, story: Story | None, line: OrderLine) -> Asked:
    """Give what the client asked; where nobody did, what the answer says was asked."""
    order: dict[str, Any] = answer["order"]
    if story is not None and story.operation.body is not None:
        order = story.operation.body["order"]
    amount = minor(order["amount"])
    credit = amount - minor(order.get("prepaid", "0.00"))
    return Asked(order["revision"], amount, credit, line.invoiced)


def terms_of(account: Account, row: Row, answer: Row) -> Terms:
    """Give the rules of the policy's version that an answer names."""
    named = (answer["policy"]["name"], answer["policy"]["version"])
    for policy in account.evidence.tables["policy"]:
        if (policy["name"], policy["version"]) == named:
            if policy["created_at"] > row["decided_at"]:
                text = "decided by a policy that did not exist yet"
                account.evidence.blame("O1", account.ref, row["seq"], text)
            return Terms.of(policy["document"])
    raise LookupError(named)


def _blame_overgrant(account: Account, row: Row, ruling: Ruling, terms: Terms) -> None:
    """O2: what is granted is within the limit, unless the order ties up that much already."""
    if row["outcome"] not in GRANTED or terms.mode != "hard" or not ruling.this_order:
        return
    if ruling.allowed is not None and ruling.after <= ruling.allowed:
        return
    line = account.book.orders.get((row["customer"], row["order_ref"]), OrderLine())
    own = line.tied_up(row["decided_at"])
    if "release_applied" not in ruling.codes or ruling.this_order > own:
        text = f"granted {ruling.after} with {ruling.allowed} allowed; it tied up {own} before"
        account.evidence.blame("O2", account.ref, row["seq"], text)


Case = tuple[Ruling, Asked, Terms]


def _wrong(account: Account, row: Row, answer: Row, case: Case) -> list[str]:
    ruling, asked, terms = case
    compared = {
        "stored outcome": (row["outcome"], ruling.outcome),
        "account_seq": (answer["account_seq"], row["seq"]),
        "id": (answer["id"], row["id"]),
        "decided_at": (_milliseconds(answer["decided_at"]), row["decided_at"] // 1000),
        "reservation": _reservation(account, row, answer, case),
    }
    return wrong_figures(account, answer, ruling, (asked, terms)) + _differing(compared)


def wrong_figures(
    account: Account, answer: Row, ruling: Ruling, case: tuple[Asked, Terms]
) -> list[str]:
    """Say where an answer's figures are not those of the ruling, a check's or a preview's."""
    asked, terms = case
    exposure = answer["exposure"]
    limit = None if answer["limit"] is None else minor(answer["limit"]["amount"])
    headroom = None if account.book.limit is None else account.book.limit - ruling.before
    codes = {reason["code"] for reason in answer["reasons"]}
    return _differing(
        {
            "outcome": (answer["outcome"], ruling.outcome),
            "may_ship": (answer["may_ship"], ruling.outcome in GRANTED),
            "parts": ({name: minor(exposure[name]) for name in ruling.parts}, ruling.parts),
            "before": (minor(exposure["before"]), ruling.before),
            "this_order": (minor(exposure["this_order"]), ruling.this_order),
            "after": (minor(exposure["after"]), ruling.after),
            "limit": (limit, account.book.limit),
            "headroom": (_minor_or_none(answer["headroom"]), headroom),
            "shippable_amount": (
                minor(answer["shippable_amount"]),
                ruling.shippable(asked, terms),
            ),
            "required_prepayment": (
                _minor_or_none(answer["required_prepayment"]),
                ruling.prepayment(terms),
            ),
            "reasons": (codes & JUDGED_CODES, set(ruling.codes)),
            "other reasons": (codes - JUDGED_CODES, set()),
            "amount": (minor(answer["order"]["amount"]), asked.amount),
        }
    )


def _differing(compared: dict[str, tuple[Any, Any]]) -> list[str]:
    return [
        f"{name} is {found}, should be {expected}"
        for name, (found, expected) in compared.items()
        if found != expected
    ]


def _minor_or_none(text: str | None) -> int | None:
    return None if text is None else minor(text)


def _reservation(account: Account, row: Row, answer: Row, case: Case) -> tuple[Any, Any]:
    """Give the reservation that was told, and the one that should be."""
    ruling, asked, terms = case
    if ruling.outcome not in GRANTED:
        return (answer["reservation"], None)
    told = answer["reservation"]
    line = account.book.orders.get((row["customer"], row["order_ref"]))
    no_end = line is not None and line.is_stated_beyond_what_counts
    expires = None if no_end else _until(account, row, ruling.codes, terms) // 1000
    expected = (asked.this_order, expires)
    if told is None:
        return (None, expected)
    return ((minor(told["amount"]), _milliseconds(told["expires_at"])), expected)


def _until(account: Account, row: Row, codes: Collection[str], terms: Terms) -> int:
    """Give when what is granted ends: within an earlier grant, no sooner than that."""
    now: int = row["decided_at"]
    until = now + _minutes(account, terms)
    line = account.book.orders.get((row["customer"], row["order_ref"]), OrderLine())
    if "release_applied" not in codes or line.until is None or line.has_lapsed(now):
        return until
    return max(until, line.until)


def _minutes(account: Account, terms: Terms) -> int:
    return terms.minutes * account.evidence.minute_us


def _milliseconds(text: str | None) -> int | None:
    moment = microseconds(None if text is None else datetime.fromisoformat(text))
    return None if moment is None else moment // 1000


def _enter(account: Account, row: Row, answer: Row, case: tuple[Key, Asked, Terms]) -> None:
    """Go on from what was really decided, so that one fault is told once."""
    key, asked, terms = case
    now = row["decided_at"]
    until = _until(account, row, {reason["code"] for reason in answer["reasons"]}, terms)
    account.book.sweep(now, key)
    with account.book.changing(key) as line:
        line.let_lapse(now)
        if row["outcome"] in GRANTED:
            line.grant(asked, row["id"], until)
        else:
            line.hold(asked, row["id"], str((answer["hold"] or {}).get("id")))
