"""Which problem each refusal of the desk is: the one table, and how it is applied."""

from collections.abc import Mapping
from typing import Final

from fastapi import FastAPI, Request
from starlette.responses import Response

from app.api.callers import forbidden
from app.api.models.fields import currency_of
from app.api.problems import Extras, FieldError, Problem, ProblemError, problem_response
from app.api.request_id import request_id_of
from app.credit.money import decimal_text
from app.desk.checks import OrderRevisionConflictError, OrderRevisionOutdatedError
from app.desk.customers import AccountUnknownError, CurrencyConflictError
from app.desk.deeds import (
    DeedFlawedError,
    HoldChangedError,
    HoldStateError,
    NotThisPersonError,
    OrderIsStatedError,
    ReleaseForbiddenError,
    RoleNeededError,
)
from app.desk.directory import CustomerUnknownError
from app.desk.egress import UrlRefusedError
from app.desk.failures import (
    PolicyVersionTakenError,
    StorageUnavailableError,
    TotalOutOfRangeError,
)
from app.desk.hold_bulk import UnforeseenError
from app.desk.keys import KeyUnknownError
from app.desk.repeats import KeyInUseError, KeyReusedError
from app.desk.shelf import PolicyUnknownError
from app.desk.unknown import (
    CheckUnknownError,
    DeliveryUnknownError,
    ExpectedPaymentUnknownError,
    HoldUnknownError,
    ImportUnknownError,
    OpenItemUnknownError,
    OrderUnknownError,
    SourceUnknownError,
    WebhookUnknownError,
)
from app.desk.uploads import TooManyUploadsError
from app.desk.webhooks import SecretsInUseError
from app.desk.whole_lists import Held, ListShrinksError

REFUSALS: Final[Mapping[type[Exception], Problem]] = {
    AccountUnknownError: Problem.ACCOUNT_UNKNOWN,
    CheckUnknownError: Problem.CHECK_UNKNOWN,
    CurrencyConflictError: Problem.CURRENCY_CONFLICT,
    CustomerUnknownError: Problem.CUSTOMER_UNKNOWN,
    DeedFlawedError: Problem.INVALID_REQUEST,
    DeliveryUnknownError: Problem.DELIVERY_UNKNOWN,
    ExpectedPaymentUnknownError: Problem.EXPECTED_PAYMENT_UNKNOWN,
    HoldChangedError: Problem.HOLD_CHANGED,
    HoldStateError: Problem.HOLD_STATE_CONFLICT,
    HoldUnknownError: Problem.HOLD_UNKNOWN,
    ImportUnknownError: Problem.IMPORT_UNKNOWN,
    KeyInUseError: Problem.IDEMPOTENCY_KEY_IN_USE,
    KeyReusedError: Problem.IDEMPOTENCY_KEY_REUSED,
    KeyUnknownError: Problem.KEY_UNKNOWN,
    ListShrinksError: Problem.LIST_SHRINKS,
    NotThisPersonError: Problem.NOT_THIS_PERSON,
    OpenItemUnknownError: Problem.OPEN_ITEM_UNKNOWN,
    OrderIsStatedError: Problem.ORDER_IS_STATED,
    OrderRevisionConflictError: Problem.ORDER_REVISION_CONFLICT,
    OrderRevisionOutdatedError: Problem.ORDER_REVISION_OUTDATED,
    OrderUnknownError: Problem.ORDER_UNKNOWN,
    PolicyUnknownError: Problem.POLICY_UNKNOWN,
    PolicyVersionTakenError: Problem.UNAVAILABLE,
    ReleaseForbiddenError: Problem.RELEASE_FORBIDDEN,
    RoleNeededError: Problem.FORBIDDEN,
    SecretsInUseError: Problem.SECRETS_IN_USE,
    SourceUnknownError: Problem.SOURCE_UNKNOWN,
    StorageUnavailableError: Problem.UNAVAILABLE,
    TooManyUploadsError: Problem.UNAVAILABLE,
    TotalOutOfRangeError: Problem.TOTAL_OUT_OF_RANGE,
    UnforeseenError: Problem.INTERNAL_ERROR,
    UrlRefusedError: Problem.INVALID_REQUEST,
    WebhookUnknownError: Problem.WEBHOOK_UNKNOWN,
}

_CHECKS: Final = "/v1/checks"
_POLICY_OF_CUSTOMER: Final = FieldError("/policy", "policy_unknown", "There is no such policy.")


def problem_of(refusal: Exception, *, path: str = "") -> ProblemError:
    """Give the problem that a refusal of the desk is, on the path that was asked."""
    problem = REFUSALS[type(refusal)]
    if problem is Problem.UNAVAILABLE and path.startswith(_CHECKS):
        return ProblemError(Problem.CHECK_UNAVAILABLE)
    match refusal:
        case CurrencyConflictError():
            return ProblemError(problem, f"The account is kept in {refusal.kept_in}.")
        case PolicyUnknownError() if not path.startswith("/v1/policies"):
            return ProblemError(Problem.INVALID_REQUEST, errors=[_POLICY_OF_CUSTOMER])
        case RoleNeededError():
            return forbidden(refusal.needs)
        case UrlRefusedError() | DeedFlawedError():
            return ProblemError(problem, errors=[_flaw(refusal)])
        case _:
            return ProblemError(problem, extras=Extras(members=_members(refusal)))


def _flaw(refusal: UrlRefusedError | DeedFlawedError) -> FieldError:
    if isinstance(refusal, UrlRefusedError):
        return FieldError("/url", refusal.code, str(refusal))
    return FieldError(f"/{refusal.field}", refusal.code, refusal.message)


def _members(refusal: Exception) -> dict[str, object]:
    """Give what a refusal says beyond what it is."""
    match refusal:
        case ListShrinksError():
            return {"saw": _saw(refusal)}
        case HoldChangedError():
            return {"version": refusal.version}
        case HoldStateError():
            return {"state": refusal.state.value}
        case NotThisPersonError():
            return {"because": refusal.because.value}
        case ReleaseForbiddenError():
            return {"because": [ban.value for ban in refusal.because]}
        case _:
            return {}


def _saw(refusal: ListShrinksError) -> dict[str, object]:
    return {
        "items_before": refusal.before.items,
        "items_cleared": refusal.cleared.items,
        "amount_before": _amounts(refusal.before),
        "amount_cleared": _amounts(refusal.cleared),
        "confirm": refusal.token,
    }


def _amounts(held: Held) -> dict[str, str]:
    return {c: decimal_text(held.minor[c], currency_of(c)) for c in sorted(held.minor)}


def register_refusals(app: FastAPI) -> None:
    """Make every refusal of the desk end in its problem."""
    for refusal in REFUSALS:
        app.exception_handler(refusal)(_refused)


async def _refused(request: Request, refusal: Exception) -> Response:
    error = problem_of(refusal, path=request.scope["path"])
    return problem_response(error, request_id=request_id_of(request.scope))
