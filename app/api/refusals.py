"""Which problem each refusal of the desk is: the one table, and how it is applied."""

from collections.abc import Mapping
from typing import Final

from fastapi import FastAPI, Request
from starlette.responses import Response

from app.api.models.fields import currency_of
from app.api.problems import Extras, FieldError, Problem, ProblemError, problem_response
from app.api.request_id import request_id_of
from app.credit.money import decimal_text
from app.desk.checks import OrderRevisionConflictError, OrderRevisionOutdatedError
from app.desk.customers import AccountUnknownError, CurrencyConflictError
from app.desk.directory import CustomerUnknownError
from app.desk.failures import (
    PolicyVersionTakenError,
    StorageUnavailableError,
    TotalOutOfRangeError,
)
from app.desk.repeats import KeyInUseError, KeyReusedError
from app.desk.shelf import PolicyUnknownError
from app.desk.unknown import (
    CheckUnknownError,
    ExpectedPaymentUnknownError,
    HoldUnknownError,
    ImportUnknownError,
    OpenItemUnknownError,
    OrderUnknownError,
    SourceUnknownError,
)
from app.desk.uploads import TooManyUploadsError
from app.desk.whole_lists import Held, ListShrinksError

REFUSALS: Final[Mapping[type[Exception], Problem]] = {
    AccountUnknownError: Problem.ACCOUNT_UNKNOWN,
    CheckUnknownError: Problem.CHECK_UNKNOWN,
    CurrencyConflictError: Problem.CURRENCY_CONFLICT,
    CustomerUnknownError: Problem.CUSTOMER_UNKNOWN,
    ExpectedPaymentUnknownError: Problem.EXPECTED_PAYMENT_UNKNOWN,
    HoldUnknownError: Problem.HOLD_UNKNOWN,
    ImportUnknownError: Problem.IMPORT_UNKNOWN,
    KeyInUseError: Problem.IDEMPOTENCY_KEY_IN_USE,
    KeyReusedError: Problem.IDEMPOTENCY_KEY_REUSED,
    ListShrinksError: Problem.LIST_SHRINKS,
    OpenItemUnknownError: Problem.OPEN_ITEM_UNKNOWN,
    OrderRevisionConflictError: Problem.ORDER_REVISION_CONFLICT,
    OrderRevisionOutdatedError: Problem.ORDER_REVISION_OUTDATED,
    OrderUnknownError: Problem.ORDER_UNKNOWN,
    PolicyUnknownError: Problem.POLICY_UNKNOWN,
    PolicyVersionTakenError: Problem.UNAVAILABLE,
    SourceUnknownError: Problem.SOURCE_UNKNOWN,
    StorageUnavailableError: Problem.UNAVAILABLE,
    TooManyUploadsError: Problem.UNAVAILABLE,
    TotalOutOfRangeError: Problem.TOTAL_OUT_OF_RANGE,
}

_CHECKS: Final = "/v1/checks"
_POLICY_OF_CUSTOMER: Final = FieldError("/policy", "policy_unknown", "There is no such policy.")


def problem_of(refusal: Exception, *, path: str = "") -> ProblemError:
    """Give the problem that a refusal of the desk is, on the path that was asked."""
    problem = REFUSALS[type(refusal)]
    if problem is Problem.UNAVAILABLE and path.startswith(_CHECKS):
        return ProblemError(Problem.CHECK_UNAVAILABLE)
    if isinstance(refusal, CurrencyConflictError):
        return ProblemError(problem, f"The account is kept in {refusal.kept_in}.")
    if isinstance(refusal, ListShrinksError):
        return ProblemError(problem, extras=Extras(members={"saw": _saw(refusal)}))
    if isinstance(refusal, PolicyUnknownError) and not path.startswith("/v1/policies"):
        return ProblemError(Problem.INVALID_REQUEST, errors=[_POLICY_OF_CUSTOMER])
    return ProblemError(problem)


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
