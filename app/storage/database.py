"""Connections and transactions, and the one place where the driver's errors become ours."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager, suppress
from dataclasses import dataclass
from typing import TypeAlias

import asyncpg

from app.storage import schema
from app.storage.connects import Connects

Connection: TypeAlias = "asyncpg.pool.PoolConnectionProxy[asyncpg.Record]"
Pool: TypeAlias = "asyncpg.Pool[asyncpg.Record]"


SERVICE = "creditgate"
"""What the service's sessions are called in `pg_stat_activity`."""

RETRIEVE_S = 0.5
"""How long a server may take to end what was given up before its connection is dropped."""


class StorageUnavailableError(Exception):
    """The database gave no answer in time, or none that may be taken for one. Try again."""


class TotalOutOfRangeError(Exception):
    """A statement would take an account's total out of the range that the schema allows."""


@dataclass(frozen=True, slots=True)
class Limits:
    """How long to wait for the database, in seconds, and how many connections to hold."""

    connections_min: int = 2
    connections_max: int = 10
    connect_timeout_s: float = 5.0
    acquire_timeout_s: float = 0.2
    statement_timeout_s: float = 0.5
    lock_timeout_s: float = 0.25


_UNAVAILABLE: tuple[type[Exception], ...] = (
    OSError,  # TimeoutError is one
    asyncpg.InterfaceError,
    asyncpg.InternalClientError,  # the session was ended between two statements
    asyncpg.PostgresConnectionError,
    asyncpg.CannotConnectNowError,
    asyncpg.AdminShutdownError,
    asyncpg.CrashShutdownError,
    asyncpg.TooManyConnectionsError,
    asyncpg.InsufficientResourcesError,
    asyncpg.SerializationError,
    asyncpg.DeadlockDetectedError,
    asyncpg.LockNotAvailableError,
    asyncpg.QueryCanceledError,
    asyncpg.ReadOnlySQLTransactionError,
    asyncpg.InvalidCatalogNameError,
    asyncpg.ObjectNotInPrerequisiteStateError,
    asyncpg.InvalidAuthorizationSpecificationError,
)


@contextmanager
def _translated() -> Iterator[None]:
    """Turn what the driver raises into what the layers above know."""
    try:
        yield
    except asyncpg.DataError as error:
        # The driver refuses what is beyond 64 bits before the server sees it.
        out_of_range = isinstance(error, asyncpg.NumericValueOutOfRangeError)
        if out_of_range or isinstance(error.__cause__, OverflowError):
            raise TotalOutOfRangeError from error
        raise
    except asyncpg.CheckViolationError as error:
        if error.constraint_name in schema.TOTAL_CONSTRAINTS:
            raise TotalOutOfRangeError from error
        raise
    except _UNAVAILABLE as error:
        raise StorageUnavailableError(type(error).__name__) from error


# Between its statements a long transaction works out what a thousand rows come to.
_ALLOW_LONGER = """
    SELECT set_config('statement_timeout', $1, true),
           set_config('idle_in_transaction_session_timeout', $1, true)
"""


class Database:
    """A pool of connections to one Postgres, opened and closed with the process."""

    def __init__(self, url: str, limits: Limits, application: str = SERVICE) -> None:
        self._url = url
        self._application = application
        self._limits = limits
        self._pool: Pool | None = None
        self._connects = Connects()
        self._retrieving: set[asyncio.Task[None]] = set()

    async def open(self) -> None:
        """Connect; raises `SchemaMismatchError` on a schema that this version does not know."""
        limits = self._limits
        with _translated():
            pool = await asyncpg.create_pool(
                self._url,
                min_size=limits.connections_min,
                max_size=limits.connections_max,
                timeout=limits.connect_timeout_s,
                reset=_keep_session,
                connect=self._connects.connect,
                server_settings=self._session(),
            )
        self._pool = pool
        try:
            async with self.connection() as connection:
                await schema.require_known(connection)
        except BaseException:
            await self.close()
            raise

    def _session(self) -> dict[str, str]:
        limits = self._limits
        return {
            "application_name": self._application,
            "statement_timeout": f"{int(limits.statement_timeout_s * 1000)}",
            "lock_timeout": f"{int(limits.lock_timeout_s * 1000)}",
            "idle_in_transaction_session_timeout": f"{int(limits.statement_timeout_s * 1000)}",
            "jit": "off",
        }

    async def close(self) -> None:
        """Close every connection; those in use are given until the statement time-out."""
        pool, self._pool = self._pool, None
        if pool is not None:
            await pool.close()
        await self._connects.close()

    @asynccontextmanager
    async def connection(self) -> AsyncIterator[Connection]:
        """Lend a connection; every statement on it is a transaction of its own."""
        async with self.loan() as loan:
            yield loan.connection

    @asynccontextmanager
    async def transaction(
        self,
        *,
        statement_timeout_s: float | None = None,
        snapshot: bool = False,
        undone: bool = False,
    ) -> AsyncIterator[Connection]:
        """Lend a connection inside a transaction, which is committed when the block ends.

        A `snapshot` writes nothing, and all its statements see the state of one instant. Of what
        is `undone` nothing stays.
        """
        async with self.loan() as loan:
            connection = loan.connection
            transaction = (
                connection.transaction(isolation="repeatable_read", readonly=True)
                if snapshot
                else connection.transaction()
            )
            await transaction.start()
            loan.undo = transaction.rollback
            try:
                if statement_timeout_s is not None:
                    await connection.execute(_ALLOW_LONGER, f"{int(statement_timeout_s * 1000)}")
                yield connection
            except asyncio.CancelledError:
                raise  # no rollback: a frozen server would not answer that either
            except BaseException:
                await transaction.rollback()
                raise
            await (transaction.rollback() if undone else transaction.commit())

    @asynccontextmanager
    async def loan(self) -> AsyncIterator["Loan"]:
        """Lend a connection with what is to be undone on it, should its work be given up."""
        with _translated():
            pool = self._pool
            if pool is None:
                raise StorageUnavailableError("closed")
            lent = await pool.acquire(timeout=self._limits.acquire_timeout_s)
            loan = Loan(lent)
            try:
                yield loan
            except asyncio.CancelledError:
                # Its server may be frozen: who gives up does not wait for what it says to that.
                retrieving = asyncio.create_task(_retrieve(pool, lent, loan.undo))
                self._retrieving.add(retrieving)
                retrieving.add_done_callback(self._retrieving.discard)
                raise
            except BaseException:
                await pool.release(lent, timeout=RETRIEVE_S)
                raise
            await pool.release(lent, timeout=RETRIEVE_S)


@dataclass(slots=True)
class Loan:
    """A connection that is lent, and what must be undone on it should its work be given up."""

    connection: Connection
    undo: Callable[[], Awaitable[None]] | None = None


async def _retrieve(
    pool: Pool, lent: Connection, undo: Callable[[], Awaitable[None]] | None
) -> None:
    """Take back a connection whose work was given up: in order if the server answers soon.

    Dropping each would cost a new one; on a busy machine that takes the time of the next request,
    which then is given up in its turn, and so on.
    """
    try:
        async with asyncio.timeout(RETRIEVE_S):
            if undo is not None:
                await undo()
    except _UNAVAILABLE:
        with suppress(*_UNAVAILABLE):  # a pool that was closed meanwhile has ended it
            lent.terminate()
    finally:
        with suppress(*_UNAVAILABLE):  # the pool has dropped it then
            await pool.release(lent, timeout=RETRIEVE_S)


@asynccontextmanager
async def savepoint(connection: Connection) -> AsyncIterator[None]:
    """Undo what the block has done where it fails, and nothing else of its transaction."""
    with _translated():
        async with connection.transaction():
            yield


async def ping(connection: Connection) -> None:
    """Ask the database for nothing."""
    await connection.execute("SELECT")


async def _keep_session(_connection: "asyncpg.Connection[asyncpg.Record]") -> None:
    """Leave a returned connection as it is: no statement of ours changes session state."""
