"""Customers in a file: a column that it does not have says nothing about them."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from app.desk.bulk import BulkStatement, PutCustomer
from app.ledger.gathering import StatementOf
from app.ledger.rows import Flaw

_UNSAID_NAME = "?"
"""Stands where a file has no names; what is known of the customer takes its place."""


def as_listed(statement_of: StatementOf, columns: frozenset[str] | None) -> StatementOf:
    """Give statements in which all that the file has a column for is said, and nothing else.

    An empty cell says: none, or the default. A line of NDJSON says itself what it says.
    """
    if columns is None:
        return statement_of

    def listed(document: dict[str, Any]) -> BulkStatement | Sequence[Flaw]:
        is_named = document["put"] != "customer" or "name" in columns
        statement = statement_of(document if is_named else {"name": _UNSAID_NAME} | document)
        if isinstance(statement, PutCustomer):
            names = frozenset() if is_named else frozenset({"name"})
            return replace(statement, unsaid=statement.unsaid - columns | names)
        return statement

    return listed
