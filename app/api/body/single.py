"""Query parameters that are given twice: which of the two was meant, nobody can say."""

from collections import Counter
from types import UnionType
from typing import Annotated, Any, Final, Union, get_args, get_origin

from fastapi.dependencies.models import Dependant
from pydantic import BaseModel
from starlette.requests import Request

from app.api.problems import FieldError, Problem, ProblemError

_SEVERAL: Final = (list, tuple, set, frozenset)
_WRAPPED: Final = (Annotated, Union, UnionType)


def single_parameters(dependant: Dependant) -> frozenset[str]:
    """Give the query parameters of a route that take one value."""
    models = [field.field_info.annotation for field in dependant.query_params]
    single = {
        name
        for model in models
        if isinstance(model, type) and issubclass(model, BaseModel)
        for name, field in model.model_fields.items()
        if not _takes_several(field.annotation)
    }
    return frozenset(single).union(*map(single_parameters, dependant.dependencies))


def require_single(request: Request, single: frozenset[str]) -> None:
    """End in a 422 where one of these parameters is given more than once."""
    times = Counter(name for name, _ in request.query_params.multi_items())
    errors = [_given_twice(name) for name in times if times[name] > 1 and name in single]
    if errors:
        raise ProblemError(Problem.INVALID_REQUEST, errors=errors)


def _given_twice(name: str) -> FieldError:
    return FieldError("", "given_twice", "Must be given once.", where="query", parameter=name)


def _takes_several(annotation: Any) -> bool:  # noqa: ANN401 - a type of any form
    if get_origin(annotation) in _WRAPPED:
        return any(_takes_several(part) for part in get_args(annotation))
    return (get_origin(annotation) or annotation) in _SEVERAL
