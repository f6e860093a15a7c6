"""The state that every schedule starts from, how it is put back, and what must hold after it.

Everything is read from the database by plain sums of its own, nothing is asked of the service.
"""

import json
from dataclasses import dataclass
from typing import Any

import asyncpg

TABLES = (
    "credit_account", "sales_order", "open_item", "decision", "hold", "journal",
    "calendar_total", "policy", "hold_event", "hold_approval",
)  # fmt: skip

REMEMBER = "CREATE SCHEMA kept; " + "; ".join(
    f"CREATE TABLE kept.{table} AS TABLE {table}" for table in TABLES
)
PUT_BACK = "; ".join(
    f"DELETE FROM {table}; INSERT INTO {table} TABLE kept.{table}"  # noqa: S608 - our own names
    for table in TABLES
)

TOTALS = """
    SELECT a.ref, a.invoices_minor, a.credit_notes_minor, a.payments_minor, a.orders_minor,
           a.reservations_minor
      FROM credit_account a ORDER BY a.ref
"""
DETAILS = """
    SELECT a.ref, i.invoices_minor, i.credit_notes_minor, i.payments_minor, o.orders_minor,
           o.reservations_minor
      FROM credit_account a
     CROSS JOIN LATERAL (
        SELECT coalesce(sum(amount_minor) FILTER (WHERE kind = 'invoice'), 0) AS invoices_minor,
               coalesce(sum(amount_minor) FILTER (WHERE kind = 'credit_note'), 0)
                   AS credit_notes_minor,
               coalesce(sum(amount_minor) FILTER (WHERE kind = 'payment'), 0) AS payments_minor
          FROM open_item WHERE account = a.ref AND cleared_at IS NULL) i
     CROSS JOIN LATERAL (
        SELECT coalesce(sum(counted_minor), 0) AS orders_minor,
               coalesce(sum(reserved_minor), 0) AS reservations_minor
          FROM sales_order WHERE account = a.ref) o
     ORDER BY a.ref
"""
DAYS = """
    SELECT series, grain, starts_on, amount_minor, documents::bigint AS documents
      FROM calendar_total WHERE documents > 0 OR amount_minor > 0 ORDER BY 1, 2, 3
"""
DAYS_COUNTED = """
    SELECT series, grain, date_trunc(grain, day)::date AS starts_on,
           sum(amount_minor)::bigint AS amount_minor, count(*) AS documents
      FROM (SELECT 'due' AS series, due_on AS day, amount_minor FROM open_item
             WHERE kind = 'invoice' AND cleared_at IS NULL AND due_on IS NOT NULL
               AND amount_minor >= (SELECT trifle_minor FROM credit_account)
            UNION ALL
            SELECT 'ship', ship_date, counted_minor FROM sales_order
             WHERE counted_minor > 0 AND ship_date IS NOT NULL) documents
     CROSS JOIN (VALUES ('day'), ('month')) AS grains (grain)
     GROUP BY 1, 2, 3 ORDER BY 1, 2, 3
"""
HISTORY = """
    SELECT account, seq, kind, facts FROM (
        SELECT account, seq, 'decision' AS kind,
               jsonb_build_array(order_ref, revision, outcome) AS facts FROM decision
        UNION ALL
        SELECT account, seq, kind, '[]'::jsonb FROM journal) numbered
     ORDER BY account, seq
"""
ORDERS = """
    SELECT ref, currency, revision, check_id IS NOT NULL AS checked, hold_id IS NOT NULL AS held,
           granted_minor, granted_credit_minor, reserved_minor, reserved_until, stated_minor,
           admitted_minor, counted_minor, invoiced_minor, invoiced_before_minor,
           elsewhere, ship_date, version, cancelled_at IS NOT NULL AS cancelled
      FROM sales_order ORDER BY ref
"""
HOLDS = """
    SELECT order_ref, revision, state, amount_minor, reasons, check_id IS NOT NULL AS of_check,
           released_minor, released_by, version,
           (SELECT jsonb_agg(jsonb_build_array(e.no, e.action, e.after ->> 'state') ORDER BY e.no)
              FROM hold_event e WHERE e.hold_id = h.id) AS history,
           EXISTS (SELECT FROM sales_order o WHERE o.hold_id = h.id) AS of_order
      FROM hold h ORDER BY order_ref, revision, state, amount_minor
"""
ITEMS = """
    SELECT ref, kind, amount_minor, order_ref, invoiced_minor, version, largest_minor, history,
           cleared_at IS NOT NULL AS cleared
      FROM open_item ORDER BY ref
"""
LIMITS = "SELECT seq, limit_minor, limit_unlimited FROM credit_account"
POLICIES = "SELECT name, version, document::text FROM policy ORDER BY name, version"
GRANTS = "SELECT answer FROM decision WHERE outcome <> 'hold' ORDER BY seq"

PARTS = {
    "totals": TOTALS, "details": DETAILS, "days": DAYS, "days_counted": DAYS_COUNTED,
    "history": HISTORY, "orders": ORDERS, "holds": HOLDS, "items": ITEMS, "limits": LIMITS,
    "policies": POLICIES, "grants": GRANTS,
}  # fmt: skip
BESIDES_STATE = {"details", "days_counted", "grants"}

READ = "SELECT jsonb_build_object({})".format(
    ", ".join(
        f"'{name}', (SELECT coalesce(jsonb_agg(part), '[]') FROM ({part}) part)"  # noqa: S608
        for name, part in PARTS.items()
    )
)
"""Everything that a schedule could have changed, in one snapshot."""

Rows = list[dict[str, Any]]


@dataclass(frozen=True)
class Situation:
    """What the database holds after a schedule; ids and instants are told by what they mean."""

    parts: dict[str, Rows]

    @property
    def state(self) -> dict[str, Rows]:
        """What two schedules that mean the same have in common."""
        return {name: rows for name, rows in self.parts.items() if name not in BESIDES_STATE}

    @property
    def exposure_minor(self) -> int:
        """What the details say that the account owes and has ordered."""
        row = self.parts["details"][0]
        owed = row["invoices_minor"] - row["credit_notes_minor"] - row["payments_minor"]
        return int(owed + row["orders_minor"] + row["reservations_minor"])

    def flaws(self) -> list[str]:
        """Say which of the promises do not hold in what is committed."""
        found = []
        if self.parts["totals"] != self.parts["details"]:
            found.append("totals are not the details")
        if self.parts["days"] != self.parts["days_counted"]:
            found.append("totals by day are not the details")
        numbers = [row["seq"] for row in self.parts["history"]]
        if numbers != list(range(1, self.parts["limits"][0]["seq"] + 1)):
            found.append(f"the account's numbers are {numbers}")
        return found + [f"granted over the limit: {ref}" for ref in self._granted_over_limit()]

    def _granted_over_limit(self) -> list[str]:
        """Give the grants whose own figures are above the limit that they were decided by."""
        answers = [json.loads(row["answer"]) for row in self.parts["grants"]]
        return [
            answer["order"]["ref"]
            for answer in answers
            if _minor(answer["exposure"]["after"]) > _minor(answer["limit"]["amount"])
        ]


async def situation(connection: "asyncpg.Connection[asyncpg.Record]") -> Situation:
    """Read what is committed."""
    return Situation(json.loads(await connection.fetchval(READ)))


def _minor(text: str) -> int:
    return int(text.replace(".", ""))
