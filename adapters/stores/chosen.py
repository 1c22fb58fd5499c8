"""The engine that an address names: a PostgreSQL database, or the path of a SQLite file."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Final, Protocol

from adapters.ledger.whole import Store
from adapters.stores import examine as examining
from adapters.stores.postgres.anchor import PostgresAnchor
from adapters.stores.postgres.ledger import PostgresLedger
from adapters.stores.postgres.shift import PostgresShift
from adapters.stores.postgres.store import PostgresStorage
from adapters.stores.sqlite.store import SqliteStorage
from schemas.errors import WrongUse
from schemas.storage.storage import StoredCheckpoint
from schemas.storage.toestand import Toestand

if TYPE_CHECKING:
    from adapters.stores.move import Move

__all__ = [
    "PostgresAnchor",
    "PostgresShift",
    "apart",
    "examine",
    "migrate",
    "moving",
    "open_beside",
    "open_gateway",
    "open_ledger",
    "undo_move",
]

_POSTGRESQL: Final = ("postgresql://", "postgres://")


def is_shared(database: str) -> bool:
    """Whether any number of processes may use it."""
    return database.startswith(_POSTGRESQL)


def open_gateway(database: str) -> SqliteStorage | PostgresStorage:
    """Open the store of a gateway or a worker. Raises WrongUse, AlreadyRunning, RecordUnavailable."""
    return PostgresStorage.open(database) if is_shared(database) else SqliteStorage.open(_path(database))


def open_beside(database: str, *, create: bool = False) -> SqliteStorage | PostgresStorage:
    """Open a store for a tool beside a running gateway. Raises WrongUse, RecordUnavailable."""
    if is_shared(database):
        return PostgresStorage.open(database)
    return SqliteStorage.open(_path(database), gateway=False, create=create)


class Ledger(Store, Protocol):
    """Everything there is of one account, for a caller who checks it on his own thread."""

    def last_checkpoint(self) -> StoredCheckpoint | None: ...


class _SqliteLedger:
    def __init__(self, storage: SqliteStorage, checkpoint: StoredCheckpoint | None) -> None:
        self.tiles, self.records = storage.tiles, storage.records
        self.lines, self.frontier = storage.lines, storage.frontier
        self._checkpoint = checkpoint

    def last_checkpoint(self) -> StoredCheckpoint | None:
        return self._checkpoint


@contextmanager
def open_ledger(database: str) -> Iterator[Ledger]:
    """Open the account beside a running gateway or on a copy. Raises WrongUse, RecordUnavailable."""
    if is_shared(database):
        with PostgresLedger(database) as kept:
            yield kept
        return
    storage = SqliteStorage.open(_path(database), gateway=False, create=False)
    with asyncio.Runner() as runner:
        try:
            yield _SqliteLedger(storage, runner.run(storage.last_checkpoint()))
        finally:
            runner.run(storage.close())


def examine(database: str) -> Toestand:
    """What a database is like. Nothing is changed and nobody waits. Raises WrongUse, RecordUnavailable."""
    return examining.postgres(database) if is_shared(database) else examining.sqlite(_path(database))


def migrate(database: str) -> None:
    """Makes the schema, or brings it to that of this code. Raises WrongUse, RecordUnavailable."""
    if is_shared(database):
        from adapters.stores.postgres.migrate import upgrade  # noqa: PLC0415 - slow to import

        upgrade(database)
        return
    storage = SqliteStorage.open(_path(database), gateway=False, create=True)
    asyncio.run(storage.close())


def apart(url: str) -> AbstractContextManager[str]:
    """A new database on the server of this address, dropped at the end: see `postgres.apart`."""
    from adapters.stores.postgres.apart import apart as made  # noqa: PLC0415 - slow to import

    if not is_shared(url):
        raise WrongUse("dit is niet het adres van een PostgreSQL-database: postgresql://...")
    return made(url)


def moving(source: Path, url: str) -> AbstractContextManager[Move]:
    """Hold a SQLite file and the PostgreSQL database it moves to: see `Move`."""
    from adapters.stores import move  # noqa: PLC0415 - slow to import

    if not is_shared(url):
        raise WrongUse("--to is het adres van een PostgreSQL-database: postgresql://...")
    return move.moving(source, url)


def undo_move(source: Path) -> None:
    from adapters.stores import move  # noqa: PLC0415 - slow to import

    move.undo(source)


def _path(database: str) -> Path:
    return Path(database.removeprefix("sqlite:///"))
