"""From what pydantic found to field errors with pointers, and back: how to raise one."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

from pydantic_core import InitErrorDetails, PydanticCustomError, ValidationError

from app.api.problems.error import FieldError
from app.api.problems.messages import MESSAGES, SAFE_DEFAULT
from app.api.problems.pointers import NOWHERE, Path, inside, real_path, safe_pointer

FIELD_ERRORS_MAX: Final = 50
"""As many as help to mend a request; the rest of a wholly wrong list adds nothing."""

_WRITTEN_HERE: Final = "written_here"
_AT_A_FIELD: Final = "at_a_field"
_PARAMETERS: Final = frozenset({"path", "query", "header", "cookie"})

Location = Sequence[str | int]


def refused(code: str, message: str) -> PydanticCustomError:
    """An error for a field validator to raise; both texts reach the caller as they are."""
    return PydanticCustomError(code, "{message}", {"message": message, _WRITTEN_HERE: True})


def refused_at(*location: str | int, code: str, message: str) -> ValidationError:
    """The same for a model validator, which blames one of its fields: "amount" say.

    pydantic merges a ValidationError that is raised inside a validator and puts the model's own
    place before its location, so this works at any depth and in lists.
    """
    context = {"message": message, _WRITTEN_HERE: True, _AT_A_FIELD: True}
    error = PydanticCustomError(code, "{message}", context)
    line = InitErrorDetails(type=error, loc=tuple(location), input=None)
    return ValidationError.from_exception_data("refused", [line])


def field_errors(found: Iterable[Mapping[str, Any]], *, body: object) -> tuple[FieldError, ...]:
    """Translate `ValidationError.errors()`; `body` is the document the errors were found in."""
    return tuple(_in_body(error, error["loc"], body) for error in _first_few(found))


def request_errors(found: Iterable[Mapping[str, Any]], *, body: object) -> tuple[FieldError, ...]:
    """The same for FastAPI's errors, whose locations start with the part of the request."""
    return tuple(_in_request(error, body) for error in _first_few(found))


def _first_few(found: Iterable[Mapping[str, Any]]) -> Iterable[Mapping[str, Any]]:
    return [error for error, _ in zip(found, range(FIELD_ERRORS_MAX), strict=False)]


def _in_request(error: Mapping[str, Any], body: object) -> FieldError:
    part, *rest = error["loc"]
    if part not in _PARAMETERS:
        return _in_body(error, rest, body)
    code, message = _words(error)
    parameter = str(rest[0]) if rest else ""
    return FieldError("", code, message, where=part, parameter=parameter)


def _in_body(error: Mapping[str, Any], location: Location, body: object) -> FieldError:
    code, message = _words(error)
    return FieldError(safe_pointer(_place(error, tuple(location), body)), code, message)


def _place(error: Mapping[str, Any], location: Path, body: object) -> Path:
    seen = error.get("input", NOWHERE)
    if _AT_A_FIELD in error.get("ctx", {}):
        *outer, field = location
        return (*real_path(tuple(outer), body, fit=lambda value: _can_hold(value, field)), field)
    if error["type"] == "missing":
        *outer, field = location
        return (*real_path(tuple(outer), body, fit=lambda value: value is seen), field)
    return real_path(location, body, fit=lambda value: value is seen)


def _can_hold(value: object, field: str | int) -> int:
    """Better an object that has the field than one that has not; never a text or a number."""
    return isinstance(value, dict | list) + (inside(value, field) is not NOWHERE)


def _words(error: Mapping[str, Any]) -> tuple[str, str]:
    context = error.get("ctx", {})
    if _WRITTEN_HERE in context:
        return error["type"], context["message"]
    code, message = MESSAGES.get(error["type"], SAFE_DEFAULT)
    return code, message.format_map(context)
