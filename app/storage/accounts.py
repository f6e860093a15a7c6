"""Customers, the credit accounts they belong to, and limits."""

import json
from dataclasses import asdict, dataclass, fields, replace
from datetime import date, datetime

import asyncpg

from app.storage.database import Connection

ACCOUNT_OF = "SELECT account FROM customer_account WHERE customer = $1"
"""Which account a customer belongs to."""

ACCOUNTS_OF = "SELECT customer, account FROM customer_account WHERE customer = ANY ($1::text[])"
"""The same for many customers at once."""

ASSIGN = """
    INSERT INTO customer_account (customer, account) VALUES ($1, $2)
    ON CONFLICT (customer) DO UPDATE SET account = excluded.account
"""
"""Notes which account a customer belongs to."""

LOCK_CUSTOMER = "SELECT pg_advisory_xact_lock(hashtextextended('customer:' || $1, 0))"
"""Lets one at a time create or move this customer; ends with the transaction."""

PUT_CUSTOMER = """
    INSERT INTO customer (account, ref, name, currency, policy, status, payment_terms_days,
                          direct_debit, takes_discount, dunning_level, language, email,
                          sales_contact)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)
    ON CONFLICT (account, ref) DO UPDATE
       SET name = excluded.name, currency = excluded.currency, policy = excluded.policy,
           status = excluded.status, payment_terms_days = excluded.payment_terms_days,
           direct_debit = excluded.direct_debit, takes_discount = excluded.takes_discount,
           dunning_level = excluded.dunning_level, language = excluded.language,
           email = excluded.email, sales_contact = excluded.sales_contact
"""
"""Creates or replaces a customer's master data."""

FIND_CUSTOMER = """
    SELECT c.* FROM customer_account m
    JOIN customer c ON c.account = m.account AND c.ref = m.customer WHERE m.customer = $1
"""
"""A customer by ref, wherever its account is."""

CUSTOMERS_OF = "SELECT ref, policy FROM customer WHERE account = $1 ORDER BY ref"
"""Who shares the account."""

JOURNAL_CUSTOMER = """
    WITH account AS (
        UPDATE credit_account
           SET seq = seq + 1,
               holds_due_at = CASE WHEN holds_due_at IS NOT NULL THEN 'epoch'::timestamptz END
         WHERE ref = $1 RETURNING ref, seq
    )
    INSERT INTO journal (account, seq, kind, facts, recorded_at)
    SELECT ref, seq, 'customer', $2::jsonb, clock_timestamp() FROM account
"""
"""Gives the account its next number, for a change that no total shows."""

SET_CURRENCY_OF_EMPTY = """
    UPDATE credit_account a SET currency = $2, exponent = $3::smallint
     WHERE a.ref = $1 AND a.currency <> $2 AND a.limit_set_at IS NULL
       AND NOT EXISTS (SELECT FROM open_item i WHERE i.account = a.ref)
       AND NOT EXISTS (SELECT FROM sales_order o WHERE o.account = a.ref
                        AND (o.stated_minor IS NOT NULL OR o.granted_minor > 0))
"""
"""Lets an account that carries nothing yet take another currency."""

CURRENCY_OF = "SELECT currency FROM credit_account WHERE ref = $1"
"""The account's currency."""

SET_LIMIT = """
    WITH account AS (
        UPDATE credit_account
           SET seq = seq + 1, limit_minor = $2::bigint, limit_unlimited = $3,
               limit_valid_until = $4::date, limit_reason = $5::text,
               limit_set_at = coalesce($6::timestamptz, clock_timestamp()),
               holds_due_at = CASE WHEN holds_due_at IS NOT NULL THEN 'epoch'::timestamptz END
         WHERE ref = $1 RETURNING ref, seq, limit_set_at
    )
    INSERT INTO journal (account, seq, kind, facts, recorded_at)
    SELECT ref, seq, 'limit',
           jsonb_build_object('amount_minor', $2::bigint, 'unlimited', $3::boolean,
                              'valid_until', $4::date, 'reason', $5::text, 'by', $7::text),
           limit_set_at
      FROM account RETURNING seq
"""
"""Sets the account's limit; what was granted stays."""

READ_LIMIT = """
    SELECT limit_minor, limit_unlimited, limit_valid_until, limit_reason, limit_set_at
      FROM credit_account WHERE ref = $1
"""
"""The limit as it was stated."""

LOCK_LIMIT = """
    SELECT currency, seq, limit_minor, limit_valid_until, limit_reason, limit_set_at
      FROM credit_account WHERE ref = $1 FOR UPDATE
"""
"""The same with currency and number, which all stay until the commit."""

ACCOUNTS_UNDER = "SELECT DISTINCT account FROM customer WHERE policy = $1 ORDER BY account"
"""The accounts that have a customer under this policy."""


@dataclass(frozen=True, slots=True)
class CustomerRecord:
    """A customer's master data."""

    account: str
    ref: str
    name: str
    currency: str
    policy: str
    status: str
    payment_terms_days: int | None
    direct_debit: bool
    takes_discount: bool
    dunning_level: int
    language: str
    email: str | None
    sales_contact: str | None


@dataclass(frozen=True, slots=True)
class LimitRecord:
    """A limit as it was stated; `amount_minor` is `None` when unlimited."""

    amount_minor: int | None
    valid_until: date | None
    reason: str | None
    set_at: datetime | None = None

    def says_the_same_as(self, other: "LimitRecord | None") -> bool:
        """Say whether both state one limit, whenever it was set."""
        return other is not None and replace(self, set_at=None) == replace(other, set_at=None)


@dataclass(frozen=True, slots=True)
class LockedLimit:
    """What a new limit is compared with; its account is locked."""

    currency: str
    seq: int
    limit: LimitRecord | None


async def account_of(connection: Connection, customer: str) -> str | None:
    """Give the account that the customer belongs to, or `None` when unknown."""
    account: str | None = await connection.fetchval(ACCOUNT_OF, customer)
    return account


async def accounts_of(connection: Connection, customers: list[str]) -> dict[str, str]:
    """Give the accounts of those of the customers that are known."""
    rows = await connection.fetch(ACCOUNTS_OF, customers)
    return {row["customer"]: row["account"] for row in rows}


async def accounts_under(connection: Connection, policy: str) -> list[str]:
    """Give the accounts that have a customer under this policy."""
    return [row["account"] for row in await connection.fetch(ACCOUNTS_UNDER, policy)]


async def lock_customer(connection: Connection, customer: str) -> None:
    """Let one transaction at a time create or move this customer."""
    await connection.execute(LOCK_CUSTOMER, customer)


async def put_customer(connection: Connection, record: CustomerRecord) -> None:
    """Create or replace a customer's master data; the account is locked by then."""
    await connection.execute(PUT_CUSTOMER, *(getattr(record, f.name) for f in fields(record)))
    await connection.execute(ASSIGN, record.ref, record.account)
    await connection.execute(JOURNAL_CUSTOMER, record.account, json.dumps(asdict(record)))


async def find_customer(connection: Connection, ref: str) -> CustomerRecord | None:
    """Give a customer's master data, or `None`."""
    row = await connection.fetchrow(FIND_CUSTOMER, ref)
    return None if row is None else CustomerRecord(**dict(row))


async def customers_of(connection: Connection, account: str) -> list[str]:
    """Give the refs of the customers that share the account, in order."""
    return [row["ref"] for row in await connection.fetch(CUSTOMERS_OF, account)]


async def agree_on_currency(
    connection: Connection, account: str, *, currency: str, exponent: int
) -> str:
    """Let an account that carries nothing take the currency; gives the one it then has."""
    await connection.execute(SET_CURRENCY_OF_EMPTY, account, currency, exponent)
    agreed: str = await connection.fetchval(CURRENCY_OF, account)
    return agreed


async def currency_of(connection: Connection, account: str) -> str | None:
    """Give the account's currency, or `None` where there is no such account."""
    currency: str | None = await connection.fetchval(CURRENCY_OF, account)
    return currency


async def set_limit(
    connection: Connection,
    account: str,
    limit: LimitRecord,
    fixed_now: datetime | None,
    *,
    by: str | None,
) -> int:
    """Set the account's limit and give its new sequence number; `by` is the person who does."""
    seq: int = await connection.fetchval(
        SET_LIMIT,
        account,
        limit.amount_minor,
        limit.amount_minor is None,
        limit.valid_until,
        limit.reason,
        fixed_now,
        by,
    )
    return seq


async def read_limit(connection: Connection, account: str) -> LimitRecord | None:
    """Give the limit as it was stated, or `None` when none is set."""
    row: asyncpg.Record | None = await connection.fetchrow(READ_LIMIT, account)
    return None if row is None else _limit(row)


async def lock_limit(connection: Connection, account: str) -> LockedLimit | None:
    """Take the account's row until the transaction ends; `None` where there is none."""
    row: asyncpg.Record | None = await connection.fetchrow(LOCK_LIMIT, account)
    return None if row is None else LockedLimit(row["currency"], row["seq"], _limit(row))


def _limit(row: asyncpg.Record) -> LimitRecord | None:
    if row["limit_set_at"] is None:
        return None
    return LimitRecord(
        row["limit_minor"], row["limit_valid_until"], row["limit_reason"], row["limit_set_at"]
    )
