"""The published contract: as the code has it, valid, complete, and with examples that hold."""

import json
import re
from collections import Counter
from collections.abc import Iterator
from typing import Any

import pytest
from openapi_spec_validator import OpenAPIV31SpecValidator
from support.contract import Operation, flaws, nodes, operations, published, resolved
from support.source import ROOT

from app.api.description.refusals import OWN_REFUSALS
from app.api.problems import PROBLEM_JSON, PROBLEMS
from app.api.refusals import REFUSALS
from app.cli.openapi import openapi_text
from app.credit.rules import ReasonCode
from app.desk.outbox import EventKind

FILE = ROOT / "openapi" / "openapi.json"
OPERATIONS = list(operations().values())

MONEY = {
    "after", "amount", "before", "counted", "credit_notes", "headroom", "ignored_credit",
    "invoiced", "invoices", "min_amount", "observed", "open_orders", "overdue", "payments",
    "prepaid", "required_prepayment", "reservations", "reserved", "shippable_amount",
    "this_order", "threshold", "total",
}  # fmt: skip

# A path has its operations whatever their answers: no operation is not found, or not allowed.
# A cut body has no reader left for its answer. The others belong to what is still to come.
OF_NO_OPERATION = {
    "bad_request", "method_not_allowed", "not_found",
}  # fmt: skip

each_operation = pytest.mark.parametrize("operation", OPERATIONS, ids=lambda o: str(o.id))


def test_the_file_is_what_the_code_publishes() -> None:
    stored = FILE.read_text(encoding="utf-8") if FILE.exists() else ""
    assert stored == openapi_text(), "openapi/openapi.json is out of date; mended by: make openapi"


def test_the_document_is_valid_openapi() -> None:
    errors = OpenAPIV31SpecValidator(published()).iter_errors()
    assert [f"{error.json_path}: {error.message}" for error in errors] == []


def test_operation_ids_are_unique_and_snake_case() -> None:
    ids = Counter(value for name, value in nodes(published()["paths"]) if name == "operationId")
    assert [found for found, times in ids.items() if times > 1] == []
    assert [found for found in ids if not re.fullmatch("[a-z]+(_[a-z]+)*", found)] == []


@each_operation
def test_an_operation_says_what_it_is(operation: Operation) -> None:
    document = operation.document
    tags = {tag["name"] for tag in published()["tags"]}
    assert 10 <= len(document["summary"]) <= 100
    assert document["description"].startswith(document["summary"])
    assert len(document["tags"]) == 1
    assert set(document["tags"]) <= tags
    assert [p["name"] for p in document.get("parameters", []) if not p.get("description")] == []


@each_operation
def test_an_operation_describes_success_and_every_problem(operation: Operation) -> None:
    responses = operation.document["responses"]
    succeeds = [status for status in responses if status.startswith("2")]
    assert succeeds
    assert "500" in responses
    assert ("401" in responses) == ("security" in operation.document)
    assert ("413" in responses) == ("requestBody" in operation.document)
    assert [r for r in responses.values() if "Successful" in r["description"]] == []
    assert [status for status in responses if "XX" in status] == []


@each_operation
def test_a_problem_is_described_under_its_own_status(operation: Operation) -> None:
    for status, response in operation.document["responses"].items():
        for example in response["content"].get(PROBLEM_JSON, {}).get("examples", {}).values():
            assert resolved(example)["value"]["status"] == int(status)


def test_every_operation_is_asked_which_refusals_are_its_own() -> None:
    assert set(OWN_REFUSALS) == set(operations())


def test_only_probes_need_no_key() -> None:
    is_open = [o.id for o in OPERATIONS if not o.document.get("security")]
    assert is_open == ["livez", "readyz"]
    assert published()["components"]["securitySchemes"]["bearer"]["scheme"] == "bearer"


def test_every_event_is_described_under_the_type_that_it_bears() -> None:
    assert list(published()["webhooks"]) == list(EventKind)


def test_money_is_never_a_json_number() -> None:
    found = [
        (name, schema)
        for named, properties in nodes(published())
        if named == "properties"
        for name, schema in properties.items()
        if name in MONEY and not _is_text(schema)
    ]
    assert [(name, schema) for name, schema in found if not _is_document(schema)] == []
    assert [
        value for name, value in nodes(published()) if (name, value) == ("type", "number")
    ] == []


def _is_document(schema: dict[str, Any]) -> bool:
    # A history tells what was before and after, which is more than an amount.
    return any("$ref" in kind for kind in schema.get("anyOf", [schema]))


def _is_text(schema: dict[str, Any]) -> bool:
    # A form may name several, each with its currency.
    one = schema.get("items", schema)
    kinds = {kind.get("type") for kind in one.get("anyOf", [one])}
    return kinds <= {"string", "null"}


def test_every_reference_resolves() -> None:
    references = {value for name, value in nodes(published()) if name == "$ref"}
    assert references
    for reference in references:
        assert resolved({"$ref": reference}), reference


def contents() -> Iterator[tuple[str, dict[str, Any]]]:
    """Give every body of a request or an answer, with where it stands."""
    for operation in OPERATIONS:
        for media_type, content in (
            operation.document.get("requestBody", {}).get("content", {}).items()
        ):
            yield f"{operation.id} {media_type}", content
        for status, response in operation.document["responses"].items():
            for content in response["content"].values():
                yield f"{operation.id} {status}", content


def test_every_example_is_as_its_schema_asks() -> None:
    wrong = {
        f"{place} {name}": found
        for place, content in contents()
        for name, example in content.get("examples", {}).items()
        if (found := flaws(resolved(example)["value"], content["schema"]))
    }
    assert wrong == {}


def test_every_line_of_a_bulk_example_is_one_of_the_lines_described() -> None:
    body = operations()["post_ledger"].document["requestBody"]["content"]["application/x-ndjson"]
    line_schema = body["schema"]["contentSchema"]["items"]
    lines = resolved(body["examples"]["ledger"])["value"].splitlines()
    assert [flaws(json.loads(line), line_schema) for line in lines] == [[]] * 6


def test_every_example_of_a_field_is_as_the_field_asks() -> None:
    wrong = [
        (example, found)
        for _, schema in nodes(published()["components"]["schemas"])
        if isinstance(schema, dict) and isinstance(schema.get("examples"), list)
        for example in schema["examples"]
        if (found := flaws(example, schema))
    ]
    assert wrong == []


def test_no_example_is_left_over() -> None:
    stored = {f"#/components/examples/{name}" for name in published()["components"]["examples"]}
    used = {value for name, value in nodes(published()["paths"]) if name == "$ref"}
    unused = {reference.rpartition("/")[2] for reference in stored - used}
    assert unused == {f"problem_{code}" for code in OF_NO_OPERATION}


@pytest.mark.parametrize("operation", ["check_order", "preview_order"])
def test_a_check_is_shown_with_every_outcome(operation: str) -> None:
    document = operations()[operation].document
    asked = document["requestBody"]["content"]["application/json"]["examples"]
    answered = document["responses"]["200"]["content"]["application/json"]["examples"]
    assert set(asked) == {"pass", "warning", "hold", "unlimited", "unknown_customer"}
    assert set(answered) == set(asked)


def test_every_problem_and_every_reason_occurs() -> None:
    examples = published()["components"]["examples"]
    assert {name for name in examples if name.startswith("problem_")} == {
        f"problem_{code}" for code in PROBLEMS
    }
    known = published()["components"]["schemas"]["ReasonAnswer"]["properties"]["code"]
    assert [code for code in ReasonCode if f"`{code}`" not in known["description"]] == []


def test_every_refusal_of_the_desk_is_described_somewhere() -> None:
    described = {name for _, content in contents() for name in content.get("examples", {})}
    assert {problem.code for problem in REFUSALS.values()} <= described


def test_no_address_is_absolute() -> None:
    assert re.findall(r"\w+://\S*", FILE.read_text(encoding="utf-8")) == []


def test_the_licence_is_that_of_the_project() -> None:
    assert published()["info"]["license"]["identifier"] == "Apache-2.0"
    assert 'license = "Apache-2.0"' in (ROOT / "pyproject.toml").read_text(encoding="utf-8")
