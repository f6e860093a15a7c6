"""The worklist: holds by what is asked, in a stable order, with how their accounts stand now."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any

import asyncpg

from app.credit.account import Account, Limit, Overdue, Totals
from app.credit.money import Currency
from app.storage import holds
from app.storage.database import Connection
from app.storage.holds import StoredHold
from app.storage.positions import BEYOND_HORIZON, OVERDUE

WAITS = frozenset({"open", "awaiting_second", "ready", "escalated"})
"""The states in which an order waits for somebody; the worklist's indexes hold these alone."""

COUNTED_MAX = 10_000
"""So many holds are counted at most: the history of years is nobody's work."""


class Sorting(StrEnum):
    """In which order holds are listed; each is the same at every reading."""

    OLDEST = "oldest"
    AMOUNT = "amount"
    SHIP_DATE = "ship_date"


# Each condition is there only where it is asked for, so that the planner sees what it can use.
CONDITIONS = {
    "states": "h.state = ANY ({}::text[])",
    "customer": "h.customer = {}::text",
    "order": "h.order_ref = {}::text",
    "reason": "{}::text = ANY (h.reasons)",
    "assignee": "h.assignee = {}::text",
    "assigned": "(h.assignee IS NOT NULL) = {}::boolean",
    "ready": "(h.ready_at IS NOT NULL AND h.closed_at IS NULL) = {}::boolean",
    "currency": "h.currency = {}::text",
    "amount_min_minor": "h.amount_minor >= {}::bigint",
    "amount_max_minor": "h.amount_minor <= {}::bigint",
    "age_min_hours": "h.opened_at <= {now} - {}::int * interval '1 hour'",
    "age_max_hours": "h.opened_at >= {now} - {}::int * interval '1 hour'",
    "sales_contact": "(h.account, h.customer) IN (SELECT c.account, c.ref FROM customer c"
    " WHERE lower(c.sales_contact) = lower({}::text))",
    "hold_id": "h.id = {}::text",
}
"""What may be asked for, by the names of `Wanted`."""

_ALL_WAIT = "h.state IN ('open', 'awaiting_second', 'ready', 'escalated')"

KEYS = {
    Sorting.OLDEST: ("h.opened_at", "h.id"),
    Sorting.AMOUNT: ("h.currency", "h.amount_minor", "h.id"),
    Sorting.SHIP_DATE: ("coalesce(h.ship_date, 'infinity'::date)", "h.id"),
}
"""What each order goes by. The largest amounts come first; currencies are not compared."""

_DOWN = frozenset({Sorting.AMOUNT})

PAGE = f"""
    WITH page AS MATERIALIZED (
        SELECT h.* FROM hold h WHERE {{conditions}} ORDER BY {{order}} LIMIT {{limit}}
    ), clock AS (
        SELECT now, (now AT TIME ZONE $1)::date AS today
          FROM (SELECT coalesce($2::timestamptz, clock_timestamp()) AS now) reading
    )
    SELECT h.*, known.customer_name, known.sales_contact, known.policy_name,
           known.policy_version, known.now, known.today, known.seq, known.currency AS kept_in,
           known.exponent, known.limit_minor, known.limit_valid_until, known.limit_set_on,
           known.invoices_minor, known.credit_notes_minor, known.payments_minor,
           known.orders_minor, known.reservations_minor, {OVERDUE} AS overdue_minor,
           {BEYOND_HORIZON} AS beyond_horizon_minor,
           (SELECT coalesce(sum(o.reserved_minor), 0)::bigint FROM sales_order o
             WHERE o.account = known.account AND o.reserved_until <= known.now) AS lapsed_minor
      FROM page h CROSS JOIN clock
      LEFT JOIN LATERAL (
          SELECT c.name, c.sales_contact, c.policy FROM customer c
           WHERE c.account = h.account AND c.ref = h.customer LIMIT 1
      ) c ON true
     CROSS JOIN LATERAL (
          SELECT * FROM policy WHERE name = coalesce(c.policy, 'standard')
           ORDER BY version DESC LIMIT 1
      ) p
     CROSS JOIN LATERAL (
          SELECT clock.now, clock.today, c.name AS customer_name, c.sales_contact,
                 p.name AS policy_name, p.version AS policy_version, a.ref AS account, a.seq,
                 a.currency, a.exponent, a.limit_minor, a.limit_valid_until,
                 (a.limit_set_at AT TIME ZONE $1)::date AS limit_set_on,
                 a.invoices_minor, a.credit_notes_minor, a.payments_minor, a.orders_minor,
                 a.reservations_minor, a.trifle_minor,
                 (p.trifle * 10::numeric ^ a.exponent::int)::bigint AS policy_trifle_minor,
                 clock.today - p.grace_days AS due_before,
                 date_trunc('month', clock.today - p.grace_days)::date AS due_month,
                 clock.today + p.horizon_days AS ships_after,
                 date_trunc('month', clock.today + p.horizon_days)::date AS ship_month
            FROM credit_account a WHERE a.ref = h.account LIMIT 1
      ) known
     ORDER BY {{order}}
"""  # noqa: S608 - our own fragments
"""A page of holds, and for each of its rows how customer and account stand now."""

COUNTS = f"""
    WITH counted AS MATERIALIZED (
        SELECT h.state, h.reasons FROM hold h WHERE {{conditions}} LIMIT {COUNTED_MAX + 1}
    )
    SELECT 'total' AS of, '' AS name, count(*) AS holds FROM counted
    UNION ALL
    SELECT 'state', state, count(*) FROM counted GROUP BY state
    UNION ALL
    SELECT 'reason', reason, count(*) FROM counted, unnest(reasons) AS reason GROUP BY reason
    ORDER BY 1, 3 DESC, 2
"""  # noqa: S608 - our own fragments
"""How many holds there are of what is asked for: in all, by state, and by reason."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which holds to list; `None` is no condition. Amounts are in `currency`'s minor units."""

    states: tuple[str, ...] | None = None
    customer: str | None = None
    order: str | None = None
    reason: str | None = None
    assignee: str | None = None
    assigned: bool | None = None
    ready: bool | None = None
    currency: str | None = None
    amount_min_minor: int | None = None
    amount_max_minor: int | None = None
    age_min_hours: int | None = None
    age_max_hours: int | None = None
    sales_contact: str | None = None
    hold_id: str | None = None


@dataclass(frozen=True, slots=True)
class Part:
    """Which part of a list: how many after which hold, in which order."""

    limit: int
    after: str | None = None
    sorting: Sorting = Sorting.OLDEST


@dataclass(frozen=True, slots=True)
class ListedHold:
    """A hold with its customer, and its account as the customer's policy sees it now."""

    hold: StoredHold
    customer_name: str | None
    sales_contact: str | None
    account: Account
    policy_key: tuple[str, int]
    now: datetime
    today: date


@dataclass(frozen=True, slots=True)
class Counts:
    """How many holds there are, by state and by reason; `more`: not all were counted."""

    total: int
    more: bool
    by_state: dict[str, int]
    by_reason: dict[str, int]


async def page(
    connection: Connection,
    wanted: Wanted,
    part: Part,
    *,
    time_zone: str,
    fixed_now: datetime | None,
) -> list[ListedHold]:
    """Give a page of holds."""
    values: list[Any] = [time_zone, fixed_now]
    rows = await connection.fetch(page_statement(wanted, part, values), *values)
    return [_listed(row) for row in rows]


async def counts(connection: Connection, wanted: Wanted, *, fixed_now: datetime | None) -> Counts:
    """Count what is asked for."""
    values: list[Any] = []
    rows = await connection.fetch(counts_statement(wanted, values, fixed_now), *values)
    by: dict[str, dict[str, int]] = {"total": {}, "state": {}, "reason": {}}
    for row in rows:
        by[row["of"]][row["name"]] = row["holds"]
    total = by["total"][""]
    return Counts(min(total, COUNTED_MAX), total > COUNTED_MAX, by["state"], by["reason"])


def counts_statement(wanted: Wanted, values: list[Any], fixed_now: datetime | None) -> str:
    """Give the statement that counts; what it is bound to is added to `values`."""
    return COUNTS.format(conditions=" AND ".join(_conditions(wanted, values, fixed_now)))


def page_statement(wanted: Wanted, part: Part, values: list[Any]) -> str:
    """Give the statement for a page; `values` has time zone and clock, and is added to."""
    keys, down = KEYS[part.sorting], part.sorting in _DOWN
    conditions = list(_conditions(wanted, values, values[1]))
    if part.after is not None:
        values.append(part.after)
        conditions.append(_after(keys, f"${len(values)}", down=down))
    values.append(part.limit)
    return PAGE.format(
        conditions=" AND ".join(conditions),
        order=", ".join(f"{key} DESC" if down else key for key in keys),
        limit=f"${len(values)}::int",
    )


def _conditions(wanted: Wanted, values: list[Any], fixed_now: datetime | None) -> Iterator[str]:
    """Give what is asked for, as conditions that always hold where nothing is."""
    yield "true"
    states = frozenset(wanted.states or ())
    if states and states <= WAITS:
        yield _ALL_WAIT
    for name, condition in CONDITIONS.items():
        value = getattr(wanted, name)
        # The planner would take the same condition twice for two, and expect too few rows.
        if value is None or (name == "states" and states == WAITS):
            continue
        values.append(value)
        asked, now = f"${len(values)}", "now()"
        if fixed_now is not None and "{now}" in condition:
            values.append(fixed_now)
            now = f"${len(values)}::timestamptz"
        yield condition.format(asked, now=now)


def _after(keys: tuple[str, ...], cursor: str, *, down: bool) -> str:
    """Give the condition that a hold comes after the one that the last page ended with."""
    last = ", ".join(f"(SELECT {key} FROM hold h WHERE h.id = {cursor}::text)" for key in keys)  # noqa: S608 - our own fragments
    return f"({', '.join(keys)}) {'<' if down else '>'} ({last})"


def _listed(row: asyncpg.Record) -> ListedHold:
    return ListedHold(
        hold=holds.from_row(row),
        customer_name=row["customer_name"],
        sales_contact=row["sales_contact"],
        account=_account(row),
        policy_key=(row["policy_name"], row["policy_version"]),
        now=row["now"],
        today=row["today"],
    )


def _account(row: asyncpg.Record) -> Account:
    limit = None
    if row["limit_set_on"] is not None:
        limit = Limit(row["limit_minor"], row["limit_valid_until"], row["limit_set_on"])
    totals = Totals(
        invoices_minor=row["invoices_minor"],
        credit_notes_minor=row["credit_notes_minor"],
        payments_minor=row["payments_minor"],
        open_orders_minor=row["orders_minor"] - row["beyond_horizon_minor"],
        reservations_minor=row["reservations_minor"] - row["lapsed_minor"],
    )
    return Account(
        ref=row["account"],
        seq=row["seq"],
        currency=Currency(row["kept_in"], row["exponent"]),
        limit=limit,
        totals=totals,
        overdue=Overdue(row["overdue_minor"]),
    )
