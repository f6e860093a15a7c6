"""O3 for policies: a check that began after a new version was answered goes by it."""

import json
from bisect import bisect_left

from prove.evidence import Evidence


def blame_old_policies(evidence: Evidence) -> None:
    """Find decisions by a version that had been replaced before the check was first sent."""
    stated = _stated_versions(evidence)
    ends = [ended_ns for ended_ns, _ in stated]
    for account, effects in evidence.effects.items():
        answers = {row["seq"]: row["answer"] for row in evidence.of_account("decision", account)}
        for effect in effects:
            if effect.seq not in answers:
                continue
            before = bisect_left(ends, effect.story.attempts[0].started_ns)
            newest = max((version for _, version in stated[:before]), default=0)
            used = json.loads(answers[effect.seq])["policy"]["version"]
            if used < newest:
                text = f"decided by version {used} of the policy after {newest} was in force"
                evidence.blame("O3", account, effect.seq, text, effect.story)


def _stated_versions(evidence: Evidence) -> list[tuple[int, int]]:
    """Give when the answer to each new version had come, and which version it was."""
    return sorted(
        (attempt.ended_ns, attempt.answer.document["version"])
        for story in evidence.stories.values()
        if story.operation.kind == "policy"
        for attempt in story.taken
        if attempt.ended_ns is not None and attempt.answer is not None
    )
