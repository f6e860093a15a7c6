"""What others are told: the outbox, deliveries, and webhook endpoints

Revises: 0012
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

KINDS = (
    "'hold.opened', 'hold.ready', 'hold.released', 'hold.refused', 'hold.escalated', "
    "'limit.changed', 'check.decided'"
)
MAILED = "'hold.opened', 'hold.released', 'hold.refused', 'hold.escalated'"
LANE = "CASE WHEN channel = 'webhook' THEN receiver ELSE channel END"


def instant(name: str, *, nullable: bool = True) -> sa.Column[object]:
    return sa.Column(name, sa.DateTime(timezone=True), nullable=nullable)


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    _outbox()
    _delivery()
    _webhook_endpoint()


def _outbox() -> None:
    op.create_table(
        "outbox",
        sa.Column("account", sa.Text(), nullable=False),
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("customer", sa.Text(), nullable=True),
        sa.Column("order_ref", sa.Text(), nullable=True),
        sa.Column("hold_id", sa.Text(), nullable=True),
        sa.Column("facts", postgresql.JSONB(), nullable=False),
        instant("occurred_at", nullable=False),
        instant("webhooks_made_at"),
        instant("mails_made_at"),
        sa.PrimaryKeyConstraint("account", "id", name="pk_outbox"),
        sa.CheckConstraint(f"kind IN ({KINDS})", name="ck_outbox_kind"),
    )
    op.create_index(
        "ix_outbox_webhooks_unmade",
        "outbox",
        ["occurred_at"],
        postgresql_where=sa.text("webhooks_made_at IS NULL"),
    )
    op.create_index(
        "ix_outbox_mails_unmade",
        "outbox",
        ["occurred_at"],
        postgresql_where=sa.text(f"mails_made_at IS NULL AND kind IN ({MAILED})"),
    )
    op.create_index(
        "ix_outbox_webhooks_made_at",
        "outbox",
        ["webhooks_made_at"],
        postgresql_where=sa.text("webhooks_made_at IS NOT NULL"),
    )


def _delivery() -> None:
    op.create_table(
        "delivery",
        sa.Column("account", sa.Text(), nullable=False),
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("event_id", sa.Text(), nullable=False),
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("audience", sa.Text(), nullable=False),
        sa.Column("receiver", sa.Text(), nullable=False),
        sa.Column("lane", sa.Text(), sa.Computed(LANE, persisted=True), nullable=True),
        sa.Column("state", sa.Text(), server_default=sa.text("'waiting'"), nullable=False),
        sa.Column("tries", sa.Integer(), server_default=sa.text("0"), nullable=False),
        instant("queued_at", nullable=False),
        instant("next_at", nullable=False),
        sa.Column("claim_token", sa.Uuid(), nullable=True),
        instant("first_tried_at"),
        instant("last_tried_at"),
        sa.Column("last_status", sa.Integer(), nullable=True),
        sa.Column("last_error", sa.Text(), nullable=True),
        instant("done_at"),
        sa.PrimaryKeyConstraint("account", "id", name="pk_delivery"),
        sa.UniqueConstraint(
            "account", "event_id", "channel", "receiver", name="uq_delivery_event_receiver"
        ),
        sa.CheckConstraint("channel IN ('mail', 'digest', 'webhook')", name="ck_delivery_channel"),
        sa.CheckConstraint(
            "audience IN ('credit', 'sales', 'endpoint')", name="ck_delivery_audience"
        ),
        sa.CheckConstraint(
            "state IN ('waiting', 'delivered', 'dead', 'dropped')", name="ck_delivery_state"
        ),
        sa.CheckConstraint("tries >= 0", name="ck_delivery_tries"),
        sa.CheckConstraint("(state = 'waiting') = (done_at IS NULL)", name="ck_delivery_done_at"),
    )
    op.create_index(
        "ix_delivery_due",
        "delivery",
        ["lane", "next_at"],
        postgresql_where=sa.text("state = 'waiting'"),
    )
    op.create_index("ix_delivery_id", "delivery", ["id"])
    op.create_index("ix_delivery_state", "delivery", ["state", "id"])
    op.create_index("ix_delivery_receiver", "delivery", ["receiver", "id"])
    op.create_index(
        "ix_delivery_done_at",
        "delivery",
        ["done_at"],
        postgresql_where=sa.text("state <> 'waiting'"),
    )


def _webhook_endpoint() -> None:
    op.create_table(
        "webhook_endpoint",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("events", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("description", sa.Text(), nullable=True),
        sa.Column("enabled", sa.Boolean(), nullable=False),
        sa.Column("disabled_reason", sa.Text(), nullable=True),
        sa.Column("secret", sa.Text(), nullable=True),
        sa.Column(
            "previous_secrets",
            postgresql.JSONB(),
            server_default=sa.text("'[]'"),
            nullable=False,
        ),
        instant("created_at", nullable=False),
        instant("deleted_at"),
        sa.PrimaryKeyConstraint("id", name="pk_webhook_endpoint"),
        sa.CheckConstraint(
            "NOT (enabled AND deleted_at IS NOT NULL)", name="ck_webhook_endpoint_enabled"
        ),
        sa.CheckConstraint(
            "(secret IS NULL) = (deleted_at IS NOT NULL)", name="ck_webhook_endpoint_secret"
        ),
    )


def downgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    for table in ("webhook_endpoint", "delivery", "outbox"):
        op.drop_table(table)
