"""The part of the memory store that reads many rows by their ids, and forgets what outlived its term."""

from __future__ import annotations

import datetime as dt
from abc import ABC, abstractmethod
from collections.abc import Sequence
from itertools import islice

from adapters.stores.changes import closed_at
from schemas.exchange.taak import Taak, Taakstatus
from schemas.exchange.uitwisseling import OPEN, Levering, Leveringgebeurtenis, Leveringstand, Leveringstatus
from schemas.storage.storage import (
    LeerlingRow,
    Periode,
    Purged,
    Standing,
    StoredAnswer,
    StoredFact,
    Under,
    ZaakRow,
    ZaakWrite,
)


class ManyInMemory(ABC):
    """Part of the store; the attributes are its own."""

    _answers: dict[tuple[str, bytes], StoredAnswer]
    _leerlingen: dict[str, LeerlingRow]
    _facts: dict[str, StoredFact]
    _leveringen: dict[str, Levering]
    _events: dict[str, list[Leveringgebeurtenis]]
    _decided_under: dict[str, Under | None]
    _telt_op: dict[str, dt.datetime]
    _taken: dict[str, Taak]
    _sleutels: dict[tuple[str, str], str]
    _jtis: dict[tuple[str, bytes], dt.datetime]
    _zaken: dict[str, ZaakRow]
    _zaken_bij: dict[str, list[str]]

    @abstractmethod
    def _check_open(self) -> None: ...

    async def leveringen_of(self, uitwisselingen: Sequence[str]) -> tuple[Levering, ...]:
        self._check_open()
        return tuple(row for row in self._leveringen.values() if row.uitwisseling in uitwisselingen)

    async def standen_of(self, uitwisselingen: Sequence[str]) -> tuple[Leveringstand, ...]:
        names = Leveringstand.model_fields
        return tuple(
            Leveringstand.model_construct(**{name: getattr(row, name) for name in names})
            for row in await self.leveringen_of(uitwisselingen)
        )

    async def leveringen_by_id(self, leveringen: Sequence[str]) -> tuple[Levering, ...]:
        self._check_open()
        return tuple(row for row in self._leveringen.values() if row.id in leveringen)

    async def leveringen_in(self, periode: Periode, limit: int) -> tuple[tuple[dt.datetime, Levering], ...]:
        self._check_open()
        p = periode
        found = [
            (self._telt_op[v.id], v)
            for v in self._leveringen.values()
            if (v.afzender in p.partijen or (v.ontvanger in p.partijen and v.overgedragen is not None))
            and p.leerling in (None, v.leerling)
            and p.van <= self._telt_op[v.id] < p.tot
            and (p.na is None or (self._telt_op[v.id], v.id) > p.na)
        ]
        return tuple(sorted(found, key=lambda each: (each[0], each[1].id))[: max(0, limit)])

    async def leerlingen_by_id(self, leerlingen: Sequence[str]) -> tuple[LeerlingRow, ...]:
        self._check_open()
        return tuple(self._leerlingen[i] for i in dict.fromkeys(leerlingen) if i in self._leerlingen)

    async def histories(self, leveringen: Sequence[str]) -> dict[str, tuple[Leveringgebeurtenis, ...]]:
        self._check_open()
        return {i: tuple(self._events[i]) for i in leveringen if i in self._leveringen}

    async def recorders(self, facts: Sequence[str]) -> dict[str, str]:
        self._check_open()
        return {i: self._facts[i].recorded_by for i in facts if i in self._facts}

    async def taken_by_sleutel(self, sleutels: Sequence[tuple[str, str]]) -> tuple[Taak, ...]:
        self._check_open()
        wanted = {self._sleutels[key] for key in sleutels if key in self._sleutels}
        return tuple(t for t in self._taken.values() if t.id in wanted)

    async def count_held(self, under: Under, most: int) -> int:
        self._check_open()
        held = (
            row
            for row in self._leveringen.values()
            if row.status is Leveringstatus.AANGEHOUDEN and self._decided_under[row.id] != under
        )
        return sum(1 for _ in islice(held, most))

    async def standing(self, most: int) -> dict[Leveringstatus, Standing]:
        self._check_open()
        near = sorted(self._open(), key=lambda row: row.vervalt_op)[:most]
        found: dict[Leveringstatus, Standing] = {}
        for row in near:
            first = found.get(row.status, Standing(0, row.sinds))
            found[row.status] = Standing(first.count + 1, first.since)
        return found

    async def open_by_term(self, after: tuple[dt.datetime, str] | None, limit: int) -> tuple[Levering, ...]:
        self._check_open()
        keyed = sorted(self._open(), key=lambda row: (row.vervalt_op, row.id))
        return tuple(v for v in keyed if after is None or (v.vervalt_op, v.id) > after)[:limit]

    def _open(self) -> list[Levering]:
        return [row for row in self._leveringen.values() if row.status in OPEN]

    async def purge_answers(self, before: dt.datetime, limit: int) -> int:
        self._check_open()
        old = list(islice((key for key, a in self._answers.items() if a.at <= before), limit))
        for key in old:
            del self._answers[key]
        return len(old)

    async def purge_tokens(self, now: dt.datetime, limit: int) -> int:
        self._check_open()
        old = list(islice((key for key, until in self._jtis.items() if until <= now), limit))
        for key in old:
            del self._jtis[key]
        return len(old)

    async def purge_taken(
        self,
        before: dt.datetime,
        after: tuple[int, int] | None,  # noqa: ARG002
        limit: int,  # noqa: ARG002
    ) -> Purged:
        """Looks at all taken in one step, whatever `after` and `limit` say."""
        self._check_open()
        busy = {v.leerling for v in self._leveringen.values() if v.status in OPEN}
        busy |= {t.leerling for t in self._taken.values() if t.status is Taakstatus.OPEN}
        old = [
            t
            for t in self._taken.values()
            if (ended := closed_at(t)) is not None
            and max(ended, t.uiterlijk) <= before
            and t.leerling not in busy
        ]
        for taak in old:
            del self._taken[taak.id], self._sleutels[taak.partij, taak.sleutel]
        return Purged(len(old), None)

    # ── zaken

    def _zaakversie(self, zaak: str) -> int | None:
        found = self._zaken.get(zaak)
        return None if found is None else found.versie

    def _write_zaak(self, write: ZaakWrite) -> None:
        self._zaken[write.row.id] = write.row
        for partij in write.partijen:
            if write.row.id not in self._zaken_bij[partij]:
                self._zaken_bij[partij].append(write.row.id)

    async def zaak(self, zaak: str) -> ZaakRow | None:
        self._check_open()
        return self._zaken.get(zaak)

    async def zaken(self, partij: str, soort: str, after: int, limit: int) -> tuple[tuple[int, ZaakRow], ...]:
        self._check_open()
        numbered = enumerate(map(self._zaken.get, self._zaken_bij.get(partij, ())), 1)
        mine = ((n, row) for n, row in numbered if n > after and row is not None and row.soort == soort)
        return tuple(islice(mine, limit))

    async def zaken_of(self, leerling: str) -> tuple[ZaakRow, ...]:
        self._check_open()
        return tuple(row for row in self._zaken.values() if row.leerling == leerling)

    async def all_zaken(self, after: int, limit: int) -> tuple[tuple[int, ZaakRow], ...]:
        self._check_open()
        return tuple(islice((row for row in enumerate(self._zaken.values(), 1) if row[0] > after), limit))

    async def purge_zaken(self, now: dt.datetime, limit: int) -> int:
        self._check_open()
        due = sorted((z.vergeten_op, z.id) for z in self._zaken.values() if _has_come(z.vergeten_op, now))
        for _, ident in due[:limit]:
            del self._zaken[ident]
        return len(due[:limit])


def _has_come(at: dt.datetime | None, now: dt.datetime) -> bool:
    return at is not None and at <= now
