"""What late versions of items are compared with, and orders invoiced in other currencies

Revises: 0010
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.add_column("open_item", sa.Column("history", postgresql.JSONB()))
    # What a cancelled invoice once took is told by its history from now on.
    op.execute(
        "UPDATE open_item SET invoiced_minor = 0, history = jsonb_build_object('anew', version)"
        " WHERE cancelled"
    )
    op.add_column("sales_order", sa.Column("elsewhere", postgresql.JSONB()))


def downgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.drop_column("sales_order", "elsewhere")
    op.drop_column("open_item", "history")
