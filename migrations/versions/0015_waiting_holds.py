"""The credit desk: holds that are judged again, expected payments, usual months, the worklist

Revises: 0014
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None

WAITS = sa.text("state IN ('open', 'awaiting_second', 'ready', 'escalated')")
SHIPS = sa.text("coalesce(ship_date, 'infinity'::date)")
OF_WHAT_WAITS: dict[str, list[str | sa.TextClause]] = {
    "ix_hold_waiting_account": ["account", "opened_at", "id"],
    "ix_hold_waiting_opened_at": ["opened_at", "id"],
    "ix_hold_waiting_amount": ["currency", "amount_minor", "id"],
    "ix_hold_waiting_ship_date": [SHIPS, "id"],
}
OF_ALL: dict[str, list[str | sa.TextClause]] = {
    "ix_hold_order_ref": ["order_ref", "id"],
    "ix_hold_opened_at": ["opened_at", "id"],
    "ix_hold_amount": ["currency", "amount_minor", "id"],
    "ix_hold_ship_date": [SHIPS, "id"],
}

USUAL_MONTHS = ("month_average_minor", "month_largest_minor")


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.add_column("credit_account", sa.Column("holds_due_at", sa.DateTime(timezone=True)))
    op.create_index(
        "ix_credit_account_holds_due_at",
        "credit_account",
        ["holds_due_at"],
        postgresql_where=sa.text("holds_due_at IS NOT NULL"),
    )
    op.create_index(
        "ix_customer_sales_contact",
        "customer",
        [sa.text("lower(sales_contact)"), "account", "ref"],
        postgresql_where=sa.text("sales_contact IS NOT NULL"),
    )
    no_lines = sa.text("'[]'")
    op.add_column("hold", sa.Column("lines", JSONB(), nullable=False, server_default=no_lines))
    op.add_column("hold", sa.Column("ready_at", sa.DateTime(timezone=True)))
    for name, columns in OF_ALL.items():
        op.create_index(name, "hold", columns)
    for name, columns in OF_WHAT_WAITS.items():
        op.create_index(name, "hold", columns, postgresql_where=WAITS)
    op.create_index(
        "ix_hold_assignee",
        "hold",
        ["assignee", "opened_at", "id"],
        postgresql_where=sa.text("assignee IS NOT NULL"),
    )
    _have_what_advice_looks_at()
    op.execute(
        "UPDATE credit_account SET holds_due_at = 'epoch' WHERE ref IN (SELECT account"
        " FROM hold WHERE state IN ('open', 'awaiting_second', 'ready', 'escalated'))"
    )


def _have_what_advice_looks_at() -> None:
    op.create_table(
        "expected_payment",
        sa.Column("account", sa.Text(), nullable=False),
        sa.Column("customer", sa.Text(), nullable=False),
        sa.Column("ref", sa.Text(), nullable=False),
        sa.Column("amount_minor", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.Text(), nullable=False),
        sa.Column("expected_on", sa.Date(), nullable=False),
        sa.Column("note", sa.Text()),
        sa.Column("version", sa.BigInteger()),
        sa.Column("stated_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("account", "customer", "ref", name="pk_expected_payment"),
        sa.CheckConstraint("version >= 0", name="ck_expected_payment_version"),
        sa.CheckConstraint(
            "amount_minor BETWEEN 0 AND 1000000000000000", name="ck_expected_payment_amount_minor"
        ),
    )
    op.create_index("ix_expected_payment_on", "expected_payment", ["account", "expected_on"])
    nothing = sa.text("0")
    months = sa.Column("months_known", sa.SmallInteger(), server_default=nothing, nullable=False)
    op.add_column("payment_behaviour", months)
    for name in USUAL_MONTHS:
        column = sa.Column(name, sa.BigInteger(), server_default=nothing, nullable=False)
        op.add_column("payment_behaviour", column)
        op.create_check_constraint(
            f"ck_payment_behaviour_{name}",
            "payment_behaviour",
            f"{name} BETWEEN 0 AND 4000000000000000000",
        )


def downgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    for name in (*USUAL_MONTHS, "months_known"):
        op.drop_column("payment_behaviour", name)
    op.drop_table("expected_payment")
    for name in (*OF_WHAT_WAITS, *OF_ALL, "ix_hold_assignee"):
        op.drop_index(name, table_name="hold")
    for column in ("ready_at", "lines"):
        op.drop_column("hold", column)
    op.drop_index("ix_customer_sales_contact", table_name="customer")
    op.drop_index("ix_credit_account_holds_due_at", table_name="credit_account")
    op.drop_column("credit_account", "holds_due_at")
