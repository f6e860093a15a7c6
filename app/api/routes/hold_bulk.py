"""Many actions on holds in one request, each with its own result."""

from fastapi import APIRouter, Depends, Request

from app.api.callers import TheCaller
from app.api.models.hold_bulk import HoldActions, HoldResult, HoldResults
from app.api.refusals import problem_of
from app.api.repeats import RepeatableRoute, claim_key, free_key_if
from app.api.routes.accounts import account_answer
from app.api.routes.parts import TheDesk
from app.desk.failures import StorageUnavailableError
from app.desk.hold_bulk import Result, Results, UnforeseenError

router = APIRouter(
    prefix="/v1/holds/actions",
    tags=["holds"],
    route_class=RepeatableRoute,
    dependencies=[Depends(claim_key)],
)


@router.post("", operation_id="act_on_holds")
async def act_on_holds(
    request: Request, body: HoldActions, desk: TheDesk, caller: TheCaller
) -> HoldResults:
    """Do up to 100 actions on holds in their order; one that is refused does not fail the others.

    With `dry_run` nothing stays, and `accounts` shows the exposure that there would be.
    """
    take = desk.hold_bulk.rehearse if body.dry_run else desk.hold_bulk.do
    results = await take(body.instructions(), caller)
    free_key_if(request, left_undone=any(_is_undone(result) for result in results.items))
    return _answer(results, dry_run=body.dry_run)


def _answer(results: Results, *, dry_run: bool) -> HoldResults:
    items = [_result(result) for result in results.items]
    accounts = [account_answer(view) for view in results.accounts]
    return HoldResults(dry_run=dry_run, items=items, accounts=accounts)


def _is_undone(result: Result) -> bool:
    return isinstance(result.outcome, StorageUnavailableError | UnforeseenError)


def _result(result: Result) -> HoldResult:
    outcome = result.outcome
    if isinstance(outcome, Exception):
        problem = problem_of(outcome).document()
        return HoldResult(hold=result.hold_id, state=None, version=None, problem=problem)
    return HoldResult(
        hold=result.hold_id, state=outcome.state, version=outcome.version, problem=None
    )
