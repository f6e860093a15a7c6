"""Many actions on holds in one body, and what became of each."""

from typing import Annotated, Any, Literal

from pydantic import Field

from app.api.models.customers import AccountAnswer
from app.api.models.fields import Answer, Flag, Request, Whole
from app.api.models.hold_actions import (
    AssignBody,
    CommentBody,
    CommitteeBody,
    ReasonBody,
    RefuseBody,
    ReleaseBody,
)
from app.api.refs import Ref
from app.credit.hold import HoldAction
from app.desk.deeds import Deed
from app.desk.hold_bulk import Instruction

ACTIONS_MAX = 100
SeenNumber = Annotated[Whole, Field(ge=1, le=2**31 - 1)]


class ReleaseOne(ReleaseBody):
    """Release this hold."""

    hold: Ref
    version: SeenNumber
    action: Literal["release"]


class RefuseOne(RefuseBody):
    """Refuse this hold."""

    hold: Ref
    version: SeenNumber
    action: Literal["refuse"]


class DecideOne(CommitteeBody):
    """Decide on this hold in the committee."""

    hold: Ref
    version: SeenNumber
    action: Literal["committee"]


class AssignOne(AssignBody):
    """Say who looks after this hold."""

    hold: Ref
    version: SeenNumber | None = None
    action: Literal["assign"]


class CommentOne(CommentBody):
    """Say something about this hold."""

    hold: Ref
    version: SeenNumber | None = None
    action: Literal["comment"]


class PlainOne(ReasonBody):
    """Escalate, recheck or cancel this hold."""

    hold: Ref
    version: SeenNumber
    action: Literal["escalate", "recheck", "cancel"]


One = Annotated[
    ReleaseOne | RefuseOne | DecideOne | AssignOne | CommentOne | PlainOne,
    Field(discriminator="action"),
]


class HoldActions(Request):
    """Up to 100 actions, done in their order; with `dry_run` none of them stays."""

    dry_run: Flag = False
    actions: Annotated[tuple[One, ...], Field(min_length=1, max_length=ACTIONS_MAX)]

    def instructions(self) -> list[Instruction]:
        """Give them as the desk takes them."""
        return [Instruction(one.hold, _deed(one), one.version) for one in self.actions]


def _deed(one: One) -> Deed:
    return one.deed(HoldAction(one.action)) if isinstance(one, PlainOne) else one.deed()


class HoldResult(Answer):
    """What became of one action: the hold's state and version then, or the problem."""

    hold: str
    state: str | None
    version: int | None
    problem: dict[str, Any] | None


class HoldResults(Answer):
    """What became of the actions, and how their accounts stand, or would stand, afterwards."""

    dry_run: bool
    items: list[HoldResult]
    accounts: list[AccountAnswer]
