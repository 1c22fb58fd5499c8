"""Look-alikes: leerlingen whose ids nobody can tell apart, such as "Z-1" and "Z-1 " with a space behind it.

An id with such a space, or with a sign that is not shown, is refused when it is new. Those that are stored
already keep their record and stay apart: we cannot know which of two a person meant, and merging them could
put the facts of one child in the record of another. But a no that was recorded under one of them holds back
all of them, because the person who said it saw no difference.

They are found by a second blind index, over the id as it looks. For a new leerling it is stored at once. For
those of older releases it is worked out once, when a gateway of this release first starts on their database.
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
    """A leerling whose id would be refused today: why, and the references of the look-alikes."""

    partij: str
    ref: str
    waarom: tuple[str, ...]
    lijkt_op: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Lookalikes:
    """Fits `FindsLookalikes` in gateway/ports/storage.py."""

    storage: Storage
    vault: Vault

    async def of(self, row: LeerlingRow, lookalike: bytes) -> tuple[LeerlingRow, ...]:
        """The look-alikes of a leerling. Erased ones are left out, because nothing is recorded about them any
        more.
        """
        found = await self.storage.lookalikes(row.owner, lookalike)
        return tuple(other for other in found if other.id != row.id and other.key)

    async def search(self, owner: str, who: Identity) -> tuple[LeerlingRow | None, tuple[LeerlingRow, ...]]:
        """The leerling of this partij with exactly this id, and his look-alikes, also when there is nobody
        with exactly this id. Erased ones are not found. Raises StateBroken.
        """
        found = await self.storage.leerling_by_index(owner, self.vault.blind_index(owner, who.index_text()))
        if found is not None and not found.key:
            found = None
        if found is not None:
            open_identity(self.vault, found)
        alike = await self.storage.lookalikes(owner, who.lookalike(self.vault, owner))
        return found, tuple(row for row in alike if row.key and (found is None or row.id != found.id))

    async def work_out(self) -> None:
        """Work out and store the second index of leerlingen that older releases stored, before any request is
        answered.

        It opens the identity of each of them, in a thread, and reads nothing of leerlingen who have the index
        already. An identity that does not open is left for the next start: nothing about that leerling can be
        read either.
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
        """Every leerling with such an id, named by our own reference only.

        It reads all leerlingen, and may run beside a gateway or on a copy.
        """
        odd = [(row, who) async for row, who in self._identities() if oddities(who.leerlingid)]
        alike: dict[tuple[str, bytes], list[LeerlingRow]] = {}
        for row, who in odd:
            alike.setdefault((row.owner, who.lookalike(self.vault, row.owner)), []).append(row)
        for owner, lookalike in tuple(alike):
            # A leerling whose id is written as it looks has this very index as his ordinary one.
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
