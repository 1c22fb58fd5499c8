"""How this process reaches the database: one connection that commits, a pool of others that read.

No text of a driver error goes into ours: it may quote a stored value, or name a user and a host.
"""

from __future__ import annotations

import contextlib
import select
from collections.abc import AsyncIterator
from typing import Any, Final, LiteralString

import psycopg
from psycopg import AsyncConnection
from psycopg.conninfo import conninfo_to_dict, make_conninfo
from psycopg_pool import AsyncConnectionPool, PoolTimeout

from schemas.errors import Busy, RecordUnavailable, WrongUse

READERS: Final = 8
"""Reads at the same time; more wait."""
READ_WAIT_SECONDS: Final = 5.0
CONNECT_SECONDS: Final = 5

_OPTIONS: Final = " ".join(
    f"-c {name}={value}"
    for name, value in {
        "default_transaction_isolation": r"read\ committed",
        # The driver waits for ever otherwise, and so would everybody who wants a row that was locked here.
        "statement_timeout": "30s",
        "idle_in_transaction_session_timeout": "30s",
        # Everything here is found by an index. A plan made while a table was small must not scan it later.
        "enable_seqscan": "off",
        "jit": "off",
        # How soon the server sees that our machine is gone and gives up our locks.
        "tcp_keepalives_idle": "5",
        "tcp_keepalives_interval": "5",
        "tcp_keepalives_count": "3",
    }.items()
)

# Kinds of work that one session at a time does; the numbers are arbitrary, and ours.
REGISTER_LOCK: Final = 0x4F5A_0001
SEQUENCER_LOCK: Final = 0x4F5A_0002
MIGRATE_LOCK: Final = 0x4F5A_0003
CLOCK_LOCK: Final = 0x4F5A_0004


def conninfo(url: str) -> str:
    """What the driver takes. Raises WrongUse, which never quotes the URL: it may hold a password."""
    try:
        given = conninfo_to_dict(url)
    except psycopg.Error:
        raise WrongUse("database is geen geldig adres van een PostgreSQL-database") from None
    options = f"{_OPTIONS} {given.pop('options', '')}".strip()
    ours: dict[str, str | int | None] = {
        "application_name": "ozlijn",
        "connect_timeout": CONNECT_SECONDS,
        "keepalives_idle": 5,
    }
    return make_conninfo("", **{**ours, **given, "options": options})


class Link:
    """Use from one event loop. Connects when it must, and again when a connection was lost."""

    def __init__(self, info: str) -> None:
        """`info` comes from `conninfo`."""
        self._info = info
        self._pool: AsyncConnectionPool[AsyncConnection[Any]] | None = None

    async def connect(self) -> AsyncConnection[Any]:
        """A connection of the caller's own, in autocommit. Raises psycopg.Error."""
        return await AsyncConnection.connect(self._info, autocommit=True, prepare_threshold=0)

    async def rows(self, sql: LiteralString, values: Any = ()) -> list[Any]:
        """Read, once more when the connection turned out to be gone.

        Raises Busy when all connections are taken, RecordUnavailable when the database cannot be read.
        """
        try:
            try:
                return await self._rows(sql, values)
            except psycopg.OperationalError:
                pool = await self._opened()
                await pool.check()
                return await self._rows(sql, values)
        except PoolTimeout:
            raise Busy("too many reads are waiting for the database") from None
        except (psycopg.Error, OSError) as error:
            raise RecordUnavailable("the store cannot be read") from error

    @contextlib.asynccontextmanager
    async def transaction(self) -> AsyncIterator[AsyncConnection[Any]]:
        """For changes off the exchange path. Raises RecordUnavailable: it is not known to be stored."""
        try:
            pool = await self._opened()
            async with pool.connection() as connection, connection.transaction():
                yield connection
        except PoolTimeout:
            raise Busy("too many changes are waiting for the database") from None
        except (psycopg.Error, OSError) as error:
            raise RecordUnavailable("the change is not known to be stored") from error

    async def close(self) -> None:
        if self._pool is not None:
            await self._pool.close()
            self._pool = None

    async def _rows(self, sql: LiteralString, values: Any) -> list[Any]:
        pool = await self._opened()
        async with pool.connection() as connection, connection.cursor(binary=True) as cursor:
            await cursor.execute(sql, values)
            return await cursor.fetchall()

    async def _opened(self) -> AsyncConnectionPool[AsyncConnection[Any]]:
        if self._pool is None:
            pool: AsyncConnectionPool[AsyncConnection[Any]] = AsyncConnectionPool(
                self._info,
                kwargs={"autocommit": True, "prepare_threshold": 0},
                min_size=1,
                max_size=READERS,
                timeout=READ_WAIT_SECONDS,
                name="ozlijn",
                open=False,
            )
            self._pool = pool
            await pool.open()
        return self._pool


def looks_alive(connection: AsyncConnection[Any]) -> bool:
    """False when the server said something unasked, as it does when it ends: then nothing is sent on it."""
    if connection.closed:
        return False
    readable, _, _ = select.select([connection.fileno()], [], [], 0)
    return not readable
