"""A watched source that never spoke grows old from the day it is watched

Revises: 0008
"""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

WATCHED = sa.text("expected_interval_minutes IS NOT NULL")


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.add_column("source", sa.Column("watched_since", sa.DateTime(timezone=True)))
    op.execute(
        "UPDATE source SET watched_since = clock_timestamp()"
        " WHERE expected_interval_minutes IS NOT NULL"
    )
    op.drop_index("ix_source_watched_known_at", table_name="source")
    op.create_index(
        "ix_source_watched_known_at",
        "source",
        [sa.text("coalesce(known_at, watched_since)")],
        postgresql_where=WATCHED,
    )


def downgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.drop_index("ix_source_watched_known_at", table_name="source")
    op.create_index("ix_source_watched_known_at", "source", ["known_at"], postgresql_where=WATCHED)
    op.drop_column("source", "watched_since")
