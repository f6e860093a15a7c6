"""Moving a customer with everything it owes and has ordered to another credit account."""

from app.storage.database import Connection

MOVE_DETAILS = (
    "UPDATE open_item SET account = $2 WHERE account = $1 AND customer = $3",
    "UPDATE sales_order SET account = $2 WHERE account = $1 AND customer = $3",
    "UPDATE whole_list SET account = $2 WHERE account = $1 AND customer = $3",
    """UPDATE hold_event SET account = $2 WHERE account = $1
          AND hold_id IN (SELECT id FROM hold WHERE account = $1 AND customer = $3)""",
    """UPDATE hold_approval SET account = $2 WHERE account = $1
          AND hold_id IN (SELECT id FROM hold WHERE account = $1 AND customer = $3)""",
    "UPDATE hold SET account = $2 WHERE account = $1 AND customer = $3",
    "UPDATE expected_payment SET account = $2 WHERE account = $1 AND customer = $3",
    """INSERT INTO journal (account, seq, kind, facts, recorded_at)
       SELECT account, seq, 'moved_check', jsonb_build_object('id', id, 'to', $2::text), decided_at
         FROM decision WHERE account = $1 AND customer = $3 AND seq IS NOT NULL""",
    # How it pays is counted anew from the documents, in the currency of the account it is on.
    "DELETE FROM payment_behaviour WHERE account IN ($1, $2) AND customer = $3",
    # A decision's number belongs to the account that it was made on.
    "UPDATE decision SET account = $2, seq = NULL WHERE account = $1 AND customer = $3",
)
"""Carries the customer's documents over; both accounts are locked by then."""

DROP_CUSTOMER = "DELETE FROM customer WHERE account = $1 AND ref = $2"
"""Takes the customer out of the account it leaves."""

FORGET_DAYS = "DELETE FROM calendar_total WHERE account = $1"
"""First step of counting an account anew."""

COUNT_DAYS = """
    INSERT INTO calendar_total (account, series, grain, starts_on, amount_minor, documents)
    SELECT d.account, d.series, g.grain, date_trunc(g.grain, d.day)::date,
           sum(d.amount_minor), count(*)
      FROM (
        SELECT i.account, 'due' AS series, i.due_on AS day, i.amount_minor
          FROM open_item i JOIN credit_account a ON a.ref = i.account
         WHERE i.account = $1 AND i.kind = 'invoice' AND i.cleared_at IS NULL
           AND i.due_on IS NOT NULL AND i.currency = a.currency
           AND i.amount_minor >= a.trifle_minor
        UNION ALL
        SELECT o.account, 'ship', o.ship_date, o.counted_minor
          FROM sales_order o JOIN credit_account a ON a.ref = o.account
         WHERE o.account = $1 AND o.counted_minor > 0 AND o.ship_date IS NOT NULL
           AND o.currency = a.currency
      ) d CROSS JOIN (VALUES ('day'), ('month')) AS g (grain)
     GROUP BY d.account, d.series, g.grain, date_trunc(g.grain, d.day)
"""
"""Second step: totals by day and month from the details."""

COUNT_TOTALS = """
    UPDATE credit_account a
       SET seq = a.seq + 1,
           invoices_minor = i.invoices, credit_notes_minor = i.credit_notes,
           payments_minor = i.payments, orders_minor = o.orders,
           reservations_minor = o.reservations, foreign_documents = i.foreigners + o.foreigners,
           holds_due_at = CASE WHEN EXISTS (SELECT FROM hold h WHERE h.account = a.ref
               AND h.state IN ('open', 'awaiting_second', 'ready', 'escalated', 'released'))
               THEN 'epoch'::timestamptz END
      FROM (
        SELECT coalesce(sum(amount_minor) FILTER (WHERE kind = 'invoice' AND own), 0) AS invoices,
               coalesce(sum(amount_minor) FILTER (WHERE kind = 'credit_note' AND own), 0)
                   AS credit_notes,
               coalesce(sum(amount_minor) FILTER (WHERE kind = 'payment' AND own), 0) AS payments,
               count(*) FILTER (WHERE NOT own) AS foreigners
          FROM (SELECT x.*, x.currency = b.currency AS own
                  FROM open_item x JOIN credit_account b ON b.ref = x.account
                 WHERE x.account = $1 AND x.cleared_at IS NULL) items
      ) i, (
        SELECT coalesce(sum(counted_minor) FILTER (WHERE own), 0) AS orders,
               coalesce(sum(reserved_minor) FILTER (WHERE own), 0) AS reservations,
               count(*) FILTER (WHERE NOT own AND counted_minor > 0) AS foreigners
          FROM (SELECT x.*, x.currency = b.currency AS own
                  FROM sales_order x JOIN credit_account b ON b.ref = x.account
                 WHERE x.account = $1) orders
      ) o
     WHERE a.ref = $1
"""
"""Third step: the account's totals from the details, and its next number."""


JOURNAL_MOVE = """
    INSERT INTO journal (account, seq, kind, facts, recorded_at)
    SELECT ref, seq, 'move', jsonb_build_object('customer', $2::text, 'from', $3::text,
                                                'to', $4::text), clock_timestamp()
      FROM credit_account WHERE ref = $1
"""
"""Last step: why the account got its next number."""


async def move_customer(
    connection: Connection, customer: str, *, source: str, target: str
) -> None:
    """Carry a customer over and count both accounts anew; both are locked by then."""
    for statement in MOVE_DETAILS:
        await connection.execute(statement, source, target, customer)
    await connection.execute(DROP_CUSTOMER, source, customer)
    for account in (source, target):
        await connection.execute(FORGET_DAYS, account)
        await connection.execute(COUNT_DAYS, account)
        await connection.execute(COUNT_TOTALS, account)
        await connection.execute(JOURNAL_MOVE, account, customer, source, target)
