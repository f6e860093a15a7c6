"""What the worker keeps: when each job ran, and how customers pay."""

from sqlalchemy import (
    Column,
    DateTime,
    Integer,
    Numeric,
    PrimaryKeyConstraint,
    SmallInteger,
    Table,
    Text,
    Uuid,
    text,
)

from app.storage.tables.columns import metadata, total

# One row for each kind of job, whichever replica's worker runs it.
job = Table(
    "job",
    metadata,
    Column("name", Text, nullable=False),
    Column("started_at", DateTime(timezone=True), nullable=False),
    # Empty while it runs, or when whoever ran it died of it.
    Column("finished_at", DateTime(timezone=True)),
    Column("claimed_until", DateTime(timezone=True), nullable=False),
    Column("claim_token", Uuid, nullable=False),
    Column("outcome", Text),
    PrimaryKeyConstraint("name", name="pk_job"),
)

# Averages are weighted by amount; they are empty where nothing is known to average.
payment_behaviour = Table(
    "payment_behaviour",
    metadata,
    Column("account", Text, nullable=False),
    Column("customer", Text, nullable=False),
    Column("currency", Text, nullable=False),
    Column("exponent", SmallInteger, nullable=False),
    Column("cleared_invoices", Integer, nullable=False),
    *total("cleared_minor", table="payment_behaviour"),
    Column("late_invoices", Integer, nullable=False),
    *total("late_minor", table="payment_behaviour"),
    Column("days_late", Numeric(9, 1)),
    Column("days_to_pay", Numeric(9, 1)),
    Column("share_in_time", Numeric(5, 4)),
    Column("dso_days", Numeric(9, 1)),
    # What it was invoiced in the full months of the last year, from its first one on.
    Column("months_known", SmallInteger, nullable=False, server_default=text("0")),
    *total("month_average_minor", table="payment_behaviour"),
    *total("month_largest_minor", table="payment_behaviour"),
    Column("computed_at", DateTime(timezone=True), nullable=False),
    PrimaryKeyConstraint("account", "customer", name="pk_payment_behaviour"),
)
