"""The part of the memory store with rows beside the exchanges: sessions, references, invitations, mail."""

from __future__ import annotations

import datetime as dt
from abc import ABC, abstractmethod
from itertools import islice

from schemas.storage.storage import Keepsoort, Kept


class KeptInMemory(ABC):
    """Part of the store; the attributes are its own."""

    _kept: dict[tuple[Keepsoort, str], Kept]
    commits: int

    @abstractmethod
    def _check_open(self) -> None: ...

    async def kept(self, soort: Keepsoort, ident: str) -> Kept | None:
        self._check_open()
        return self._kept.get((soort, ident))

    async def kept_in(self, soort: Keepsoort, groep: str, after: str, limit: int) -> tuple[Kept, ...]:
        self._check_open()
        found = [r for r in self._kept.values() if r.soort is soort and r.groep == groep and r.id > after]
        return tuple(sorted(found, key=lambda row: row.id)[: max(0, limit)])

    async def keep(self, row: Kept, expected: int | None) -> bool:
        self._check_open()
        there = self._kept.get((row.soort, row.id))
        if (None if there is None else there.versie) != expected:
            return False
        self._kept[row.soort, row.id] = row
        self.commits += 1
        return True

    async def drop(self, soort: Keepsoort, ident: str) -> bool:
        self._check_open()
        gone = self._kept.pop((soort, ident), None) is not None
        self.commits += gone
        return gone

    async def drop_in(self, soort: Keepsoort, groep: str) -> int:
        return self._gone([k for k, r in self._kept.items() if r.soort is soort and r.groep == groep])

    async def purge_kept(self, now: dt.datetime, limit: int) -> int:
        due = (k for k, r in self._kept.items() if r.verloopt is not None and r.verloopt <= now)
        return self._gone(list(islice(due, limit)))

    def _gone(self, keys: list[tuple[Keepsoort, str]]) -> int:
        self._check_open()
        for key in keys:
            del self._kept[key]
        self.commits += bool(keys)
        return len(keys)
