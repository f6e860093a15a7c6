"""The checker: reads histories and a dump, replays, compares. It imports nothing from `app`.

O1 replay by number; O2 never over the limit; O3 real time; O4 nothing lost; O5 nothing invented;
O6 every unknown resolved to one effect; O7 totals equal details; O8 what has lapsed is gone;
O9 answered in time.
No search is needed: the accounts' numbers give the order, so that it all takes n log n.
"""

from collections import Counter
from dataclasses import dataclass, field

from prove.answers import check_answers
from prove.evidence import Evidence, Violation
from prove.in_time import blame_late_answers
from prove.replay import replay_all
from prove.totals import check_totals

COUNTED_AS = {"check": "checks", "preview": "previews"}


@dataclass(slots=True)
class Finding:
    """The verdict over one run: what was counted, and every broken promise."""

    violations: list[Violation]
    counts: Counter[str] = field(default_factory=Counter)

    def rules(self) -> set[str]:
        return {violation.rule for violation in self.violations}


def check(evidence: Evidence) -> Finding:
    """Check everything; what is found is noted in the evidence, too."""
    accounts = replay_all(evidence)
    resolved = check_answers(evidence, accounts)
    check_totals(evidence, accounts)
    counts = _counted(evidence)
    counts["requests whose time was judged"] = blame_late_answers(evidence)
    counts.update({f"unknown: {how}": number for how, number in resolved.items()})
    return Finding(evidence.found, counts)


def _counted(evidence: Evidence) -> Counter[str]:
    counts: Counter[str] = Counter()
    for story in evidence.stories.values():
        counts[COUNTED_AS.get(story.operation.kind, "other writes")] += 1
        counts["requests"] += len(story.attempts)
        counts["unknown attempts"] += len(story.attempts) - len(story.known)
    for row in evidence.tables["decision"]:
        counts[f"decided {row['outcome']}"] += 1
    counts["journal entries"] = len(evidence.tables["journal"])
    return counts
