"""What people do with holds. Whoever has seen an older version than there is gets a 412."""

from typing import Annotated

from fastapi import APIRouter, Body, Depends
from starlette.responses import Response

from app.api.callers import TheCaller
from app.api.models.hold_actions import (
    AssignBody,
    CommentBody,
    CommitteeBody,
    ReasonBody,
    RefuseBody,
    ReleaseBody,
)
from app.api.models.holds import TracedHoldAnswer
from app.api.refs import PathRef
from app.api.repeats import RepeatableRoute, claim_key
from app.api.routes.holds import hold_shown
from app.api.routes.parts import TheDesk
from app.api.versions import NamedVersion, SeenVersion
from app.credit.hold import HoldAction

router = APIRouter(
    prefix="/v1/holds/{hold:ref}",
    tags=["holds"],
    route_class=RepeatableRoute,
    dependencies=[Depends(claim_key)],
)

Why = Annotated[ReasonBody, Body(default_factory=ReasonBody)]


@router.post("/release", operation_id="release_hold", response_model=TracedHoldAnswer)
async def release_hold(
    hold: PathRef, body: ReleaseBody, seen: SeenVersion, desk: TheDesk, caller: TheCaller
) -> Response:
    """Release a held order, or agree to the release that another person has proposed.

    Above the policy's amount the hold is then `awaiting_second`: a second person releases it
    with the same terms, or with none stated.
    """
    return hold_shown(await desk.holds.act(hold, body.deed(), caller, version=seen))


@router.post("/refuse", operation_id="refuse_hold", response_model=TracedHoldAnswer)
async def refuse_hold(
    hold: PathRef, body: RefuseBody, seen: SeenVersion, desk: TheDesk, caller: TheCaller
) -> Response:
    """Refuse a held order, with what the customer can do; it stays stopped."""
    return hold_shown(await desk.holds.act(hold, body.deed(), caller, version=seen))


@router.post("/escalate", operation_id="escalate_hold", response_model=TracedHoldAnswer)
async def escalate_hold(
    hold: PathRef, body: Why, seen: SeenVersion, desk: TheDesk, caller: TheCaller
) -> Response:
    """Ask the credit committee for a decision in the single case."""
    deed = body.deed(HoldAction.ESCALATE)
    return hold_shown(await desk.holds.act(hold, deed, caller, version=seen))


@router.post("/committee", operation_id="decide_hold", response_model=TracedHoldAnswer)
async def decide_hold(
    hold: PathRef, body: CommitteeBody, seen: SeenVersion, desk: TheDesk, caller: TheCaller
) -> Response:
    """Decide as a member of the credit committee.

    One against refuses the order; one of finance and one of sales for it release it, up to the
    lower of their amounts and until the earlier of their days.
    """
    return hold_shown(await desk.holds.act(hold, body.deed(), caller, version=seen))


@router.post("/assign", operation_id="assign_hold", response_model=TracedHoldAnswer)
async def assign_hold(
    hold: PathRef, body: AssignBody, seen: NamedVersion, desk: TheDesk, caller: TheCaller
) -> Response:
    """Say who looks after a hold."""
    return hold_shown(await desk.holds.act(hold, body.deed(), caller, version=seen))


@router.post("/comment", operation_id="comment_hold", response_model=TracedHoldAnswer)
async def comment_hold(
    hold: PathRef, body: CommentBody, seen: NamedVersion, desk: TheDesk, caller: TheCaller
) -> Response:
    """Add a comment to a hold's history."""
    return hold_shown(await desk.holds.act(hold, body.deed(), caller, version=seen))


@router.post("/recheck", operation_id="recheck_hold", response_model=TracedHoldAnswer)
async def recheck_hold(
    hold: PathRef, body: Why, seen: SeenVersion, desk: TheDesk, caller: TheCaller
) -> Response:
    """Run the rules anew on the order as it stands.

    What passes by now is released where the caller may release, and is else marked `ready`.
    """
    deed = body.deed(HoldAction.RECHECK)
    return hold_shown(await desk.holds.act(hold, deed, caller, version=seen))


@router.post("/cancel", operation_id="cancel_hold", response_model=TracedHoldAnswer)
async def cancel_hold(
    hold: PathRef, body: Why, seen: SeenVersion, desk: TheDesk, caller: TheCaller
) -> Response:
    """Withdraw what was held; what the order's source has stated before stays."""
    deed = body.deed(HoldAction.CANCEL)
    return hold_shown(await desk.holds.act(hold, deed, caller, version=seen))
