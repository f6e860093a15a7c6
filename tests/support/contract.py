"""The published contract as data, and calls that are held against it."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Any
from urllib.parse import quote

import httpx2
from jsonschema import Draft202012Validator  # type: ignore[import-untyped]

from app.cli.openapi import openapi_text

Document = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Operation:
    """One operation of the contract: where it is, and what it says of itself."""

    method: str
    path: str
    document: Document

    @property
    def id(self) -> str:
        named: str = self.document["operationId"]
        return named

    def filled(self, path: Mapping[str, str]) -> str:
        """Give its path with refs in place of the names, percent-encoded."""
        refs = {name: quote(ref, safe="") for name, ref in path.items()}
        return self.path.format(**refs)


@dataclass(frozen=True, slots=True)
class Call:
    """What is sent to an operation: a document, a list of lines, a text or bytes as they are."""

    operation: str
    path: Mapping[str, str] = field(default_factory=dict)
    body: Any = None
    headers: Mapping[str, str] = field(default_factory=dict)


@cache
def published() -> Document:
    """Give the document that the code publishes; it needs no database."""
    document: Document = json.loads(openapi_text())
    return document


@cache
def operations() -> dict[str, Operation]:
    found = (
        Operation(method, path, document)
        for path, methods in published()["paths"].items()
        for method, document in methods.items()
    )
    return {operation.id: operation for operation in found}


def resolved(node: Document) -> Document:
    """Follow a reference inside the document; gives anything else as it is."""
    if "$ref" not in node:
        return node
    found: Any = published()
    for step in node["$ref"].removeprefix("#/").split("/"):
        found = found[step]
    return resolved(found)


def flaws(value: object, schema: Document) -> list[str]:
    """Say where a value departs from a schema of the contract."""
    whole = {**schema, "components": published()["components"]}
    checker = Draft202012Validator.FORMAT_CHECKER
    found = Draft202012Validator(whole, format_checker=checker).iter_errors(value)
    return [f"{error.json_path}: {error.message}" for error in found]


def nodes(value: object) -> Iterator[tuple[str, Any]]:
    """Give every name and value below a JSON value, at any depth."""
    match value:
        case dict():
            for name, part in value.items():
                yield name, part
                yield from nodes(part)
        case list():
            for part in value:
                yield from nodes(part)
        case _:
            pass


async def answered(client: httpx2.AsyncClient, call: Call) -> httpx2.Response:
    """Call an operation; its answer must be one that the contract describes."""
    operation = operations()[call.operation]
    content, headers = _content(call)
    response = await client.request(
        operation.method.upper(), operation.filled(call.path), content=content, headers=headers
    )
    described = operation.document["responses"].get(str(response.status_code))
    assert described is not None, f"{call.operation} does not describe: {response.text}"
    media_type = response.headers["content-type"].partition(";")[0]
    schema = described["content"][media_type]["schema"]
    assert flaws(response.json(), schema) == [], f"{call.operation}: {response.text}"
    promised = {name.lower() for name in described["headers"]} - {"idempotent-replayed"}
    if "idempotent-replayed" in response.headers:
        promised -= {"etag"}
    assert promised <= set(response.headers)
    return response


def _content(call: Call) -> tuple[bytes | None, Mapping[str, str]]:
    if call.body is None:
        return None, call.headers
    if isinstance(call.body, list):
        lines = "".join(json.dumps(line) + "\n" for line in call.body)
        return lines.encode(), {"Content-Type": "application/x-ndjson"} | dict(call.headers)
    if isinstance(call.body, bytes):
        return call.body, call.headers
    document = (call.body if isinstance(call.body, str) else json.dumps(call.body)).encode()
    return document, {"Content-Type": "application/json"} | dict(call.headers)
