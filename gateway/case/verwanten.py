"""Leerlingen whose ids nobody can tell apart: "Z-1", "Z-1 " and one with a sign in it that is not shown.

A new id like the last two is refused. Those that are there keep their record and stay apart: which of the two
a person meant is not for us to say, and merging would put one child's facts in another's. But a no that was
recorded under one of them blocks them all, for the person who said it saw no difference.

They are found by a second blind index, of the form they look like. Of a new leerling it is stored at once. Of
one from before it is worked out once, when a gateway of today first starts on that database.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass

from gateway.case.case import Identity, open_identity
from gateway.ports.keys import Vault
from gateway.ports.storage import Storage
from schemas.errors import RecordUnavailable
from schemas.identifiers import oddities
from schemas.storage.storage import LeerlingRow

_PAGE = 500


@dataclass(frozen=True, slots=True)
class Vreemd:
    """A leerling whose id a new one may not have: why, and the references of those it looks like."""

    partij: str
    ref: str
    waarom: tuple[str, ...]
    lijkt_op: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Lijkenden:
    """Fits gateway/ports/storage.py `Verwanten`."""

    storage: Storage
    vault: Vault

    async def of(self, row: LeerlingRow, lookalike: bytes) -> tuple[LeerlingRow, ...]:
        """Without those that were erased: nothing is recorded about them any more."""
        found = await self.storage.lookalikes(row.owner, lookalike)
        return tuple(other for other in found if other.id != row.id and other.key)

    async def work_out(self) -> None:
        """Store what the ids of those from before look like: before a request is answered.

        Opens each of their identities, in a thread; of those of whom it is known nothing is read. One that
        does not open is left for the next start: nothing about that leerling can be read either.
        """
        after = ""
        while rows := await self.storage.without_lookalike(after, _PAGE):
            await self.storage.set_lookalikes(await asyncio.to_thread(self._worked_out, rows))
            after = rows[-1].id

    def _worked_out(self, rows: Sequence[LeerlingRow]) -> dict[str, bytes]:
        found = {}
        for row in rows:
            try:
                found[row.id] = open_identity(self.vault, row).lookalike(self.vault, row.owner)
            except RecordUnavailable:
                continue
        return found

    async def report(self) -> AsyncIterator[Vreemd]:
        """Every odd one, by our own references only. Reads all, also beside a gateway or on a copy."""
        odd = [(row, who) async for row, who in self._identities() if oddities(who.leerlingid)]
        alike: dict[tuple[str, bytes], list[LeerlingRow]] = {}
        for row, who in odd:
            alike.setdefault((row.owner, who.lookalike(self.vault, row.owner)), []).append(row)
        for owner, lookalike in tuple(alike):
            # One whose id is as it looks has that very index as its own.
            plain = await self.storage.leerling_by_index(owner, lookalike)
            if plain is not None:
                alike[owner, lookalike].append(plain)
        for row, who in odd:
            like = alike[row.owner, who.lookalike(self.vault, row.owner)]
            others = sorted(other.owner_ref for other in like if other.id != row.id)
            yield Vreemd(row.owner, row.owner_ref, oddities(who.leerlingid), tuple(others))

    async def _identities(self) -> AsyncIterator[tuple[LeerlingRow, Identity]]:
        after = ""
        while rows := await self.storage.leerlingen(after, _PAGE):
            for row in rows:
                yield row, open_identity(self.vault, row)
            after = rows[-1].id
