"""What the published description says of the whole API."""

from typing import Any

from fastapi import FastAPI

DESCRIPTION = """\
Creditgate answers, while an order is being typed or a basket is being paid: can this order ship?
It sums the customer's open items, net of credit notes, and the open orders, compares with the
credit limit and answers `pass`, `warning` or `hold`, with every reason and the ways to a yes.

A decision is always 200, whatever its outcome; 4xx and 5xx mean that nothing was decided: treat
the order as held. Treat an outcome that you do not know as `hold`.
"""

TAGS: list[dict[str, Any]] = [
    {"name": "checks", "description": "Can this order ship?"},
    {"name": "customers", "description": "Who orders and is billed."},
    {"name": "accounts", "description": "Where limit and exposure live."},
    {"name": "statements", "description": "What customers owe and have ordered."},
    {"name": "policies", "description": "Which rules warn, and which hold."},
    {"name": "holds", "description": "Orders that wait for the credit department."},
    {"name": "operation", "description": "For what runs the service."},
]


def described(app: FastAPI) -> None:
    """Complete the application's description; examples follow."""
