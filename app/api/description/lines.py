"""The lines of a bulk body in the description: FastAPI sees only that there is a text."""

from typing import Any, Final

from app.api.body import NDJSON
from app.api.models.fields import Request
from app.api.models.statements import (
    CancelLine,
    ClearLine,
    CustomerLine,
    LimitLine,
    OpenItemLine,
    OrderLine,
)

Document = dict[str, Any]

LINES: Final[tuple[type[Request], ...]] = (
    CustomerLine, LimitLine, OpenItemLine, OrderLine, ClearLine, CancelLine,
)  # fmt: skip
_REFERENCE: Final = "#/components/schemas/{model}"


def line_schemas() -> dict[str, Document]:
    """Give the schema of each kind of line, and `LedgerLine`, which is one of them."""
    schemas: dict[str, Document] = {}
    for line in LINES:
        schema = line.model_json_schema(ref_template=_REFERENCE)
        schemas |= schema.pop("$defs", {})
        schemas[_name(line)] = schema
    kinds = [{"$ref": _REFERENCE.format(model=_name(line))} for line in LINES]
    words = "One statement: `put` or `delete` names what it is about."
    return schemas | {"LedgerLine": {"description": words, "oneOf": kinds}}


def describe_lines(operation: Document) -> None:
    """Say of a body of lines what a line is."""
    content = operation.get("requestBody", {}).get("content", {}).get(NDJSON)
    if content is not None:
        content["schema"] |= {
            "contentMediaType": NDJSON,
            "contentSchema": {
                "type": "array",
                "items": {"$ref": _REFERENCE.format(model="LedgerLine")},
            },
        }


def _name(line: type[Request]) -> str:
    # An order's line is an order in a bulk body, and a position of the order in a check.
    return f"Ledger{line.__name__}"
