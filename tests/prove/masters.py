"""What is stated about customers: policy, master data and limits."""

import random
from typing import Any

from prove.client import Client, in_euro
from prove.history import Operation
from prove.sales import Sale, operation

POLICY = "proof"


def limit(client: Client, account: str, amount_minor: int) -> Operation:
    """State a limit; its reason is the operation's own name, so that it is found again."""
    reason = client.next_name("limit")
    place = Sale(account, account, reason, 0)
    body = in_euro(amount_minor, reason=reason)
    return operation(client, place, "limit", f"PUT /v1/accounts/{account}/limit", body=body)


def policy_document(chance: random.Random | None = None) -> dict[str, Any]:
    """Give the policy of the load; by chance one of its variations."""
    off = {name: {"mode": "off"} for name in ("overdue_items", "data_stale")}
    limit: dict[str, Any] = {"mode": "hard"}
    near: dict[str, Any] = {"mode": "soft", "at_percent": "90"}
    minutes, trifle = 1, "50.00"
    if chance is not None:
        limit["tolerance_percent"] = chance.choice(["0", "2.5"])
        limit["boundary"] = chance.choice(["exceeded", "reached"])
        near["mode"] = chance.choice(["off", "soft"])
        minutes, trifle = chance.choice([1, 2]), chance.choice(["50.00", "0.00"])
    off["overdue_items"]["min_amount"] = trifle
    return {"reservation_minutes": minutes, "rules": off | {"limit": limit, "limit_near": near}}


def policy(client: Client, document: dict[str, Any]) -> Operation:
    place = Sale("", "", POLICY, 0)
    return operation(client, place, "policy", f"PUT /v1/policies/{POLICY}", body=document)


def customer(client: Client, ref: str, account: str) -> Operation:
    place = Sale(account, ref, ref, 0)
    body = {"name": ref, "currency": "EUR", "account": account, "policy": POLICY}
    return operation(client, place, "customer", f"PUT /v1/customers/{ref}", body=body)
