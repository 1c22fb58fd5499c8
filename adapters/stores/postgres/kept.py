"""The part of the PostgreSQL store with rows beside the exchanges: sessions, references, mail."""

from __future__ import annotations

import datetime as dt
from abc import ABC, abstractmethod
from typing import Any, Final, LiteralString

from adapters.stores.moments import instant, moment
from adapters.stores.postgres.link import Link
from schemas.storage.storage import Keepsoort, Kept

_KEPT: Final = "SELECT soort, id, groep, versie, verloopt, inhoud FROM kept"


class KeptRows(ABC):
    """Part of the store."""

    _link: Link
    _others: int

    @abstractmethod
    def _check_open(self) -> None: ...

    @abstractmethod
    async def _all(self, sql: LiteralString, values: Any) -> list[Any]: ...

    async def kept(self, soort: Keepsoort, ident: str) -> Kept | None:
        rows = await self._all(f"{_KEPT} WHERE soort = %s AND id = %s", (soort.value, ident))
        return _kept(rows[0]) if rows else None

    async def kept_in(self, soort: Keepsoort, groep: str, after: str, limit: int) -> tuple[Kept, ...]:
        rows = await self._all(
            f'{_KEPT} WHERE soort = %s AND groep = %s AND id COLLATE "C" > %s'
            ' ORDER BY id COLLATE "C" LIMIT %s',
            (soort.value, groep, after, max(0, limit)),
        )
        return tuple(map(_kept, rows))

    async def keep(self, row: Kept, expected: int | None) -> bool:
        until = None if row.verloopt is None else moment(row.verloopt)
        if expected is None:
            return bool(
                await self._changed(
                    "INSERT INTO kept (soort, id, groep, versie, verloopt, inhoud)"
                    " VALUES (%s, %s, %s, %s, %s, %b) ON CONFLICT DO NOTHING",
                    (row.soort.value, row.id, row.groep, row.versie, until, row.inhoud),
                )
            )
        return bool(
            await self._changed(
                "UPDATE kept SET groep = %s, versie = %s, verloopt = %s, inhoud = %b"
                " WHERE soort = %s AND id = %s AND versie = %s",
                (row.groep, row.versie, until, row.inhoud, row.soort.value, row.id, expected),
            )
        )

    async def drop(self, soort: Keepsoort, ident: str) -> bool:
        return bool(
            await self._changed("DELETE FROM kept WHERE soort = %s AND id = %s", (soort.value, ident))
        )

    async def drop_in(self, soort: Keepsoort, groep: str) -> int:
        return await self._changed("DELETE FROM kept WHERE soort = %s AND groep = %s", (soort.value, groep))

    async def purge_kept(self, now: dt.datetime, limit: int) -> int:
        return await self._changed(
            "DELETE FROM kept WHERE ctid IN (SELECT ctid FROM kept WHERE verloopt <= %s ORDER BY verloopt"
            " LIMIT %s FOR UPDATE SKIP LOCKED)",
            (moment(now), limit),
        )

    async def _changed(self, sql: LiteralString, values: Any) -> int:
        self._check_open()
        async with self._link.transaction() as connection:
            changed = (await connection.execute(sql, values)).rowcount
        self._others += bool(changed)
        return changed


def _kept(row: Any) -> Kept:
    soort, ident, groep, versie, verloopt, inhoud = row
    until = None if verloopt is None else instant(verloopt)
    return Kept(Keepsoort(soort), ident, groep, versie, until, bytes(inhoud))
