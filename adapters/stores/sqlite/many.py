"""Reads of many rows by their ids, each in one statement, so that a list costs no read per row."""

from __future__ import annotations

import datetime as dt
from abc import ABC, abstractmethod
from collections import defaultdict
from collections.abc import Iterator, Sequence
from typing import Any, Final

import orjson

from adapters.stores.moments import instant, moment
from adapters.stores.sqlite.transaction import MAX_ROWS
from adapters.stores.stored import LEERLING, leerling_row, read
from schemas.exchange.taak import Taak
from schemas.exchange.uitwisseling import Levering, Leveringgebeurtenis, Leveringstand, Leveringstatus
from schemas.storage.storage import LeerlingRow, Periode, Standing, Under

_THESE: Final = "(SELECT value FROM json_each(?))"
_BEGIN: Final = (-1, "")
"""Before every moment and id."""
_STANDING: Final = (
    "WITH near AS (SELECT n, status, vervalt_op FROM levering"
    " WHERE status IN ('aangehouden', 'klaar', 'mislukt') ORDER BY vervalt_op, n LIMIT ?),"
    " told AS (SELECT status, count(*) AS total, min(vervalt_op) AS term FROM near GROUP BY status)"
    " SELECT told.total, l.json FROM told JOIN levering l ON l.n = (SELECT min(near.n) FROM near"
    " WHERE near.status = told.status AND near.vervalt_op = told.term)"
)

_IN: Final = (
    "SELECT telt_op, id, n FROM levering WHERE {} AND telt_op >= ? AND telt_op < ? AND (telt_op, id) > (?, ?)"
    " ORDER BY telt_op, id LIMIT ?"
)
_ABOUT: Final = f"leerling = ? AND (afzender IN {_THESE} OR (overgedragen = 1 AND ontvanger IN {_THESE}))"

# ruff: noqa: S608 - only texts of this file are put together


class ManyReads(ABC):
    """Part of the store, on the connection that reads."""

    @abstractmethod
    def _all(self, sql: str, values: Sequence[object]) -> list[Any]: ...

    async def leveringen_of(self, uitwisselingen: Sequence[str]) -> tuple[Levering, ...]:
        return self._many_leveringen("uitwisseling", uitwisselingen)

    async def standen_of(self, uitwisselingen: Sequence[str]) -> tuple[Leveringstand, ...]:
        sql = f"SELECT json FROM levering WHERE uitwisseling IN {_THESE} ORDER BY n"
        return tuple(read(Leveringstand, text) for (text,) in self._all(sql, (_list(uitwisselingen),)))

    async def leveringen_by_id(self, leveringen: Sequence[str]) -> tuple[Levering, ...]:
        return self._many_leveringen("id", leveringen)

    def _many_leveringen(self, column: str, ids: Sequence[str]) -> tuple[Levering, ...]:
        sql = f"SELECT json FROM levering WHERE {column} IN {_THESE} ORDER BY n"
        return tuple(read(Levering, text) for (text,) in self._all(sql, (_list(ids),)))

    async def leveringen_in(self, periode: Periode, limit: int) -> tuple[tuple[dt.datetime, Levering], ...]:
        found: list[tuple[int, str, int]] = []
        for sql, values in self._ways(periode):
            at, ident = _cursor(periode)
            # The walk begins at the cursor: an index has no use for a comparison of two columns at once.
            between = (max(moment(periode.van), at), moment(periode.tot), at, ident)
            found += self._all(_IN.format(sql), (*values, *between, max(0, min(limit, MAX_ROWS))))
        # A levering between two of these partijen is found both ways.
        page = sorted(set(found))[: max(0, min(limit, MAX_ROWS))]
        texts = dict(
            self._all(f"SELECT n, json FROM levering WHERE n IN {_THESE}", (_list([n for *_, n in page]),))
        )
        return tuple((instant(at), read(Levering, texts[n])) for at, _, n in page)

    def _ways(self, periode: Periode) -> Iterator[tuple[str, tuple[object, ...]]]:
        """Each is one walk along an index, from where the cursor stands and no further than the page."""
        if periode.leerling is not None:
            own = _list(periode.partijen)
            yield _ABOUT, (periode.leerling, own, own)
            return
        for partij in periode.partijen:
            yield "afzender = ?", (partij,)
            yield "ontvanger = ? AND overgedragen = 1", (partij,)

    async def leerlingen_by_id(self, leerlingen: Sequence[str]) -> tuple[LeerlingRow, ...]:
        sql = f"{LEERLING} AND k.partij = l.owner WHERE l.id IN {_THESE}"
        return tuple(map(leerling_row, self._all(sql, (_list(leerlingen),))))

    async def histories(self, leveringen: Sequence[str]) -> dict[str, tuple[Leveringgebeurtenis, ...]]:
        sql = (
            "SELECT l.id, e.json FROM levering l JOIN event e ON e.levering = l.n"
            f" WHERE l.id IN {_THESE} ORDER BY e.levering, e.volgnummer"
        )
        rows = self._all(sql, (_list(leveringen),))
        found: dict[str, list[Leveringgebeurtenis]] = defaultdict(list)
        for levering, text in rows:
            found[levering].append(read(Leveringgebeurtenis, text))
        return {levering: tuple(events) for levering, events in found.items()}

    async def recorders(self, facts: Sequence[str]) -> dict[str, str]:
        sql = f"SELECT id, recorded_by FROM fact WHERE id IN {_THESE}"
        return dict(self._all(sql, (_list(facts),)))

    async def taken_by_sleutel(self, sleutels: Sequence[tuple[str, str]]) -> tuple[Taak, ...]:
        rows = self._all(
            "SELECT t.json FROM json_each(?) AS j CROSS JOIN taak AS t"
            " ON t.partij = json_extract(j.value, '$[0]') AND t.sleutel = json_extract(j.value, '$[1]')"
            " ORDER BY t.n",
            (_list(sleutels),),
        )
        return tuple(read(Taak, text) for (text,) in rows)

    async def standing(self, most: int) -> dict[Leveringstatus, Standing]:
        rows = self._all(_STANDING, (most,))
        firsts = [(total, read(Levering, text)) for total, text in rows]
        return {v.status: Standing(total, v.sinds) for total, v in firsts}

    async def open_by_term(self, after: tuple[dt.datetime, str] | None, limit: int) -> tuple[Levering, ...]:
        at, ident = (moment(after[0]), after[1]) if after is not None else _BEGIN
        rows = self._all(
            "SELECT json FROM levering WHERE status IN ('aangehouden', 'klaar', 'mislukt')"
            " AND (vervalt_op, id) > (?, ?) ORDER BY vervalt_op, id LIMIT ?",
            (at, ident, limit),
        )
        return tuple(read(Levering, text) for (text,) in rows)

    async def count_held(self, under: Under, most: int) -> int:
        rows = self._all(
            "SELECT count(*) FROM (SELECT 1 FROM levering WHERE status = 'aangehouden'"
            " AND decided_under < ?1 UNION ALL SELECT 1 FROM levering WHERE status = 'aangehouden'"
            " AND decided_under > ?1 LIMIT ?2)",
            (str(under), most),
        )
        return int(rows[0][0])


def _cursor(periode: Periode) -> tuple[int, str]:
    if periode.na is None:
        return moment(periode.van) - 1, ""
    at, ident = periode.na
    return moment(at), ident


def _list(values: Sequence[object]) -> str:
    return orjson.dumps(list(values)).decode()
