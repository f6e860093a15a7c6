"""What a client does with one order in its life, as requests."""

from dataclasses import dataclass, replace
from typing import Any

from prove.client import Client, in_euro, money
from prove.history import Operation


@dataclass(slots=True)
class Sale:
    """An order as the client that placed it knows it; amounts in cents."""

    account: str
    customer: str
    ref: str
    amount_minor: int
    revision: int = 1
    version: int = 0
    check_id: str = ""
    held: bool = False
    stated: bool = False
    last_check: Operation | None = None

    def next_version(self) -> int:
        self.version += 1
        return self.version


def operation(client: Client, sale: Sale, kind: str, request: str, **more: Any) -> Operation:
    """Give an operation on the sale; `request` is method and path."""
    method, path = request.split(" ")
    named: dict[str, Any] = {"ref": sale.ref, "number": 0} | more
    return Operation(
        id=client.next_name("op"),
        kind=kind,
        account=sale.account,
        customer=sale.customer,
        method=method,
        path=path,
        **named,
    )


def check(client: Client, sale: Sale, *, prepaid_minor: int = 0, keyed: bool = False) -> Operation:
    order = in_euro(sale.amount_minor, ref=sale.ref, revision=sale.revision)
    if prepaid_minor:
        order["prepaid"] = money(prepaid_minor)
    asked = operation(
        client,
        sale,
        "check",
        "POST /v1/checks",
        number=sale.revision,
        body={"customer": sale.customer, "order": order},
    )
    sale.last_check = replace(asked, key=asked.id) if keyed else asked
    return sale.last_check


def preview(client: Client, sale: Sale) -> Operation:
    """Give a question about the sale's next revision, which changes nothing."""
    order = in_euro(sale.amount_minor, ref=sale.ref, revision=sale.revision + 1)
    body = {"customer": sale.customer, "order": order}
    number = sale.revision + 1
    return operation(client, sale, "preview", "POST /v1/checks/preview", number=number, body=body)


def confirm(client: Client, sale: Sale, amount_minor: int, version: int) -> Operation:
    body = in_euro(amount_minor, version=version)
    if client.chance.random() < 0.3:
        body["ship_date"] = f"2026-12-{client.chance.randint(1, 28):02d}"
    return operation(client, sale, "order", f"PUT {_order(sale)}", number=version, body=body)


def cancel(client: Client, sale: Sale) -> Operation:
    version = sale.next_version()
    request = f"DELETE {_order(sale)}?version={version}"
    return operation(client, sale, "cancel", request, number=version)


def give_back(client: Client, sale: Sale) -> Operation:
    request = f"DELETE /v1/checks/{sale.check_id}/reservation"
    return operation(client, sale, "give_back", request, ref=sale.check_id)


def state_item(client: Client, sale: Sale, ref: str, version: int, **body: Any) -> Operation:
    request = f"PUT /v1/customers/{sale.customer}/open-items/{ref}"
    stated = body | {"version": version}
    return operation(client, sale, "item", request, ref=ref, number=version, body=stated)


def clear_item(client: Client, sale: Sale, ref: str, version: int) -> Operation:
    request = f"DELETE /v1/customers/{sale.customer}/open-items/{ref}?version={version}"
    return operation(client, sale, "clear", request, ref=ref, number=version)


def _order(sale: Sale) -> str:
    return f"/v1/customers/{sale.customer}/orders/{sale.ref}"
