"""O9: nobody waits much longer for an answer than the deadline, whatever the database does.

The bound is generous, three deadlines, as clients, services and a database that is being killed
share one machine. What keeps the service or its clients from running at all excuses an answer: the
service killed, frozen or started again, the way to its clients cut, delayed or lost, and moments
in which the clients' own process did not run. That Postgres is slow, locked or gone is no excuse.
"""

from bisect import bisect_left
from collections.abc import Iterator

from prove.evidence import Evidence
from prove.history import Attempt, Story

DEADLINE_NS = 800_000_000
WAIT_MAX_NS = 3 * DEADLINE_NS
LATE_ONE_IN = 200
"""One in so many may be late: others work on the same machine, and time is theirs as well."""

SETTLING_NS = 1_000_000_000
"""How long after a disturbance an answer is still excused by it."""


def blame_late_answers(evidence: Evidence) -> int:
    """Find requests that waited too long; gives how many requests nothing would excuse."""
    judged = list(unexcused(evidence))
    late = [(s, took_ns) for s, a, took_ns in judged if took_ns > WAIT_MAX_NS * a.among]
    if len(late) * LATE_ONE_IN > len(judged):
        for story, took_ns in late:
            text = f"waited {took_ns / 1e9:.1f} s for an answer"
            evidence.blame("O9", story.operation.account, None, text, story)
    return len(judged)


def unexcused(evidence: Evidence) -> Iterator[tuple[Story, Attempt, int]]:
    """Give the requests outside of all that excuses a late answer, with how long each took."""
    excuses = _merged([(began, ended + SETTLING_NS) for began, ended in evidence.excuses])
    ends = [ended for _, ended in excuses]
    for story in evidence.stories.values():
        for attempt in story.attempts:
            if attempt.ended_ns is None:
                continue
            next_one = bisect_left(ends, attempt.started_ns)
            if next_one == len(ends) or excuses[next_one][0] > attempt.ended_ns:
                yield story, attempt, attempt.ended_ns - attempt.started_ns


def _merged(spans: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """Give the same time in spans that do not meet, in their order."""
    merged: list[tuple[int, int]] = []
    for began, ended in sorted(spans):
        if merged and began <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(ended, merged[-1][1]))
        else:
            merged.append((began, ended))
    return merged
