"""Callers' keys, which no account owns."""

from sqlalchemy import (
    CheckConstraint,
    Column,
    DateTime,
    LargeBinary,
    PrimaryKeyConstraint,
    Table,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.dialects.postgresql import ARRAY

from app.storage.tables.columns import amount, metadata

# Of a key only its SHA-256 digest: 256 random bits cannot be guessed back from it.
api_key = Table(
    "api_key",
    metadata,
    Column("id", Text, nullable=False),
    Column("digest", LargeBinary, nullable=False),
    Column("name", Text, nullable=False),
    # Empty for a system; two keys of one person are one person.
    Column("person", Text),
    Column("roles", ARRAY(Text), nullable=False, server_default=text("'{}'")),
    Column("scopes", ARRAY(Text), nullable=False, server_default=text("'{}'")),
    *amount("release_ceiling_minor", table="api_key", nullable=True),
    Column("currency", Text),
    Column("created_at", DateTime(timezone=True), nullable=False),
    Column("created_by", Text, nullable=False),
    Column("revoked_at", DateTime(timezone=True)),
    Column("revoked_by", Text),
    PrimaryKeyConstraint("id", name="pk_api_key"),
    UniqueConstraint("digest", name="uq_api_key_digest"),
    CheckConstraint("octet_length(digest) = 32", name="ck_api_key_digest"),
    CheckConstraint(
        "(release_ceiling_minor IS NULL) = (currency IS NULL)", name="ck_api_key_ceiling"
    ),
)
