"""Accounts that reconciling found adrift are marked, and the journal says how they were repaired

Revises: 0004
"""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

KINDS_BEFORE = "kind IN ('posting', 'limit', 'customer', 'move', 'moved_check')"
KINDS = "kind IN ('posting', 'limit', 'customer', 'move', 'moved_check', 'drift', 'repair')"


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.add_column(
        "credit_account", sa.Column("drift_found_at", sa.DateTime(timezone=True), nullable=True)
    )
    op.create_index(
        "ix_credit_account_drift_found_at",
        "credit_account",
        ["drift_found_at"],
        postgresql_where=sa.text("drift_found_at IS NOT NULL"),
    )
    op.drop_constraint("ck_journal_kind", "journal")
    op.create_check_constraint("ck_journal_kind", "journal", KINDS)


def downgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    # What the earlier schema has no word for was a count made anew.
    op.execute("UPDATE journal SET kind = 'posting' WHERE kind IN ('drift', 'repair')")
    op.drop_constraint("ck_journal_kind", "journal")
    op.create_check_constraint("ck_journal_kind", "journal", KINDS_BEFORE)
    op.drop_index("ix_credit_account_drift_found_at", table_name="credit_account")
    op.drop_column("credit_account", "drift_found_at")
