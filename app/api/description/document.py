"""Completes the document that FastAPI derives from the routes."""

from collections.abc import Iterator, Mapping
from enum import StrEnum
from functools import cache
from typing import Any, Final

from fastapi import FastAPI

from app.api.description.events import event_operations, event_schema
from app.api.description.examples import stored_examples
from app.api.description.lines import describe_lines, line_schemas
from app.api.description.refusals import header, problem_examples, problem_responses
from app.api.description.words import HEADERS, LICENSE, PARAMETERS, first_sentence
from app.credit.judgement import Outcome
from app.credit.options import OptionType
from app.credit.order import OrderState
from app.credit.rules import Advice, ReasonCode
from app.desk.file_imports import ImportState
from app.desk.outbox import EventKind

Document = dict[str, Any]

_TEXT: Final = {"type": "string"}
_RANGES: Final = ("4XX", "5XX")
_REPLAYABLE: Final = "check_order"
_VERSIONED: Final = frozenset({"TracedHoldAnswer", "HoldDetail"})
_OPEN_CHOICES: Final[Mapping[tuple[str, str], type[StrEnum]]] = {
    ("ReasonAnswer", "code"): ReasonCode,
    ("ReasonAnswer", "advice"): Advice,
    ("OptionAnswer", "type"): OptionType,
    ("OptionAnswer", "outcome"): Outcome,
    ("OrderStated", "state"): OrderState,
    ("OrderAnswer", "state"): OrderState,
    ("ImportAnswer", "state"): ImportState,
    ("ImportSummary", "state"): ImportState,
    ("DeliveryAnswer", "kind"): EventKind,
}
"""Texts of answers that are one of a list today and may be something new tomorrow."""


def described(app: FastAPI) -> None:
    """Make the application publish the complete description."""
    derive = app.openapi

    @cache
    def published() -> Document:
        return _completed(derive())

    app.openapi = published  # type: ignore[method-assign]


def _completed(document: Document) -> Document:
    examples = stored_examples()
    document["info"]["license"] = LICENSE
    components = document["components"]
    components["headers"] = {
        name: {"description": words, "schema": _TEXT} for name, words in HEADERS.items()
    }
    components["examples"] = problem_examples()
    _complete_schemas(components["schemas"])
    for path, operation in _operations(document):
        _complete_operation(path, operation, components["schemas"])
        for example in examples:
            example.add_to(operation)
    for example in examples:
        components["examples"] |= example.components()
    document["webhooks"] = event_operations()
    components["schemas"]["WebhookEvent"] = event_schema()
    return document


def _operations(document: Document) -> Iterator[tuple[str, Document]]:
    for path, methods in document["paths"].items():
        for operation in methods.values():
            yield path, operation


def _complete_operation(path: str, operation: Document, schemas: Document) -> None:
    operation["summary"] = first_sentence(operation["description"])
    # A route's own tag comes after its router's, and stands in for it.
    operation["tags"] = operation["tags"][-1:]
    for parameter in operation.get("parameters", []):
        named = (parameter["in"], parameter["name"])
        if named in PARAMETERS:
            parameter["description"] = PARAMETERS[named]
    describe_lines(operation)
    successes = {
        status: _success(response, schemas)
        for status, response in sorted(operation["responses"].items())
        if status not in _RANGES
    }
    if operation["operationId"] == _REPLAYABLE:
        successes["200"]["headers"]["Idempotent-Replayed"] = header("Idempotent-Replayed")
    operation["responses"] = successes | problem_responses(path, operation)


def _success(response: Document, schemas: Document) -> Document:
    """Say what the answer is, in the words of its schema."""
    content = response["content"]["application/json"]
    schema = content["schema"]["$ref"].rpartition("/")[2]
    words = first_sentence(schemas[schema]["description"])
    is_created = response["description"] == "Created"
    headers = ("X-Request-Id", "ETag") if schema in _VERSIONED else ("X-Request-Id",)
    return response | {
        "description": f"Created. {words}." if is_created else f"{words}.",
        "headers": {name: header(name) for name in headers},
    }


def _complete_schemas(schemas: Document) -> None:
    schemas |= line_schemas()
    schemas["BulkProblem"] = _without_request(schemas["Problem"])
    problem = {"$ref": "#/components/schemas/BulkProblem"}
    schemas["RefusedLine"]["properties"]["problem"] = problem
    schemas["HoldResult"]["properties"]["problem"] = {"anyOf": [problem, {"type": "null"}]}
    for (schema, name), choices in _OPEN_CHOICES.items():
        described_field = schemas[schema]["properties"][name]
        known = ", ".join(f"`{choice}`" for choice in choices)
        described_field["description"] = f"Today one of {known}; more may come."


def _without_request(problem: Document) -> Document:
    """Give the schema of a problem inside a bulk answer, which has one request id for all."""
    return problem | {
        "required": [name for name in problem["required"] if name != "request_id"],
        "properties": {n: s for n, s in problem["properties"].items() if n != "request_id"},
    }
