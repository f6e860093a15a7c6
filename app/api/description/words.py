"""What the description says in words: of the whole API, and of what recurs in it."""

from collections.abc import Mapping
from typing import Any, Final

DESCRIPTION: Final = """\
Creditgate answers, while an order is being typed or a basket is being paid: can this order ship?
It sums the customer's open items, net of credit notes, and the open orders, compares with the
credit limit and answers `pass`, `warning` or `hold`, with every reason and the ways to a yes.

A decision is always 200, whatever its outcome; 4xx and 5xx mean that nothing was decided: treat
the order as held. Treat an outcome that you do not know as `hold`.

**Money** travels as decimal text beside an ISO 4217 currency (`"1250.00"`), never as a JSON
number, with at most the currency's own decimals.

**Refs** are your own ids: 1 to 64 printable ASCII characters, no space at either end. In a path
they are percent-encoded, so that a slash stays part of its ref: the invoice `INV/2026/0001` is
`/v1/customers/D10027/open-items/INV%2F2026%2F0001`. In bodies and queries they are as they are.

**Problems** are `application/problem+json` (RFC 9457). Rely on `code`; `type` is a reference to
its explanation on this service. Bad input is named in `errors`, by JSON Pointer, and never
repeated. A 503 carries `Retry-After`.

**Lists** give a page and `next_cursor`; ask the same again with it as `cursor` until it is null.
It goes on with this very question alone: with another path, filter or order it is refused. A
parameter that takes one value is given once.

**Changes** add paths, fields, codes and optional parameters, so pass over what you do not know.
Unknown fields in requests are refused.
"""

TAGS: Final[list[dict[str, Any]]] = [
    {"name": "checks", "description": "Can this order ship?"},
    {"name": "customers", "description": "Who orders and is billed."},
    {"name": "accounts", "description": "Where limit and exposure live."},
    {"name": "statements", "description": "What customers owe and have ordered."},
    {"name": "imports", "description": "Files of statements, taken as they are."},
    {"name": "sources", "description": "Who states all that, and how fresh it is."},
    {"name": "policies", "description": "Which rules warn, and which hold."},
    {"name": "holds", "description": "Orders that wait for the credit department."},
    {"name": "webhooks", "description": "Where other systems hear what happens."},
    {"name": "outbox", "description": "Who was told what, and who could not be."},
    {"name": "keys", "description": "Who may call, as whom, and in which roles."},
    {"name": "operation", "description": "For what runs the service."},
]

LICENSE: Final = {"name": "Apache License 2.0", "identifier": "Apache-2.0"}

_ENCODED: Final = "Percent-encoded: `INV/2026/0001` is written `INV%2F2026%2F0001`."

PARAMETERS: Final[Mapping[tuple[str, str], str]] = {
    ("path", "customer"): f"The customer's ref. {_ENCODED}",
    ("path", "account"): f"The credit account's ref: the customer's, unless shared. {_ENCODED}",
    ("path", "ref"): f"The document's own number. {_ENCODED}",
    (
        "path",
        "source",
    ): f"The source's name; statements that name none are from `default`. {_ENCODED}",
    ("path", "name"): f"The policy's name; `standard` exists from the start. {_ENCODED}",
    ("path", "check"): "The `id` of a recorded check.",
    ("path", "run"): "The `id` of an import.",
    ("path", "hold"): "The `id` of a hold.",
    ("path", "webhook"): "The `id` of a webhook endpoint.",
    ("path", "delivery"): "The `id` of a delivery.",
    ("query", "receiver"): "Only those for this address or webhook endpoint.",
    ("path", "key"): "The `id` of a key.",
    ("query", "limit"): "How many to give at most.",
    ("query", "cursor"): "Where to go on: `next_cursor` of the page before.",
    ("query", "customer"): "Only those of this customer.",
    ("query", "order"): "Only those of this order.",
    ("query", "state"): "Only those in this state; of holds, several states may be named.",
    ("query", "reason"): "Only those with this reason among others.",
    ("query", "sales_contact"): (
        "Only those of customers with this sales contact, in capital or small letters."
    ),
    ("query", "assignee"): "Only those that this person works on.",
    ("query", "assigned"): "`false`: only those that nobody works on yet; `true`: the others.",
    ("query", "ready"): "`true`: only those that the rules let pass by now; `false`: the others.",
    ("query", "min_age_hours"): "Only those that were stopped so many hours ago, or earlier.",
    ("query", "max_age_hours"): "Only those that were stopped so many hours ago, or later.",
    ("query", "currency"): "Only those of orders in this currency; amounts are in it.",
    ("query", "min_amount"): "Only those of orders of this amount or more, in `currency`.",
    ("query", "max_amount"): "Only those of orders of this amount or less, in `currency`.",
    ("query", "sort"): (
        "`oldest` first, largest `amount` first (by currency), or earliest `ship_date` first."
    ),
    ("query", "source"): "Which source states this; `default` where none is named.",
    ("query", "sequence"): (
        "The number of this body among its source's, from 1 on without a gap. It counts as come "
        "once every account could be reached; a body that comes twice does no harm."
    ),
    ("query", "as_of"): (
        "Up to when this body tells its source's state, with an offset from UTC (`+` is `%2B`). "
        "It never goes back, and one that lies ahead is taken for now."
    ),
    ("query", "version"): "The version that is withdrawn; a newer one stays.",
}
"""By place and name: what a parameter that occurs on many paths means on all of them."""

HEADERS: Final[Mapping[str, str]] = {
    "X-Request-Id": "The request's id: yours if you sent one, also in our log.",
    "WWW-Authenticate": "Always `Bearer`.",
    "Retry-After": "Seconds to wait before the request is sent again.",
    "Accept": "The media type that the path takes.",
    "ETag": "The version shown, for `If-Match`; an answer given again has it as `version` alone.",
    "Idempotent-Replayed": "`true` where the answer is the stored one, given again.",
}
"""What the headers of answers mean; all values are text."""


def first_sentence(text: str) -> str:
    """Give the first sentence of a text on one line, without its full stop."""
    return " ".join(text.split()).partition(". ")[0].removesuffix(".")
