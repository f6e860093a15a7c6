"""The statement that compares everything stored twice, of one account or of all.

What documents say of each other is compared first; totals are those of documents that are right.
"""

# A document counts for its customer's account, wherever it stands, so that one astray does not
# make two accounts' totals look wrong beside. Of one account alone those elsewhere are not seen.
#
# What an invoice takes off its order is the first of its steps; where those are not kept, what is
# open of it at least, and most often the most that ever was. Only a cancelled one takes nothing
# off, or one that a late version has cancelled or named another order ("anew").
#
# Invoices that are there make an order invoiced by their sum at least. It may be more: of an order
# that counts no more they are dropped when they are old. What an order counts that was not left
# out when it was stated last is not dropped; and where only the invoices explain what is stored as
# counted, it is the order that is wrong of them.
FIND = """
    WITH item AS (
        SELECT a.ref AS account, i.kind, i.amount_minor, i.due_on, i.currency = a.currency AS own,
               a.trifle_minor
          FROM open_item i
          LEFT JOIN customer_account m ON m.customer = i.customer
          JOIN credit_account a ON a.ref = coalesce(m.account, i.account)
         WHERE i.cleared_at IS NULL AND ($1::text IS NULL OR (i.account = $1 AND a.ref = $1))
    ), bill AS NOT MATERIALIZED (
        SELECT i.account, i.customer, i.ref, i.order_ref, i.currency, i.invoiced_minor AS stored,
               CASE WHEN i.history -> 'steps' IS NOT NULL
                    THEN (i.history #>> '{steps,0,1}')::bigint
                    WHEN i.cancelled OR i.invoiced_minor >= i.amount_minor
                      OR (i.cleared_at IS NOT NULL AND i.history -> 'anew' IS NOT NULL)
                    THEN i.invoiced_minor
                    WHEN i.history -> 'anew' IS NOT NULL THEN i.amount_minor
                    ELSE greatest(i.amount_minor, i.largest_minor)
               END AS counted
          FROM open_item i
         WHERE i.kind = 'invoice' AND i.order_ref IS NOT NULL
           AND ($1::text IS NULL OR i.account = $1)
    ), billed AS (
        SELECT customer, order_ref, currency,
               least(sum(counted), 4000000000000000000)::bigint AS minor
          FROM bill GROUP BY customer, order_ref, currency
    ), sale AS (
        SELECT a.ref AS account, o.customer, o.ref, o.currency, o.currency = a.currency AS own,
               o.reserved_minor, o.ship_date, o.invoiced_minor AS stored_invoiced_minor,
               o.counted_minor AS stored_counted_minor,
               CASE WHEN t.is_wrong THEN c.billed_minor ELSE o.invoiced_minor
                END AS invoiced_minor,
               CASE WHEN t.is_wrong THEN c.by_invoices_minor ELSE c.by_order_minor
                END AS counted_minor
          FROM sales_order o
          LEFT JOIN customer_account m ON m.customer = o.customer
          JOIN credit_account a ON a.ref = coalesce(m.account, o.account)
          LEFT JOIN billed b ON b.customer = o.customer AND b.order_ref = o.ref
                            AND b.currency = o.currency
         CROSS JOIN LATERAL (SELECT coalesce(b.minor, 0) AS billed_minor,
               CASE WHEN o.stated_minor IS NULL OR o.cancelled_at IS NOT NULL THEN 0
                    ELSE greatest(0, o.admitted_minor
                             - greatest(0, o.invoiced_minor - o.invoiced_before_minor))
                END AS by_order_minor,
               CASE WHEN o.stated_minor IS NULL OR o.cancelled_at IS NOT NULL THEN 0
                    ELSE greatest(0, o.admitted_minor
                             - greatest(0, coalesce(b.minor, 0) - o.invoiced_before_minor))
                END AS by_invoices_minor) c
         CROSS JOIN LATERAL (SELECT c.billed_minor > o.invoiced_minor
               OR (c.billed_minor < o.invoiced_minor AND
                   ((o.counted_minor > 0
                     AND o.invoiced_minor - c.billed_minor > o.invoiced_before_minor)
                    OR (o.counted_minor = c.by_invoices_minor
                        AND o.counted_minor <> c.by_order_minor))) AS is_wrong) t
         WHERE ($1::text IS NULL OR (o.account = $1 AND a.ref = $1))
           AND (o.reserved_minor > 0 OR o.counted_minor > 0 OR c.by_order_minor > 0 OR t.is_wrong)
    ), owed AS (
        SELECT account,
               sum(amount_minor) FILTER (WHERE own AND kind = 'invoice') AS invoices,
               sum(amount_minor) FILTER (WHERE own AND kind = 'credit_note') AS credit_notes,
               sum(amount_minor) FILTER (WHERE own AND kind = 'payment') AS payments,
               count(*) FILTER (WHERE NOT own) AS foreigners
          FROM item GROUP BY account
    ), ordered AS (
        SELECT account, sum(counted_minor) FILTER (WHERE own) AS orders,
               sum(reserved_minor) FILTER (WHERE own) AS reservations,
               count(*) FILTER (WHERE NOT own AND counted_minor > 0) AS foreigners
          FROM sale GROUP BY account
    ), by_day AS (
        SELECT account, 'due' AS series, due_on AS day, amount_minor
          FROM item
         WHERE own AND kind = 'invoice' AND due_on IS NOT NULL AND amount_minor >= trifle_minor
        UNION ALL
        SELECT account, 'ship', ship_date, counted_minor
          FROM sale WHERE own AND counted_minor > 0 AND ship_date IS NOT NULL
    ), calendar AS (
        SELECT account, series, grain, starts_on, amount_minor AS stored_minor,
               documents AS stored_documents, 0 AS counted_minor, 0 AS counted_documents
          FROM calendar_total WHERE $1::text IS NULL OR account = $1
        UNION ALL
        SELECT account, series, 'day', day, 0, 0, amount_minor, 1 FROM by_day
        UNION ALL
        SELECT account, series, 'month', day - (extract(day FROM day)::int - 1), 0, 0,
               amount_minor, 1
          FROM by_day
    ), wrong_day AS (
        SELECT account, series, grain, starts_on, sum(stored_minor) AS stored_minor,
               sum(stored_documents) AS stored_documents, sum(counted_minor) AS counted_minor,
               sum(counted_documents) AS counted_documents
          FROM calendar GROUP BY account, series, grain, starts_on
        HAVING sum(stored_minor) <> sum(counted_minor)
            OR sum(stored_documents) <> sum(counted_documents)
    ), astray AS (
        SELECT 'items' AS kind, i.account, i.customer, m.account AS home, count(*) AS documents
          FROM open_item i LEFT JOIN customer_account m ON m.customer = i.customer
         WHERE m.account IS DISTINCT FROM i.account AND ($1::text IS NULL OR i.account = $1)
         GROUP BY i.account, i.customer, m.account
        UNION ALL
        SELECT 'orders', o.account, o.customer, m.account, count(*)
          FROM sales_order o JOIN customer_account m ON m.customer = o.customer
         WHERE m.account <> o.account AND ($1::text IS NULL OR o.account = $1)
         GROUP BY o.account, o.customer, m.account
    ), found AS (
        SELECT a.ref AS account, t.total, NULL::date AS starts_on, NULL AS customer, NULL AS ref,
               NULL AS in_currency, t.stored, t.counted
          FROM credit_account a
          LEFT JOIN owed ON owed.account = a.ref
          LEFT JOIN ordered ON ordered.account = a.ref
         CROSS JOIN LATERAL (VALUES
               ('invoices_minor', a.invoices_minor, coalesce(owed.invoices, 0)),
               ('credit_notes_minor', a.credit_notes_minor, coalesce(owed.credit_notes, 0)),
               ('payments_minor', a.payments_minor, coalesce(owed.payments, 0)),
               ('orders_minor', a.orders_minor, coalesce(ordered.orders, 0)),
               ('reservations_minor', a.reservations_minor, coalesce(ordered.reservations, 0)),
               ('foreign_documents', a.foreign_documents::bigint,
                coalesce(owed.foreigners, 0) + coalesce(ordered.foreigners, 0)::numeric)
               ) AS t (total, stored, counted)
         WHERE t.stored <> t.counted AND ($1::text IS NULL OR a.ref = $1)
        UNION ALL
        SELECT d.account, d.series || '_' || d.grain || '_' || t.what, d.starts_on, NULL, NULL,
               NULL, t.stored, t.counted
          FROM wrong_day d
         CROSS JOIN LATERAL (VALUES ('minor', d.stored_minor, d.counted_minor),
                                    ('documents', d.stored_documents, d.counted_documents)
               ) AS t (what, stored, counted)
         WHERE t.stored <> t.counted
        UNION ALL
        SELECT account, 'item_invoiced_minor', NULL, customer, ref, currency, stored, counted
          FROM bill WHERE stored <> counted
        UNION ALL
        SELECT s.account, t.total, NULL, s.customer, s.ref, s.currency, t.stored, t.counted
          FROM sale s
         CROSS JOIN LATERAL (VALUES
               ('order_invoiced_minor', s.stored_invoiced_minor, s.invoiced_minor),
               ('order_counted_minor', s.stored_counted_minor, s.counted_minor)
               ) AS t (total, stored, counted)
         WHERE t.stored <> t.counted
        UNION ALL
        SELECT account, 'astray_' || kind, NULL, customer, NULL, NULL, documents, 0 FROM astray
        UNION ALL
        SELECT home, kind || '_elsewhere', NULL, customer, NULL, NULL, documents, 0
          FROM astray WHERE home IS NOT NULL AND $1::text IS NULL
    )
    SELECT found.*, a.currency, a.exponent FROM found
      LEFT JOIN credit_account a ON a.ref = found.account
     ORDER BY found.account, found.total, found.starts_on, found.customer, found.ref
"""
"""What is stored and not what it is counted to be: of accounts, of their days, of documents."""
