"""Lines of a bulk body, and what is looked at in its answer."""

from typing import Any


def customer(ref: str, **more: Any) -> dict[str, Any]:
    return {"put": "customer", "customer": ref, "name": ref, "currency": "EUR"} | more


def limit(account: str, amount: str = "1000.00", **more: Any) -> dict[str, Any]:
    return {"put": "limit", "account": account, "amount": amount, "currency": "EUR"} | more


def item(of: str, ref: str, amount: str = "10.00", **more: Any) -> dict[str, Any]:
    line = {"put": "open_item", "customer": of, "ref": ref, "kind": "invoice"}
    return line | {"amount": amount, "currency": "EUR"} | more


def order(of: str, ref: str, amount: str = "10.00", **more: Any) -> dict[str, Any]:
    line = {"put": "order", "customer": of, "ref": ref}
    return line | {"amount": amount, "currency": "EUR"} | more


def delete(what: str, of: str, ref: str, **more: Any) -> dict[str, Any]:
    return {"delete": what, "customer": of, "ref": ref} | more


def counts(answer: Any) -> dict[str, int]:
    return {name: count for name, count in answer.items() if name != "problems"}


def problems(answer: Any) -> list[tuple[int, str, list[str]]]:
    """Give line, code and pointers of each refused line."""
    return [
        (
            entry["line"],
            entry["problem"]["code"],
            [error["pointer"] for error in entry["problem"].get("errors", [])],
        )
        for entry in answer["problems"]
    ]
