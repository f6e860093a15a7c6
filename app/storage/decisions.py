"""The guarded write: a decision, its reservation or hold, and the totals, all or nothing."""

from dataclasses import dataclass
from datetime import date, datetime

import asyncpg

from app.credit.commitment import Commitment
from app.credit.order import Line
from app.storage.database import Connection, StorageUnavailableError
from app.storage.holds import ENDED, TOLD, last_asker, lines_as_text
from app.storage.orders import elsewhere_as_text

# Written only if the account's `seq` is still the one that was read, so that everything the
# decision was based on still holds. The row's own column guards: a sum would keep the statement's
# old snapshot and grant twice (research measured 130 granted on a limit of 100). The clock is
# asked once more when the row is ours: Postgres does not look at the WHERE again after a wait in
# which nothing has changed. What rows are found by goes through `asked`: a planner that sees no
# values keeps one plan. What a person does with a hold may raise no number, so that what was
# before is read from the hold as it is once it is locked.
RECORD_DECISION = f"""
    WITH asked AS MATERIALIZED (
        SELECT $1::text AS account, $2::bigint AS seq, $5::text AS customer,
               $6::text AS order_ref, $12::timestamptz AS decided_at
    ), guard AS (
        UPDATE credit_account a
           SET seq = a.seq + 1, reservations_minor = a.reservations_minor + $3::bigint,
               holds_due_at = CASE WHEN a.holds_due_at IS NOT NULL OR $14::text IS NOT NULL
                                   THEN 'epoch'::timestamptz END
          FROM asked
         WHERE a.ref = asked.account AND a.seq = asked.seq
           AND clock_timestamp() < $25::timestamptz
     RETURNING a.ref, a.seq, a.exponent, asked.customer, asked.order_ref, asked.decided_at,
               1 / (clock_timestamp() < $25::timestamptz)::int AS in_time
    ), recorded AS (
        INSERT INTO decision (account, id, seq, customer, order_ref, revision, channel,
                              fingerprint, outcome, answer, decided_at, entered_by)
        SELECT guard.ref, $4, guard.seq, $5, $6, $7::bigint, $8, $9, $10, $11, $12::timestamptz,
               $32
          FROM guard
    ), swept AS (
        UPDATE sales_order o
           SET reserved_minor = 0, reserved_until = NULL,
               granted_minor = least(o.granted_minor, coalesce(o.stated_minor, 0)),
               granted_credit_minor = greatest(0, least(o.granted_minor,
                   coalesce(o.stated_minor, 0)) - (o.granted_minor - o.granted_credit_minor))
          FROM guard
         WHERE o.account = guard.ref AND o.reserved_until <= guard.decided_at
           AND NOT (o.customer = guard.customer AND o.ref = guard.order_ref)
    ), committed AS (
        INSERT INTO sales_order (account, customer, ref, currency, revision, check_id, hold_id,
                                 granted_minor, granted_credit_minor, reserved_minor,
                                 reserved_until, admitted_minor, counted_minor, invoiced_minor,
                                 elsewhere)
        SELECT guard.ref, $5, $6, $13, $7, $4, $14, $15::bigint, $16::bigint, $17::bigint,
               $18::timestamptz, $19::bigint, $20::bigint, $26::bigint, $27::jsonb
          FROM guard
        ON CONFLICT (account, customer, ref) DO UPDATE
           SET currency = excluded.currency, revision = excluded.revision,
               check_id = excluded.check_id, hold_id = excluded.hold_id,
               granted_minor = excluded.granted_minor,
               granted_credit_minor = excluded.granted_credit_minor,
               reserved_minor = excluded.reserved_minor,
               reserved_until = excluded.reserved_until,
               admitted_minor = excluded.admitted_minor, counted_minor = excluded.counted_minor,
               stated_minor = CASE WHEN sales_order.cancelled_at IS NULL
                                   THEN sales_order.stated_minor END,
               invoiced_minor = excluded.invoiced_minor, elsewhere = excluded.elsewhere,
               invoiced_before_minor = CASE WHEN sales_order.currency = excluded.currency
                                            THEN sales_order.invoiced_before_minor ELSE 0 END,
               cancelled_at = NULL
    ), stopping AS (
        SELECT h.account, h.id, {TOLD} AS told
          FROM guard a
          JOIN hold h ON h.account = a.ref AND h.customer = a.customer
           AND h.order_ref = a.order_ref
           AND h.state IN ('open', 'awaiting_second', 'ready', 'escalated')
           FOR UPDATE OF h
    ), superseded AS (
        UPDATE hold h
           SET state = 'superseded', version = h.version + 1, closed_at = $12,
               events = h.events + 1
          FROM stopping s WHERE h.account = s.account AND h.id = s.id
     RETURNING h.account, h.id, h.events, s.told
    ), traced AS (
        INSERT INTO hold_event (account, hold_id, no, at, by, action, before, after)
        SELECT account, id, events, $12, $34, 'supersede', told,
               told {ENDED.format("'superseded'")}
          FROM superseded
    ), held AS (
        INSERT INTO hold (account, id, state, customer, order_ref, revision, amount_minor,
                          currency, reasons, picture, check_id, opened_at, prepaid_minor,
                          payment_terms, ship_date, entered_by, lines, facts)
        SELECT guard.ref, $14, 'open', $5, $6, $7, $21::bigint, $24, $22::text[], $23, $4, $12,
               $29::bigint, $30, $31::date,
               coalesce($32, {last_asker("guard.ref", "guard.customer", "guard.order_ref")}),
               $33::jsonb, $28::jsonb
          FROM guard WHERE $14::text IS NOT NULL
    ), told AS (
        INSERT INTO outbox (account, id, kind, customer, order_ref, hold_id, facts, occurred_at)
        SELECT guard.ref, 'evt_' || substr($14, 5), 'hold.opened', $5, $6, $14, $28::jsonb, $12
          FROM guard WHERE $14::text IS NOT NULL
         UNION ALL
        SELECT guard.ref, 'evt_' || substr($4, 5), 'check.decided', $5, $6, $14,
               jsonb_build_object('check', $4::text, 'outcome', $10::text, 'revision', $7::bigint,
                                  'amount_minor', $21::bigint, 'currency', $24::text,
                                  'account_seq', guard.seq), $12
          FROM guard
         WHERE EXISTS (SELECT FROM webhook_endpoint w
                        WHERE w.enabled AND 'check.decided' = ANY (w.events))
    )
    SELECT seq FROM guard
"""  # noqa: S608 - our own fragments
"""Records a decision with all that it brings, and what others are told of it; nothing when the
account has moved on, or when the answer's deadline has passed by the database's clock."""

OPEN_ACCOUNT = """
    INSERT INTO credit_account (ref, currency, exponent, trifle_minor)
    SELECT $1, $2, $3::smallint,
           (SELECT (trifle * 10::numeric ^ $3::int)::bigint FROM policy
             WHERE name = $4 ORDER BY version DESC LIMIT 1)
    ON CONFLICT (ref) DO NOTHING
"""
"""Makes an account without a limit where there is none yet."""

LOCK_ACCOUNT = "SELECT 1 FROM credit_account WHERE ref = $1 FOR UPDATE"
"""Takes the account's row, so that what is read after it stays true until the commit."""

FIND = "SELECT answer FROM decision WHERE id = $1"
"""The stored answer of a decision."""

PLACE_OF = "SELECT account, customer, order_ref FROM decision WHERE id = $1"
"""Where a decision belongs."""

LIST = """
    SELECT answer, id FROM decision
    WHERE ($1::text IS NULL OR customer = $1) AND ($2::text IS NULL OR order_ref = $2)
      AND ($3::text IS NULL OR id < $3)
    ORDER BY id DESC LIMIT $4
"""
"""Stored answers, newest first."""


@dataclass(frozen=True, slots=True)
class Place:
    """The account, customer and order that a decision is about."""

    account: str
    customer: str
    order_ref: str


@dataclass(frozen=True, slots=True)
class HoldEntry:
    """What the worklist, and others (`facts`), are told of an order that is stopped."""

    id: str
    reasons: tuple[str, ...]
    picture: str
    facts: str
    prepaid_minor: int = 0
    payment_terms: str | None = None
    ship_date: date | None = None
    lines: tuple[Line, ...] = ()


@dataclass(frozen=True, slots=True)
class DecisionEntry:
    """Everything that one recorded check writes. `seq` is the account's before the write.

    `due_by` is the answer's deadline by the database's clock: it is not written after that. `by`
    is who ends what held the order until now, as a trace calls them.
    """

    id: str
    account: str
    seq: int
    revision: int
    outcome: str
    answer: str
    fingerprint: bytes
    channel: str | None
    decided_at: datetime
    due_by: datetime
    amount_minor: int
    currency: str
    commitment: Commitment
    reservations_change_minor: int
    hold: HoldEntry | None
    entered_by: str | None = None
    by: str | None = None


async def record(connection: Connection, entry: DecisionEntry) -> bool:
    """Write the entry; `False` when the account has changed since it was read."""
    line, hold = entry.commitment, entry.hold
    try:
        seq = await connection.fetchval(
            RECORD_DECISION,
            entry.account, entry.seq, entry.reservations_change_minor, entry.id,
            line.customer, line.ref, entry.revision, entry.channel, entry.fingerprint,
            entry.outcome, entry.answer, entry.decided_at,
            line.currency, line.hold_id, line.granted_minor, line.granted_credit_minor,
            line.reserved_minor, line.reserved_until, line.admitted_minor, line.counted_minor,
            entry.amount_minor,
            [] if hold is None else list(hold.reasons),
            None if hold is None else hold.picture,
            entry.currency,
            entry.due_by,
            line.invoiced_minor, elsewhere_as_text(line.elsewhere),
            None if hold is None else hold.facts,
            0 if hold is None else hold.prepaid_minor,
            None if hold is None else hold.payment_terms,
            None if hold is None else hold.ship_date,
            entry.entered_by,
            "[]" if hold is None else lines_as_text(hold.lines),
            entry.by,
        )  # fmt: skip
    except asyncpg.UniqueViolationError as error:
        if error.constraint_name not in {"uq_decision_order_revision", "uq_decision_seq"}:
            raise
        return False
    except asyncpg.DivisionByZeroError as error:
        raise StorageUnavailableError("the deadline has passed") from error
    return seq is not None


async def open_account(
    connection: Connection, ref: str, *, currency: str, exponent: int, policy: str
) -> None:
    """Make sure that the account exists; one made here has no limit."""
    await connection.execute(OPEN_ACCOUNT, ref, currency, exponent, policy)


async def lock_account(connection: Connection, ref: str) -> bool:
    """Take the account's row until the transaction ends; `False` where there is none."""
    return await connection.fetchval(LOCK_ACCOUNT, ref) is not None


async def place_of(connection: Connection, check_id: str) -> Place | None:
    """Give where a decision belongs, or `None` when there is none."""
    row = await connection.fetchrow(PLACE_OF, check_id)
    return None if row is None else Place(**dict(row))


async def find(connection: Connection, check_id: str) -> str | None:
    """Give the stored answer of a decision, or `None`."""
    answer: str | None = await connection.fetchval(FIND, check_id)
    return answer


async def listed(
    connection: Connection,
    *,
    customer: str | None,
    order: str | None,
    before: str | None,
    limit: int,
) -> list[tuple[str, str]]:
    """Give ids and stored answers, newest first, those older than `before`."""
    rows = await connection.fetch(LIST, customer, order, before, limit)
    return [(row["id"], row["answer"]) for row in rows]
