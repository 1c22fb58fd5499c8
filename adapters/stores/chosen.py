"""The engine that an address names: a PostgreSQL database, or the path of a SQLite file."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from adapters.stores.postgres.anchor import PostgresAnchor
from adapters.stores.postgres.ledger import PostgresLedger
from adapters.stores.postgres.shift import PostgresShift
from adapters.stores.postgres.store import PostgresStorage
from adapters.stores.sqlite.store import SqliteStorage

__all__ = [
    "PostgresAnchor",
    "PostgresLedger",
    "PostgresShift",
    "is_shared",
    "migrate",
    "open_beside",
    "open_gateway",
]

_POSTGRESQL: Final = ("postgresql://", "postgres://")


def is_shared(database: str) -> bool:
    """Whether any number of processes may use it."""
    return database.startswith(_POSTGRESQL)


def open_gateway(database: str) -> SqliteStorage | PostgresStorage:
    """For a gateway or a worker. Raises WrongUse, AlreadyRunning, RecordUnavailable."""
    return PostgresStorage.open(database) if is_shared(database) else SqliteStorage.open(_path(database))


def open_beside(database: str, *, create: bool = False) -> SqliteStorage | PostgresStorage:
    """For a tool beside a running gateway. Raises WrongUse, RecordUnavailable."""
    if is_shared(database):
        return PostgresStorage.open(database)
    return SqliteStorage.open(_path(database), gateway=False, create=create)


def migrate(database: str) -> None:
    """Makes the schema, or brings it to that of this code. Raises WrongUse, RecordUnavailable."""
    if is_shared(database):
        from adapters.stores.postgres.migrate import upgrade  # noqa: PLC0415 - slow to import

        upgrade(database)
        return
    from adapters.stores.sqlite.store import prepare  # noqa: PLC0415

    prepare(_path(database))


def _path(database: str) -> Path:
    return Path(database.removeprefix("sqlite:///"))
