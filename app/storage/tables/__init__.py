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
    whole_list,
)
from app.storage.tables.columns import metadata
from app.storage.tables.history import decision, journal
from app.storage.tables.holds import hold, hold_approval, hold_event
from app.storage.tables.jobs import job, payment_behaviour
from app.storage.tables.keys import api_key
from app.storage.tables.outbox import delivery, outbox, webhook_endpoint
from app.storage.tables.reference import (
    customer_account,
    file_import,
    idempotency_key,
    policy,
    source,
)

__all__ = [
    "api_key",
    "calendar_total",
    "credit_account",
    "customer",
    "customer_account",
    "decision",
    "delivery",
    "expected_payment",
    "file_import",
    "hold",
    "hold_approval",
    "hold_event",
    "idempotency_key",
    "job",
    "journal",
    "metadata",
    "open_item",
    "outbox",
    "payment_behaviour",
    "policy",
    "sales_order",
    "source",
    "webhook_endpoint",
    "whole_list",
]
