"""Reads of many rows by their ids in one statement each, and forgetting what outlived its term."""

from __future__ import annotations

import datetime as dt
from abc import ABC, abstractmethod
from collections import defaultdict
from collections.abc import Sequence
from typing import Any, Final, LiteralString

from adapters.stores.moments import instant, moment
from adapters.stores.postgres.link import Link
from adapters.stores.postgres.whole import LEVERING, levering_row, rows_of
from adapters.stores.stored import LEERLING, leerling_row, read
from schemas.exchange.taak import Taak
from schemas.exchange.uitwisseling import Levering, Leveringgebeurtenis, Leveringstand, Leveringstatus
from schemas.storage.storage import LeerlingRow, Periode, Purged, Standing, Under

_SEEN: Final = (
    "SELECT gesloten, n FROM taak WHERE gesloten <= %(before)s AND (gesloten, n) > (%(at)s, %(n)s)"
    " ORDER BY gesloten, n LIMIT %(limit)s"
)
_BEGIN: Final = (-1, "")
"""Before every moment and id."""
_STANDING: Final = (
    "WITH near AS (SELECT n, status, vervalt_op FROM levering"
    " WHERE status IN ('aangehouden', 'klaar', 'mislukt') ORDER BY vervalt_op, n LIMIT %s),"
    " told AS (SELECT status, count(*) AS total, min(vervalt_op) AS term FROM near GROUP BY status)"
    " SELECT told.total, l.json FROM told JOIN levering l ON l.n = (SELECT min(near.n) FROM near"
    " WHERE near.status = told.status AND near.vervalt_op = told.term)"
)
_HERE: Final = (
    " telt_op >= %(van)s AND telt_op < %(tot)s AND (telt_op, id) > (%(at)s, %(id)s)"
    " ORDER BY telt_op, id LIMIT %(limit)s"
)
# Of each partij no more is read than the page holds; a levering between two of them is found both ways.
_IN: Final = (
    "SELECT DISTINCT ON (found.telt_op, found.id) found.json, found.positie, found.telt_op"
    " FROM unnest(%(partijen)s::text[]) AS p (partij), LATERAL ("
    f"(SELECT json, positie, telt_op, id FROM levering WHERE afzender = p.partij AND{_HERE}) UNION ALL"
    " (SELECT json, positie, telt_op, id FROM levering WHERE ontvanger = p.partij AND overgedragen = 1"
    f" AND{_HERE})) AS found ORDER BY found.telt_op, found.id LIMIT %(limit)s"
)
_ABOUT: Final = (
    "SELECT json, positie, telt_op FROM levering WHERE leerling = %(leerling)s"
    " AND (afzender = ANY(%(partijen)s) OR (overgedragen = 1 AND ontvanger = ANY(%(partijen)s)))"
    f" AND{_HERE}"
)
# That it is closed is checked here once more: a taak that was opened again meanwhile is looked at anew, and
# stays.
# ruff: noqa: S608 - only texts of this file are put together
_FORGET: Final = (
    f"WITH seen AS ({_SEEN}), gone AS (DELETE FROM taak t USING seen WHERE t.n = seen.n"
    " AND t.gesloten <= %(before)s AND t.uiterlijk <= %(before)s"
    " AND NOT EXISTS (SELECT FROM levering v WHERE v.leerling = t.leerling"
    " AND v.status IN ('aangehouden', 'klaar', 'mislukt'))"
    " AND NOT EXISTS (SELECT FROM taak o WHERE o.leerling = t.leerling AND o.status = 'open')"
    " RETURNING t.n) SELECT gesloten, n, (SELECT count(*) FROM gone) FROM seen ORDER BY gesloten, n"
)


class ManyReads(ABC):
    """The part of the store that reads many rows at once."""

    _link: Link
    _others: int

    @abstractmethod
    async def _all(self, sql: LiteralString, values: Any = ()) -> list[Any]: ...

    @abstractmethod
    def _check_open(self) -> None: ...

    async def leveringen_of(self, uitwisselingen: Sequence[str]) -> tuple[Levering, ...]:
        return await self._many(f"{LEVERING} WHERE uitwisseling = ANY(%s) ORDER BY n", uitwisselingen)

    async def standen_of(self, uitwisselingen: Sequence[str]) -> tuple[Leveringstand, ...]:
        rows = await self._all(f"{LEVERING} WHERE uitwisseling = ANY(%s) ORDER BY n", (list(uitwisselingen),))
        return tuple(read(Leveringstand, text) for text, *_ in rows)

    async def leveringen_by_id(self, leveringen: Sequence[str]) -> tuple[Levering, ...]:
        return await self._many(f"{LEVERING} WHERE id = ANY(%s) ORDER BY n", leveringen)

    async def _many(self, sql: LiteralString, ids: Sequence[str]) -> tuple[Levering, ...]:
        return tuple(map(levering_row, await self._all(sql, (list(ids),))))

    async def leveringen_in(self, periode: Periode, limit: int) -> tuple[tuple[dt.datetime, Levering], ...]:
        van = moment(periode.van)
        at, ident = (van - 1, "") if periode.na is None else (moment(periode.na[0]), periode.na[1])
        values = {
            "partijen": list(periode.partijen),
            "leerling": periode.leerling,
            "van": max(van, at),
            "tot": moment(periode.tot),
            "at": at,
            "id": ident,
            "limit": rows_of(limit),
        }
        rows = await self._all(_IN if periode.leerling is None else _ABOUT, values)
        return tuple((instant(row[2]), levering_row(row)) for row in rows)

    async def leerlingen_by_id(self, leerlingen: Sequence[str]) -> tuple[LeerlingRow, ...]:
        sql: LiteralString = f"{LEERLING} AND k.partij = l.owner WHERE l.id = ANY(%s)"
        return tuple(map(leerling_row, await self._all(sql, (list(leerlingen),))))

    async def histories(self, leveringen: Sequence[str]) -> dict[str, tuple[Leveringgebeurtenis, ...]]:
        rows = await self._all(
            "SELECT l.id, e.json FROM levering l JOIN event e ON e.levering = l.n WHERE l.id = ANY(%s)"
            " ORDER BY e.levering, e.volgnummer",
            (list(leveringen),),
        )
        found: dict[str, list[Leveringgebeurtenis]] = defaultdict(list)
        for levering, text in rows:
            found[levering].append(read(Leveringgebeurtenis, text))
        return {levering: tuple(events) for levering, events in found.items()}

    async def recorders(self, facts: Sequence[str]) -> dict[str, str]:
        return dict(await self._all("SELECT id, recorded_by FROM fact WHERE id = ANY(%s)", (list(facts),)))

    async def taken_by_sleutel(self, sleutels: Sequence[tuple[str, str]]) -> tuple[Taak, ...]:
        rows = await self._all(
            "SELECT t.json FROM unnest(%s::text[], %s::text[]) AS asked (partij, sleutel)"
            " JOIN taak t USING (partij, sleutel) ORDER BY t.n",
            ([partij for partij, _ in sleutels], [sleutel for _, sleutel in sleutels]),
        )
        return tuple(read(Taak, text) for (text,) in rows)

    async def standing(self, most: int) -> dict[Leveringstatus, Standing]:
        rows = await self._all(_STANDING, (most,))
        firsts = [(total, read(Levering, text)) for total, text in rows]
        return {v.status: Standing(total, v.sinds) for total, v in firsts}

    async def open_by_term(self, after: tuple[dt.datetime, str] | None, limit: int) -> tuple[Levering, ...]:
        at, ident = (moment(after[0]), after[1]) if after is not None else _BEGIN
        rows = await self._all(
            f"{LEVERING} WHERE status IN ('aangehouden', 'klaar', 'mislukt') AND vervalt_op >= %(at)s"
            ' AND (vervalt_op, id COLLATE "C") > (%(at)s, %(id)s) ORDER BY vervalt_op, id COLLATE "C"'
            " LIMIT %(limit)s",
            {"at": at, "id": ident, "limit": limit},
        )
        return tuple(map(levering_row, rows))

    async def count_held(self, under: Under, most: int) -> int:
        rows = await self._all(
            "SELECT count(*) FROM (SELECT FROM levering WHERE status = 'aangehouden'"
            " AND decided_under < %(under)s UNION ALL SELECT FROM levering WHERE status = 'aangehouden'"
            " AND decided_under > %(under)s LIMIT %(most)s) AS held",
            {"under": str(under), "most": most},
        )
        return int(rows[0][0])

    async def purge_zaken(self, now: dt.datetime, limit: int) -> int:
        return await self._forget(
            "WITH due AS (SELECT id FROM zaak WHERE vergeten_op <= %s ORDER BY vergeten_op, n LIMIT %s"
            " FOR UPDATE SKIP LOCKED), listed AS (DELETE FROM zaakpartij p USING due WHERE p.zaak = due.id)"
            " DELETE FROM zaak z USING due WHERE z.id = due.id",
            (moment(now), limit),
        )

    async def purge_answers(self, before: dt.datetime, limit: int) -> int:
        return await self._forget(
            "DELETE FROM answer WHERE ctid IN (SELECT ctid FROM answer WHERE at <= %s ORDER BY at LIMIT %s"
            " FOR UPDATE SKIP LOCKED)",
            (moment(before), limit),
        )

    async def purge_tokens(self, now: dt.datetime, limit: int) -> int:
        return await self._forget(
            "DELETE FROM jti WHERE ctid IN (SELECT ctid FROM jti WHERE expires <= %s ORDER BY expires"
            " LIMIT %s FOR UPDATE SKIP LOCKED)",
            (moment(now), limit),
        )

    async def purge_taken(self, before: dt.datetime, after: tuple[int, int] | None, limit: int) -> Purged:
        self._check_open()
        at, n = after or (-1, -1)
        values = {"before": moment(before), "at": at, "n": n, "limit": limit}
        async with self._link.transaction() as connection:
            seen = await (await connection.execute(_FORGET, values)).fetchall()
        if not seen:
            return Purged(0, None)
        last_at, last_n, gone = seen[-1]
        self._others += bool(gone)
        return Purged(gone, None if len(seen) < limit else (last_at, last_n))

    async def _forget(self, sql: LiteralString, values: tuple[int, int]) -> int:
        self._check_open()
        async with self._link.transaction() as connection:
            gone = (await connection.execute(sql, values)).rowcount
        self._others += bool(gone)
        return gone
