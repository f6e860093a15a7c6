"""O6 for refusals: whoever was refused was refused for a reason that the history shows."""

from collections import Counter
from dataclasses import dataclass, field

from prove.evidence import Evidence
from prove.history import Attempt, Story

OUTDATED = "order_revision_outdated"
"""The one refusal that the load can meet: all it cancels and clears has a version to remember."""

NEVER_NS = 2**63


@dataclass(slots=True)
class Refusals:
    """Judges the 4xx answers of a run."""

    evidence: Evidence
    _newest: Counter[tuple[str, str]] = field(default_factory=Counter)

    def __post_init__(self) -> None:
        for row in self.evidence.tables["decision"]:
            place = (row["customer"], row["order_ref"])
            self._newest[place] = max(self._newest[place], row["revision"])

    def blame(self, story: Story, seqs: list[int]) -> None:
        """Find what was refused without a reason, and what was refused and done all the same."""
        for attempt in story.known:
            answer = attempt.answer
            if answer is None or answer.status < 400:
                continue
            code = answer.document.get("code")
            told = f"refused with {answer.status} {code}"
            if story.operation.kind != "check" or code != OUTDATED:
                self._blame(story, None, told)
            elif not self._is_outdated(story, attempt):
                self._blame(story, None, f"{told}, and no later revision had been asked")
            elif seqs:
                self._blame(story, seqs[0], f"{told}, and yet done")

    def _blame(self, story: Story, seq: int | None, text: str) -> None:
        self.evidence.blame("O6", story.operation.account, seq, text, story)

    def _is_outdated(self, story: Story, refused: Attempt) -> bool:
        """Say whether a later revision was decided, and asked before the refusal had come."""
        operation = story.operation
        ended_ns = refused.ended_ns or NEVER_NS
        newest = self._newest[operation.customer, operation.ref]
        return any(
            later.attempts[0].started_ns < ended_ns
            for number in range(operation.number + 1, newest + 1)
            if (later := self.evidence.story("check", operation.customer, operation.ref, number))
        )
