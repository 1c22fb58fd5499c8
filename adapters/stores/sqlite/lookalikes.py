"""Finding leerlingen by what their id looks like."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from typing import Any, Final

from adapters.stores.sqlite.engine import sqlite3
from adapters.stores.sqlite.group import GroupCommit
from adapters.stores.sqlite.transaction import MAX_ROWS
from adapters.stores.stored import LEERLING, leerling_row
from schemas.storage.storage import LeerlingRow

_OWNED: Final = f"{LEERLING} AND k.partij = l.owner"


def _fill(db: sqlite3.Connection, known: Mapping[str, bytes]) -> None:
    db.executemany(
        "UPDATE leerling SET lookalike = ? WHERE id = ? AND lookalike IS NULL",
        [(lookalike, ident) for ident, lookalike in known.items()],
    )


class Lookalikes(ABC):
    """Part of SqliteStorage, which has the connections."""

    _group: GroupCommit

    @abstractmethod
    def _all(self, sql: str, values: Sequence[object]) -> list[Any]: ...

    async def lookalikes(self, partij: str, lookalike: bytes) -> tuple[LeerlingRow, ...]:
        sql = f"{_OWNED} WHERE l.owner = ? AND l.lookalike = ? ORDER BY l.id"
        return tuple(map(leerling_row, self._all(sql, (partij, lookalike))))

    async def without_lookalike(self, after: str, limit: int) -> tuple[LeerlingRow, ...]:
        sql = f"{_OWNED} WHERE l.lookalike IS NULL AND l.id > ? ORDER BY l.id LIMIT ?"
        return tuple(map(leerling_row, self._all(sql, (after, min(limit, MAX_ROWS)))))

    async def set_lookalikes(self, known: Mapping[str, bytes]) -> None:
        await self._group.run(lambda transaction: transaction.write(_fill, known))
