"""A database whose every statement waits for the scheduler's permission."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from types import TracebackType
from typing import Any, Self, cast

from typing_extensions import override

from app.storage.database import Connection, Database, Loan

STATEMENTS = ("execute", "fetch", "fetchrow", "fetchval")


@dataclass
class Session:
    """One writer on its way through its statements: it stops before each until permitted."""

    name: str
    pid: int = 0
    arrived: asyncio.Event = field(default_factory=asyncio.Event)
    _permit: asyncio.Event = field(default_factory=asyncio.Event)

    async def stop(self, pid: int) -> None:
        """Wait before a statement; called by the writer's connection."""
        self.pid = pid
        self.arrived.set()
        await self._permit.wait()
        self._permit.clear()

    def go(self) -> None:
        """Permit the statement that the writer waits before."""
        self.arrived.clear()
        self._permit.set()


class SteppedTransaction:
    """A transaction whose COMMIT is a step. BEGIN is none: it takes no snapshot and no lock."""

    def __init__(self, lent: Connection, session: Session) -> None:
        self._lent = lent
        self._transaction = lent.transaction()
        self._session = session

    async def start(self) -> None:
        await self._transaction.start()

    async def commit(self) -> None:
        await self._session.stop(self._lent.get_server_pid())
        await self._transaction.commit()

    async def rollback(self) -> None:
        await self._session.stop(self._lent.get_server_pid())
        await self._transaction.rollback()

    async def __aenter__(self) -> Self:
        await self.start()
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await (self.commit() if kind is None else self.rollback())


class SteppedConnection:
    """A lent connection; what it is asked to run waits for permission first."""

    def __init__(self, lent: Connection, session: Session) -> None:
        self._lent = lent
        self._session = session

    def transaction(self) -> SteppedTransaction:
        return SteppedTransaction(self._lent, self._session)

    def __getattr__(self, name: str) -> Any:
        found = getattr(self._lent, name)
        if name not in STATEMENTS:
            return found

        async def stepped(*arguments: Any) -> Any:
            await self._session.stop(self._lent.get_server_pid())
            return await found(*arguments)

        return stepped


class SteppedDatabase(Database):
    """The product's own database, with the steps of the session that is set."""

    session: Session | None = None

    @override
    @asynccontextmanager
    async def loan(self) -> AsyncIterator[Loan]:
        async with super().loan() as loan:
            if self.session is not None:
                stepped = SteppedConnection(loan.connection, self.session)
                loan.connection = cast("Connection", stepped)
            yield loan
