"""Holds are decided by persons, who are known by their keys, and everything leaves a trace

Revises: 0013
"""

from typing import Any

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import ARRAY, JSONB

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

KINDS_BEFORE = "kind IN ('posting', 'limit', 'customer', 'move', 'moved_check', 'drift', 'repair')"
KINDS = (
    "kind IN ('posting', 'limit', 'customer', 'move', 'moved_check', 'drift', 'repair', 'hold')"
)

COLUMNS: tuple[sa.Column[Any], ...] = (
    sa.Column("prepaid_minor", sa.BigInteger(), nullable=False, server_default=sa.text("0")),
    sa.Column("payment_terms", sa.Text()),
    sa.Column("ship_date", sa.Date()),
    sa.Column("facts", JSONB()),
    sa.Column("entered_by", sa.Text()),
    sa.Column("assignee", sa.Text()),
    sa.Column("events", sa.Integer(), nullable=False, server_default=sa.text("0")),
    sa.Column("round", sa.Integer(), nullable=False, server_default=sa.text("1")),
    sa.Column("release_kind", sa.Text()),
    sa.Column("released_minor", sa.BigInteger()),
    sa.Column("released_credit_minor", sa.BigInteger()),
    sa.Column("released_until", sa.Date()),
    sa.Column("released_by", sa.Text()),
    sa.Column("second_by", sa.Text()),
    sa.Column("askers", ARRAY(sa.Text()), nullable=False, server_default=sa.text("'{}'")),
    sa.Column("barred", ARRAY(sa.Text()), nullable=False, server_default=sa.text("'{}'")),
    sa.Column("window_minor", sa.BigInteger()),
    sa.Column("alone_up_to_minor", sa.BigInteger()),
)

SENDER = ("caller", "person")

CHECKS = {
    "ck_hold_prepaid_minor": "prepaid_minor BETWEEN 0 AND 4000000000000000000",
    "ck_hold_window_minor": "window_minor BETWEEN 0 AND 4000000000000000000",
    "ck_hold_alone_up_to_minor": "alone_up_to_minor BETWEEN 0 AND 1000000000000000",
    "ck_hold_released_minor": "released_minor BETWEEN 0 AND 1000000000000000",
    "ck_hold_released_credit_minor": "released_credit_minor BETWEEN 0 AND 1000000000000000",
    "ck_hold_release_kind": "release_kind IN ('once', 'committee', 'passes')",
    "ck_hold_released": "state <> 'released' OR (release_kind IS NOT NULL AND released_minor IS NOT NULL)",
    "ck_hold_released_by": "state <> 'released' OR release_kind = 'passes' OR released_by IS NOT NULL",
    "ck_hold_two_persons": "second_by <> released_by",
    "ck_hold_committee": "state <> 'released' OR release_kind <> 'committee' OR second_by IS NOT NULL",
    "ck_hold_four_eyes": (
        "state <> 'released' OR release_kind <> 'once' OR (window_minor IS NOT NULL AND "
        "(second_by IS NOT NULL OR window_minor <= alone_up_to_minor OR alone_up_to_minor IS NULL))"
    ),
    "ck_hold_not_own_order": (
        "released_by <> entered_by AND second_by <> entered_by "
        "AND NOT (released_by = ANY (askers)) AND NOT (second_by = ANY (askers))"
    ),
    "ck_hold_not_own_limit": "NOT (released_by = ANY (barred)) AND NOT (second_by = ANY (barred))",
}


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.drop_constraint("ck_journal_kind", "journal")
    op.create_check_constraint("ck_journal_kind", "journal", KINDS)
    op.create_index(
        "ix_journal_limit",
        "journal",
        ["account", "recorded_at"],
        postgresql_where=sa.text("kind = 'limit'"),
    )
    op.add_column("decision", sa.Column("entered_by", sa.Text()))
    for name in SENDER:
        op.add_column("file_import", sa.Column(name, sa.Text()))
    for column in COLUMNS:
        op.add_column("hold", column)
    for name, condition in CHECKS.items():
        op.create_check_constraint(name, "hold", condition)
    op.create_index(
        "ix_hold_released",
        "hold",
        ["account", "closed_at"],
        postgresql_where=sa.text("state IN ('released', 'expired')"),
    )
    _create_hold_event()
    _create_hold_approval()
    _create_api_key()


def _create_hold_event() -> None:
    op.create_table(
        "hold_event",
        sa.Column("account", sa.Text(), nullable=False),
        sa.Column("hold_id", sa.Text(), nullable=False),
        sa.Column("no", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("by", sa.Text()),
        sa.Column("action", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text()),
        sa.Column("note", sa.Text()),
        sa.Column("before", JSONB()),
        sa.Column("after", JSONB(), nullable=False),
        sa.Column("token", sa.Uuid()),
        sa.PrimaryKeyConstraint("account", "hold_id", "no", name="pk_hold_event"),
    )


def _create_hold_approval() -> None:
    op.create_table(
        "hold_approval",
        sa.Column("account", sa.Text(), nullable=False),
        sa.Column("hold_id", sa.Text(), nullable=False),
        sa.Column("round", sa.Integer(), nullable=False),
        sa.Column("part", sa.Text(), nullable=False),
        sa.Column("person", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("account", "hold_id", "round", "part", name="pk_hold_approval"),
        sa.UniqueConstraint(
            "account", "hold_id", "round", "person", name="uq_hold_approval_person"
        ),
        sa.CheckConstraint(
            "part IN ('first', 'second', 'finance', 'sales')", name="ck_hold_approval_part"
        ),
    )


def _create_api_key() -> None:
    op.create_table(
        "api_key",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("person", sa.Text()),
        sa.Column("roles", ARRAY(sa.Text()), nullable=False, server_default=sa.text("'{}'")),
        sa.Column("scopes", ARRAY(sa.Text()), nullable=False, server_default=sa.text("'{}'")),
        sa.Column("release_ceiling_minor", sa.BigInteger()),
        sa.Column("currency", sa.Text()),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_by", sa.Text(), nullable=False),
        sa.Column("revoked_at", sa.DateTime(timezone=True)),
        sa.Column("revoked_by", sa.Text()),
        sa.PrimaryKeyConstraint("id", name="pk_api_key"),
        sa.UniqueConstraint("digest", name="uq_api_key_digest"),
        sa.CheckConstraint("octet_length(digest) = 32", name="ck_api_key_digest"),
        sa.CheckConstraint(
            "release_ceiling_minor BETWEEN 0 AND 1000000000000000",
            name="ck_api_key_release_ceiling_minor",
        ),
        sa.CheckConstraint(
            "(release_ceiling_minor IS NULL) = (currency IS NULL)", name="ck_api_key_ceiling"
        ),
    )


def downgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    for table in ("api_key", "hold_approval", "hold_event"):
        op.drop_table(table)
    op.drop_index("ix_hold_released", table_name="hold")
    for name in CHECKS:
        op.drop_constraint(name, "hold")
    for column in COLUMNS:
        op.drop_column("hold", column.name)
    op.drop_column("decision", "entered_by")
    for name in SENDER:
        op.drop_column("file_import", name)
    op.drop_index("ix_journal_limit", table_name="journal")
    # What the earlier schema has no word for changed orders alone.
    op.execute("UPDATE journal SET kind = 'posting' WHERE kind = 'hold'")
    op.drop_constraint("ck_journal_kind", "journal")
    op.create_check_constraint("ck_journal_kind", "journal", KINDS_BEFORE)
