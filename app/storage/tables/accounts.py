"""What accounts carry: limits and totals, customers, items, orders, totals by day."""

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    Date,
    DateTime,
    Index,
    Integer,
    PrimaryKeyConstraint,
    SmallInteger,
    Table,
    Text,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB

from app.storage.tables.columns import amount, metadata, total

credit_account = Table(
    "credit_account",
    metadata,
    Column("ref", Text, nullable=False),
    Column("seq", BigInteger, nullable=False, server_default=text("0")),
    Column("currency", Text, nullable=False),
    Column("exponent", SmallInteger, nullable=False),
    *amount("limit_minor", table="credit_account", nullable=True),
    Column("limit_unlimited", Boolean, nullable=False, server_default=text("false")),
    Column("limit_valid_until", Date),
    Column("limit_set_at", DateTime(timezone=True)),
    Column("limit_reason", Text),
    *total("invoices_minor", table="credit_account"),
    *total("credit_notes_minor", table="credit_account"),
    *total("payments_minor", table="credit_account"),
    *total("orders_minor", table="credit_account"),
    *total("reservations_minor", table="credit_account"),
    Column("foreign_documents", Integer, nullable=False, server_default=text("0")),
    Column("trifle_minor", BigInteger, nullable=False, server_default=text("0")),
    # Since when the totals are known not to be the details' sums; empty on a sound account.
    Column("drift_found_at", DateTime(timezone=True)),
    # When its holds are to be judged again; empty where no order waits.
    Column("holds_due_at", DateTime(timezone=True)),
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

Index(
    "ix_credit_account_drift_found_at",
    credit_account.c.drift_found_at,
    postgresql_where=text("drift_found_at IS NOT NULL"),
)
Index(
    "ix_credit_account_holds_due_at",
    credit_account.c.holds_due_at,
    postgresql_where=text("holds_due_at IS NOT NULL"),
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
Index(
    "ix_customer_sales_contact",
    text("lower(sales_contact)"),
    customer.c.account,
    customer.c.ref,
    postgresql_where=text("sales_contact IS NOT NULL"),
)

open_item = Table(
    "open_item",
    metadata,
    Column("account", Text, nullable=False),
    Column("customer", Text, nullable=False),
    Column("ref", Text, nullable=False),
    Column("kind", Text, nullable=False),
    *amount("amount_minor", table="open_item"),
    # The most that was ever open of it, once it has changed; empty: `amount_minor` is that.
    *amount("largest_minor", table="open_item", nullable=True),
    Column("currency", Text, nullable=False),
    Column("issued_on", Date),
    Column("due_on", Date),
    Column("order_ref", Text),
    # The most that this invoice came to since it was last issued anew, which it takes off its
    # order: paying it does not reopen the order.
    *amount("invoiced_minor", table="open_item"),
    Column("version", BigInteger),
    # Who stated it last: a source that states its whole list clears what it leaves out.
    Column("source", Text, nullable=False, server_default=text("'default'")),
    Column("stated_at", DateTime(timezone=True), nullable=False),
    Column("cleared_at", DateTime(timezone=True)),
    # A cleared invoice that was not paid: its order has back what it took off it.
    Column("cancelled", Boolean, nullable=False, server_default=text("false")),
    # What of its versions late ones must be compared with; empty where one alone is known.
    Column("history", JSONB),
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
Index(
    "ix_open_item_cleared",
    open_item.c.account,
    open_item.c.cleared_at,
    postgresql_where=text("cleared_at IS NOT NULL"),
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
    *amount("granted_minor", table="sales_order"),
    *amount("granted_credit_minor", table="sales_order"),
    *amount("reserved_minor", table="sales_order"),
    Column("reserved_until", DateTime(timezone=True)),
    # Stated by a source: the part not invoiced, what of it is admitted, and what counts.
    *amount("stated_minor", table="sales_order", nullable=True),
    *amount("admitted_minor", table="sales_order"),
    *amount("counted_minor", table="sales_order"),
    *total("invoiced_minor", table="sales_order"),
    *total("invoiced_before_minor", table="sales_order"),
    # Currencies and amounts that are invoiced in others than the order's own now.
    Column("elsewhere", JSONB),
    Column("ship_date", Date),
    Column("version", BigInteger),
    # Who stated it last: a source that states its whole list cancels what it leaves out.
    Column("source", Text, nullable=False, server_default=text("'default'")),
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

# The newest whole list of a customer's documents that its source has stated, where it said when.
whole_list = Table(
    "whole_list",
    metadata,
    Column("account", Text, nullable=False),
    Column("customer", Text, nullable=False),
    Column("source", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Column("as_of", DateTime(timezone=True), nullable=False),
    PrimaryKeyConstraint("account", "customer", "source", "kind", name="pk_whole_list"),
    CheckConstraint("kind IN ('items', 'orders')", name="ck_whole_list_kind"),
)

# What a customer is expected to pay and when, for people's decisions; no check counts on it.
expected_payment = Table(
    "expected_payment",
    metadata,
    Column("account", Text, nullable=False),
    Column("customer", Text, nullable=False),
    Column("ref", Text, nullable=False),
    *amount("amount_minor", table="expected_payment"),
    Column("currency", Text, nullable=False),
    Column("expected_on", Date, nullable=False),
    Column("note", Text),
    Column("version", BigInteger),
    Column("stated_at", DateTime(timezone=True), nullable=False),
    PrimaryKeyConstraint("account", "customer", "ref", name="pk_expected_payment"),
    CheckConstraint("version >= 0", name="ck_expected_payment_version"),
)
Index("ix_expected_payment_on", expected_payment.c.account, expected_payment.c.expected_on)

calendar_total = Table(
    "calendar_total",
    metadata,
    Column("account", Text, nullable=False),
    Column("series", Text, nullable=False),
    Column("grain", Text, nullable=False),
    Column("starts_on", Date, nullable=False),
    *total("amount_minor", table="calendar_total"),
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
