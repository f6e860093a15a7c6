"""The first schema

Revises:
"""

import json

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

STANDARD = {
    "reservation_minutes": 60,
    "exempt_payment_terms": ["PREPAID", "COD"],
    "rules": {
        "limit": {
            "mode": "hard",
            "tolerance_percent": "0",
            "boundary": "exceeded",
            "horizon_days": None,
            "floor_credit_balance": False,
        },
        "limit_missing": {"mode": "hard"},
        "limit_near": {"mode": "soft", "at_percent": "90"},
        "limit_expired": {"mode": "hard"},
        "overdue_items": {"mode": "soft", "grace_days": 3, "min_amount": "50.00"},
        "oldest_item": {"mode": "off", "max_age_days": 90},
        "dunning_level": {"mode": "off", "from_level": 2},
        "order_maximum": {"mode": "off", "amount": "100000.00"},
        "limit_review_due": {"mode": "off", "max_age_days": 365},
        "data_stale": {"mode": "soft", "max_age_minutes": 1440},
        "customer_unknown": {"mode": "hard"},
    },
}
"""The policy that exists from the start and applies where nothing else is said."""


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.create_table(
        "calendar_total",
        sa.Column("account", sa.Text(), nullable=False),
        sa.Column("series", sa.Text(), nullable=False),
        sa.Column("grain", sa.Text(), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("amount_minor", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("documents", sa.Integer(), nullable=False),
        sa.CheckConstraint("grain IN ('day', 'month')", name="ck_calendar_total_grain"),
        sa.CheckConstraint("series IN ('due', 'ship')", name="ck_calendar_total_series"),
        sa.CheckConstraint(
            "amount_minor BETWEEN 0 AND 4000000000000000000", name="ck_calendar_total_amount_minor"
        ),
        sa.CheckConstraint("documents >= 0", name="ck_calendar_total_documents"),
        sa.PrimaryKeyConstraint(
            "account", "series", "grain", "starts_on", name="pk_calendar_total"
        ),
    )
    op.create_index(
        "ix_calendar_total_days_with_documents",
        "calendar_total",
        ["account", "series", "starts_on"],
        unique=False,
        postgresql_where=sa.text("grain = 'day' AND documents > 0"),
    )
    op.create_table(
        "credit_account",
        sa.Column("ref", sa.Text(), nullable=False),
        sa.Column("seq", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("currency", sa.Text(), nullable=False),
        sa.Column("exponent", sa.SmallInteger(), nullable=False),
        sa.Column("limit_minor", sa.BigInteger(), nullable=True),
        sa.Column(
            "limit_unlimited", sa.Boolean(), server_default=sa.text("false"), nullable=False
        ),
        sa.Column("limit_valid_until", sa.Date(), nullable=True),
        sa.Column("limit_set_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("limit_reason", sa.Text(), nullable=True),
        sa.Column("invoices_minor", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column(
            "credit_notes_minor", sa.BigInteger(), server_default=sa.text("0"), nullable=False
        ),
        sa.Column("payments_minor", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("orders_minor", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column(
            "reservations_minor", sa.BigInteger(), server_default=sa.text("0"), nullable=False
        ),
        sa.Column("foreign_documents", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("trifle_minor", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.CheckConstraint("currency ~ '^[A-Z]{3}$'", name="ck_credit_account_currency"),
        sa.CheckConstraint(
            "NOT (limit_unlimited AND limit_minor IS NOT NULL)", name="ck_credit_account_limit"
        ),
        sa.CheckConstraint(
            "credit_notes_minor BETWEEN 0 AND 4000000000000000000",
            name="ck_credit_account_credit_notes_minor",
        ),
        sa.CheckConstraint("exponent BETWEEN 0 AND 4", name="ck_credit_account_exponent"),
        sa.CheckConstraint("foreign_documents >= 0", name="ck_credit_account_foreign_documents"),
        sa.CheckConstraint(
            "invoices_minor BETWEEN 0 AND 4000000000000000000",
            name="ck_credit_account_invoices_minor",
        ),
        sa.CheckConstraint(
            "limit_minor BETWEEN 0 AND 1000000000000000", name="ck_credit_account_limit_minor"
        ),
        sa.CheckConstraint(
            "limit_set_at IS NOT NULL OR (limit_minor IS NULL AND NOT limit_unlimited)",
            name="ck_credit_account_limit_set_at",
        ),
        sa.CheckConstraint(
            "orders_minor BETWEEN 0 AND 4000000000000000000", name="ck_credit_account_orders_minor"
        ),
        sa.CheckConstraint(
            "payments_minor BETWEEN 0 AND 4000000000000000000",
            name="ck_credit_account_payments_minor",
        ),
        sa.CheckConstraint(
            "reservations_minor BETWEEN 0 AND 4000000000000000000",
            name="ck_credit_account_reservations_minor",
        ),
        sa.CheckConstraint("seq >= 0", name="ck_credit_account_seq"),
        sa.CheckConstraint("trifle_minor >= 0", name="ck_credit_account_trifle_minor"),
        sa.PrimaryKeyConstraint("ref", name="pk_credit_account"),
    )
    op.create_table(
        "customer",
        sa.Column("account", sa.Text(), nullable=False),
        sa.Column("ref", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("currency", sa.Text(), nullable=False),
        sa.Column("policy", sa.Text(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("payment_terms_days", sa.Integer(), nullable=True),
        sa.Column("direct_debit", sa.Boolean(), nullable=False),
        sa.Column("takes_discount", sa.Boolean(), nullable=False),
        sa.Column("dunning_level", sa.SmallInteger(), nullable=False),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column("email", sa.Text(), nullable=True),
        sa.Column("sales_contact", sa.Text(), nullable=True),
        sa.CheckConstraint("language IN ('de', 'en', 'nl')", name="ck_customer_language"),
        sa.CheckConstraint("status IN ('active', 'blocked')", name="ck_customer_status"),
        sa.CheckConstraint("dunning_level BETWEEN 0 AND 9", name="ck_customer_dunning_level"),
        sa.CheckConstraint(
            "payment_terms_days BETWEEN 0 AND 3660", name="ck_customer_payment_terms_days"
        ),
        sa.PrimaryKeyConstraint("account", "ref", name="pk_customer"),
    )
    op.create_table(
        "customer_account",
        sa.Column("customer", sa.Text(), nullable=False),
        sa.Column("account", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("customer", name="pk_customer_account"),
    )
    op.create_table(
        "decision",
        sa.Column("account", sa.Text(), nullable=False),
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("seq", sa.BigInteger(), nullable=True),
        sa.Column("customer", sa.Text(), nullable=False),
        sa.Column("order_ref", sa.Text(), nullable=False),
        sa.Column("revision", sa.BigInteger(), nullable=False),
        sa.Column("channel", sa.Text(), nullable=True),
        sa.Column("fingerprint", sa.LargeBinary(), nullable=False),
        sa.Column("outcome", sa.Text(), nullable=False),
        sa.Column("answer", sa.Text(), nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("outcome IN ('pass', 'warning', 'hold')", name="ck_decision_outcome"),
        sa.CheckConstraint("revision > 0", name="ck_decision_revision"),
        sa.PrimaryKeyConstraint("account", "id", name="pk_decision"),
        sa.UniqueConstraint(
            "account", "customer", "order_ref", "revision", name="uq_decision_order_revision"
        ),
        sa.UniqueConstraint("account", "seq", name="uq_decision_seq"),
    )
    op.create_index("ix_decision_customer", "decision", ["customer", "id"], unique=False)
    op.create_index("ix_decision_id", "decision", ["id"], unique=False)
    op.create_table(
        "hold",
        sa.Column("account", sa.Text(), nullable=False),
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), server_default=sa.text("1"), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("customer", sa.Text(), nullable=False),
        sa.Column("order_ref", sa.Text(), nullable=False),
        sa.Column("revision", sa.BigInteger(), nullable=False),
        sa.Column("amount_minor", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.Text(), nullable=False),
        sa.Column("reasons", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("picture", sa.Text(), nullable=False),
        sa.Column("check_id", sa.Text(), nullable=True),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "state IN ('open', 'awaiting_second', 'ready', 'released', 'refused', 'escalated', 'cancelled', 'superseded', 'expired')",
            name="ck_hold_state",
        ),
        sa.CheckConstraint(
            "amount_minor BETWEEN 0 AND 1000000000000000", name="ck_hold_amount_minor"
        ),
        sa.CheckConstraint("version > 0", name="ck_hold_version"),
        sa.PrimaryKeyConstraint("account", "id", name="pk_hold"),
    )
    op.create_index("ix_hold_id", "hold", ["id"], unique=False)
    op.create_index("ix_hold_order", "hold", ["account", "customer", "order_ref"], unique=False)
    op.create_index("ix_hold_state", "hold", ["state", "id"], unique=False)
    op.create_table(
        "open_item",
        sa.Column("account", sa.Text(), nullable=False),
        sa.Column("customer", sa.Text(), nullable=False),
        sa.Column("ref", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("amount_minor", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.Text(), nullable=False),
        sa.Column("issued_on", sa.Date(), nullable=True),
        sa.Column("due_on", sa.Date(), nullable=True),
        sa.Column("order_ref", sa.Text(), nullable=True),
        sa.Column("invoiced_minor", sa.BigInteger(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=True),
        sa.Column("stated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("cleared_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "kind IN ('invoice', 'credit_note', 'payment')", name="ck_open_item_kind"
        ),
        sa.CheckConstraint(
            "amount_minor BETWEEN 0 AND 1000000000000000", name="ck_open_item_amount_minor"
        ),
        sa.CheckConstraint(
            "invoiced_minor BETWEEN 0 AND 1000000000000000", name="ck_open_item_invoiced_minor"
        ),
        sa.CheckConstraint("version >= 0", name="ck_open_item_version"),
        sa.PrimaryKeyConstraint("account", "customer", "ref", name="pk_open_item"),
    )
    op.create_index(
        "ix_open_item_due",
        "open_item",
        ["account", "due_on"],
        unique=False,
        postgresql_where=sa.text("kind = 'invoice' AND cleared_at IS NULL"),
    )
    op.create_index(
        "ix_open_item_issued",
        "open_item",
        ["account", "issued_on"],
        unique=False,
        postgresql_where=sa.text("kind = 'invoice' AND cleared_at IS NULL"),
    )
    op.create_table(
        "policy",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("document", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("grace_days", sa.Integer(), nullable=False),
        sa.Column("trifle", sa.Numeric(precision=19, scale=4), nullable=False),
        sa.Column("horizon_days", sa.Integer(), nullable=True),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.CheckConstraint("grace_days BETWEEN 0 AND 3660", name="ck_policy_grace_days"),
        sa.CheckConstraint("horizon_days BETWEEN 0 AND 3660", name="ck_policy_horizon_days"),
        sa.CheckConstraint("trifle >= 0 AND trifle < 1000000000000000", name="ck_policy_trifle"),
        sa.CheckConstraint("version > 0", name="ck_policy_version"),
        sa.PrimaryKeyConstraint("name", "version", name="pk_policy"),
    )
    op.create_table(
        "sales_order",
        sa.Column("account", sa.Text(), nullable=False),
        sa.Column("customer", sa.Text(), nullable=False),
        sa.Column("ref", sa.Text(), nullable=False),
        sa.Column("currency", sa.Text(), nullable=False),
        sa.Column("revision", sa.BigInteger(), nullable=True),
        sa.Column("check_id", sa.Text(), nullable=True),
        sa.Column("hold_id", sa.Text(), nullable=True),
        sa.Column("granted_minor", sa.BigInteger(), nullable=False),
        sa.Column("granted_credit_minor", sa.BigInteger(), nullable=False),
        sa.Column("reserved_minor", sa.BigInteger(), nullable=False),
        sa.Column("reserved_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("stated_minor", sa.BigInteger(), nullable=True),
        sa.Column("admitted_minor", sa.BigInteger(), nullable=False),
        sa.Column("counted_minor", sa.BigInteger(), nullable=False),
        sa.Column("invoiced_minor", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column(
            "invoiced_before_minor", sa.BigInteger(), server_default=sa.text("0"), nullable=False
        ),
        sa.Column("ship_date", sa.Date(), nullable=True),
        sa.Column("version", sa.BigInteger(), nullable=True),
        sa.Column("stated_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("cancelled_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "admitted_minor BETWEEN 0 AND 1000000000000000", name="ck_sales_order_admitted_minor"
        ),
        sa.CheckConstraint(
            "counted_minor BETWEEN 0 AND 1000000000000000", name="ck_sales_order_counted_minor"
        ),
        sa.CheckConstraint(
            "granted_credit_minor BETWEEN 0 AND 1000000000000000",
            name="ck_sales_order_granted_credit_minor",
        ),
        sa.CheckConstraint(
            "granted_minor BETWEEN 0 AND 1000000000000000", name="ck_sales_order_granted_minor"
        ),
        sa.CheckConstraint(
            "invoiced_before_minor BETWEEN 0 AND 4000000000000000000",
            name="ck_sales_order_invoiced_before_minor",
        ),
        sa.CheckConstraint(
            "invoiced_minor BETWEEN 0 AND 4000000000000000000",
            name="ck_sales_order_invoiced_minor",
        ),
        sa.CheckConstraint(
            "reserved_minor BETWEEN 0 AND 1000000000000000", name="ck_sales_order_reserved_minor"
        ),
        sa.CheckConstraint("revision > 0", name="ck_sales_order_revision"),
        sa.CheckConstraint(
            "stated_minor BETWEEN 0 AND 1000000000000000", name="ck_sales_order_stated_minor"
        ),
        sa.CheckConstraint("version >= 0", name="ck_sales_order_version"),
        sa.PrimaryKeyConstraint("account", "customer", "ref", name="pk_sales_order"),
    )
    op.create_index(
        "ix_sales_order_reserved_until",
        "sales_order",
        ["account", "reserved_until"],
        unique=False,
        postgresql_where=sa.text("reserved_until IS NOT NULL"),
    )
    op.create_table(
        "source",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("stated_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("name", name="pk_source"),
    )

    op.execute(
        sa.text(
            "INSERT INTO policy (name, version, document, grace_days, trifle, horizon_days) "
            "VALUES ('standard', 1, CAST(:document AS jsonb), 3, 50.00, NULL)"
        ).bindparams(document=json.dumps(STANDARD))
    )


def downgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    for table in (
        "calendar_total",
        "credit_account",
        "customer",
        "customer_account",
        "decision",
        "hold",
        "open_item",
        "policy",
        "sales_order",
        "source",
    ):
        op.drop_table(table)
