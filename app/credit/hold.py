"""The life of a hold: which states there are, and who may do what in each."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from app.credit.caller import Role


class HoldState(StrEnum):
    """Where a hold is in its life. Codes are part of the contract."""

    OPEN = "open"
    AWAITING_SECOND = "awaiting_second"
    READY = "ready"
    RELEASED = "released"
    REFUSED = "refused"
    ESCALATED = "escalated"
    CANCELLED = "cancelled"
    SUPERSEDED = "superseded"
    EXPIRED = "expired"


class HoldAction(StrEnum):
    """What somebody can do with a hold."""

    RELEASE = "release"
    REFUSE = "refuse"
    ESCALATE = "escalate"
    COMMITTEE = "committee"
    ASSIGN = "assign"
    COMMENT = "comment"
    RECHECK = "recheck"
    CANCEL = "cancel"


class Offer(StrEnum):
    """What a customer whose order is refused can do, in the words of the credit procedure."""

    PAY_DUE_ITEMS = "pay_due_items"
    PAY_EARLY = "pay_early"
    SHORTEN_TERMS = "shorten_terms"
    PREPAY = "prepay"
    CASH_ON_DELIVERY = "cash_on_delivery"
    SECURITY = "security"
    SHIP_PART = "ship_part"


_WAITING = frozenset({HoldState.OPEN, HoldState.AWAITING_SECOND, HoldState.READY})
_LIVE = _WAITING | {HoldState.ESCALATED}
_BLOCKED = _LIVE | {HoldState.REFUSED}
_EVER = frozenset(HoldState)

LIVE = tuple(state.value for state in HoldState if state in _LIVE)
"""The states in which an order waits for somebody."""

_FINANCE = frozenset({Role.CREDIT, Role.CREDIT_LEAD})
_ASKING = frozenset({Role.ORDER_ENTRY, Role.SALES})
_COMMITTEE = frozenset({Role.COMMITTEE_FINANCE, Role.COMMITTEE_SALES})

Who = frozenset[Role]
Row = Mapping[HoldState, Who]


def _in(states: frozenset[HoldState], who: Who) -> Row:
    return dict.fromkeys(states, who)


MATRIX: Mapping[HoldAction, Row] = {
    HoldAction.RELEASE: _in(_WAITING, _FINANCE),
    HoldAction.REFUSE: _in(_WAITING, _FINANCE),
    HoldAction.ESCALATE: {
        **_in(_WAITING, _FINANCE | {Role.SALES}),
        # Sales may ask the committee about what the credit department has refused.
        HoldState.REFUSED: frozenset({Role.SALES}),
    },
    HoldAction.COMMITTEE: {HoldState.ESCALATED: _COMMITTEE},
    HoldAction.ASSIGN: _in(_LIVE, _FINANCE),
    HoldAction.COMMENT: _in(_EVER, _FINANCE | _ASKING | _COMMITTEE),
    HoldAction.RECHECK: {
        **_in(_LIVE, _FINANCE | _ASKING),
        # What a person has refused, order entry does not have released by the rules.
        HoldState.REFUSED: _FINANCE,
    },
    HoldAction.CANCEL: _in(_BLOCKED, _FINANCE | _ASKING),
}
"""Who may do what in which state; what is not here nobody may."""


@dataclass(frozen=True, slots=True)
class NotForRole:
    """The caller has none of the roles that may do this."""

    needs: Who


@dataclass(frozen=True, slots=True)
class NotInState:
    """Nobody may do this in the state that the hold is in."""

    state: HoldState


def objection(
    action: HoldAction, state: HoldState, roles: frozenset[Role]
) -> NotForRole | NotInState | None:
    """Say what stands against the action, if anything does.

    Whoever may do it in no state at all is told so whatever the state is.
    """
    row = MATRIX[action]
    may_ever = frozenset[Role]().union(*row.values())
    if not roles & may_ever:
        return NotForRole(may_ever)
    if state not in row:
        return NotInState(state)
    return None if roles & row[state] else NotForRole(row[state])


def may_release(state: HoldState, roles: frozenset[Role]) -> bool:
    """Say whether somebody in these roles could release a hold in this state."""
    return objection(HoldAction.RELEASE, state, roles) is None
