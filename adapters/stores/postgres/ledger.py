"""Reads the ledger beside running gateways, line by line, for `ozlijn ledger verify`."""

from __future__ import annotations

from collections.abc import Sequence
from types import TracebackType
from typing import Any, LiteralString, Self

import psycopg

from adapters.ledger.tree import Frontier
from adapters.stores.postgres.link import conninfo
from adapters.stores.postgres.tiles import LEAVES, NODES
from adapters.stores.records import POSTGRES, Records
from schemas.errors import RecordUnavailable
from schemas.storage.storage import StoredCheckpoint


class PostgresLedger:
    """Fits `Reader` of adapters/ledger/tree.py. It sees one consistent state, however long the reading
    takes.
    """

    def __init__(self, url: str) -> None:
        """Raises WrongUse, RecordUnavailable."""
        try:
            self._connection = psycopg.connect(conninfo(url))
            self._connection.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
            self._connection.execute("SET LOCAL statement_timeout = 0")
            self._connection.execute("SET LOCAL idle_in_transaction_session_timeout = 0")
        except psycopg.Error as error:
            raise RecordUnavailable("de database antwoordt niet, of weigert deze gebruiker") from error

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._connection.close()

    def frontier(self) -> Frontier:
        """The stored frontier. Raises LedgerBroken when what is stored is no frontier."""
        return Frontier.from_bytes(self._rows("SELECT frontier FROM state", ())[0][0])

    def last_checkpoint(self) -> StoredCheckpoint | None:
        rows = self._rows("SELECT size, note FROM checkpoint", ())
        return StoredCheckpoint(*rows[0]) if rows else None

    @property
    def records(self) -> Records:
        """What is stored beside the account and has a line in it."""
        return Records(lambda sql, values: self._rows(sql.encode(), values), POSTGRES)

    @property
    def tiles(self) -> Self:
        return self

    def lines(self, start: int, limit: int) -> list[tuple[int, object, object, object]]:
        """Position, soort, canonical bytes and leaf hash of lines as they stand, whatever somebody made of
        them.
        """
        return self._rows(
            "SELECT position, soort, canonical, leaf_hash FROM entry WHERE position >= %s"
            " ORDER BY position LIMIT %s",
            (start, limit),
        )

    def leaf_hashes(self, start: int, end: int) -> list[bytes]:
        return [leaf for (leaf,) in self._rows(LEAVES, (start, end))]

    def nodes(self, level: int, start: int, end: int) -> list[bytes]:
        return [node for (node,) in self._rows(NODES, (level, start, end))]

    def _rows(self, sql: LiteralString | bytes, values: Sequence[object]) -> list[Any]:
        try:
            with self._connection.cursor(binary=True) as cursor:
                return cursor.execute(sql, values).fetchall()
        except psycopg.Error as error:
            raise RecordUnavailable("the store cannot be read") from error
