"""The events that are sent to webhook endpoints, for the description: no route has them."""

from collections.abc import Mapping
from typing import Any, Final

from app.desk.outbox import EventKind

Document = dict[str, Any]

EVENTS: Final[Mapping[EventKind, tuple[str, str]]] = {
    EventKind.HOLD_OPENED: (
        "An order was stopped",
        (
            "`check` (null for an order that was stated too large), `revision`, `amount`, "
            "`currency`, `ship_date`, `credit` with `limit`, `unlimited`, `exposure` and "
            "`overdue`, `reasons`, `options`"
        ),
    ),
    EventKind.HOLD_READY: (
        "A held order would pass now",
        "nothing more, or `by`, `reason` and `note` of who had the rules asked again",
    ),
    EventKind.HOLD_RELEASED: (
        "A held order was released",
        (
            "`amount`, `currency`, `until`, and as far as they were said `reason`, `note`, `by`; "
            "where the policy released it the reason is `auto_release`, and nobody did"
        ),
    ),
    EventKind.HOLD_REFUSED: (
        "A release was refused",
        (
            "`amount` and `currency` of the order, and as far as they were said `reason`, `note`, "
            "`options`, `by`"
        ),
    ),
    EventKind.HOLD_ESCALATED: (
        "A held order was given to the credit committee",
        (
            "`amount` and `currency` of the order, and as far as they were said `reason`, `note`, "
            "`by`"
        ),
    ),
    EventKind.LIMIT_CHANGED: (
        "An account was given another limit",
        (
            "`limit` and `before` (null for a first one), each with `amount` (null where "
            "unlimited), `currency`, `unlimited`, `valid_until`, `reason`"
        ),
    ),
    EventKind.CHECK_DECIDED: (
        "A check was decided and recorded",
        "`check`, `outcome`, `revision`, `amount`, `currency`, `account_seq`",
    ),
}
"""By kind: what happened, and what `data` has besides who and which order it is about."""

_TEXT: Final = {"type": "string"}
_HEADERS: Final[Mapping[str, str]] = {
    "webhook-id": "The event's id, the same at each try: take each once.",
    "webhook-timestamp": "When this was sent, in seconds since 1970; refuse what is old.",
    "webhook-signature": "`v1,` and the base64 of an HMAC-SHA256; several, parted by spaces.",
}


def event_schema() -> Document:
    """Give the schema of an event."""
    refs = dict.fromkeys(("account", "customer", "order", "hold"), _TEXT)
    return {
        "type": "object",
        "description": "An event as it is sent: what happened, when, and to what.",
        "required": ["type", "timestamp", "data"],
        "properties": {
            "type": _TEXT,
            "timestamp": {"type": "string", "format": "date-time"},
            "data": {"type": "object", "required": ["account"], "properties": refs},
        },
    }


def event_operations() -> Document:
    """Give an operation of the receiver's for each kind of event."""
    return {kind.value: {"post": _operation(*words)} for kind, words in EVENTS.items()}


def _operation(summary: str, data: str) -> Document:
    schema = {"$ref": "#/components/schemas/WebhookEvent"}
    return {
        "summary": summary,
        "description": f"{summary}. `data` has {data}.",
        "tags": ["webhooks"],
        "parameters": [
            {"name": name, "in": "header", "required": True, "description": words, "schema": _TEXT}
            for name, words in _HEADERS.items()
        ],
        "requestBody": {"required": True, "content": {"application/json": {"schema": schema}}},
        "responses": {"2XX": {"description": "Taken. Anything else is sent again."}},
    }
