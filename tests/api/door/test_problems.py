import ast
import re
from pathlib import Path
from string import Formatter

import httpx2
import pytest
from api.door.tiny_app import SECRET, build, places, problem_in
from fastapi import FastAPI
from openapi_spec_validator import validate
from pydantic_core._pydantic_core import list_all_errors
from starlette.exceptions import HTTPException

import app.api
from app.api.problems import PROBLEMS, Extras, Problem, ProblemError
from app.api.problems.messages import MESSAGES

NEVER_FOUND_IN_JSON = {
    "arguments_type",
    "bytes_invalid_encoding",
    "callable_type",
    "complex_str_parsing",
    "complex_type",
    "counter_type",
    "default_factory_not_called",
    "ellipsis_error",
    "frozen_field",
    "frozen_instance",
    "get_attribute_error",
    "is_instance_of",
    "is_subclass_of",
    "iteration_error",
    "missing_argument",
    "missing_keyword_only_argument",
    "missing_positional_only_argument",
    "missing_sentinel_error",
    "multiple_argument_values",
    "needs_python_object",
    "no_such_attribute",
    "set_item_not_hashable",
    "unexpected_keyword_argument",
    "unexpected_positional_argument",
}

MAY_REPEAT_THE_INPUT = {"error", "tag", "encoding_error", "tz_actual", "actual_length"}


def test_every_code_is_lower_case_unique_and_the_name_of_its_problem() -> None:
    assert [problem.name.lower() for problem in Problem] == list(PROBLEMS)


def test_every_problem_that_the_api_raises_is_in_the_table() -> None:
    used = {name for source in api_sources() for name in problems_named_in(source)}
    assert used <= {problem.name for problem in Problem}


def test_every_error_that_pydantic_can_find_in_a_request_has_words_of_ours() -> None:
    found = {error["type"] for error in list_all_errors()}
    assert found - NEVER_FOUND_IN_JSON == MESSAGES.keys()


def test_messages_use_only_what_comes_from_the_model() -> None:
    known: dict[str, dict[str, object]] = {
        error["type"]: error["example_context"] or {} for error in list_all_errors()
    }
    for kind, (_, message) in MESSAGES.items():
        named = {name for _, name, _, _ in Formatter().parse(message) if name}
        assert named <= known[kind].keys() - MAY_REPEAT_THE_INPUT, kind


async def test_an_unknown_path_is_a_problem(client: httpx2.AsyncClient) -> None:
    for path in ("/", "/v1", "/v1/nowhere", "/v1/%2e%2e/x", "/v1/checks/", "/docs/assets/x"):
        assert (await client.get(path)).status_code == 404
        problem_in(await client.get(path), "not_found")


async def test_a_method_the_path_does_not_take_is_a_problem_that_lists_those_it_takes(
    client: httpx2.AsyncClient,
) -> None:
    response = await client.get("/v1/checks")
    problem_in(response, "method_not_allowed")
    assert (response.status_code, response.headers["allow"]) == (405, "POST")


async def test_the_methods_of_all_routes_of_a_path_are_listed(client: httpx2.AsyncClient) -> None:
    response = await client.post("/v1/customers/INV%2F1")
    problem_in(response, "method_not_allowed")
    assert response.headers["allow"] == "GET, DELETE"


async def test_the_description_knows_problems_and_no_other_errors(
    client: httpx2.AsyncClient,
) -> None:
    response = await client.get("/openapi.json")
    assert "ValidationError" not in response.text
    validate(response.json())
    answers = response.json()["paths"]["/v1/checks"]["post"]["responses"]
    assert answers.keys() == {"200", "4XX", "5XX"}
    assert answers["4XX"]["content"].keys() == {"application/problem+json"}


async def test_a_parameter_that_is_wrong_is_named(client: httpx2.AsyncClient) -> None:
    problem = problem_in(await client.get(f"/v1/search?limit={SECRET}"), "invalid_request")
    assert problem["errors"] == [
        {
            "pointer": "",
            "code": "whole_number_expected",
            "message": "Must be a whole number.",
            "in": "query",
            "parameter": "limit",
        }
    ]


async def test_an_unforeseen_failure_says_nothing_and_is_logged_with_the_request_id(
    client: httpx2.AsyncClient, caplog: pytest.LogCaptureFixture
) -> None:
    response = await client.get("/v1/fails", headers={"x-request-id": "mine-1"})
    problem = problem_in(response, "internal_error")
    assert (response.status_code, problem["request_id"]) == (500, "mine-1")
    assert SECRET not in response.text
    assert "request mine-1 failed" in caplog.messages
    assert SECRET in caplog.text


@pytest.mark.parametrize(
    ("status", "code"), [(404, "not_found"), (418, "bad_request"), (502, "internal_error")]
)
async def test_an_exception_of_the_framework_is_a_problem_without_its_own_words(
    status: int, code: str
) -> None:
    app = failing(HTTPException(status, SECRET))
    async with client_of_failing(app) as client:
        response = await client.get("/")
    problem_in(response, code)
    assert SECRET not in response.text


async def test_a_problem_carries_its_own_headers_and_members() -> None:
    extras = Extras(headers={"ETag": '"4"'}, members={"revision": 4, "status": "no such status"})
    error = ProblemError(Problem.ORDER_REVISION_OUTDATED, "Revision 4 is known.", extras=extras)
    async with client_of_failing(failing(error)) as client:
        response = await client.get("/")
    problem = problem_in(response, "order_revision_outdated")
    assert (problem["revision"], problem["detail"]) == (4, "Revision 4 is known.")
    assert response.headers["etag"] == '"4"'


async def test_a_service_that_cannot_answer_says_when_to_ask_again() -> None:
    async with client_of_failing(failing(ProblemError(Problem.CHECK_UNAVAILABLE))) as client:
        response = await client.get("/")
    problem_in(response, "check_unavailable")
    assert (response.status_code, response.headers["retry-after"]) == (503, "1")


async def test_a_pointer_does_not_name_the_members_of_a_union(client: httpx2.AsyncClient) -> None:
    limit = {"kind": "amount", "amount": "1.001", "currency": "EUR"}
    response = await client.put("/v1/limit", json={"limit": limit})
    problem = problem_in(response, "invalid_request")
    assert places(problem) == {("/limit/amount", "too_many_decimals")}
    response = await client.put("/v1/limit", json={"limit": {"kind": "amount"}})
    problem = problem_in(response, "invalid_request")
    assert places(problem) == {("/limit/amount", "required"), ("/limit/currency", "required")}


async def test_an_unknown_kind_is_answered_with_the_known_ones(client: httpx2.AsyncClient) -> None:
    response = await client.put("/v1/limit", json={"limit": {"kind": SECRET}})
    problem = problem_in(response, "invalid_request")
    assert places(problem) == {("/limit", "variant_unknown")}
    assert "'amount', 'unlimited'" in problem["errors"][0]["message"]
    assert SECRET not in response.text


def failing(error: Exception) -> FastAPI:
    app = build()

    @app.get("/")
    async def fail() -> None:
        raise error

    return app


def client_of_failing(app: FastAPI) -> httpx2.AsyncClient:
    return httpx2.AsyncClient(transport=httpx2.ASGITransport(app=app), base_url="http://door")


def api_sources() -> list[str]:
    [folder] = app.api.__path__
    return [path.read_text() for path in sorted(Path(folder).rglob("*.py"))]


def problems_named_in(source: str) -> set[str]:
    nodes = [node for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Attribute)]
    named = {node.attr for node in nodes if ast.unparse(node.value) == "Problem"}
    return {name for name in named if re.fullmatch("[A-Z_]+", name)}
