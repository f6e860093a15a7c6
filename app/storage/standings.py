"""How a customer stands, for the release advice: read when a person looks at a hold."""

from dataclasses import dataclass
from datetime import date, datetime

from app.credit.release_advice import Standing
from app.storage.database import Connection

# Due are invoices that the overdue rule counts, of all that share the account; those of a customer
# who pays by direct debit count from a later day on, and are ours to collect until then.
READ = """
    WITH asked AS (
        SELECT c.account, c.ref, c.payment_terms_days, c.direct_debit, c.takes_discount,
               a.currency, $3::date AS today, $4::date AS due_before, $5::date AS debit_before,
               $6::bigint AS trifle_minor, $7::date AS expected_until, $8::text AS order_ref,
               $9::timestamptz AS now
          FROM customer c JOIN credit_account a ON a.ref = c.account
         WHERE c.account = $1 AND c.ref = $2
    ), late AS (
        SELECT i.amount_minor,
               i.due_on < CASE WHEN asked.direct_debit AND i.customer = asked.ref
                               THEN asked.debit_before ELSE asked.due_before END AS is_due,
               i.customer = asked.ref AS is_own
          FROM asked JOIN open_item i ON i.account = asked.account AND i.kind = 'invoice'
           AND i.cleared_at IS NULL AND i.due_on < asked.today AND i.currency = asked.currency
           AND i.amount_minor >= asked.trifle_minor
    )
    SELECT asked.payment_terms_days, asked.direct_debit, asked.takes_discount,
           b.dso_days, coalesce(b.months_known, 0) AS months_known,
           coalesce(b.month_average_minor, 0) AS month_average_minor,
           coalesce(b.month_largest_minor, 0) AS month_largest_minor,
           (SELECT coalesce(sum(amount_minor), 0)::bigint FROM late WHERE is_due) AS due_minor,
           (SELECT coalesce(sum(amount_minor), 0)::bigint FROM late WHERE is_own AND NOT is_due)
               AS uncollected_minor,
           (SELECT coalesce(sum(o.counted_minor + CASE
                   WHEN o.reserved_until IS NULL OR o.reserved_until > asked.now
                   THEN o.reserved_minor ELSE 0 END), 0)::bigint
              FROM sales_order o WHERE o.account = asked.account AND o.customer = asked.ref
               AND o.currency = asked.currency AND o.ref <> asked.order_ref) AS on_order_minor,
           (SELECT coalesce(sum(e.amount_minor), 0)::bigint FROM expected_payment e
             WHERE e.account = asked.account AND e.currency = asked.currency
               AND e.expected_on BETWEEN asked.today AND asked.expected_until) AS expected_minor
      FROM asked
      LEFT JOIN payment_behaviour b ON b.account = asked.account AND b.customer = asked.ref
       AND b.currency = asked.currency
"""
"""Everything that the advice looks at besides the position."""


@dataclass(frozen=True, slots=True)
class Marks:
    """From which days and amounts on things count, as the customer's policy has them.

    An invoice that fell due before `due_before` is due; before `debit_before`, if its customer
    pays by direct debit.
    """

    today: date
    due_before: date
    debit_before: date
    trifle_minor: int
    expected_until: date
    now: datetime


async def read(
    connection: Connection, account: str, customer: str, order_ref: str, *, marks: Marks
) -> Standing:
    """Give how the customer stands beside this order; of an unknown customer nothing is known."""
    row = await connection.fetchrow(
        READ, account, customer, marks.today, marks.due_before, marks.debit_before,
        marks.trifle_minor, marks.expected_until, order_ref, marks.now,
    )  # fmt: skip
    return Standing() if row is None else Standing(**dict(row))
