"""The file of the embedded store: made, brought to the present schema, and locked by who has it alone."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from adapters.stores.migrations import MOVED, REVISION
from adapters.stores.sqlite.engine import sqlite3
from schemas.errors import AlreadyRunning, RecordUnavailable, WrongUse, why


@contextmanager
def hold(path: Path, *, upgrade: bool = False) -> Iterator[sqlite3.Connection]:
    """Hold the file for us alone, as a gateway does; also a file that has moved, which is never upgraded.

    Raises AlreadyRunning when a gateway has it, WrongUse for what is no database of ours.
    """
    try:
        make_file(path, create=False)
        lock = take_lock(path)
    except OSError as error:
        raise WrongUse(f"{path} is niet te gebruiken als database: {why(error)}") from error
    try:
        with closing(connected(path, sqlite3.connect)) as connection:
            connection.execute("PRAGMA busy_timeout = 2000")
            revision = _revision(connection)
            if revision is None:
                raise WrongUse(f"{path} is geen database van een gateway")
            if upgrade and not revision.startswith(MOVED):
                make_fit(path, sqlite3.connect, locked=True)
            yield connection
    except sqlite3.DatabaseError as error:
        raise RecordUnavailable(f"{path} is niet te lezen, of een ander proces schrijft erin") from error
    finally:
        os.close(lock)


@contextmanager
def hold_writes(path: Path) -> Iterator[None]:
    """Nobody can write in here, as when another process does: for the demo, which shows what then happens."""
    with closing(sqlite3.connect(str(path), isolation_level=None)) as connection:
        connection.execute("BEGIN IMMEDIATE")
        yield


def connected(path: Path, connect: Callable[..., sqlite3.Connection]) -> sqlite3.Connection:
    """A connection in autocommit that waits for nobody. GroupCommit decides where waiting is harmless."""
    connection = connect(str(path), timeout=0, isolation_level=None, check_same_thread=False)
    connection.execute("PRAGMA synchronous = FULL")
    connection.execute("PRAGMA foreign_keys = ON")
    connection.execute("PRAGMA secure_delete = ON")
    return connection


def make_file(path: Path, *, create: bool) -> None:
    flags = os.O_RDWR | os.O_CLOEXEC | (os.O_CREAT if create else 0)
    os.close(os.open(path, flags, 0o600))


def take_lock(path: Path) -> int:
    """Take the lock. The kernel gives it back when the process ends, however it ends."""
    name = path.with_name(path.name + ".lock")
    lock = os.open(name, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as error:
        os.close(lock)
        raise AlreadyRunning(f"een andere gateway gebruikt deze database al ({name})") from error
    return lock


def make_fit(path: Path, connect: Callable[..., sqlite3.Connection], *, locked: bool) -> None:
    with closing(connected(path, connect)) as connection:
        connection.execute("PRAGMA busy_timeout = 2000")
        (mode,) = connection.execute("PRAGMA journal_mode = WAL").fetchone()
        if mode != "wal":
            raise WrongUse(f"{path} staat op een bestandssysteem waar SQLite niet met WAL kan werken")
        revision = _revision(connection)
        if revision == REVISION:
            return
        if revision is not None and revision.startswith(MOVED):
            raise WrongUse(f"{path} is verhuisd naar PostgreSQL; terug kan met ozlijn migrate --from --terug")
    from adapters.stores.sqlite.migrate import upgrade  # noqa: PLC0415 - slow to import, seldom needed

    lock = None if locked else take_lock(path)
    try:
        upgrade(lambda: connected(path, connect))
    finally:
        if lock is not None:
            os.close(lock)


def _revision(connection: sqlite3.Connection) -> str | None:
    known = connection.execute("SELECT 1 FROM sqlite_master WHERE name = 'alembic_version'").fetchone()
    row = connection.execute("SELECT version_num FROM alembic_version").fetchone() if known else None
    return None if row is None else str(row[0])
