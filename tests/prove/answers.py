"""O3, O4 and O6: what clients were told, against what is in the database."""

from collections import Counter
from dataclasses import dataclass

from prove.account import Account
from prove.evidence import Evidence, Row
from prove.history import Attempt, Story
from prove.policies import blame_old_policies
from prove.readings import numbered_in, told_number, was_in_bulk
from prove.refusals import Refusals
from prove.stored import blame_unstored

REPEATABLE = {"limit", "customer", "policy"}
"""Stating these once more is another statement, if they changed meanwhile: no version says."""

VERSIONED = {"order", "cancel", "item", "clear"}
NEVER_NS = 2**63


@dataclass(frozen=True, slots=True)
class Span:
    """A place in an account's history, and between which instants the account was there.

    Entries stand at their numbers; what only read the account stands behind the number it saw.
    """

    seq: float
    started_ns: int
    ended_ns: int
    story: Story


def check_answers(evidence: Evidence, accounts: dict[str, Account]) -> Counter[str]:
    """Find what was lost, done twice, never resolved, or out of order; counts the unknowns."""
    seqs_of = _seqs_by_operation(evidence)
    rows = _rows_by_place(evidence)
    counts: Counter[str] = Counter()
    refusals = Refusals(evidence)
    for story in evidence.stories.values():
        seqs = seqs_of.get(story.operation.id, [])
        _blame_unresolved(evidence, story, seqs, counts)
        refusals.blame(story, seqs)
        for attempt in story.taken:
            _blame_lost(evidence, (story, attempt), seqs, rows)
    readings = _readings_by_account(evidence)
    for account in accounts.values():
        _blame_disorder(evidence, account.ref, readings.get(account.ref, []))
    _blame_second_decisions(evidence)
    blame_old_policies(evidence)
    return counts


def _seqs_by_operation(evidence: Evidence) -> dict[str, list[int]]:
    seqs: dict[str, list[int]] = {}
    for effects in evidence.effects.values():
        for effect in effects:
            seqs.setdefault(effect.story.operation.id, []).append(effect.seq)
    return seqs


def _rows_by_place(evidence: Evidence) -> dict[tuple[str, int], Row]:
    rows = {}
    for table in ("journal", "decision"):
        for row in evidence.tables[table]:
            if row["seq"] is not None:
                rows[row["account"], row["seq"]] = row
    return rows


def _blame_unresolved(
    evidence: Evidence, story: Story, seqs: list[int], counts: Counter[str]
) -> None:
    """O6: each operation came to one certain end, and to one effect at most."""
    operation, account = story.operation, story.operation.account
    for attempt in story.attempts:
        answer = attempt.answer
        if answer is not None and answer.status >= 500 and answer.status != 503:
            text = f"answered with {answer.status}"
            evidence.blame("O6", account, None, text, story)
    if not story.known or story.attempts[-1] is not story.known[-1]:
        evidence.blame("O6", account, None, "never resolved", story)
        return
    if len(seqs) > 1 and operation.kind not in REPEATABLE:
        evidence.blame("O6", account, seqs[1], f"done {len(seqs)} times: {seqs}", story)
    if len(story.known) < len(story.attempts):
        counts[_resolution(story, seqs)] += 1


def _resolution(story: Story, seqs: list[int]) -> str:
    first = story.known[0].answer
    assert first is not None, "a known attempt has its answer"
    if first.status >= 400:
        return "refused by the retry"
    if not seqs:
        return "changed nothing"
    said_done = first.document.get("account_seq") in {seqs[0], seqs[0] + 1} and not first.replayed
    return "done by the retry" if said_done else "had been done, found by the retry"


def _blame_lost(
    evidence: Evidence,
    told: tuple[Story, Attempt],
    seqs: list[int],
    rows: dict[tuple[str, int], Row],
) -> None:
    """O4: what a 2xx said is in the database."""
    story, attempt = told
    assert attempt.answer is not None, "a taken attempt has its answer"
    operation, document = story.operation, attempt.answer.document
    account, seq = operation.account, document.get("account_seq")
    row = rows.get((account, seq)) if isinstance(seq, int) else None
    if operation.kind == "check":
        if row is None or row.get("answer") != attempt.answer.body:
            evidence.blame("O4", account, seq, "the answer is not the stored decision", story)
    elif operation.kind in VERSIONED | {"give_back"}:
        if document.get("applied", document.get("given_back")):
            _blame_number(evidence, told, seqs)
    elif operation.kind in {"policy", "customer"}:
        blame_unstored(evidence, story, attempt)


def _blame_number(evidence: Evidence, told: tuple[Story, Attempt], seqs: list[int]) -> None:
    """What was done names the number it was done at; a retry may find it done, and later."""
    story, attempt = told
    operation, seq = story.operation, told_number(attempt)
    if not seqs:
        text = f"{operation.kind} is not in the journal"
        evidence.blame("O4", operation.account, seq, text, story)
        return
    if was_in_bulk(attempt):
        return
    done_at = {n + ((operation.account, n + 1) in evidence.judged) for n in seqs}
    # The service tries again as well, when its connection broke at the commit.
    may_be_found = operation.kind != "give_back"
    if seq not in done_at and not (may_be_found and seq > min(done_at)):
        text = f"{operation.kind} was done at {sorted(done_at)}"
        evidence.blame("O4", operation.account, seq, text, story)


def _blame_second_decisions(evidence: Evidence) -> None:
    """O5: one decision for each revision of an order; one first answer for each."""
    names = Counter(
        (row["account"], row["customer"], row["order_ref"], row["revision"])
        for row in evidence.tables["decision"]
    )
    for (account, _, ref, revision), times in names.items():
        if times > 1:
            text = f"{ref} revision {revision} was decided {times} times"
            evidence.blame("O5", account, None, text)
    for story in evidence.stories.values():
        bodies = {a.answer.body for a in story.taken if a.answer is not None}
        firsts = sum(a.answer is not None and not a.answer.replayed for a in story.taken)
        if story.operation.kind == "check" and (len(bodies) > 1 or firsts > 1):
            text = f"{len(bodies)} different answers, {firsts} of them first ones"
            evidence.blame("O6", story.operation.account, None, text, story)
        given = sum(bool(a.answer and a.answer.document.get("given_back")) for a in story.taken)
        if given > 1:
            text = f"said {given} times that it was given back"
            evidence.blame("O6", story.operation.account, None, text, story)


def _blame_disorder(evidence: Evidence, account: str, readings: list[Span]) -> None:
    """O3: what ended before another began has the lower number."""
    effects = evidence.effects.get(account, [])
    spans = [_span(effect.seq, effect.story) for effect in effects] + readings
    ended = sorted(spans, key=lambda span: span.ended_ns)
    last: Span | None = None
    position = 0
    for span in sorted(spans, key=lambda span: span.started_ns):
        while position < len(ended) and ended[position].ended_ns < span.started_ns:
            if last is None or ended[position].seq > last.seq:
                last = ended[position]
            position += 1
        if last is not None and last.seq > span.seq:
            text = f"began after number {int(last.seq)} had been answered"
            evidence.blame("O3", account, int(span.seq), text, span.story, last.story)


def _span(seq: int, story: Story) -> Span:
    """Give the narrowest span that the answers allow."""
    started_ns, ended_ns = story.attempts[0].started_ns, NEVER_NS
    for attempt in story.taken:
        if story.operation.kind in REPEATABLE and told_number(attempt) == seq:
            return Span(seq, attempt.started_ns, attempt.ended_ns or NEVER_NS, story)
        if story.operation.kind not in REPEATABLE and attempt.ended_ns is not None:
            ended_ns = min(ended_ns, attempt.ended_ns)
    return Span(seq, started_ns, ended_ns, story)


def _readings_by_account(evidence: Evidence) -> dict[str, list[Span]]:
    """Give where answers say that they saw the account: behind the number they name."""
    readings: dict[str, list[Span]] = {}
    for story in evidence.stories.values():
        for attempt in numbered_in(story):
            ended_ns = attempt.ended_ns or NEVER_NS
            seen = Span(told_number(attempt) + 0.5, attempt.started_ns, ended_ns, story)
            readings.setdefault(story.operation.account, []).append(seen)
    return readings
