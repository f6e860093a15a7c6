"""Many operations in one request: each is on record with its own part of the answer."""

import json
from collections.abc import Sequence
from typing import Any

from prove.history import Answer, Operation

OK = 200


def batch(operations: Sequence[Operation]) -> Operation:
    """Give the one request that asks for all these checks, or for all these previews."""
    first = operations[0]
    checks = [(o.body or {}) | {"correlation_id": o.id} for o in operations]
    body = {"checks": checks, "preview": first.kind == "preview"}
    return _request(first, "batch", "/v1/checks/batch", body)


def ledger(operations: Sequence[Operation]) -> Operation:
    """Give the one request that states all these orders, each on an account of its own."""
    lines = [
        {"put": "order", "customer": o.customer, "ref": o.ref} | (o.body or {}) for o in operations
    ]
    return _request(operations[0], "ledger", "/v1/ledger", {"lines": lines})


def _request(first: Operation, kind: str, path: str, body: dict[str, Any]) -> Operation:
    return Operation(
        id=f"{first.id}+", kind=kind, account="", customer="", ref="", number=0,
        method="POST", path=path, body=body,
    )  # fmt: skip


def parts(request: Operation, answer: Answer, count: int) -> list[Answer]:
    """Give each operation its part of an answer; where that is not told, it is unknown."""
    if answer.status != OK:
        return [answer] * count
    if request.kind == "batch":
        return [_entry(item) for item in answer.document["items"]]
    taken = answer.document["applied"] + answer.document["unchanged"]
    if taken == count:
        return [Answer(OK, '{"applied":true,"in_bulk":true}')] * count
    return [Answer(0, "", trouble="some lines were not taken")] * count


def _entry(item: dict[str, Any]) -> Answer:
    """Give an entry's answer as it would have come by itself."""
    document = {name: value for name, value in item.items() if name != "correlation_id"}
    text = json.dumps(document, ensure_ascii=False, separators=(",", ":"))
    return Answer(item.get("status", OK), text)
