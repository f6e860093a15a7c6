"""The one statement that reads everything a decision depends on, in one snapshot."""

from dataclasses import dataclass
from datetime import date, datetime

import asyncpg

from app.credit.account import Account, Customer, Limit, Overdue, Position, Totals
from app.credit.commitment import Commitment
from app.credit.money import Currency
from app.credit.policy import Policy
from app.storage import orders
from app.storage.database import Connection

# `due` and `ship` totals by day answer up to the first of a month, totals by month before (after)
# it, so that what is read is a few dozen rows however many documents there are. They leave trifles
# out at the account's own mark; where the policy's mark differs, the items themselves are read.
OVERDUE = """CASE WHEN known.trifle_minor = known.policy_trifle_minor THEN
            (SELECT coalesce(sum(t.amount_minor), 0)::bigint FROM calendar_total t
              WHERE t.account = known.account AND t.series = 'due' AND t.grain = 'month'
                AND t.starts_on < known.due_month)
          + (SELECT coalesce(sum(t.amount_minor), 0)::bigint FROM calendar_total t
              WHERE t.account = known.account AND t.series = 'due' AND t.grain = 'day'
                AND t.starts_on >= known.due_month AND t.starts_on < known.due_before)
        ELSE
            (SELECT coalesce(sum(i.amount_minor), 0)::bigint FROM open_item i
              WHERE i.account = known.account AND i.kind = 'invoice' AND i.cleared_at IS NULL
                AND i.due_on < known.due_before AND i.currency = known.currency
                AND i.amount_minor >= known.policy_trifle_minor)
        END"""
"""What is overdue of the account `known`, by its policy's grace and trifle amount."""

BEYOND_HORIZON = """CASE WHEN known.ships_after IS NULL THEN 0 ELSE
            (SELECT coalesce(sum(t.amount_minor), 0)::bigint FROM calendar_total t
              WHERE t.account = known.account AND t.series = 'ship' AND t.grain = 'month'
                AND t.starts_on > known.ship_month)
          + (SELECT coalesce(sum(t.amount_minor), 0)::bigint FROM calendar_total t
              WHERE t.account = known.account AND t.series = 'ship' AND t.grain = 'day'
                AND t.starts_on > known.ships_after
                AND t.starts_on < (known.ship_month + interval '1 month')::date)
        END"""
"""What of the open orders of the account `known` ships after its policy's horizon."""

READ_POSITION = f"""
    WITH asked AS (
        SELECT $1::text AS account, $2::text AS customer, $3::text AS order_ref,
               $4::bigint AS revision, coalesce($6::timestamptz, clock_timestamp()) AS now
    ), day AS (
        SELECT asked.*, (asked.now AT TIME ZONE $5)::date AS today FROM asked
    ), known AS (
        SELECT day.*, c.status, c.dunning_level, a.seq, a.currency, a.exponent,
               a.limit_minor, a.limit_unlimited, a.limit_valid_until, a.limit_set_at,
               (a.limit_set_at AT TIME ZONE $5)::date AS limit_set_on,
               a.invoices_minor, a.credit_notes_minor, a.payments_minor, a.orders_minor,
               a.reservations_minor, a.foreign_documents, a.trifle_minor,
               (a.drift_found_at AT TIME ZONE $5)::date AS drift_found_on,
               p.name AS policy_name, p.version AS policy_version,
               (p.trifle * 10::numeric ^ a.exponent::int)::bigint AS policy_trifle_minor,
               day.today - p.grace_days AS due_before,
               date_trunc('month', day.today - p.grace_days)::date AS due_month,
               day.today + p.horizon_days AS ships_after,
               date_trunc('month', day.today + p.horizon_days)::date AS ship_month
        FROM day
        LEFT JOIN customer c ON c.account = day.account AND c.ref = day.customer
        LEFT JOIN credit_account a ON a.ref = day.account
        CROSS JOIN LATERAL (
            SELECT * FROM policy WHERE name = coalesce(c.policy, 'standard')
            ORDER BY version DESC LIMIT 1
        ) p
    )
    SELECT known.*, clock_timestamp() AS clock,
        coalesce((SELECT min(coalesce(s.known_at, s.watched_since)) FROM source s
                   WHERE s.expected_interval_minutes IS NOT NULL),
                 (SELECT max(s.known_at) FROM source s)) AS data_as_of,
        (SELECT coalesce(sum(o.reserved_minor), 0)::bigint FROM sales_order o
          WHERE o.account = known.account AND o.reserved_until <= known.now
            AND NOT (o.customer = known.customer AND o.ref = known.order_ref)) AS lapsed_minor,
        {OVERDUE} AS overdue_minor,
        CASE WHEN known.trifle_minor = known.policy_trifle_minor THEN
            (SELECT min(t.starts_on) FROM calendar_total t
              WHERE t.account = known.account AND t.series = 'due' AND t.grain = 'day'
                AND t.documents > 0 AND t.starts_on < known.due_before)
        ELSE
            (SELECT min(i.due_on) FROM open_item i
              WHERE i.account = known.account AND i.kind = 'invoice' AND i.cleared_at IS NULL
                AND i.due_on < known.due_before AND i.currency = known.currency
                AND i.amount_minor >= known.policy_trifle_minor)
        END AS oldest_due_on,
        (SELECT min(i.issued_on) FROM open_item i
          WHERE i.account = known.account AND i.kind = 'invoice' AND i.cleared_at IS NULL
        ) AS oldest_invoice_on,
        {BEYOND_HORIZON} AS beyond_horizon_minor,
        o.customer AS o_customer, o.ref AS o_ref, o.currency AS o_currency,
        o.revision AS o_revision, o.check_id AS o_check_id, o.hold_id AS o_hold_id,
        o.granted_minor AS o_granted_minor, o.granted_credit_minor AS o_granted_credit_minor,
        o.reserved_minor AS o_reserved_minor, o.reserved_until AS o_reserved_until,
        o.stated_minor AS o_stated_minor, o.admitted_minor AS o_admitted_minor,
        o.invoiced_minor AS o_invoiced_minor,
        o.invoiced_before_minor AS o_invoiced_before_minor,
        o.elsewhere AS o_elsewhere, o.ship_date AS o_ship_date,
        o.version AS o_version, o.source AS o_source, o.cancelled_at AS o_cancelled_at,
        d.id AS decided_id, d.fingerprint AS decided_fingerprint, d.answer AS decided_answer
    FROM known
    LEFT JOIN sales_order o ON o.account = known.account AND o.customer = known.customer
         AND o.ref = known.order_ref
    LEFT JOIN decision d ON d.account = known.account AND d.customer = known.customer
         AND d.order_ref = known.order_ref AND d.revision = known.revision
"""  # noqa: S608 - our own fragments
"""Reads account, customer, the policy's head, the order's own line and any earlier decision."""


@dataclass(frozen=True, slots=True)
class Question:
    """Whose position is read, for which order, by which calendar.

    `fixed_now` stands in for the database's clock where a test needs a certain day.
    """

    account: str
    customer: str
    order_ref: str
    revision: int
    time_zone: str
    fixed_now: datetime | None = None


@dataclass(frozen=True, slots=True)
class Earlier:
    """The decision that this very revision of the order got before."""

    id: str
    fingerprint: bytes
    answer: str


@dataclass(frozen=True, slots=True)
class Reading:
    """One snapshot: the account, who asks, the order's own commitment, an earlier decision.

    `account` is `None` where no such account exists. Its totals leave out the order asked about
    and what has lapsed; `lapsed_minor` says how much of the stored total that is. `clock` is the
    database's own clock, whatever `now` is.
    """

    now: datetime
    clock: datetime
    today: date
    policy_key: tuple[str, int]
    customer: Customer | None
    account: Account | None
    data_as_of: datetime | None
    stored: Commitment | None
    lapsed_minor: int
    earlier: Earlier | None

    @property
    def commitment(self) -> Commitment | None:
        """The order's commitment at this instant."""
        return None if self.stored is None else self.stored.at(self.now)

    def position(self, policy: Policy, account: Account) -> Position:
        """Put together what the rules look at."""
        commitment = self.commitment
        return Position(
            account=account,
            policy=policy,
            now=self.now,
            today=self.today,
            customer=self.customer,
            grant=None if commitment is None else commitment.grant,
            data_as_of=self.data_as_of,
        )


async def read(connection: Connection, question: Question) -> Reading:
    """Read everything a decision depends on, in one statement."""
    row = await connection.fetchrow(
        READ_POSITION,
        question.account,
        question.customer,
        question.order_ref,
        question.revision,
        question.time_zone,
        question.fixed_now,
    )
    assert row is not None, "the statement starts from one row and drops none"
    return _reading(row)


def _reading(row: asyncpg.Record) -> Reading:
    stored = None if row["o_ref"] is None else orders.from_row(row, "o_")
    return Reading(
        now=row["now"],
        clock=row["clock"],
        today=row["today"],
        policy_key=(row["policy_name"], row["policy_version"]),
        customer=_customer(row),
        account=None if row["seq"] is None else _account(row, stored),
        data_as_of=row["data_as_of"],
        stored=stored,
        lapsed_minor=row["lapsed_minor"],
        earlier=_earlier(row),
    )


def _customer(row: asyncpg.Record) -> Customer | None:
    if row["status"] is None:
        return None
    return Customer(row["customer"], row["status"] == "blocked", row["dunning_level"])


def _account(row: asyncpg.Record, stored: Commitment | None) -> Account:
    own_foreign = stored is not None and stored.currency != row["currency"]
    return Account(
        ref=row["account"],
        seq=row["seq"],
        currency=Currency(row["currency"], row["exponent"]),
        limit=_limit(row),
        totals=_totals(row, None if own_foreign else stored),
        overdue=Overdue(row["overdue_minor"], row["oldest_due_on"]),
        oldest_invoice_on=row["oldest_invoice_on"],
        foreign_documents=row["foreign_documents"],
        drift_found_on=row["drift_found_on"],
    )


def _limit(row: asyncpg.Record) -> Limit | None:
    if row["limit_set_on"] is None:
        return None
    return Limit(row["limit_minor"], row["limit_valid_until"], row["limit_set_on"])


def _totals(row: asyncpg.Record, own: Commitment | None) -> Totals:
    """Give the account's totals without what has lapsed, lies too far ahead, or is asked about."""
    own_counted = own_reserved = 0
    if own is not None:
        own_reserved = own.reserved_minor
        own_counted = 0 if _is_beyond(own, row["ships_after"]) else own.counted_minor
    return Totals(
        invoices_minor=row["invoices_minor"],
        credit_notes_minor=row["credit_notes_minor"],
        payments_minor=row["payments_minor"],
        open_orders_minor=row["orders_minor"] - row["beyond_horizon_minor"] - own_counted,
        reservations_minor=row["reservations_minor"] - row["lapsed_minor"] - own_reserved,
    )


def _is_beyond(order: Commitment, ships_after: date | None) -> bool:
    return (
        ships_after is not None and order.ship_date is not None and order.ship_date > ships_after
    )


def _earlier(row: asyncpg.Record) -> Earlier | None:
    if row["decided_id"] is None:
        return None
    return Earlier(row["decided_id"], row["decided_fingerprint"], row["decided_answer"])
