"""How customers pay: what documents were, when they were cleared, and the jobs that count it

Revises: 0005
"""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

TOTAL = "BETWEEN 0 AND 4000000000000000000"


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.add_column("open_item", sa.Column("largest_minor", sa.BigInteger(), nullable=True))
    op.create_check_constraint(
        "ck_open_item_largest_minor", "open_item", "largest_minor BETWEEN 0 AND 1000000000000000"
    )
    op.create_index(
        "ix_open_item_cleared",
        "open_item",
        ["account", "cleared_at"],
        postgresql_where=sa.text("cleared_at IS NOT NULL"),
    )
    op.create_table(
        "payment_behaviour",
        sa.Column("account", sa.Text(), nullable=False),
        sa.Column("customer", sa.Text(), nullable=False),
        sa.Column("currency", sa.Text(), nullable=False),
        sa.Column("exponent", sa.SmallInteger(), nullable=False),
        sa.Column("cleared_invoices", sa.Integer(), nullable=False),
        sa.Column("cleared_minor", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("late_invoices", sa.Integer(), nullable=False),
        sa.Column("late_minor", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("days_late", sa.Numeric(9, 1), nullable=True),
        sa.Column("days_to_pay", sa.Numeric(9, 1), nullable=True),
        sa.Column("share_in_time", sa.Numeric(5, 4), nullable=True),
        sa.Column("dso_days", sa.Numeric(9, 1), nullable=True),
        sa.Column("computed_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("account", "customer", name="pk_payment_behaviour"),
        sa.CheckConstraint(f"cleared_minor {TOTAL}", name="ck_payment_behaviour_cleared_minor"),
        sa.CheckConstraint(f"late_minor {TOTAL}", name="ck_payment_behaviour_late_minor"),
    )
    op.create_table(
        "job",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("claimed_until", sa.DateTime(timezone=True), nullable=False),
        sa.Column("claim_token", sa.Uuid(), nullable=False),
        sa.Column("outcome", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("name", name="pk_job"),
    )


def downgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.drop_table("job")
    op.drop_table("payment_behaviour")
    op.drop_index("ix_open_item_cleared", table_name="open_item")
    op.drop_column("open_item", "largest_minor")
