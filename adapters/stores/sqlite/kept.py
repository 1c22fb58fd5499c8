"""The part of the SQLite store with rows beside the exchanges: sessions, references, invitations, mail."""

from __future__ import annotations

import datetime as dt
from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from typing import Any, Final, TypeVar

from adapters.stores.moments import instant, moment
from adapters.stores.sqlite.engine import sqlite3
from adapters.stores.sqlite.transaction import Transaction
from schemas.storage.storage import Keepsoort, Kept

T = TypeVar("T")
_COLUMNS: Final = "soort, id, groep, versie, verloopt, inhoud"


class KeptRows(ABC):
    """Part of the store."""

    @abstractmethod
    def _all(self, sql: str, values: Sequence[object]) -> list[Any]: ...

    @abstractmethod
    async def _run(self, job: Callable[[Transaction], T]) -> T: ...

    async def kept(self, soort: Keepsoort, ident: str) -> Kept | None:
        rows = self._all(f"SELECT {_COLUMNS} FROM kept WHERE soort = ? AND id = ?", (soort.value, ident))  # noqa: S608 - a text of this file
        return _kept(rows[0]) if rows else None

    async def kept_in(self, soort: Keepsoort, groep: str, after: str, limit: int) -> tuple[Kept, ...]:
        sql = f"SELECT {_COLUMNS} FROM kept WHERE soort = ? AND groep = ? AND id > ? ORDER BY id LIMIT ?"  # noqa: S608 - the same
        return tuple(map(_kept, self._all(sql, (soort.value, groep, after, max(0, limit)))))

    async def keep(self, row: Kept, expected: int | None) -> bool:
        return await self._run(lambda transaction: transaction.write(_keep, row, expected))

    async def drop(self, soort: Keepsoort, ident: str) -> bool:
        return await self._run(lambda transaction: transaction.write(_drop, soort, ident))

    async def drop_in(self, soort: Keepsoort, groep: str) -> int:
        return await self._run(lambda transaction: transaction.write(_drop_in, soort, groep))

    async def purge_kept(self, now: dt.datetime, limit: int) -> int:
        return await self._run(lambda transaction: transaction.write(_purge, now, limit))


def _kept(row: Any) -> Kept:
    soort, ident, groep, versie, verloopt, inhoud = row
    return Kept(
        Keepsoort(soort), ident, groep, versie, None if verloopt is None else instant(verloopt), inhoud
    )


def _keep(db: sqlite3.Connection, row: Kept, expected: int | None) -> bool:
    until = None if row.verloopt is None else moment(row.verloopt)
    if expected is None:
        made = db.execute(
            "INSERT INTO kept (soort, id, groep, versie, verloopt, inhoud) VALUES (?, ?, ?, ?, ?, ?)"
            " ON CONFLICT DO NOTHING",
            (row.soort.value, row.id, row.groep, row.versie, until, row.inhoud),
        )
    else:
        made = db.execute(
            "UPDATE kept SET groep = ?, versie = ?, verloopt = ?, inhoud = ?"
            " WHERE soort = ? AND id = ? AND versie = ?",
            (row.groep, row.versie, until, row.inhoud, row.soort.value, row.id, expected),
        )
    return bool(made.rowcount)


def _drop(db: sqlite3.Connection, soort: Keepsoort, ident: str) -> bool:
    return bool(db.execute("DELETE FROM kept WHERE soort = ? AND id = ?", (soort.value, ident)).rowcount)


def _drop_in(db: sqlite3.Connection, soort: Keepsoort, groep: str) -> int:
    return db.execute("DELETE FROM kept WHERE soort = ? AND groep = ?", (soort.value, groep)).rowcount


def _purge(db: sqlite3.Connection, now: dt.datetime, limit: int) -> int:
    return db.execute(
        "DELETE FROM kept WHERE (soort, id) IN"
        " (SELECT soort, id FROM kept WHERE verloopt <= ? ORDER BY verloopt LIMIT ?)",
        (moment(now), limit),
    ).rowcount
