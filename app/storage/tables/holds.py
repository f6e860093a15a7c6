"""Orders that wait for the credit department, what was done with them, and who agreed."""

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Column,
    Date,
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

from app.storage.tables.columns import amount, metadata, total

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
    # The same as others are told it, to be worded in any language; none of old ones.
    Column("facts", JSONB),
    Column("check_id", Text),
    Column("opened_at", DateTime(timezone=True), nullable=False),
    Column("closed_at", DateTime(timezone=True)),
    # What else the rules look at when they are asked about the order again.
    *total("prepaid_minor", table="hold"),
    Column("payment_terms", Text),
    Column("lines", JSONB, nullable=False, server_default=text("'[]'")),
    Column("ship_date", Date),
    Column("entered_by", Text),
    # Since when the rules let the order pass, while it waits.
    Column("ready_at", DateTime(timezone=True)),
    Column("assignee", Text),
    # How many entries its history has, and which round of agreeing it is in.
    Column("events", Integer, nullable=False, server_default=text("0")),
    Column("round", Integer, nullable=False, server_default=text("1")),
    # The release, as it was proposed or made.
    Column("release_kind", Text),
    *amount("released_minor", table="hold", nullable=True),
    *amount("released_credit_minor", table="hold", nullable=True),
    Column("released_until", Date),
    Column("released_by", Text),
    Column("second_by", Text),
    # What four eyes went by: who ever asked about the order, who changed the limit, the window's
    # releases with this one, and up to which sum one person decides alone.
    Column("askers", ARRAY(Text), nullable=False, server_default=text("'{}'")),
    Column("barred", ARRAY(Text), nullable=False, server_default=text("'{}'")),
    *total("window_minor", table="hold", nullable=True),
    *amount("alone_up_to_minor", table="hold", nullable=True),
    PrimaryKeyConstraint("account", "id", name="pk_hold"),
    CheckConstraint(
        "state IN ('open', 'awaiting_second', 'ready', 'released', 'refused', 'escalated', "
        "'cancelled', 'superseded', 'expired')",
        name="ck_hold_state",
    ),
    CheckConstraint("version > 0", name="ck_hold_version"),
    CheckConstraint(
        "release_kind IN ('once', 'committee', 'passes')", name="ck_hold_release_kind"
    ),
    CheckConstraint(
        "state <> 'released' OR (release_kind IS NOT NULL AND released_minor IS NOT NULL)",
        name="ck_hold_released",
    ),
    CheckConstraint(
        "state <> 'released' OR release_kind = 'passes' OR released_by IS NOT NULL",
        name="ck_hold_released_by",
    ),
    CheckConstraint("second_by <> released_by", name="ck_hold_two_persons"),
    CheckConstraint(
        "state <> 'released' OR release_kind <> 'committee' OR second_by IS NOT NULL",
        name="ck_hold_committee",
    ),
    CheckConstraint(
        "state <> 'released' OR release_kind <> 'once' OR (window_minor IS NOT NULL AND "
        "(second_by IS NOT NULL OR window_minor <= alone_up_to_minor "
        "OR alone_up_to_minor IS NULL))",
        name="ck_hold_four_eyes",
    ),
    CheckConstraint(
        "released_by <> entered_by AND second_by <> entered_by "
        "AND NOT (released_by = ANY (askers)) AND NOT (second_by = ANY (askers))",
        name="ck_hold_not_own_order",
    ),
    CheckConstraint(
        "NOT (released_by = ANY (barred)) AND NOT (second_by = ANY (barred))",
        name="ck_hold_not_own_limit",
    ),
)
Index("ix_hold_id", hold.c.id)
Index("ix_hold_state", hold.c.state, hold.c.id)
Index("ix_hold_customer", hold.c.customer, hold.c.id)
Index("ix_hold_order", hold.c.account, hold.c.customer, hold.c.order_ref)
Index("ix_hold_order_ref", hold.c.order_ref, hold.c.id)

# All that was ever held, in each sorting of the worklist.
_SHIPS = text("coalesce(ship_date, 'infinity'::date)")
Index("ix_hold_opened_at", hold.c.opened_at, hold.c.id)
Index("ix_hold_amount", hold.c.currency, hold.c.amount_minor, hold.c.id)
Index("ix_hold_ship_date", _SHIPS, hold.c.id)
Index(
    "ix_hold_assignee",
    hold.c.assignee,
    hold.c.opened_at,
    hold.c.id,
    postgresql_where=text("assignee IS NOT NULL"),
)

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
    _SHIPS,
    hold.c.id,
    postgresql_where=_WAITS,
)
Index(
    "ix_hold_released",
    hold.c.account,
    hold.c.closed_at,
    postgresql_where=text("state IN ('released', 'expired')"),
)

# Everything that was done with a hold, in its order; never changed, only added to.
hold_event = Table(
    "hold_event",
    metadata,
    Column("account", Text, nullable=False),
    Column("hold_id", Text, nullable=False),
    Column("no", Integer, nullable=False),
    Column("at", DateTime(timezone=True), nullable=False),
    # Empty where it followed from a statement or a check that nobody put a name to.
    Column("by", Text),
    Column("action", Text, nullable=False),
    Column("reason", Text),
    Column("note", Text),
    Column("before", JSONB),
    Column("after", JSONB, nullable=False),
    # By which a try whose commit was lost is known by the next.
    Column("token", Uuid),
    PrimaryKeyConstraint("account", "hold_id", "no", name="pk_hold_event"),
)

# Who agreed to a release, in which part; nobody agrees twice.
hold_approval = Table(
    "hold_approval",
    metadata,
    Column("account", Text, nullable=False),
    Column("hold_id", Text, nullable=False),
    Column("round", Integer, nullable=False),
    Column("part", Text, nullable=False),
    Column("person", Text, nullable=False),
    Column("at", DateTime(timezone=True), nullable=False),
    PrimaryKeyConstraint("account", "hold_id", "round", "part", name="pk_hold_approval"),
    UniqueConstraint("account", "hold_id", "round", "person", name="uq_hold_approval_person"),
    CheckConstraint(
        "part IN ('first', 'second', 'finance', 'sales')", name="ck_hold_approval_part"
    ),
)
