"""Releasing holds: by one person or two of finance, by the committee, or by the rules."""

from dataclasses import dataclass, replace

from app.credit.caller import Role
from app.credit.held_order import Turn
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
    least_minor,
    refused,
)
from app.desk.cases import Case, wish_of, without_proposal
from app.desk.deeds import (
    HoldChangedError,
    NotThisPersonError,
    ReleaseForbiddenError,
    RoleNeededError,
)
from app.desk.granting import Consent, Done, Granting, Wish, marked, whole
from app.desk.sight import Sight
from app.storage import hold_actions
from app.storage.holds import StoredHold

PART_OF = {Role.COMMITTEE_FINANCE: "finance", Role.COMMITTEE_SALES: "sales"}
"""Which part of the committee speaks in which role."""


@dataclass(frozen=True, slots=True)
class Releases:
    """Releases what may be released, with everything looked at under the account's lock."""

    sight: Sight
    granting: Granting

    async def release(self, case: Case) -> Done:
        """Release by a person of finance; above the policy's amount, propose it to a second."""
        turn = await self._turn(case)
        wish = wish_of(case, turn)
        await self._require_releasable(case, turn, wish)
        circumstances = await self._circumstances(case, turn)
        person = _person(case, circumstances)
        if turn.passes:
            return self._granted(case, turn, wish, Consent(ReleaseKind.PASSES, person))
        credit_minor = grant_for(turn.order, turn.position, wish.amount_minor).credit_minor
        if is_above_ceiling(case.errand.by, credit_minor, case.currency):
            raise NotThisPersonError(NotThisPerson.ABOVE_CEILING)
        if not circumstances.needs_second(credit_minor):
            consent = Consent(ReleaseKind.ONCE, person, circumstances=circumstances)
            return self._granted(case, turn, wish, consent)
        first = _proposed_by(case.hold, wish)
        if first is None or circumstances.objection_to(first) is not None:
            return await _proposed(case, wish, person)
        if first == person:
            raise NotThisPersonError(NotThisPerson.AGREED_BEFORE)
        await _agree(case, "second", person)
        return self._granted(
            case, turn, wish, Consent(ReleaseKind.ONCE, first, person, circumstances)
        )

    async def decide(self, case: Case) -> Done:
        """Take a committee member's word: one against refuses, one of each part for releases."""
        agreed = await hold_actions.agreed(case.connection, case.hold)
        turn = await self._turn(case)
        circumstances = await self._circumstances(case, turn)
        case, agreed = _still_agreed(case, agreed, circumstances)
        part = _open_part(case, set(agreed))
        if case.deed.in_favour is False:
            hold = replace(case.hold, state=HoldState.REFUSED.value, closed_at=case.now)
            return Done(hold, refused(case.known))
        person = _person(case, circumstances)
        if person in agreed.values():
            raise NotThisPersonError(NotThisPerson.AGREED_BEFORE)
        wish = _lower(case.hold, wish_of(case, turn))
        await self._require_releasable(case, turn, wish, committee=True)
        await _agree(case, part, person)
        first = next(iter(agreed.values()), None)
        if first is None:
            return Done(_pending(case.hold, wish, person))
        consent = Consent(ReleaseKind.COMMITTEE, first, person, circumstances)
        return self._granted(case, turn, wish, consent)

    async def recheck(self, case: Case) -> Done:
        """Ask the rules again: what passes by now is released by who may, else marked ready."""
        turn = await self._turn(case)
        hold, state, by = case.hold, HoldState(case.hold.state), case.errand.by
        if not turn.passes:
            return Done(marked(hold, ready=False, now=case.now))
        circumstances = await self._circumstances(case, turn)
        if may_release(state, by.roles) and circumstances.objection_to(by.person) is None:
            consent = Consent(ReleaseKind.PASSES, by.person)
            return self._granted(case, turn, whole(turn), consent)
        asked_again = replace(without_proposal(hold), state=HoldState.OPEN.value, closed_at=None)
        return Done(marked(asked_again, ready=True, now=case.now))

    def _granted(self, case: Case, turn: Turn, wish: Wish, consent: Consent) -> Done:
        return self.granting.granted(case.hold, turn, wish, consent, now=case.now)

    async def _turn(self, case: Case) -> Turn:
        turn = await self.sight.turn(case.connection, case.account.ref, case.hold.id)
        assert turn is not None, "a hold that can be decided on stops its order"
        return turn

    async def _require_releasable(
        self, case: Case, turn: Turn, wish: Wish, *, committee: bool = False
    ) -> None:
        """Raise `ReleaseForbiddenError` where nobody may release that; what passes may be.

        Raises `HoldChangedError` where it is shown as ready and no longer is: to let it go over
        its limit is another decision.
        """
        bans: list[Ban] = []
        if not turn.passes and case.hold.state == HoldState.READY.value:
            raise HoldChangedError(case.hold.version)
        if not turn.passes:
            standing = await self.sight.standing(case.connection, turn)
            bans += forbidding(turn.order, turn.position, standing, committee=committee)
        if wish.amount_minor < least_minor(case.known):
            bans.append(Ban.PART_OF_STATED)
        if bans:
            raise ReleaseForbiddenError(bans)

    async def _circumstances(self, case: Case, turn: Turn) -> Circumstances:
        rule = turn.position.policy.releases
        back = await hold_actions.look_back(
            case.connection, case.hold, now=case.now, days=rule.window_days
        )
        return Circumstances(
            released_before_minor=back.released_minor,
            alone_up_to_minor=alone_up_to_minor(rule, case.currency),
            entered_by=back.entered_by,
            changed_limit=back.changed_limit,
        )


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


def _still_agreed(
    case: Case, agreed: dict[str, str], circumstances: Circumstances
) -> tuple[Case, dict[str, str]]:
    """Give the votes that count: none, in a new round, once a voter has no say any more."""
    if all(circumstances.objection_to(person) is None for person in agreed.values()):
        return case, agreed
    hold = without_proposal(case.hold)
    return replace(case, hold=replace(hold, round=hold.round + 1)), {}


def _open_part(case: Case, taken: set[str]) -> str:
    """Give the part that the caller speaks for; raises `RoleNeededError` where it has spoken."""
    parts = [part for role, part in PART_OF.items() if role in case.errand.by.roles]
    free = [part for part in parts if part not in taken]
    if not free:
        needs = frozenset(role for role, part in PART_OF.items() if part not in taken)
        raise RoleNeededError(needs)
    return free[0]
