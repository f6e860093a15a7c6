"""What others are told: facts as they happened, who is to hear them, and how that went."""

from sqlalchemy import (
    Boolean,
    CheckConstraint,
    Column,
    Computed,
    DateTime,
    Index,
    Integer,
    PrimaryKeyConstraint,
    Table,
    Text,
    UniqueConstraint,
    Uuid,
    text,
)
from sqlalchemy.dialects.postgresql import ARRAY, JSONB

from app.storage.tables.columns import metadata

# A fact, written in the transaction of the change; the worker works out who is to hear it.
outbox = Table(
    "outbox",
    metadata,
    Column("account", Text, nullable=False),
    Column("id", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Column("customer", Text),
    Column("order_ref", Text),
    Column("hold_id", Text),
    Column("facts", JSONB, nullable=False),
    Column("occurred_at", DateTime(timezone=True), nullable=False),
    # When its webhooks were made out, and when its mails were, which only a worker with a mail
    # server does; empty until then.
    Column("webhooks_made_at", DateTime(timezone=True)),
    Column("mails_made_at", DateTime(timezone=True)),
    PrimaryKeyConstraint("account", "id", name="pk_outbox"),
    CheckConstraint(
        "kind IN ('hold.opened', 'hold.ready', 'hold.released', 'hold.refused', "
        "'hold.escalated', 'limit.changed', 'check.decided')",
        name="ck_outbox_kind",
    ),
)
Index(
    "ix_outbox_webhooks_unmade",
    outbox.c.occurred_at,
    postgresql_where=text("webhooks_made_at IS NULL"),
)
Index(
    "ix_outbox_mails_unmade",
    outbox.c.occurred_at,
    postgresql_where=text(
        "mails_made_at IS NULL AND kind IN ('hold.opened', 'hold.released', 'hold.refused', "
        "'hold.escalated')"
    ),
)
Index(
    "ix_outbox_webhooks_made_at",
    outbox.c.webhooks_made_at,
    postgresql_where=text("webhooks_made_at IS NOT NULL"),
)

# One fact for one receiver. While it waits, `next_at` is when it is tried next; who tries it
# moves that on by a lease, so that another does it should the first one die.
delivery = Table(
    "delivery",
    metadata,
    Column("account", Text, nullable=False),
    Column("id", Text, nullable=False),
    Column("event_id", Text, nullable=False),
    Column("channel", Text, nullable=False),
    Column("audience", Text, nullable=False),
    # An address, or a webhook endpoint's id.
    Column("receiver", Text, nullable=False),
    # What is delivered side by side: each endpoint for itself, so that none delays another.
    Column(
        "lane",
        Text,
        Computed("CASE WHEN channel = 'webhook' THEN receiver ELSE channel END", persisted=True),
    ),
    Column("state", Text, nullable=False, server_default=text("'waiting'")),
    Column("tries", Integer, nullable=False, server_default=text("0")),
    Column("queued_at", DateTime(timezone=True), nullable=False),
    Column("next_at", DateTime(timezone=True), nullable=False),
    Column("claim_token", Uuid),
    # From then on its patience runs: while no worker ran nobody was asked.
    Column("first_tried_at", DateTime(timezone=True)),
    Column("last_tried_at", DateTime(timezone=True)),
    Column("last_status", Integer),
    Column("last_error", Text),
    Column("done_at", DateTime(timezone=True)),
    PrimaryKeyConstraint("account", "id", name="pk_delivery"),
    UniqueConstraint(
        "account", "event_id", "channel", "receiver", name="uq_delivery_event_receiver"
    ),
    CheckConstraint("channel IN ('mail', 'digest', 'webhook')", name="ck_delivery_channel"),
    CheckConstraint("audience IN ('credit', 'sales', 'endpoint')", name="ck_delivery_audience"),
    CheckConstraint(
        "state IN ('waiting', 'delivered', 'dead', 'dropped')", name="ck_delivery_state"
    ),
    CheckConstraint("tries >= 0", name="ck_delivery_tries"),
    CheckConstraint("(state = 'waiting') = (done_at IS NULL)", name="ck_delivery_done_at"),
)
Index(
    "ix_delivery_due",
    delivery.c.lane,
    delivery.c.next_at,
    postgresql_where=text("state = 'waiting'"),
)
Index("ix_delivery_id", delivery.c.id)
Index("ix_delivery_state", delivery.c.state, delivery.c.id)
Index("ix_delivery_receiver", delivery.c.receiver, delivery.c.id)
Index("ix_delivery_done_at", delivery.c.done_at, postgresql_where=text("state <> 'waiting'"))

# Reference data: who wants to hear what by webhook. One that was deleted stays without secrets,
# as deliveries name it.
webhook_endpoint = Table(
    "webhook_endpoint",
    metadata,
    Column("id", Text, nullable=False),
    Column("url", Text, nullable=False),
    Column("events", ARRAY(Text), nullable=False),
    Column("description", Text),
    Column("enabled", Boolean, nullable=False),
    # Why it was disabled, where its receiver said so and not a person.
    Column("disabled_reason", Text),
    Column("secret", Text),
    # What signs beside it, each until its own instant: a list of `secret` and `until`.
    Column("previous_secrets", JSONB, nullable=False, server_default=text("'[]'")),
    Column("created_at", DateTime(timezone=True), nullable=False),
    Column("deleted_at", DateTime(timezone=True)),
    PrimaryKeyConstraint("id", name="pk_webhook_endpoint"),
    CheckConstraint(
        "NOT (enabled AND deleted_at IS NOT NULL)", name="ck_webhook_endpoint_enabled"
    ),
    CheckConstraint(
        "(secret IS NULL) = (deleted_at IS NOT NULL)", name="ck_webhook_endpoint_secret"
    ),
)
