"""The tables, every constraint named. Migrations make them; a test says that both agree.

The account's ref leads the key of every table that grows with business, and no key crosses
accounts, so that the schema can be sharded by credit account (DECISIONS.md, 4).
"""

from app.storage.tables.accounts import (
    calendar_total,
    credit_account,
    customer,
    expected_payment,
    open_item,
    sales_order,
)
from app.storage.tables.columns import metadata
from app.storage.tables.history import decision, hold, journal
from app.storage.tables.jobs import job, payment_behaviour
from app.storage.tables.reference import (
    customer_account,
    file_import,
    idempotency_key,
    policy,
    source,
)

__all__ = [
    "calendar_total",
    "credit_account",
    "customer",
    "customer_account",
    "decision",
    "expected_payment",
    "file_import",
    "hold",
    "idempotency_key",
    "job",
    "journal",
    "metadata",
    "open_item",
    "payment_behaviour",
    "policy",
    "sales_order",
    "source",
]
