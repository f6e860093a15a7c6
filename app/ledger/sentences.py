"""Why a line was refused by the desk: a sentence by which a person can mend it.

Nothing of a line is repeated but refs and currencies.
"""

from typing import assert_never

from app.desk.bulk import BulkStatement, PutCustomer, PutLimit
from app.desk.customers import AccountUnknownError, CurrencyConflictError
from app.desk.directory import CustomerUnknownError
from app.desk.failures import TotalOutOfRangeError
from app.desk.shelf import PolicyUnknownError
from app.ledger.errand import Refused

LineRefusal = (
    AccountUnknownError
    | CurrencyConflictError
    | CustomerUnknownError
    | PolicyUnknownError
    | TotalOutOfRangeError
)

_OUT_OF_RANGE = (
    "With this line a total of the account would be larger than can be stored: look for an "
    "amount with too many digits."
)


def refused(line: int, refusal: LineRefusal, statement: BulkStatement | None = None) -> Refused:
    """Give the problem of a line that was refused."""
    return Refused(line, None, _code(refusal), _sentence(refusal, statement))


def _code(refusal: LineRefusal) -> str:
    """Give a refusal's name as problems have it: CustomerUnknownError is customer_unknown."""
    name = type(refusal).__name__.removesuffix("Error")
    return "".join(f"_{c.lower()}" if c.isupper() else c for c in name).lstrip("_")


def _sentence(refusal: LineRefusal, statement: BulkStatement | None) -> str:
    match refusal:
        case AccountUnknownError():
            return f"No customer belongs to account {refusal}: state one before its limit."
        case CurrencyConflictError():
            return _conflict(refusal, statement)
        case CustomerUnknownError():
            return f"Customer {refusal} is not known yet: a new customer needs a name."
        case PolicyUnknownError():
            return (
                "The line names a policy that does not exist: put it first, or name another one."
            )
        case TotalOutOfRangeError():
            return _OUT_OF_RANGE
        case _:
            assert_never(refusal)


def _conflict(conflict: CurrencyConflictError, statement: BulkStatement | None) -> str:
    kept = f"Account {conflict} is kept in {conflict.kept_in}"
    match statement:
        case PutCustomer(record):
            return (
                f"{kept} and carries documents or a limit, and the line states customer "
                f"{record.ref} in {record.currency}: state the customer in {conflict.kept_in}, or "
                "on another account."
            )
        case PutLimit(_, _, currency):
            return f"{kept}: state its limit in that currency, and not in {currency}."
        case _:
            return f"{kept}, and the line is in another currency."
