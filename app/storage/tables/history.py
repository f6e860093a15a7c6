"""What happened on accounts: decisions, the journal, holds."""

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Column,
    DateTime,
    Index,
    LargeBinary,
    PrimaryKeyConstraint,
    Table,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB

from app.storage.tables.columns import metadata

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
    # The person who asked, where one is known: they have no say in a release of this order.
    Column("entered_by", Text),
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
        "kind IN ('posting', 'limit', 'customer', 'move', 'moved_check', 'drift', 'repair', "
        "'hold')",
        name="ck_journal_kind",
    ),
)
# Who changed the limit lately has no say in releases.
Index(
    "ix_journal_limit",
    journal.c.account,
    journal.c.recorded_at,
    postgresql_where=text("kind = 'limit'"),
)
