"""Which problems each operation can answer, and the responses that say so."""

from collections.abc import Iterable, Mapping
from itertools import groupby
from typing import Any, Final

from app.api.problems import PROBLEM_JSON, FieldError, Problem, ProblemError

Document = dict[str, Any]

_OF_WORDS: Final = (
    Problem.HOLD_UNKNOWN,
    Problem.HOLD_CHANGED,
    Problem.HOLD_STATE_CONFLICT,
)
_OF_ACTIONS: Final = (*_OF_WORDS, Problem.VERSION_REQUIRED, Problem.TOTAL_OUT_OF_RANGE)

OWN_REFUSALS: Final[Mapping[str, tuple[Problem, ...]]] = {
    "check_order": (
        Problem.ORDER_REVISION_CONFLICT,
        Problem.ORDER_REVISION_OUTDATED,
        Problem.TOTAL_OUT_OF_RANGE,
    ),
    "preview_order": (),
    "check_orders": (),
    "list_checks": (),
    "read_check": (Problem.CHECK_UNKNOWN,),
    "give_back_reservation": (Problem.CHECK_UNKNOWN,),
    "put_customer": (Problem.CURRENCY_CONFLICT, Problem.TOTAL_OUT_OF_RANGE),
    "read_customer": (Problem.CUSTOMER_UNKNOWN,),
    "read_payment_behaviour": (Problem.CUSTOMER_UNKNOWN,),
    "put_limit": (Problem.ACCOUNT_UNKNOWN, Problem.CURRENCY_CONFLICT),
    "read_account": (Problem.ACCOUNT_UNKNOWN,),
    "put_open_item": (Problem.CUSTOMER_UNKNOWN, Problem.TOTAL_OUT_OF_RANGE),
    "put_open_items": (
        Problem.CUSTOMER_UNKNOWN,
        Problem.LIST_SHRINKS,
        Problem.TOTAL_OUT_OF_RANGE,
    ),
    "put_orders": (
        Problem.CUSTOMER_UNKNOWN,
        Problem.LIST_SHRINKS,
        Problem.TOTAL_OUT_OF_RANGE,
    ),
    "clear_open_item": (Problem.CUSTOMER_UNKNOWN, Problem.OPEN_ITEM_UNKNOWN),
    "list_open_items": (Problem.CUSTOMER_UNKNOWN,),
    "put_order": (Problem.CUSTOMER_UNKNOWN, Problem.TOTAL_OUT_OF_RANGE),
    "cancel_order": (Problem.CUSTOMER_UNKNOWN, Problem.ORDER_UNKNOWN),
    "list_orders": (Problem.CUSTOMER_UNKNOWN,),
    "post_ledger": (),
    "post_import": (),
    "list_imports": (),
    "read_import": (Problem.IMPORT_UNKNOWN,),
    "list_sources": (),
    "read_source": (Problem.SOURCE_UNKNOWN,),
    "put_source": (),
    "put_policy": (),
    "read_policy": (Problem.POLICY_UNKNOWN,),
    "list_policy_versions": (Problem.POLICY_UNKNOWN,),
    "list_holds": (),
    "put_expected_payment": (Problem.CUSTOMER_UNKNOWN, Problem.CURRENCY_CONFLICT),
    "read_expected_payment": (Problem.CUSTOMER_UNKNOWN, Problem.EXPECTED_PAYMENT_UNKNOWN),
    "list_expected_payments": (Problem.CUSTOMER_UNKNOWN,),
    "drop_expected_payment": (Problem.CUSTOMER_UNKNOWN, Problem.EXPECTED_PAYMENT_UNKNOWN),
    "read_hold": (Problem.HOLD_UNKNOWN,),
    "add_webhook": (),
    "list_webhooks": (),
    "read_webhook": (Problem.WEBHOOK_UNKNOWN,),
    "put_webhook": (Problem.WEBHOOK_UNKNOWN,),
    "delete_webhook": (Problem.WEBHOOK_UNKNOWN,),
    "rotate_webhook_secret": (Problem.WEBHOOK_UNKNOWN, Problem.SECRETS_IN_USE),
    "list_deliveries": (),
    "read_delivery": (Problem.DELIVERY_UNKNOWN,),
    "redeliver": (Problem.DELIVERY_UNKNOWN,),
    "redeliver_dead": (),
    "release_hold": (*_OF_ACTIONS, Problem.RELEASE_FORBIDDEN, Problem.NOT_THIS_PERSON),
    "refuse_hold": _OF_ACTIONS,
    "escalate_hold": _OF_ACTIONS,
    "decide_hold": (*_OF_ACTIONS, Problem.RELEASE_FORBIDDEN, Problem.NOT_THIS_PERSON),
    "assign_hold": _OF_WORDS,
    "comment_hold": _OF_WORDS,
    "recheck_hold": _OF_ACTIONS,
    "cancel_hold": (*_OF_ACTIONS, Problem.ORDER_IS_STATED),
    "act_on_holds": (),
    "issue_key": (),
    "list_keys": (),
    "revoke_key": (Problem.KEY_UNKNOWN,),
    "livez": (),
    "readyz": (),
}
"""By operation: what it refuses for reasons of its own. The rest follows from its form."""

_HEADERS: Final[Mapping[int, str]] = {401: "WWW-Authenticate", 415: "Accept", 503: "Retry-After"}
_STRICT_BODIES: Final = frozenset({"application/json", "multipart/form-data"})
_REQUEST_ID: Final = "req_01986d3f5c0a7c3e9b1d2f4a6c8e0b13"
_ERRORS: Final[Mapping[Problem, tuple[FieldError, ...]]] = {
    Problem.INVALID_REQUEST: (FieldError("/order/amount", "required", "Is required."),),
    Problem.MALFORMED_JSON: (
        FieldError("/order/ref", "duplicate_key", "This name occurs twice in its object."),
    ),
}


def problem_examples() -> dict[str, Document]:
    """Give an example of every problem, by its name among the components."""
    return {_name(problem): _example(problem) for problem in Problem}


def problem_responses(path: str, operation: Document) -> dict[str, Document]:
    """Give a response for every status that the operation may refuse or fail with."""
    found = [*_of_its_form(path, operation), *OWN_REFUSALS.get(operation["operationId"], ())]
    ordered = sorted(found, key=lambda problem: problem.status)
    by_status = groupby(ordered, key=lambda problem: problem.status)
    return {str(status): _response(status, list(problems)) for status, problems in by_status}


def _of_its_form(path: str, operation: Document) -> Iterable[Problem]:
    """Give what follows from key, body and parameters, and from the database behind them."""
    body = operation.get("requestBody", {}).get("content", {})
    if operation.get("security"):
        yield from (Problem.UNAUTHORIZED, Problem.FORBIDDEN)
    if body:
        yield from (Problem.BODY_TOO_LARGE, Problem.UNSUPPORTED_MEDIA_TYPE)
    if "application/json" in body:
        yield Problem.MALFORMED_JSON
    if _STRICT_BODIES & body.keys() or any(p["in"] != "header" for p in _parameters(operation)):
        yield Problem.INVALID_REQUEST
    if any(p["name"] == "Idempotency-Key" for p in _parameters(operation)):
        yield from (Problem.IDEMPOTENCY_KEY_IN_USE, Problem.IDEMPOTENCY_KEY_REUSED)
    yield Problem.INTERNAL_ERROR
    if path != "/livez":
        is_check = path.startswith("/v1/checks")
        yield Problem.CHECK_UNAVAILABLE if is_check else Problem.UNAVAILABLE


def _parameters(operation: Document) -> list[Document]:
    parameters: list[Document] = operation.get("parameters", [])
    return parameters


def _response(status: int, problems: list[Problem]) -> Document:
    headers = ["X-Request-Id", _HEADERS.get(status)]
    return {
        "description": ", or: ".join(problem.title for problem in problems) + ".",
        "headers": {name: header(name) for name in headers if name is not None},
        "content": {
            PROBLEM_JSON: {
                "schema": {"$ref": "#/components/schemas/Problem"},
                "examples": {
                    problem.code: {"$ref": f"#/components/examples/{_name(problem)}"}
                    for problem in problems
                },
            }
        },
    }


def header(name: str) -> Document:
    """Give a reference to one of the described headers."""
    return {"$ref": f"#/components/headers/{name}"}


def _example(problem: Problem) -> Document:
    document = ProblemError(problem, errors=_ERRORS.get(problem, ())).document()
    return {"summary": problem.title, "value": document | {"request_id": _REQUEST_ID}}


def _name(problem: Problem) -> str:
    return f"problem_{problem.code}"
