"""What no account owns: policies, sources, who is where, and callers' keys."""

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    Computed,
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
    func,
    text,
)
from sqlalchemy.dialects.postgresql import INT8MULTIRANGE, JSONB

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
    # When it spoke last, and up to when that tells its state where it says so.
    Column("stated_at", DateTime(timezone=True)),
    Column("as_of", DateTime(timezone=True)),
    Column(
        "known_at",
        DateTime(timezone=True),
        Computed("coalesce(as_of, stated_at)", persisted=True),
    ),
    # The highest number of its bodies, and those below it that have not come.
    Column("sequence", BigInteger),
    Column("missing", INT8MULTIRANGE, nullable=False, server_default=text("'{}'::int8multirange")),
    Column("missing_merged", Boolean, nullable=False, server_default=text("false")),
    # How often it is to speak; empty where nobody watches it.
    Column("expected_interval_minutes", Integer),
    Column("watched_since", DateTime(timezone=True)),
    # Of when its newest whole lists of all customers were, where they said so.
    Column("items_listed_as_of", DateTime(timezone=True)),
    Column("orders_listed_as_of", DateTime(timezone=True)),
    PrimaryKeyConstraint("name", name="pk_source"),
    CheckConstraint("sequence > 0", name="ck_source_sequence"),
    CheckConstraint("expected_interval_minutes > 0", name="ck_source_expected_interval_minutes"),
)
Index("ix_source_known_at", source.c.known_at)
Index(
    "ix_source_watched_known_at",
    func.coalesce(source.c.known_at, source.c.watched_since),
    postgresql_where=text("expected_interval_minutes IS NOT NULL"),
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

# One run of a file: what was asked, and how far it is or what it came to.
file_import = Table(
    "file_import",
    metadata,
    Column("id", Text, nullable=False),
    Column("state", Text, nullable=False),
    Column("asked", JSONB, nullable=False),
    Column("report", JSONB, nullable=False),
    Column("begun_at", DateTime(timezone=True), nullable=False),
    Column("seen_at", DateTime(timezone=True), nullable=False),
    Column("ended_at", DateTime(timezone=True)),
    # Who sent the file, by the key's id and its person; neither for one taken by a shell.
    Column("caller", Text),
    Column("person", Text),
    PrimaryKeyConstraint("id", name="pk_file_import"),
    CheckConstraint(
        "state IN ('waiting', 'reading', 'applying', 'done', 'refused', 'failed')",
        name="ck_file_import_state",
    ),
)
Index("ix_file_import_begun_at", file_import.c.begun_at)
