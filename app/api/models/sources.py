"""Sources: what a statement says of its own, and how a source is told to stand."""

from typing import Annotated, Self

from pydantic import Field
from typing_extensions import override

from app.api.models.fields import Answer, Instant, Request, SaidInstant, Whole
from app.api.refs import Ref
from app.credit.item import DEFAULT_SOURCE
from app.desk.sources import Mark, SourceState

SECONDS_OF_A_MINUTE = 60

SEQUENCE_MAX = 2**53


class Said(Request):
    """Which source a statement is from."""

    source: Ref = DEFAULT_SOURCE

    def mark(self) -> Mark:
        """Give what is noted of the source once the statement is taken."""
        return Mark(self.source)


class SaidInBulk(Said):
    """Which of the source's bodies this is, and up to when it tells the source's state."""

    sequence: Annotated[int, Field(ge=1, le=SEQUENCE_MAX)] | None = None
    as_of: SaidInstant | None = None

    @override
    def mark(self) -> Mark:
        return Mark(self.source, self.as_of, self.sequence)


class WatchBody(Request):
    """How often the source is expected to speak; null where nobody waits for it."""

    expected_interval_minutes: Annotated[Whole, Field(ge=1, le=5_270_400)] | None


class Gap(Answer):
    """Bodies that never came, from this number to that one."""

    from_: Annotated[int, Field(alias="from")]
    to: int


class SourceAnswer(Answer):
    """A source: when it spoke last, how far that reaches, which of its bodies never came.

    `age_minutes` is the age of `as_of`, or of `stated_at` for a source that never said one.
    `watched_since` is since when an interval is expected, null where none is. `silent` is true
    once the age passes it, or for a source that never spoke the time since it is watched.
    `gaps_exact` is false while the first gap stands for several and holds numbers that did come.
    """

    name: str
    stated_at: Instant | None
    as_of: Instant | None
    age_minutes: int | None
    sequence: int | None
    gaps: list[Gap]
    gaps_exact: bool
    expected_interval_minutes: int | None
    watched_since: Instant | None
    silent: bool

    @classmethod
    def of(cls, state: SourceState) -> Self:
        """Describe how a source stands."""
        return cls(
            name=state.name,
            stated_at=state.stated_at,
            as_of=state.as_of,
            age_minutes=None if state.age_s is None else state.age_s // SECONDS_OF_A_MINUTE,
            sequence=state.sequence,
            gaps=[Gap.model_validate({"from": first, "to": last}) for first, last in state.gaps],
            gaps_exact=state.gaps_exact,
            expected_interval_minutes=state.expected_interval_minutes,
            watched_since=state.watched_since,
            silent=state.silent,
        )


class SourceList(Answer):
    """Sources, by name."""

    items: list[SourceAnswer]
    next_cursor: str | None
