"""Releasing holds: by one person or two of finance, by the committee, or by the rules."""

from dataclasses import dataclass, replace

from app.credit.caller import Role
from app.credit.commitment import Commitment
from app.credit.hold import HoldState, may_release
from app.credit.release import (
    Ban,
    Circumstances,
    NotThisPerson,
    ReleaseKind,
    alone_up_to_minor,
    forbidding,
    grant_for,
    is_above_ceiling,
    is_part_of_stated,
    refused,
    released,
)
from app.desk.calendar import Calendar
from app.desk.cases import Case, Judged, Outlook, Wish, whole, wish_of, without_proposal
from app.desk.deeds import NotThisPersonError, ReleaseForbiddenError, RoleNeededError
from app.storage import hold_actions
from app.storage.holds import StoredHold

PART_OF = {Role.COMMITTEE_FINANCE: "finance", Role.COMMITTEE_SALES: "sales"}
"""Which part of the committee speaks in which role."""


@dataclass(frozen=True, slots=True)
class Done:
    """What a deed made of the hold, and of its order where that changes."""

    hold: StoredHold
    order: Commitment | None = None


@dataclass(frozen=True, slots=True)
class Consent:
    """On what ground an order is released, who agreed, and what four eyes went by."""

    kind: ReleaseKind
    first: str | None
    second: str | None = None
    circumstances: Circumstances | None = None


@dataclass(frozen=True, slots=True)
class Releases:
    """Releases what may be released, with everything looked at under the account's lock."""

    outlook: Outlook
    calendar: Calendar

    async def release(self, case: Case) -> Done:
        """Release by a person of finance; above the policy's amount, propose it to a second."""
        judged = await self.outlook.judged(case)
        wish = wish_of(case, judged)
        _require_releasable(case, judged, wish)
        circumstances = await self._circumstances(case, judged)
        person = _person(case, circumstances)
        if judged.passes:
            return self._granted(case, judged, wish, Consent(ReleaseKind.PASSES, person))
        credit_minor = grant_for(judged.order, judged.position, wish.amount_minor).credit_minor
        if is_above_ceiling(case.errand.by, credit_minor, case.currency):
            raise NotThisPersonError(NotThisPerson.ABOVE_CEILING)
        if not circumstances.needs_second(credit_minor):
            consent = Consent(ReleaseKind.ONCE, person, circumstances=circumstances)
            return self._granted(case, judged, wish, consent)
        first = _proposed_by(case.hold, wish)
        if first is None or circumstances.objection_to(first) is not None:
            return await _proposed(case, wish, person)
        if first == person:
            raise NotThisPersonError(NotThisPerson.AGREED_BEFORE)
        await _agree(case, "second", person)
        return self._granted(
            case, judged, wish, Consent(ReleaseKind.ONCE, first, person, circumstances)
        )

    async def decide(self, case: Case) -> Done:
        """Take a committee member's word: one against refuses, one of each part for releases."""
        agreed = await hold_actions.agreed(case.connection, case.hold)
        part = _open_part(case, set(agreed))
        judged = await self.outlook.judged(case)
        circumstances = await self._circumstances(case, judged)
        if case.deed.in_favour is False:
            hold = replace(case.hold, state=HoldState.REFUSED.value, closed_at=case.now)
            return Done(hold, refused(case.known))
        person = _person(case, circumstances)
        if person in agreed.values():
            raise NotThisPersonError(NotThisPerson.AGREED_BEFORE)
        wish = _lower(case.hold, wish_of(case, judged))
        _require_releasable(case, judged, wish, committee=True)
        await _agree(case, part, person)
        first = next(iter(agreed.values()), None)
        if first is None:
            return Done(_pending(case.hold, wish, person))
        consent = Consent(ReleaseKind.COMMITTEE, first, person, circumstances)
        return self._granted(case, judged, wish, consent)

    async def recheck(self, case: Case) -> Done:
        """Ask the rules again: what passes by now is released by who may, else marked ready."""
        judged = await self.outlook.judged(case)
        state = HoldState(case.hold.state)
        if not judged.passes:
            now_open = state is HoldState.READY
            return Done(replace(case.hold, state=HoldState.OPEN.value) if now_open else case.hold)
        if may_release(state, case.errand.by.roles):
            return self._granted(case, judged, whole(judged), Consent(ReleaseKind.PASSES, None))
        ready = without_proposal(case.hold)
        return Done(replace(ready, state=HoldState.READY.value, closed_at=None))

    async def _circumstances(self, case: Case, judged: Judged) -> Circumstances:
        rule = judged.position.policy.releases
        back = await hold_actions.look_back(
            case.connection, case.account.ref, now=case.now, days=rule.window_days
        )
        return Circumstances(
            released_before_minor=back.released_minor,
            alone_up_to_minor=alone_up_to_minor(rule, case.currency),
            entered_by=case.hold.entered_by,
            changed_limit=frozenset(back.changed_limit),
        )

    def _granted(self, case: Case, judged: Judged, wish: Wish, consent: Consent) -> Done:
        """Give the order what was agreed on, and end the hold."""
        grant = grant_for(judged.order, judged.position, wish.amount_minor)
        until = self.calendar.end_of(wish.until)
        seen = consent.circumstances
        hold = replace(
            case.hold,
            state=HoldState.RELEASED.value,
            closed_at=case.now,
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
        return Done(hold, released(case.known, grant, judged.order.currency, until))


def _require_releasable(
    case: Case, judged: Judged, wish: Wish, *, committee: bool = False
) -> None:
    """Raise `ReleaseForbiddenError` where nobody may release that; what passes may be."""
    bans: list[Ban] = []
    if not judged.passes:
        bans += forbidding(judged.order, judged.position, committee=committee)
    if is_part_of_stated(case.known, wish.amount_minor):
        bans.append(Ban.PART_OF_STATED)
    if bans:
        raise ReleaseForbiddenError(bans)


def _person(case: Case, circumstances: Circumstances) -> str:
    """Give the person who agrees; raises `NotThisPersonError`."""
    person = case.errand.by.person
    objection = circumstances.objection_to(person)
    if objection is not None or person is None:
        raise NotThisPersonError(objection or NotThisPerson.NAMELESS)
    return person


def _proposed_by(hold: StoredHold, wish: Wish) -> str | None:
    """Give who proposed just this, if it awaits a second person."""
    if hold.state != HoldState.AWAITING_SECOND.value:
        return None
    same = (hold.released_minor, hold.released_until) == (wish.amount_minor, wish.until)
    return hold.released_by if same else None


async def _proposed(case: Case, wish: Wish, person: str) -> Done:
    """Have a second person asked; other terms than those proposed before begin a new round."""
    state = HoldState.AWAITING_SECOND.value
    hold = replace(_pending(case.hold, wish, person), state=state, round=case.hold.round + 1)
    await hold_actions.agree(case.connection, hold, part="first", person=person, now=case.now)
    return Done(hold)


def _pending(hold: StoredHold, wish: Wish, person: str) -> StoredHold:
    return replace(
        hold, released_minor=wish.amount_minor, released_until=wish.until, released_by=person
    )


async def _agree(case: Case, part: str, person: str) -> None:
    await hold_actions.agree(case.connection, case.hold, part=part, person=person, now=case.now)


def _lower(hold: StoredHold, wish: Wish) -> Wish:
    """Give what both parts of the committee agree on: the lower amount, the earlier day."""
    amount_minor = wish.amount_minor if hold.released_minor is None else hold.released_minor
    until = hold.released_until or wish.until
    return Wish(min(amount_minor, wish.amount_minor), min(until, wish.until))


def _open_part(case: Case, taken: set[str]) -> str:
    """Give the part that the caller speaks for; raises `RoleNeededError` where it has spoken."""
    parts = [part for role, part in PART_OF.items() if role in case.errand.by.roles]
    free = [part for part in parts if part not in taken]
    if not free:
        needs = frozenset(role for role, part in PART_OF.items() if part not in taken)
        raise RoleNeededError(needs)
    return free[0]
