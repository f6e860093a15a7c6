"""Whole lists are kept with the instant that they tell of, so that an older one is known as such

Revises: 0011
"""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

INSTANT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.create_table(
        "whole_list",
        sa.Column("account", sa.Text(), nullable=False),
        sa.Column("customer", sa.Text(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("as_of", INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("account", "customer", "source", "kind", name="pk_whole_list"),
        sa.CheckConstraint("kind IN ('items', 'orders')", name="ck_whole_list_kind"),
    )
    op.add_column("source", sa.Column("items_listed_as_of", INSTANT))
    op.add_column("source", sa.Column("orders_listed_as_of", INSTANT))


def downgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.drop_column("source", "orders_listed_as_of")
    op.drop_column("source", "items_listed_as_of")
    op.drop_table("whole_list")
