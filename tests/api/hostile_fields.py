"""Every route that takes a body, and for every kind of field what must be refused in it."""

import json
from collections.abc import Iterator
from copy import deepcopy
from dataclasses import dataclass
from typing import Any

Refused = tuple[Any, str]
"""A value and the code of its refusal."""

NUMBERS: dict[str, Refused] = {
    "a number": (5, "amount_not_text"),
    "a fraction": (5.5, "amount_not_text"),
    "null": (None, "amount_not_text"),
    "true": (True, "amount_not_text"),
    "a list": (["5.00"], "amount_not_text"),
    "an object": ({"amount": "5.00"}, "amount_not_text"),
}
AMOUNTS: dict[str, Refused] = {
    **NUMBERS,
    **{
        f"text {text[:24]!r}": (text, "amount_malformed")
        for text in (
            "", " ", "1e3", "1E3", "+1.00", "-1.00", "-0", "NaN", "nan", "Infinity", "inf",
            "1,000.00", "1.000,00", "1 000", "0x10", "1_000", "00.50", "01", ".5", "5.", "1.23456",
            " 1.00", "1.00 ", "1.00\n", "\uff11.\uff10\uff10", "\u0663.00", "€5", "5 EUR", "1.0.0",
        )
    },
    "three decimals": ("1.005", "too_many_decimals"),
    "a cent above 10^15": ("10000000000000.01", "amount_too_large"),
    "eighteen digits": ("999999999999999999", "amount_too_large"),
    "a long text": ("1" * 24, "amount_too_long"),
}  # fmt: skip
REFS: dict[str, Refused] = {
    "empty": ("", "ref_empty"),
    "too long": ("x" * 65, "ref_too_long"),
    "space before": (" x", "ref_space_at_end"),
    "space after": ("x ", "ref_space_at_end"),
    "only a space": (" ", "ref_space_at_end"),
    "not ASCII": ("Müller", "ref_not_printable_ascii"),
    "an emoji": ("\N{PARTY POPPER}", "ref_not_printable_ascii"),
    "a tab": ("a\tb", "ref_not_printable_ascii"),
    "a newline at the end": ("a\n", "ref_not_printable_ascii"),
    "DEL": ("a\x7f", "ref_not_printable_ascii"),
    "a number": (7, "text_expected"),
}
CURRENCIES: dict[str, Refused] = {
    f"text {code!r}": (code, "currency_unknown")
    for code in ("", "eur", "EU", "EURO", "EUR ", "XAU", "XXX", "ABC", "€", "\uff25\uff35\uff32")
} | {"a number": (978, "text_expected"), "null": (None, "text_expected")}
DATES: dict[str, Refused] = {
    **{
        f"text {text!r}": (text, "date_malformed")
        for text in (
            "", "2026-13-01", "2026-02-30", "2026-1-1", "20260101", "01.02.2026", "2026-W01-1",
            "2026-01-01T00:00:00Z", "2026-01-01 ", "tomorrow", "\uff12\uff10\uff12\uff16-01-01",
        )
    },
    "before 1900": ("1899-12-31", "date_out_of_range"),
    "a number": (1767225600, "date_malformed"),
}  # fmt: skip
VERSIONS: dict[str, Refused] = {
    "below zero": (-1, "too_small"),
    "beyond 2^53": (2**53 + 1, "too_large"),
    "a fraction": (1.5, "whole_number_expected"),
    "a text": ("1", "whole_number_expected"),
    "true": (True, "whole_number_expected"),
}


@dataclass(frozen=True)
class Taker:
    """A route with a body that it takes, and its fields of each kind by JSON Pointer."""

    method: str
    path: str
    body: dict[str, Any]
    amounts: tuple[str, ...] = ()
    refs: tuple[str, ...] = ()
    dates: tuple[str, ...] = ()
    versions: tuple[str, ...] = ()

    @property
    def currencies(self) -> tuple[str, ...]:
        return tuple(f"{at.rpartition('/')[0]}/currency" for at in self.amounts[:1])


CHECK = {
    "customer": "C1",
    "order": {
        "ref": "SO-1",
        "amount": "60.00",
        "currency": "EUR",
        "prepaid": "1.00",
        "ship_date": "2026-12-01",
        "lines": [{"ref": "10", "amount": "60.00"}],
    },
}
_OF_CHECK = {
    "amounts": ("/order/amount", "/order/prepaid", "/order/lines/0/amount"),
    "refs": ("/customer", "/order/ref", "/order/lines/0/ref"),
    "dates": ("/order/ship_date",),
}
_LISTED = {"ref": "I1", "kind": "invoice", "amount": "5.00", "currency": "EUR"}
_LISTED_ORDER = {"ref": "SO-1", "amount": "5.00", "currency": "EUR"}
HEARING = {"url": "https://1.1.1.1/hooks", "events": ["hold.opened"]}
TAKERS = {
    "list of items": Taker(
        "PUT",
        "/v1/customers/C1/open-items",
        {"items": [_LISTED | {"due_on": "2026-02-01", "order": "SO-1", "version": 1}]},
        amounts=("/items/0/amount",),
        refs=("/items/0/ref", "/items/0/order"),
        dates=("/items/0/due_on",),
        versions=("/items/0/version",),
    ),
    "list of orders": Taker(
        "PUT",
        "/v1/customers/C1/orders",
        {"orders": [_LISTED_ORDER | {"ship_date": "2026-12-01", "version": 1}]},
        amounts=("/orders/0/amount",),
        refs=("/orders/0/ref",),
        dates=("/orders/0/ship_date",),
        versions=("/orders/0/version",),
    ),
    "customer": Taker(
        "PUT",
        "/v1/customers/C1",
        {"name": "C1", "currency": "EUR", "account": "C1", "policy": "standard"},
        refs=("/account", "/policy"),
    ),
    "limit": Taker(
        "PUT",
        "/v1/accounts/C1/limit",
        {"amount": "5.00", "currency": "EUR", "valid_until": "2027-01-01"},
        amounts=("/amount",),
        dates=("/valid_until",),
    ),
    "item": Taker(
        "PUT",
        "/v1/customers/C1/open-items/I1",
        {
            "kind": "invoice",
            "amount": "5.00",
            "currency": "EUR",
            "issued_on": "2026-01-01",
            "due_on": "2026-02-01",
            "order": "SO-1",
            "version": 1,
        },
        amounts=("/amount",),
        refs=("/order",),
        dates=("/issued_on", "/due_on"),
        versions=("/version",),
    ),
    "order": Taker(
        "PUT",
        "/v1/customers/C1/orders/SO-1",
        {
            "amount": "5.00",
            "currency": "EUR",
            "ship_date": "2026-01-01",
            "version": 1,
            "invoiced": "1.00",
        },
        amounts=("/amount", "/invoiced"),
        dates=("/ship_date",),
        versions=("/version",),
    ),
    "expected payment": Taker(
        "PUT",
        "/v1/customers/C1/expected-payments/EP-1",
        {"amount": "5.00", "currency": "EUR", "expected_on": "2026-12-01", "version": 1},
        amounts=("/amount",),
        dates=("/expected_on",),
        versions=("/version",),
    ),
    "check": Taker("POST", "/v1/checks", CHECK, **_OF_CHECK),
    "preview": Taker("POST", "/v1/checks/preview", CHECK, **_OF_CHECK),
    "policy": Taker(
        "PUT",
        "/v1/policies/standard",
        {"rules": {"overdue_items": {"min_amount": "50.00"}, "order_maximum": {"amount": "9.00"}}},
    ),
    "webhook": Taker("POST", "/v1/webhooks", HEARING),
    "batch": Taker("POST", "/v1/checks/batch", {"checks": [CHECK]}),
    "key": Taker(
        "POST",
        "/v1/keys",
        {"name": "K", "scopes": ["checks:ask"], "release_ceiling": "5.00", "currency": "EUR"},
        amounts=("/release_ceiling",),
    ),
    "actions on holds": Taker(
        "POST",
        "/v1/holds/actions",
        {
            "actions": [
                {
                    "action": "release",
                    "hold": "H1",
                    "version": 1,
                    "reason": "r",
                    "until": "2099-01-31",
                }
            ]
        },
        refs=("/actions/0/hold",),
        dates=("/actions/0/until",),
    ),
}


def with_value(body: dict[str, Any], pointer: str, value: object) -> dict[str, Any]:
    """Give the body with another value at the pointer."""
    changed = deepcopy(body)
    *path, last = (int(step) if step.isdigit() else step for step in pointer.split("/")[1:])
    place: Any = changed
    for step in path:
        place = place[step]
    place[last] = value
    return changed


def hostile(taker: Taker) -> Iterator[tuple[bytes, str, str]]:
    """Give every bad body for a route, with the pointer and code that must be answered."""
    kinds = (
        (taker.amounts, AMOUNTS),
        (taker.refs, REFS),
        (taker.currencies, CURRENCIES),
        (taker.dates, DATES),
        (taker.versions, VERSIONS),
    )
    for pointers, bad in kinds:
        for pointer in pointers:
            for value, code in bad.values():
                if value is None and pointer in MAY_BE_NULL.get(taker.path, ()):
                    continue
                yield json.dumps(with_value(taker.body, pointer, value)).encode(), pointer, code


MAY_BE_NULL = {
    "/v1/customers/C1/orders/SO-1": ("/invoiced",),
    "/v1/accounts/C1/limit": ("/amount",),
    "/v1/keys": ("/release_ceiling", "/currency"),
}


def broken(taker: Taker) -> Iterator[tuple[bytes, str, str]]:
    """Give bodies that no route takes, whatever its fields are."""
    text = json.dumps(taker.body)
    cut = text[:-1].encode()
    yield cut, "", "syntax"
    yield b"\xff" + text.encode(), "", "invalid_utf8"
    yield text.encode("utf-16-le"), "", "syntax"
    yield cut + b', "x": "\xed\xa0\x80"}', "", "invalid_utf8"
    yield cut + b', "x": "\\u0000"}', "/x", "unsafe_character"
    yield cut + b', "x": "\\ud800"}', "/x", "unsafe_character"
    yield cut + b', "x": NaN}', "/x", "not_a_number"
    yield cut + b', "x": 1e999}', "/x", "number_out_of_range"
    yield cut + b', "x": 1' + b"0" * 40 + b"}", "/x", "number_out_of_range"
    first = next(iter(taker.body))
    yield cut + f', "{first}": 1}}'.encode(), f"/{first}", "duplicate_key"
    yield cut + b', "x": 1}', "/x", "unknown_field"
    yield b"[]", "", "object_expected"
    yield b'"text"', "", "object_expected"
    yield b"null", "", "object_expected"
