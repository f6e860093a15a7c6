"""O4 for what gives no account a number: policies and customers that were answered are there."""

from decimal import Decimal, InvalidOperation
from typing import Any

from prove.evidence import Evidence
from prove.history import Attempt, Story

CUSTOMER_FACTS = ("name", "currency", "account", "policy")


def blame_unstored(evidence: Evidence, story: Story, attempt: Attempt) -> None:
    """Find a policy or a customer that a 2xx spoke of and that is not in the database."""
    assert attempt.answer is not None, "a taken attempt has its answer"
    operation, document = story.operation, attempt.answer.document
    stated = operation.body or {}
    if operation.kind == "policy":
        place = (operation.ref, document.get("version"))
        stored = [
            row["document"]
            for row in evidence.tables["policy"]
            if (row["name"], row["version"]) == place
        ]
        is_there = any(_contains(found, stated) for found in stored)
    else:
        facts = {name: stated[name] for name in CUSTOMER_FACTS if name in stated}
        stored = [row for row in evidence.tables["customer"] if row["ref"] == operation.ref]
        is_there = any(_contains(found, facts) for found in stored)
    if not is_there:
        text = f"{operation.kind} {operation.ref} is not there as it was stated"
        evidence.blame("O4", operation.account, None, text, story)


def _contains(stored: Any, stated: Any) -> bool:
    """Say whether all that was stated is stored; what was left out may be anything."""
    if isinstance(stated, dict):
        return isinstance(stored, dict) and all(
            name in stored and _contains(stored[name], value) for name, value in stated.items()
        )
    return bool(stored == stated) or _is_same_number(stored, stated)


def _is_same_number(stored: Any, stated: Any) -> bool:
    try:
        return Decimal(str(stored)) == Decimal(str(stated))
    except InvalidOperation:
        return False
