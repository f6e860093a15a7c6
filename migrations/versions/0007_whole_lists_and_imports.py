"""Items know their source, for whole lists; imports can be followed

Revises: 0006
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.add_column(
        "open_item",
        sa.Column("source", sa.Text(), nullable=False, server_default=sa.text("'default'")),
    )
    op.create_table(
        "file_import",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("asked", JSONB(), nullable=False),
        sa.Column("report", JSONB(), nullable=False),
        sa.Column("begun_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True)),
        sa.PrimaryKeyConstraint("id", name="pk_file_import"),
        sa.CheckConstraint(
            "state IN ('waiting', 'reading', 'applying', 'done', 'refused', 'failed')",
            name="ck_file_import_state",
        ),
    )
    op.create_index("ix_file_import_begun_at", "file_import", ["begun_at"])


def downgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.drop_table("file_import")
    op.drop_column("open_item", "source")
