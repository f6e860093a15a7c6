"""O1, O2, O5 and O8: each account's history from its first number to its last."""

from collections import Counter
from itertools import pairwise

from prove.account import Account, Outgrown
from prove.decisions import replay_decision
from prove.evidence import Evidence, Row, minor
from prove.postings import replay_posting
from prove.readings import Readings, blame_unplaced, readings_of, replay_readings


def replay_all(evidence: Evidence) -> dict[str, Account]:
    """Replay every account; gives them as they should have ended."""
    entries: dict[str, list[Row]] = {row["ref"]: [] for row in evidence.tables["credit_account"]}
    for table in ("decision", "journal"):
        for row in evidence.tables[table]:
            if row["seq"] is not None:
                entries.setdefault(row["account"], []).append(row)
    readings = readings_of(evidence)
    accounts = {ref: _replayed(ref, rows, evidence, readings) for ref, rows in entries.items()}
    blame_unplaced(evidence, readings)
    return accounts


def _replayed(ref: str, rows: list[Row], evidence: Evidence, readings: Readings) -> Account:
    """Replay one account; takes what was answered at its numbers out of `readings`."""
    rows.sort(key=lambda row: row["seq"])
    _blame_gaps(ref, [row["seq"] for row in rows], evidence)
    _blame_time_going_back(ref, rows, evidence)
    account = Account(ref, evidence)
    for row, after in zip(rows, [*rows[1:], None], strict=True):
        _replay(account, row)
        asked = readings.pop((ref, row["seq"]), [])
        if account.outgrown is None:
            replay_readings(account, row["seq"], asked, None if after is None else _clock(after))
    if account.outgrown is not None:
        text = f"order {account.outgrown.key[1]} grew above its grant and was not judged"
        evidence.blame("O1", ref, None, text)
    return account


def _blame_gaps(ref: str, numbers: list[int], evidence: Evidence) -> None:
    stored = {row["ref"]: row["seq"] for row in evidence.tables["credit_account"]}
    expected = list(range(1, stored.get(ref, 0) + 1))
    if numbers == expected:
        return
    for seq, times in Counter(numbers).items():
        if times > 1:
            evidence.blame("O1", ref, seq, f"the number stands for {times} changes")
    for seq in sorted(set(expected) ^ set(numbers)):
        text = "no entry explains the number" if seq in expected else "beyond the account's seq"
        evidence.blame("O1", ref, seq, text)


def _blame_time_going_back(ref: str, rows: list[Row], evidence: Evidence) -> None:
    for earlier, later in pairwise(rows):
        if _clock(later) < _clock(earlier):
            evidence.blame("O8", ref, later["seq"], "decided on an older clock reading")


def _clock(row: Row) -> int:
    clock = row["decided_at"] if "outcome" in row else row["recorded_at"]
    assert isinstance(clock, int)
    return clock


def _replay(account: Account, row: Row) -> None:
    outgrown, account.outgrown = account.outgrown, None
    if outgrown is not None and not _is_about(row, outgrown):
        text = f"order {outgrown.key[1]} grew above its grant and was not judged"
        account.evidence.blame("O1", account.ref, row["seq"], text)
        outgrown = None
    if outgrown is not None:
        account.evidence.judged.add((account.ref, row["seq"]))
    if "outcome" in row:
        replay_decision(account, row)
    elif row["kind"] == "posting":
        replay_posting(account, row, outgrown)
    elif row["kind"] == "limit":
        _replay_limit(account, row)
    elif row["kind"] in {"drift", "repair"}:
        text = f"totals were not those of the details: {row['kind']}"
        account.evidence.blame("O7", account.ref, row["seq"], text)
    elif row["kind"] != "customer":
        account.evidence.blame("O5", account.ref, row["seq"], f"nobody asked for {row['kind']}")


def _is_about(row: Row, outgrown: Outgrown) -> bool:
    """Say whether the entry is a posting of nothing but this order."""
    facts = row.get("facts", {})
    keys = [(order["customer"], order["ref"]) for order in facts.get("orders", ())]
    return keys == [outgrown.key] and not facts["items"]


def _replay_limit(account: Account, row: Row) -> None:
    facts = row["facts"]
    story = account.evidence.story("limit", account.ref, facts.get("reason"), 0)
    if story is None:
        account.evidence.blame("O5", account.ref, row["seq"], "no client stated this limit")
    elif minor((story.operation.body or {})["amount"]) != facts.get("amount_minor"):
        account.evidence.blame("O1", account.ref, row["seq"], "another limit was stated", story)
    account.evidence.note(account.ref, row["seq"], story)
    account.book.limit = facts.get("amount_minor")
    account.book.limit_named = facts.get("reason")
