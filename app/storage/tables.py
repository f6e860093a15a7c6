"""The tables, every constraint named. Migrations make them; a test says that both agree.

The account's ref leads the key of every table that grows with business, and no key crosses
accounts, so that the schema can be sharded by credit account (DECISIONS.md, 4).
"""

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    Date,
    DateTime,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    Numeric,
    PrimaryKeyConstraint,
    SmallInteger,
    Table,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.dialects.postgresql import ARRAY, JSONB

metadata = MetaData()

# One document is at most 10^15 minor units; totals have room for thousands of such documents.
_DOCUMENT_MAX = "1000000000000000"
_TOTAL_MAX = "4000000000000000000"


def _amount(
    name: str, *, table: str, nullable: bool = False
) -> tuple[Column[int], CheckConstraint]:
    """Give a column for the amount of one document, and the check that it is one."""
    return (
        Column(name, BigInteger, nullable=nullable),
        CheckConstraint(f"{name} BETWEEN 0 AND {_DOCUMENT_MAX}", name=f"ck_{table}_{name}"),
    )


def _total(name: str, *, table: str) -> tuple[Column[int], CheckConstraint]:
    """Give a column for a running total, and the check that it is in range."""
    return (
        Column(name, BigInteger, nullable=False, server_default=text("0")),
        CheckConstraint(f"{name} BETWEEN 0 AND {_TOTAL_MAX}", name=f"ck_{table}_{name}"),
    )


policy = Table(
    "policy",
    metadata,
    Column("name", Text, nullable=False),
    Column("version", Integer, nullable=False),
    Column("document", JSONB, nullable=False),
    Column("grace_days", Integer, nullable=False),
    Column("trifle", Numeric(19, 4), nullable=False),
    Column("horizon_days", Integer),
    Column("created_at", DateTime(timezone=True), nullable=False, server_default=text("now()")),
    PrimaryKeyConstraint("name", "version", name="pk_policy"),
    CheckConstraint("version > 0", name="ck_policy_version"),
    CheckConstraint("grace_days BETWEEN 0 AND 3660", name="ck_policy_grace_days"),
    CheckConstraint("trifle >= 0 AND trifle < 1000000000000000", name="ck_policy_trifle"),
    CheckConstraint("horizon_days BETWEEN 0 AND 3660", name="ck_policy_horizon_days"),
)

source = Table(
    "source",
    metadata,
    Column("name", Text, nullable=False),
    Column("stated_at", DateTime(timezone=True), nullable=False),
    PrimaryKeyConstraint("name", name="pk_source"),
)

customer_account = Table(
    "customer_account",
    metadata,
    Column("customer", Text, nullable=False),
    Column("account", Text, nullable=False),
    PrimaryKeyConstraint("customer", name="pk_customer_account"),
)

credit_account = Table(
    "credit_account",
    metadata,
    Column("ref", Text, nullable=False),
    Column("seq", BigInteger, nullable=False, server_default=text("0")),
    Column("currency", Text, nullable=False),
    Column("exponent", SmallInteger, nullable=False),
    *_amount("limit_minor", table="credit_account", nullable=True),
    Column("limit_unlimited", Boolean, nullable=False, server_default=text("false")),
    Column("limit_valid_until", Date),
    Column("limit_set_at", DateTime(timezone=True)),
    Column("limit_reason", Text),
    *_total("invoices_minor", table="credit_account"),
    *_total("credit_notes_minor", table="credit_account"),
    *_total("payments_minor", table="credit_account"),
    *_total("orders_minor", table="credit_account"),
    *_total("reservations_minor", table="credit_account"),
    Column("foreign_documents", Integer, nullable=False, server_default=text("0")),
    Column("trifle_minor", BigInteger, nullable=False, server_default=text("0")),
    PrimaryKeyConstraint("ref", name="pk_credit_account"),
    CheckConstraint("seq >= 0", name="ck_credit_account_seq"),
    CheckConstraint("exponent BETWEEN 0 AND 4", name="ck_credit_account_exponent"),
    CheckConstraint("currency ~ '^[A-Z]{3}$'", name="ck_credit_account_currency"),
    CheckConstraint(
        "NOT (limit_unlimited AND limit_minor IS NOT NULL)", name="ck_credit_account_limit"
    ),
    CheckConstraint(
        "limit_set_at IS NOT NULL OR (limit_minor IS NULL AND NOT limit_unlimited)",
        name="ck_credit_account_limit_set_at",
    ),
    CheckConstraint("foreign_documents >= 0", name="ck_credit_account_foreign_documents"),
    CheckConstraint("trifle_minor >= 0", name="ck_credit_account_trifle_minor"),
)

customer = Table(
    "customer",
    metadata,
    Column("account", Text, nullable=False),
    Column("ref", Text, nullable=False),
    Column("name", Text, nullable=False),
    Column("currency", Text, nullable=False),
    Column("policy", Text, nullable=False),
    Column("status", Text, nullable=False),
    Column("payment_terms_days", Integer),
    Column("direct_debit", Boolean, nullable=False),
    Column("takes_discount", Boolean, nullable=False),
    Column("dunning_level", SmallInteger, nullable=False),
    Column("language", Text, nullable=False),
    Column("email", Text),
    Column("sales_contact", Text),
    PrimaryKeyConstraint("account", "ref", name="pk_customer"),
    CheckConstraint("status IN ('active', 'blocked')", name="ck_customer_status"),
    CheckConstraint("language IN ('de', 'en', 'nl')", name="ck_customer_language"),
    CheckConstraint("dunning_level BETWEEN 0 AND 9", name="ck_customer_dunning_level"),
    CheckConstraint(
        "payment_terms_days BETWEEN 0 AND 3660", name="ck_customer_payment_terms_days"
    ),
)

open_item = Table(
    "open_item",
    metadata,
    Column("account", Text, nullable=False),
    Column("customer", Text, nullable=False),
    Column("ref", Text, nullable=False),
    Column("kind", Text, nullable=False),
    *_amount("amount_minor", table="open_item"),
    Column("currency", Text, nullable=False),
    Column("issued_on", Date),
    Column("due_on", Date),
    Column("order_ref", Text),
    # The most that this invoice ever took off its order: paying it does not reopen the order.
    *_amount("invoiced_minor", table="open_item"),
    Column("version", BigInteger),
    Column("stated_at", DateTime(timezone=True), nullable=False),
    Column("cleared_at", DateTime(timezone=True)),
    PrimaryKeyConstraint("account", "customer", "ref", name="pk_open_item"),
    CheckConstraint("kind IN ('invoice', 'credit_note', 'payment')", name="ck_open_item_kind"),
    CheckConstraint("version >= 0", name="ck_open_item_version"),
)
Index(
    "ix_open_item_due",
    open_item.c.account,
    open_item.c.due_on,
    postgresql_where=text("kind = 'invoice' AND cleared_at IS NULL"),
)
Index(
    "ix_open_item_issued",
    open_item.c.account,
    open_item.c.issued_on,
    postgresql_where=text("kind = 'invoice' AND cleared_at IS NULL"),
)

sales_order = Table(
    "sales_order",
    metadata,
    Column("account", Text, nullable=False),
    Column("customer", Text, nullable=False),
    Column("ref", Text, nullable=False),
    Column("currency", Text, nullable=False),
    # Checked here: the latest revision, what it was granted, and what of that is set aside.
    Column("revision", BigInteger),
    Column("check_id", Text),
    Column("hold_id", Text),
    *_amount("granted_minor", table="sales_order"),
    *_amount("granted_credit_minor", table="sales_order"),
    *_amount("reserved_minor", table="sales_order"),
    Column("reserved_until", DateTime(timezone=True)),
    # Stated by a source: the part not invoiced, what of it is admitted, and what counts.
    *_amount("stated_minor", table="sales_order", nullable=True),
    *_amount("admitted_minor", table="sales_order"),
    *_amount("counted_minor", table="sales_order"),
    *_total("invoiced_minor", table="sales_order"),
    *_total("invoiced_before_minor", table="sales_order"),
    Column("ship_date", Date),
    Column("version", BigInteger),
    Column("stated_at", DateTime(timezone=True)),
    Column("cancelled_at", DateTime(timezone=True)),
    PrimaryKeyConstraint("account", "customer", "ref", name="pk_sales_order"),
    CheckConstraint("revision > 0", name="ck_sales_order_revision"),
    CheckConstraint("version >= 0", name="ck_sales_order_version"),
)
Index(
    "ix_sales_order_reserved_until",
    sales_order.c.account,
    sales_order.c.reserved_until,
    postgresql_where=text("reserved_until IS NOT NULL"),
)

calendar_total = Table(
    "calendar_total",
    metadata,
    Column("account", Text, nullable=False),
    Column("series", Text, nullable=False),
    Column("grain", Text, nullable=False),
    Column("starts_on", Date, nullable=False),
    *_total("amount_minor", table="calendar_total"),
    Column("documents", Integer, nullable=False),
    PrimaryKeyConstraint("account", "series", "grain", "starts_on", name="pk_calendar_total"),
    CheckConstraint("series IN ('due', 'ship')", name="ck_calendar_total_series"),
    CheckConstraint("grain IN ('day', 'month')", name="ck_calendar_total_grain"),
    CheckConstraint("documents >= 0", name="ck_calendar_total_documents"),
)
Index(
    "ix_calendar_total_days_with_documents",
    calendar_total.c.account,
    calendar_total.c.series,
    calendar_total.c.starts_on,
    postgresql_where=text("grain = 'day' AND documents > 0"),
)

decision = Table(
    "decision",
    metadata,
    Column("account", Text, nullable=False),
    Column("id", Text, nullable=False),
    # Empty for a decision that moved here with its customer from another account.
    Column("seq", BigInteger),
    Column("customer", Text, nullable=False),
    Column("order_ref", Text, nullable=False),
    Column("revision", BigInteger, nullable=False),
    Column("channel", Text),
    Column("fingerprint", LargeBinary, nullable=False),
    Column("outcome", Text, nullable=False),
    Column("answer", Text, nullable=False),
    Column("decided_at", DateTime(timezone=True), nullable=False),
    PrimaryKeyConstraint("account", "id", name="pk_decision"),
    UniqueConstraint("account", "seq", name="uq_decision_seq"),
    UniqueConstraint(
        "account", "customer", "order_ref", "revision", name="uq_decision_order_revision"
    ),
    CheckConstraint("outcome IN ('pass', 'warning', 'hold')", name="ck_decision_outcome"),
    CheckConstraint("revision > 0", name="ck_decision_revision"),
)
Index("ix_decision_id", decision.c.id)
Index("ix_decision_customer", decision.c.customer, decision.c.id)

# Everything besides decisions that gave an account its next number.
journal = Table(
    "journal",
    metadata,
    Column("account", Text, nullable=False),
    Column("seq", BigInteger, nullable=False),
    Column("kind", Text, nullable=False),
    Column("facts", JSONB, nullable=False),
    Column("recorded_at", DateTime(timezone=True), nullable=False),
    PrimaryKeyConstraint("account", "seq", name="pk_journal"),
    CheckConstraint(
        "kind IN ('posting', 'limit', 'customer', 'move', 'moved_check')", name="ck_journal_kind"
    ),
)

# What a caller's Idempotency-Key stands for; keyed by the caller, as no account is known yet.
idempotency_key = Table(
    "idempotency_key",
    metadata,
    Column("caller", Text, nullable=False),
    Column("route", Text, nullable=False),
    Column("key", Text, nullable=False),
    Column("fingerprint", LargeBinary, nullable=False),
    Column("claimed_until", DateTime(timezone=True), nullable=False),
    Column("expires_at", DateTime(timezone=True), nullable=False),
    Column("status", SmallInteger),
    Column("media_type", Text),
    Column("answer", LargeBinary),
    PrimaryKeyConstraint("caller", "route", "key", name="pk_idempotency_key"),
)
Index("ix_idempotency_key_expires_at", idempotency_key.c.expires_at)

hold = Table(
    "hold",
    metadata,
    Column("account", Text, nullable=False),
    Column("id", Text, nullable=False),
    Column("version", Integer, nullable=False, server_default=text("1")),
    Column("state", Text, nullable=False),
    Column("customer", Text, nullable=False),
    Column("order_ref", Text, nullable=False),
    Column("revision", BigInteger, nullable=False),
    *_amount("amount_minor", table="hold"),
    Column("currency", Text, nullable=False),
    Column("reasons", ARRAY(Text), nullable=False),
    # Figures, reasons and options as they were when the order was stopped, as JSON.
    Column("picture", Text, nullable=False),
    Column("check_id", Text),
    Column("opened_at", DateTime(timezone=True), nullable=False),
    Column("closed_at", DateTime(timezone=True)),
    PrimaryKeyConstraint("account", "id", name="pk_hold"),
    CheckConstraint(
        "state IN ('open', 'awaiting_second', 'ready', 'released', 'refused', 'escalated', "
        "'cancelled', 'superseded', 'expired')",
        name="ck_hold_state",
    ),
    CheckConstraint("version > 0", name="ck_hold_version"),
)
Index("ix_hold_id", hold.c.id)
Index("ix_hold_state", hold.c.state, hold.c.id)
Index("ix_hold_order", hold.c.account, hold.c.customer, hold.c.order_ref)
