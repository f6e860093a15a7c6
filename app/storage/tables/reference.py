"""What no account owns: policies, sources, who is where, and callers' keys."""

from sqlalchemy import (
    CheckConstraint,
    Column,
    DateTime,
    Index,
    Integer,
    LargeBinary,
    Numeric,
    PrimaryKeyConstraint,
    SmallInteger,
    Table,
    Text,
    Uuid,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB

from app.storage.tables.columns import metadata

policy = Table(
    "policy",
    metadata,
    Column("name", Text, nullable=False),
    Column("version", Integer, nullable=False),
    Column("document", JSONB, nullable=False),
    Column("grace_days", Integer, nullable=False),
    Column("trifle", Numeric(19, 4), nullable=False),
    Column("horizon_days", Integer),
    Column("created_at", DateTime(timezone=True), nullable=False, server_default=text("now()")),
    PrimaryKeyConstraint("name", "version", name="pk_policy"),
    CheckConstraint("version > 0", name="ck_policy_version"),
    CheckConstraint("grace_days BETWEEN 0 AND 3660", name="ck_policy_grace_days"),
    CheckConstraint("trifle >= 0 AND trifle < 1000000000000000", name="ck_policy_trifle"),
    CheckConstraint("horizon_days BETWEEN 0 AND 3660", name="ck_policy_horizon_days"),
)

source = Table(
    "source",
    metadata,
    Column("name", Text, nullable=False),
    Column("stated_at", DateTime(timezone=True), nullable=False),
    PrimaryKeyConstraint("name", name="pk_source"),
)

customer_account = Table(
    "customer_account",
    metadata,
    Column("customer", Text, nullable=False),
    Column("account", Text, nullable=False),
    PrimaryKeyConstraint("customer", name="pk_customer_account"),
)

# What a caller's Idempotency-Key stands for; keyed by the caller, as no account is known yet.
idempotency_key = Table(
    "idempotency_key",
    metadata,
    Column("caller", Text, nullable=False),
    Column("route", Text, nullable=False),
    Column("key", Text, nullable=False),
    Column("fingerprint", LargeBinary, nullable=False),
    Column("claimed_until", DateTime(timezone=True), nullable=False),
    Column("expires_at", DateTime(timezone=True), nullable=False),
    Column("status", SmallInteger),
    Column("media_type", Text),
    Column("answer", LargeBinary),
    Column("claim_token", Uuid),
    PrimaryKeyConstraint("caller", "route", "key", name="pk_idempotency_key"),
)
Index("ix_idempotency_key_expires_at", idempotency_key.c.expires_at)
