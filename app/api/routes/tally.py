"""The tally of a bulk body: what its lines did, and why some were refused."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from heapq import heappush, heapreplace
from typing import Any

from app.api.models.sources import SaidInBulk
from app.api.models.statements import PROBLEMS_MAX, LedgerAnswer, RefusedLine
from app.api.problems import Problem, ProblemError
from app.api.refusals import problem_of
from app.credit.posting import Effect
from app.desk.bulk import BulkStatement, Outcome, PutCustomer
from app.desk.failures import StorageUnavailableError
from app.desk.sources import Mark
from app.desk.statements import CancelOrder


@dataclass(slots=True)
class Tally:
    """Counts lines; of the refused ones the first are kept with their problems.

    `undone` says that the database could not be reached for some lines, and `fed` that a
    statement about an item, an order or a limit was taken.
    """

    effects: Counter[Effect] = field(default_factory=Counter)
    refused: int = 0
    undone: bool = False
    fed: bool = False
    _problems: list[tuple[int, dict[str, Any]]] = field(default_factory=list)
    """A heap with the last of the lines that are kept on top, its number below zero."""

    def refuse(self, number: int, refusal: ProblemError) -> None:
        """Count a line that was not taken."""
        self.refused += 1
        if len(self._problems) < PROBLEMS_MAX:
            heappush(self._problems, (-number, refusal.document()))
        elif number < -self._problems[0][0]:
            heapreplace(self._problems, (-number, refusal.document()))

    def count(
        self, lines: Iterable[tuple[int, BulkStatement]], outcomes: Iterable[Outcome]
    ) -> None:
        """Count what the statements on these lines did."""
        for (number, statement), outcome in zip(lines, outcomes, strict=True):
            if isinstance(outcome, Effect) and outcome is not Effect.UNKNOWN:
                self.effects[outcome] += 1
                self.fed = self.fed or not isinstance(statement, PutCustomer)
            else:
                self.undone = self.undone or isinstance(outcome, StorageUnavailableError)
                self.refuse(number, _refusal(outcome, statement))

    @property
    def taken(self) -> int:
        """How many lines were taken, whatever they did."""
        return self.effects.total()

    def mark(self, said: SaidInBulk) -> Mark | None:
        """Give what is noted of the body's source, if anything.

        A body that could not be taken to its end does not count as come, nor does it make the
        data fresher; nor does one of which nothing was taken, though that one has come.
        """
        if self.undone:
            return None
        if said.mark().is_plain:
            return said.mark() if self.fed else None
        if self.taken or not self.refused:
            return said.mark()
        return None if said.sequence is None else replace(said.mark(), as_of=None, spoke=False)

    def answer(self) -> LedgerAnswer:
        """Say what the lines did."""
        return LedgerAnswer(
            lines=self.taken + self.refused,
            applied=self.effects[Effect.APPLIED],
            unchanged=self.effects[Effect.UNCHANGED],
            outdated=self.effects[Effect.OUTDATED],
            refused=self.refused,
            problems=[
                RefusedLine(line=-below, problem=problem)
                for below, problem in sorted(self._problems, reverse=True)
            ],
        )


def _refusal(outcome: Outcome, statement: BulkStatement) -> ProblemError:
    if isinstance(outcome, Effect):
        is_order = isinstance(statement, CancelOrder)
        return ProblemError(Problem.ORDER_UNKNOWN if is_order else Problem.OPEN_ITEM_UNKNOWN)
    return problem_of(outcome)
