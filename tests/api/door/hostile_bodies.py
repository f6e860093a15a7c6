"""Bodies that must be refused, each with the place and the code of the refusal."""

import json
from typing import Any

JSON = {"content-type": "application/json"}
GOOD: dict[str, Any] = {
    "customer": "D10027",
    "order": {"ref": "SO-4711", "amount": "18450.00", "currency": "EUR"},
}
CANARY = "swordfish"


def body_with(order: str) -> bytes:
    """A check whose order has these members, written out, after its own."""
    return (
        b'{"customer": "D1", "order": {"ref": "S", "amount": "1", "currency": "EUR", %s}}'
        % order.encode()
    )


MALFORMED = {
    "empty text": (b" ", "", "syntax"),
    "cut off": (b'{"customer": "D1", "order', "", "syntax"),
    "two documents": (b"{}{}", "", "syntax"),
    "raw NUL": (b'{"customer": "D\0"}', "", "syntax"),
    "single quotes": (b"{'customer': 1}", "", "syntax"),
    "trailing comma": (b'{"customer": "D1",}', "", "syntax"),
    "UTF-16": (json.dumps(GOOD).encode("utf-16"), "", "invalid_utf8"),
    "UTF-16 without mark": (json.dumps(GOOD).encode("utf-16-le"), "", "syntax"),
    "UTF-32": (json.dumps(GOOD).encode("utf-32"), "", "invalid_utf8"),
    "byte order mark": (b"\xef\xbb\xbf{}", "", "byte_order_mark"),
    "Latin-1": ('{"customer": "Müller"}'.encode("latin-1"), "", "invalid_utf8"),
    "surrogate in UTF-8": (b'{"customer": "\xed\xa0\x80"}', "", "invalid_utf8"),
    "overlong UTF-8": (b'{"customer": "\xc0\xaf"}', "", "invalid_utf8"),
    "NaN": (body_with('"revision": NaN'), "/order/revision", "not_a_number"),
    "Infinity": (body_with('"revision": Infinity'), "/order/revision", "not_a_number"),
    "-Infinity": (body_with('"revision": -Infinity'), "/order/revision", "not_a_number"),
    "1e999": (body_with('"revision": 1e999'), "/order/revision", "number_out_of_range"),
    "1e-999": (body_with('"revision": 1e-999'), "/order/revision", "number_out_of_range"),
    "5,000 digits": (
        body_with('"revision": ' + "9" * 5000),
        "/order/revision",
        "number_out_of_range",
    ),
    "2 to the 63": (
        body_with('"revision": 9223372036854775808'),
        "/order/revision",
        "number_out_of_range",
    ),
    "long fraction": (
        body_with('"revision": 0.' + "1" * 50),
        "/order/revision",
        "number_out_of_range",
    ),
    "duplicate": (body_with('"ref": "T"'), "/order/ref", "duplicate_key"),
    "escaped duplicate": (body_with(r'"r\u0065f": "T"'), "/order/ref", "duplicate_key"),
    "duplicate at the top": (b'{"a": 1, "a": 1}', "/a", "duplicate_key"),
    "duplicate before a syntax error": (b'{"a": {"b": 1, "b": 2}, x}', "", "syntax"),
    "NUL": (body_with(r'"note": "a\u0000"'), "/order/note", "unsafe_character"),
    "NUL in a name": (body_with(r'"a\u0000": 1'), "/order", "unsafe_character"),
    "lone surrogate": (body_with(r'"note": "\ud800"'), "/order/note", "unsafe_character"),
    "lone surrogate in a name": (body_with(r'"\uDFFF": 1'), "/order", "unsafe_character"),
    "surrogates in the wrong order": (
        body_with(r'"note": "\uDE00\uD83D"'),
        "/order/note",
        "unsafe_character",
    ),
    "33 levels": (b"[" * 33 + b"]" * 33, "/0" * 32, "too_deep"),
    "33 levels of objects": (b'{"a":' * 33 + b"1" + b"}" * 33, "/a" * 32, "too_deep"),
    "deep with misleading strings": (b'["]",' * 40 + b"1" + b',"["]' * 40, "/1" * 32, "too_deep"),
    "30,000 levels": (b"[" * 30_000, "", "too_deep"),
    "10,000 levels of objects": (b'{"a":' * 10_000, "", "too_deep"),
}

REFUSED = {
    "null": (b"null", "", "object_expected"),
    "a list": (b"[]", "", "object_expected"),
    "a string": (b'"swordfish"', "", "object_expected"),
    "a number": (b"1", "", "object_expected"),
    "nothing in it": (b"{}", "/customer", "required"),
    "unknown field": (body_with('"swordfish_9": 1'), "/order/swordfish_9", "unknown_field"),
    "odd unknown field": (body_with('"sword fish": 1'), "/order", "unknown_field"),
    "amount as a number": (
        b'{"customer": "D1", "order": {"ref": "S", "amount": 5, "currency": "EUR"}}',
        "/order/amount",
        "amount_not_text",
    ),
    "line without amount": (
        body_with('"lines": [{"ref": "1", "amount": "1"}, {"ref": "2"}]'),
        "/order/lines/1/amount",
        "required",
    ),
    "too many lines": (
        body_with('"lines": [' + ",".join(['{"ref": "1", "amount": "1"}'] * 11) + "]"),
        "/order/lines",
        "too_many",
    ),
    "bad date": (body_with('"ship_date": "2026-13-01"'), "/order/ship_date", "date_expected"),
    "truth as a number": (body_with('"revision": 0'), "/order/revision", "too_small"),
    "long ref": (
        json.dumps({**GOOD, "customer": "x" * 60_000}).encode(),
        "/customer",
        "ref_too_long",
    ),
}
