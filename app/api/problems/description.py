"""Problems in the OpenAPI description, in place of the errors FastAPI would describe."""

from collections.abc import Mapping
from typing import Any, Final

from app.api.problems.error import PROBLEM_JSON
from app.api.problems.kinds import PROBLEMS

_TEXT: Final = {"type": "string"}
_FIELD_ERROR: Final = {
    "type": "object",
    "required": ["pointer", "code", "message"],
    "properties": {
        "pointer": {**_TEXT, "description": "JSON Pointer into the body; empty for all of it."},
        "code": _TEXT,
        "message": _TEXT,
        "in": {**_TEXT, "enum": ["path", "query", "header", "cookie"]},
        "parameter": {**_TEXT, "description": "The parameter to blame, where it is not the body."},
    },
}
_PROBLEM: Final = {
    "type": "object",
    "description": "RFC 9457. Further members may be present.",
    "required": ["type", "title", "status", "code", "detail", "request_id"],
    "properties": {
        "type": {**_TEXT, "format": "uri-reference"},
        "title": _TEXT,
        "status": {"type": "integer"},
        "code": {**_TEXT, "enum": list(PROBLEMS)},
        "detail": _TEXT,
        "request_id": _TEXT,
        "errors": {"type": "array", "items": {"$ref": "#/components/schemas/FieldError"}},
    },
}
_CONTENT: Final = {PROBLEM_JSON: {"schema": {"$ref": "#/components/schemas/Problem"}}}

PROBLEM_RESPONSES: Final[dict[int | str, dict[str, Any]]] = {
    "4XX": {"description": "Refused; nothing was done.", "content": _CONTENT},
    "5XX": {"description": "Failed; nothing was decided.", "content": _CONTENT},
}
"""For `FastAPI(responses=...)`: every route may answer a problem."""


def with_problem_schemas(description: dict[str, Any]) -> dict[str, Any]:
    """The description with the schemas that `PROBLEM_RESPONSES` refers to."""
    schemas: Mapping[str, Any] = {"Problem": _PROBLEM, "FieldError": _FIELD_ERROR}
    description.setdefault("components", {}).setdefault("schemas", {}).update(schemas)
    return description
