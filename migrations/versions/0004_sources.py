"""Sources say how far their statements reach, which of them came, and how often they are due

Revises: 0003
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.alter_column("source", "stated_at", nullable=True)
    op.add_column("source", sa.Column("as_of", sa.DateTime(timezone=True), nullable=True))
    op.add_column(
        "source",
        sa.Column(
            "known_at",
            sa.DateTime(timezone=True),
            sa.Computed("coalesce(as_of, stated_at)", persisted=True),
            nullable=True,
        ),
    )
    op.add_column("source", sa.Column("sequence", sa.BigInteger(), nullable=True))
    op.add_column(
        "source",
        sa.Column(
            "missing",
            postgresql.INT8MULTIRANGE(),
            server_default=sa.text("'{}'::int8multirange"),
            nullable=False,
        ),
    )
    op.add_column(
        "source",
        sa.Column("missing_merged", sa.Boolean(), server_default=sa.text("false"), nullable=False),
    )
    op.add_column("source", sa.Column("expected_interval_minutes", sa.Integer(), nullable=True))
    op.create_check_constraint("ck_source_sequence", "source", "sequence > 0")
    op.create_check_constraint(
        "ck_source_expected_interval_minutes", "source", "expected_interval_minutes > 0"
    )
    op.create_index("ix_source_known_at", "source", ["known_at"])
    op.create_index(
        "ix_source_watched_known_at",
        "source",
        ["known_at"],
        postgresql_where=sa.text("expected_interval_minutes IS NOT NULL"),
    )


def downgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.drop_index("ix_source_watched_known_at", table_name="source")
    op.drop_index("ix_source_known_at", table_name="source")
    for name in ("ck_source_expected_interval_minutes", "ck_source_sequence"):
        op.drop_constraint(name, "source")
    for name in (
        "expected_interval_minutes", "missing_merged", "missing", "sequence", "known_at", "as_of",
    ):  # fmt: skip
        op.drop_column("source", name)
    # A source that was only expected has stated nothing, which the earlier schema cannot say.
    op.execute("DELETE FROM source WHERE stated_at IS NULL")
    op.alter_column("source", "stated_at", nullable=False)
