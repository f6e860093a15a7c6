"""A cancelled invoice keeps what it once took off its order, and takes nothing

Revises: 0007
"""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.add_column(
        "open_item",
        sa.Column("cancelled", sa.Boolean(), nullable=False, server_default=sa.text("false")),
    )


def downgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    # The earlier schema has no other way to say that a cancelled invoice takes nothing.
    op.execute("UPDATE open_item SET invoiced_minor = 0 WHERE cancelled")
    op.drop_column("open_item", "cancelled")
