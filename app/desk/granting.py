"""Letting a held order go: what of it, until when, on whose word, and what it ties up then."""

from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from app.credit.commitment import Commitment
from app.credit.held_order import Turn
from app.credit.hold import HoldState
from app.credit.release import Circumstances, ReleaseKind, grant_for, released
from app.desk.calendar import Calendar
from app.storage.holds import StoredHold


@dataclass(frozen=True, slots=True)
class Done:
    """What a deed made of the hold, and of its order where that changes."""

    hold: StoredHold
    order: Commitment | None = None


@dataclass(frozen=True, slots=True)
class Wish:
    """What of the order is to be released, until the end of which day."""

    amount_minor: int
    until: date


@dataclass(frozen=True, slots=True)
class Consent:
    """On what ground an order is released, who agreed, and what four eyes went by."""

    kind: ReleaseKind
    first: str | None
    second: str | None = None
    circumstances: Circumstances | None = None


BY_THE_RULES = Consent(ReleaseKind.PASSES, None)
"""The rules let the order pass: nobody's word is needed."""


def whole(turn: Turn) -> Wish:
    """Give the whole order, for as long as the policy lets a release stand."""
    position = turn.position
    valid = timedelta(days=position.policy.releases.valid_days)
    return Wish(turn.order.amount_minor, position.today + valid)


@dataclass(frozen=True, slots=True)
class Granting:
    """Ends holds by granting their orders."""

    calendar: Calendar

    def granted(
        self, hold: StoredHold, turn: Turn, wish: Wish, consent: Consent, *, now: datetime
    ) -> Done:
        """Give the order what was agreed on, and end the hold."""
        grant = grant_for(turn.order, turn.position, wish.amount_minor)
        seen = consent.circumstances
        ended = replace(
            hold,
            state=HoldState.RELEASED.value,
            closed_at=now,
            release_kind=consent.kind.value,
            released_minor=grant.amount_minor,
            released_credit_minor=grant.credit_minor,
            released_until=wish.until,
            released_by=consent.first,
            second_by=consent.second,
            barred=() if seen is None else tuple(sorted(seen.changed_limit)),
            window_minor=(
                None if seen is None else seen.released_before_minor + grant.credit_minor
            ),
            alone_up_to_minor=None if seen is None else seen.alone_up_to_minor,
        )
        until = self.calendar.end_of(wish.until)
        return Done(ended, released(turn.held.commitment, grant, turn.order.currency, until))


def marked(hold: StoredHold, *, ready: bool, now: datetime) -> StoredHold:
    """Give a hold whose order the rules let pass by now, or do not.

    What waits for the word of a second person or of the committee goes on waiting.
    """
    state = HoldState(hold.state)
    if state in {HoldState.OPEN, HoldState.READY}:
        state = HoldState.READY if ready else HoldState.OPEN
    ready_at = (hold.ready_at or now) if ready else None
    return replace(hold, state=state.value, ready_at=ready_at)
