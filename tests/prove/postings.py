"""Replaying a posting: the stored documents against what clients stated."""

from typing import Any

from prove.account import Account, Outgrown
from prove.book import ITEM_FACTS, Asked, Item, Key, OrderLine, adopt, differences
from prove.evidence import Row, microseconds, minor
from prove.history import Story
from prove.ruling import Terms, rule

CLOCK_STEP_US = 1_000_000
"""An order is judged a moment after it was stated; a reservation may lapse in between."""


def replay_posting(account: Account, row: Row, outgrown: Outgrown | None) -> None:
    """Enter what the posting says was stated, and compare what it made of it."""
    facts = row["facts"]
    if outgrown is not None:
        _judge(account, row, outgrown)
    elif facts["items"]:
        _replay_item(account, row, facts["items"][0])
    elif len(facts["orders"]) == 1:
        _replay_order(account, row, facts["orders"][0])
    else:
        account.evidence.blame("O5", account.ref, row["seq"], "no client made this posting")
    for stored in facts["orders"]:
        _compare(account, row, stored)


def _compare(account: Account, row: Row, stored: Row) -> None:
    """Tell what an order should have become, then go on from what it did become."""
    stored = stored | {"reserved_until": microseconds(stored["reserved_until"])}
    with account.book.changing((stored["customer"], stored["ref"])) as line:
        if wrong := differences(line, stored):
            text = f"order {stored['ref']}: {wrong}"
            account.evidence.blame("O1", account.ref, row["seq"], text)
            adopt(line, stored)


def _replay_item(account: Account, row: Row, stored: Row) -> None:
    key = (stored["customer"], stored["ref"])
    kind = "clear" if stored["cleared"] else "item"
    story = account.evidence.story(kind, *key, stored["version"])
    known = account.book.items.get(key)
    if story is None or (known is None and kind == "clear"):
        account.evidence.blame("O5", account.ref, row["seq"], f"no client stated item {key[1]}")
        return
    account.evidence.note(account.ref, row["seq"], story)
    if known is not None and known.version >= stored["version"]:
        account.evidence.blame("O6", account.ref, row["seq"], "item stated twice", story)
    item = _cleared(known, stored) if known is not None and kind == "clear" else _item(story)
    account.book.state_item(key, item)
    if item.facts != tuple(stored[name] for name in ITEM_FACTS):
        text = f"item {key[1]} is not as it was stated"
        account.evidence.blame("O1", account.ref, row["seq"], text, story)


def _cleared(known: Item, stored: Row) -> Item:
    return Item(
        known.kind, known.amount, known.order, known.due_on, stored["version"], known.taken, True
    )


def _item(story: Story) -> Item:
    body = story.operation.body or {}
    return Item(
        kind=body["kind"],
        amount=minor(body["amount"]),
        order=body.get("order"),
        due_on=body.get("due_on"),
        version=story.operation.number,
    )


def _replay_order(account: Account, row: Row, stored: Row) -> None:
    key = (stored["customer"], stored["ref"])
    known = account.book.orders.get(key, OrderLine())
    if stored["version"] == known.version:
        _replay_give_back(account, row, key)
        return
    kind = "cancel" if stored["cancelled"] and not known.cancelled else "order"
    story = account.evidence.story(kind, *key, stored["version"])
    story = story or account.evidence.story("cancel", *key, stored["version"])
    if story is None:
        account.evidence.blame("O5", account.ref, row["seq"], f"nobody stated order {key[1]}")
        return
    account.evidence.note(account.ref, row["seq"], story)
    if known.version is not None and story.operation.number < known.version:
        account.evidence.blame("O1", account.ref, row["seq"], "an older version applied", story)
    with account.book.changing(key) as line:
        if story.operation.kind == "order":
            _state(account, line, (key, story.operation.body or {}), row["recorded_at"])
        else:
            line.cancel()
        line.version = story.operation.number


def _state(account: Account, line: OrderLine, stated: tuple[Key, Row], now: int) -> None:
    key, body = stated
    amount, ship_date = minor(body["amount"]), body.get("ship_date")
    line.let_lapse(now)
    if line.state(amount, ship_date):
        account.outgrown = Outgrown(key, amount)


def _replay_give_back(account: Account, row: Row, key: Key) -> None:
    """Free a reservation: somebody gave back the very check that made it, while it lived."""
    with account.book.changing(key) as line:
        story = account.evidence.story("give_back", key[0], line.check_id or "", 0)
        if story is None:
            text = f"nobody asked for this change of {key[1]}"
            account.evidence.blame("O5", account.ref, row["seq"], text)
        elif not line.reserved or line.hold_id or line.has_lapsed(row["recorded_at"]):
            text = "there was nothing left to give back"
            account.evidence.blame("O1", account.ref, row["seq"], text, story)
        account.evidence.note(account.ref, row["seq"], story)
        line.give_back()


def _judge(account: Account, row: Row, outgrown: Outgrown) -> None:
    """Judge an order: above its grant it is held; where that had gone, the rules are asked."""
    stored: Row = next(iter(row["facts"]["orders"]), {})
    line = account.book.order(outgrown.key)
    outcomes = _outcomes(account, row, outgrown)
    if 0 < line.granted < outgrown.amount:
        outcomes = {"hold"}
    may_hold, may_pass = "hold" in outcomes, bool(outcomes - {"hold"})
    if stored.get("hold_id") is None and not may_pass:
        account.evidence.blame("O1", account.ref, row["seq"], "grew above its grant, not held")
    if stored.get("hold_id") is not None and not may_hold:
        account.evidence.blame("O1", account.ref, row["seq"], "held, though the rules let it pass")
    with account.book.changing(outgrown.key) as line:
        if stored.get("hold_id") is None:
            line.admit_as_stated()
        else:
            _blame_unless_anew(account, row, (line, outgrown.amount), stored["hold_id"])
            line.stop(outgrown.amount, stored["hold_id"])


def _blame_unless_anew(
    account: Account, row: Row, grown: tuple[OrderLine, int], hold_id: str
) -> None:
    """Tell of an order that grew while it was on hold and is in that hold still."""
    line, amount = grown
    if line.hold_id == hold_id and amount > line.held:
        account.evidence.blame("O1", account.ref, row["seq"], "grew, and is in the same hold")


def _outcomes(account: Account, row: Row, outgrown: Outgrown) -> set[str]:
    """Give what the rules may say: the posting does not name the policy's version."""
    now = row["recorded_at"]
    paid = account.book.order(outgrown.key).paid
    asked = Asked(1, outgrown.amount, max(0, outgrown.amount - paid))
    return {
        rule(account.book, outgrown.key, asked, terms, moment).outcome
        for terms in _terms_around(account, now)
        for moment in (now, now + CLOCK_STEP_US)
    }


def _terms_around(account: Account, now: int) -> list[Terms]:
    versions: list[dict[str, Any]] = sorted(
        (p for p in account.evidence.tables["policy"] if p["name"] == "proof"),
        key=lambda policy: int(policy["version"]),
    )
    before = [p for p in versions if p["created_at"] <= now]
    after = [p for p in versions if now < p["created_at"] <= now + CLOCK_STEP_US]
    return [Terms.of(p["document"]) for p in (*before[-2:], *after)]
