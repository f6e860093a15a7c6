"""What happened on accounts: decisions, the journal, holds."""

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Column,
    Date,
    DateTime,
    Index,
    Integer,
    LargeBinary,
    PrimaryKeyConstraint,
    Table,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.dialects.postgresql import ARRAY, JSONB

from app.storage.tables.columns import amount, metadata

decision = Table(
    "decision",
    metadata,
    Column("account", Text, nullable=False),
    Column("id", Text, nullable=False),
    # Empty for a decision that moved here with its customer from another account.
    Column("seq", BigInteger),
    Column("customer", Text, nullable=False),
    Column("order_ref", Text, nullable=False),
    Column("revision", BigInteger, nullable=False),
    Column("channel", Text),
    Column("fingerprint", LargeBinary, nullable=False),
    Column("outcome", Text, nullable=False),
    Column("answer", Text, nullable=False),
    Column("decided_at", DateTime(timezone=True), nullable=False),
    PrimaryKeyConstraint("account", "id", name="pk_decision"),
    UniqueConstraint("account", "seq", name="uq_decision_seq"),
    UniqueConstraint(
        "account", "customer", "order_ref", "revision", name="uq_decision_order_revision"
    ),
    CheckConstraint("outcome IN ('pass', 'warning', 'hold')", name="ck_decision_outcome"),
    CheckConstraint("revision > 0", name="ck_decision_revision"),
)
Index("ix_decision_id", decision.c.id)
Index("ix_decision_customer", decision.c.customer, decision.c.id)

# Everything besides decisions that gave an account its next number.
journal = Table(
    "journal",
    metadata,
    Column("account", Text, nullable=False),
    Column("seq", BigInteger, nullable=False),
    Column("kind", Text, nullable=False),
    Column("facts", JSONB, nullable=False),
    Column("recorded_at", DateTime(timezone=True), nullable=False),
    PrimaryKeyConstraint("account", "seq", name="pk_journal"),
    CheckConstraint(
        "kind IN ('posting', 'limit', 'customer', 'move', 'moved_check', 'drift', 'repair')",
        name="ck_journal_kind",
    ),
)

hold = Table(
    "hold",
    metadata,
    Column("account", Text, nullable=False),
    Column("id", Text, nullable=False),
    Column("version", Integer, nullable=False, server_default=text("1")),
    Column("state", Text, nullable=False),
    Column("customer", Text, nullable=False),
    Column("order_ref", Text, nullable=False),
    Column("revision", BigInteger, nullable=False),
    *amount("amount_minor", table="hold"),
    Column("currency", Text, nullable=False),
    Column("reasons", ARRAY(Text), nullable=False),
    # Figures, reasons and options as they were when the order was stopped, as JSON.
    Column("picture", Text, nullable=False),
    Column("check_id", Text),
    Column("opened_at", DateTime(timezone=True), nullable=False),
    Column("closed_at", DateTime(timezone=True)),
    # What was asked besides amount and currency, as JSON, to put the question to the rules again.
    Column("asked", JSONB, nullable=False, server_default=text("'{}'")),
    Column("ship_date", Date),
    # Since when the rules let the order pass, while it waits.
    Column("ready_at", DateTime(timezone=True)),
    Column("assignee", Text),
    PrimaryKeyConstraint("account", "id", name="pk_hold"),
    CheckConstraint(
        "state IN ('open', 'awaiting_second', 'ready', 'released', 'refused', 'escalated', "
        "'cancelled', 'superseded', 'expired')",
        name="ck_hold_state",
    ),
    CheckConstraint("version > 0", name="ck_hold_version"),
)
Index("ix_hold_id", hold.c.id)
Index("ix_hold_state", hold.c.state, hold.c.id)
Index("ix_hold_customer", hold.c.customer, hold.c.id)
Index("ix_hold_order", hold.c.account, hold.c.customer, hold.c.order_ref)
Index("ix_hold_opened_at", hold.c.opened_at, hold.c.id)

# The worklist: orders that wait still, by account and in each of its sortings.
_WAITS = text("state IN ('open', 'awaiting_second', 'ready', 'escalated')")
Index(
    "ix_hold_waiting_account",
    hold.c.account,
    hold.c.opened_at,
    hold.c.id,
    postgresql_where=_WAITS,
)
Index("ix_hold_waiting_opened_at", hold.c.opened_at, hold.c.id, postgresql_where=_WAITS)
Index(
    "ix_hold_waiting_amount",
    hold.c.currency,
    hold.c.amount_minor,
    hold.c.id,
    postgresql_where=_WAITS,
)
Index(
    "ix_hold_waiting_ship_date",
    text("coalesce(ship_date, 'infinity'::date)"),
    hold.c.id,
    postgresql_where=_WAITS,
)
