"""How this process reaches the database: one connection that commits, and some that are shared for the rest.

No text of a driver error goes into ours: it may quote a stored value, or name a user and a host.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import select
import socket
from collections.abc import AsyncIterator, Iterator
from typing import Any, Final, LiteralString

import psycopg
from psycopg import AsyncConnection, errors
from psycopg.conninfo import conninfo_to_dict, make_conninfo
from psycopg.pq import TransactionStatus

from schemas.errors import Busy, RecordUnavailable, WrongUse

MOST: Final = 8
"""The most connections of one process, beside the one that commits and the one that places. More requests
wait.
"""
WAIT_SECONDS: Final = 5.0
CONNECT_SECONDS: Final = 5
PATIENCE_SECONDS: Final = 60.0
"""How long the work on one connection may take. The server ends a statement after half of that, so by then
its machine stands still or cannot be reached, and who asked would wait for as long as that lasts.
"""

_OPTIONS: Final = " ".join(
    f"-c {name}={value}"
    for name, value in {
        "default_transaction_isolation": r"read\ committed",
        # Without this the driver waits for ever, and so would everybody who wants a row that was locked here.
        "statement_timeout": "30s",
        "idle_in_transaction_session_timeout": "30s",
        # Everything here is found by an index. A plan that was made while a table was small must not scan it
        # later.
        "enable_seqscan": "off",
        "jit": "off",
        # How soon the server sees that our machine is gone and gives up our locks.
        "tcp_keepalives_idle": "5",
        "tcp_keepalives_interval": "5",
        "tcp_keepalives_count": "3",
    }.items()
)

# Kinds of work that one session at a time does. The numbers are arbitrary and ours.
REGISTER_LOCK: Final = 0x4F5A_0001
SEQUENCER_LOCK: Final = 0x4F5A_0002
MIGRATE_LOCK: Final = 0x4F5A_0003
CLOCK_LOCK: Final = 0x4F5A_0004
ADOPT_LOCK: Final = 0x4F5A_0005
MOVE_LOCK: Final = 0x4F5A_0006


def conninfo(url: str) -> str:
    """The address in the form that the driver takes. Raises WrongUse, which never quotes the URL: it may hold
    a password.
    """
    try:
        given = conninfo_to_dict(url)
    except psycopg.Error:
        raise WrongUse("database is geen geldig adres van een PostgreSQL-database") from None
    options = f"{_OPTIONS} {given.pop('options', '')}".strip()
    ours: dict[str, str | int | None] = {
        "application_name": "ozlijn",
        "connect_timeout": CONNECT_SECONDS,
        # How soon we see that its machine is gone, also while we wait for an answer.
        "keepalives_idle": 5,
        "keepalives_interval": 5,
        "keepalives_count": 3,
        "tcp_user_timeout": 20_000,
    }
    return make_conninfo("", **{**ours, **given, "options": options})


class Link:
    """Use it from one event loop.

    It connects when it must. A lost connection is noticed before anything is sent on it, so the first request
    after the database came back finds it.
    """

    def __init__(self, info: str, patience: float = PATIENCE_SECONDS) -> None:
        """`info` comes from `conninfo`."""
        self._info, self._patience = info, patience
        self._idle: list[AsyncConnection[Any]] = []
        self._free = asyncio.Semaphore(MOST)

    async def connect(self) -> AsyncConnection[Any]:
        """A connection of the caller's own, in autocommit. Raises psycopg.Error."""
        return await AsyncConnection.connect(self._info, autocommit=True, prepare_threshold=0)

    @contextlib.contextmanager
    def watching(self, connection: AsyncConnection[Any]) -> Iterator[None]:
        """Hangs up when what is done in here takes too long: then it raises psycopg.OperationalError."""
        watch = asyncio.get_running_loop().call_later(self._patience, _hang_up, connection)
        try:
            yield
        finally:
            watch.cancel()

    async def rows(self, sql: LiteralString, values: Any = ()) -> list[Any]:
        """Read rows, and once more when the connection was lost meanwhile.

        Raises Busy when all connections are in use, RecordUnavailable when the database cannot be read.
        """
        try:
            try:
                return await self._rows(sql, values)
            except errors.QueryCanceled:
                raise  # it took too long, and would again
            except psycopg.OperationalError:
                await self.close()  # the idle connections are most likely lost as well
                return await self._rows(sql, values)
        except (psycopg.Error, OSError) as error:
            raise RecordUnavailable("the store cannot be read") from error

    @contextlib.asynccontextmanager
    async def transaction(self) -> AsyncIterator[AsyncConnection[Any]]:
        """A transaction for changes off the exchange path.

        Raises Busy; RecordUnavailable when it is not known whether it was stored.
        """
        try:
            async with self._connection() as connection, connection.transaction():
                yield connection
        except (psycopg.Error, OSError) as error:
            raise RecordUnavailable("the change is not known to be stored") from error

    @contextlib.asynccontextmanager
    async def alone(self, lock: int) -> AsyncIterator[None]:
        """A transaction as the only one with this lock. It waits for the lock however long another process
        has it.

        Raises RecordUnavailable.
        """
        try:
            connection = await self.connect()
        except (psycopg.Error, OSError) as error:
            raise RecordUnavailable("the store cannot be reached") from error
        try:
            try:
                await connection.execute("SET statement_timeout = 0")
                await connection.execute("SELECT pg_advisory_lock(%s)", (lock,))
            except (psycopg.Error, OSError) as error:
                raise RecordUnavailable("the store cannot be reached") from error
            yield
        finally:
            await connection.close()

    async def close(self) -> None:
        """Close idle connections. One that is in use is closed by its user."""
        while self._idle:
            await self._idle.pop().close()

    async def _rows(self, sql: LiteralString, values: Any) -> list[Any]:
        async with self._connection() as connection, connection.cursor(binary=True) as cursor:
            await cursor.execute(sql, values)
            return await cursor.fetchall()

    @contextlib.asynccontextmanager
    async def _connection(self) -> AsyncIterator[AsyncConnection[Any]]:
        """A connection that nobody else uses.

        It comes from a plain list: a pool that connects again in the background waits longer and longer while
        the database is away, and lets everybody wait until it has tried again.
        """
        try:
            async with asyncio.timeout(WAIT_SECONDS):
                await self._free.acquire()
        except TimeoutError:
            raise Busy("too many are waiting for the database") from None
        connection: AsyncConnection[Any] | None = None
        try:
            while self._idle and connection is None:
                connection = self._idle.pop()
                if not looks_alive(connection):
                    await connection.close()
                    connection = None
            connection = connection or await self.connect()
            with self.watching(connection):
                yield connection
            if connection.info.transaction_status is TransactionStatus.IDLE:
                self._idle.append(connection)
                connection = None
        finally:
            self._free.release()
            if connection is not None:  # something went wrong on it
                await connection.close()


def _hang_up(connection: AsyncConnection[Any]) -> None:
    """Without a word to the server, for it does not listen; who waits for its answer gets the end of it."""
    if not connection.closed:
        with socket.socket(fileno=os.dup(connection.fileno())) as line, contextlib.suppress(OSError):
            line.shutdown(socket.SHUT_RDWR)


def looks_alive(connection: AsyncConnection[Any]) -> bool:
    """False when the server said something unasked, as it does when it ends. Then nothing is sent on this
    connection.
    """
    if connection.closed:
        return False
    readable, _, _ = select.select([connection.fileno()], [], [], 0)
    return not readable
