"""Statements in bulk: grouped by credit account, one transaction each."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from app.credit.money import Currency
from app.credit.posting import Effect
from app.desk.customers import (
    AccountUnknownError,
    CurrencyConflictError,
    CustomerRecord,
    Customers,
    LimitRecord,
    Stated,
)
from app.desk.directory import CustomerUnknownError
from app.desk.shelf import PolicyUnknownError
from app.desk.statements import Statement, Statements, key_of
from app.desk.work import Work
from app.storage import accounts, decisions
from app.storage.database import Connection, StorageUnavailableError, TotalOutOfRangeError


@dataclass(frozen=True, slots=True)
class PutCustomer:
    """A customer's master data; what is `unsaid` stays as it is known, or is the record's."""

    record: CustomerRecord
    currency: Currency
    unsaid: frozenset[str] = frozenset()

    def home(self, known: str | None) -> str:
        """Give the account that the customer is to have, where it has a known one so far."""
        return self.record.account if known is None or "account" not in self.unsaid else known


@dataclass(frozen=True, slots=True)
class PutLimit:
    """An account's limit; what is `unsaid` of it stays as it is known."""

    account: str
    limit: LimitRecord
    currency: str
    unsaid: frozenset[str] = frozenset()


BulkStatement = PutCustomer | PutLimit | Statement
Refusal = (
    CustomerUnknownError
    | AccountUnknownError
    | CurrencyConflictError
    | PolicyUnknownError
    | StorageUnavailableError
    | TotalOutOfRangeError
)
REFUSALS = (
    CustomerUnknownError,
    AccountUnknownError,
    CurrencyConflictError,
    PolicyUnknownError,
    TotalOutOfRangeError,
)
"""What refuses one statement and lets the others be."""

Outcome = Effect | Refusal


@dataclass(frozen=True, slots=True)
class Bulk:
    """Takes many statements; each account's are all committed together."""

    work: Work
    customers: Customers
    statements: Statements

    async def post_all(self, statements: Sequence[BulkStatement]) -> list[Outcome]:
        """Take the statements and say of each what it did, in their order."""
        outcomes: list[Outcome] = []
        for part in await self._parts(statements):
            outcomes += await self._post_part(part)
        return outcomes

    async def _parts(self, statements: Sequence[BulkStatement]) -> list[list[BulkStatement]]:
        """Cut before and after each customer who moves, so that its documents go where it is."""
        homes = await self.work.reading(lambda connection: _homes(connection, statements))
        parts: list[list[BulkStatement]] = [[]]
        for statement in statements:
            moves = isinstance(statement, PutCustomer) and len(homes[statement.record.ref]) > 1
            parts += [[statement], []] if moves else []
            if not moves:
                parts[-1].append(statement)
        return parts

    async def _post_part(self, statements: Sequence[BulkStatement]) -> list[Outcome]:
        outcomes: list[Outcome | None] = [None] * len(statements)
        for account, indexes in (await self._by_account(statements)).items():
            # Customers first, so that a limit may stand before the customer that it is for.
            indexes.sort(key=lambda index: not isinstance(statements[index], PutCustomer))
            group = [statements[index] for index in indexes]
            for index, outcome in zip(indexes, await self._post(account, group), strict=True):
                outcomes[index] = outcome
        return [outcome for outcome in outcomes if outcome is not None]

    async def _by_account(
        self, statements: Sequence[BulkStatement]
    ) -> dict[str | None, list[int]]:
        """Give which statements belong to which account; unknown customers have none."""
        known = await self._accounts(statements)
        groups: dict[str | None, list[int]] = {}
        for index, statement in enumerate(statements):
            groups.setdefault(_account_of(statement, known), []).append(index)
        return groups

    async def _accounts(self, statements: Sequence[BulkStatement]) -> dict[str, str]:
        """Give the accounts of the customers that are spoken of, as they are to be."""
        asked = {_customer_of(s) for s in statements if not isinstance(s, PutLimit)}
        known = await self.work.reading(
            lambda connection: accounts.accounts_of(connection, sorted(asked))
        )
        for statement in statements:
            if isinstance(statement, PutCustomer):
                ref = statement.record.ref
                known[ref] = statement.home(known.get(ref))
        return known

    async def _post(self, account: str | None, group: list[BulkStatement]) -> list[Outcome]:
        if account is None:
            return [CustomerUnknownError() for _ in group]
        try:
            return await self.work.writing(
                lambda connection: self._post_in_turn(connection, account, group)
            )
        except (StorageUnavailableError, TotalOutOfRangeError) as refusal:
            return [refusal for _ in group]

    async def _post_in_turn(
        self, connection: Connection, account: str, group: list[BulkStatement]
    ) -> list[Outcome]:
        """Take runs of items and orders together, customers and limits one by one."""
        outcomes: list[Outcome] = []
        run: list[Statement] = []
        for statement in group:
            if isinstance(statement, PutCustomer | PutLimit):
                outcomes += await self._post_run(connection, account, run)
                outcomes.append(await self.put_on(connection, statement))
                run = []
            else:
                run.append(statement)
        return outcomes + await self._post_run(connection, account, run)

    async def _post_run(
        self, connection: Connection, account: str, run: list[Statement]
    ) -> list[Outcome]:
        if not run:
            return []
        await decisions.lock_account(connection, account)
        at = await accounts.accounts_of(connection, sorted({key_of(s)[0] for s in run}))
        if set(at.values()) - {account}:
            raise StorageUnavailableError("a customer moved meanwhile")
        known = [s for s in run if key_of(s)[0] in at]
        posted = iter(await self.statements.post_on(connection, account, known) if known else [])
        return [next(posted).effect if key_of(s)[0] in at else CustomerUnknownError() for s in run]

    async def put_on(self, connection: Connection, statement: PutCustomer | PutLimit) -> Outcome:
        """Take a customer or a limit in the caller's transaction."""
        try:
            stated = await self._stated(connection, statement)
        except REFUSALS as refusal:
            return refusal
        return Effect.UNCHANGED if stated is Stated.UNCHANGED else Effect.APPLIED

    async def _stated(self, connection: Connection, statement: PutCustomer | PutLimit) -> Stated:
        customers = self.customers
        if isinstance(statement, PutCustomer):
            record, currency, unsaid = statement.record, statement.currency, statement.unsaid
            return await customers.put_on(connection, record, currency, unsaid=unsaid)
        _, stated = await customers.set_limit_on(
            connection,
            statement.account,
            statement.limit,
            statement.currency,
            unsaid=statement.unsaid,
        )
        return stated


async def _homes(
    connection: Connection, statements: Sequence[BulkStatement]
) -> dict[str, set[str]]:
    stated = [s for s in statements if isinstance(s, PutCustomer)]
    refs = sorted({s.record.ref for s in stated})
    return homes_of(stated, await accounts.accounts_of(connection, refs))


def homes_of(stated: Iterable[PutCustomer], known: Mapping[str, str]) -> dict[str, set[str]]:
    """Give the accounts that each customer has or is to have; more than one is a move."""
    now = dict(known)
    homes = {customer: {account} for customer, account in known.items()}
    for statement in stated:
        ref = statement.record.ref
        now[ref] = statement.home(now.get(ref))
        homes.setdefault(ref, set()).add(now[ref])
    return homes


def _customer_of(statement: PutCustomer | Statement) -> str:
    return statement.record.ref if isinstance(statement, PutCustomer) else key_of(statement)[0]


def _account_of(statement: BulkStatement, known: dict[str, str]) -> str | None:
    match statement:
        case PutCustomer(record):
            return statement.home(known.get(record.ref))
        case PutLimit(account):
            return account
        case _:
            return known.get(key_of(statement)[0])
