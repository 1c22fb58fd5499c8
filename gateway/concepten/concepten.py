"""Concepten and names of leerlingen, each a sealed row of one partij.

A concept ends by itself after `CONCEPT_DAYS` without a change, and a name after `NAAM_DAYS`: the line keeps
no dossier.
"""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Final

from pydantic import AwareDatetime, Field, StringConstraints

from gateway.account.leaves import new_id
from gateway.identity.verzegeld import opened, sealed
from gateway.ports.clock import Clock
from gateway.ports.keys import Vault
from gateway.ports.storage import Storage
from schemas.base import Model
from schemas.errors import Conflict, NotFound
from schemas.identifiers import Id, PartijId
from schemas.storage.storage import Keepsoort, Kept

CONCEPT_DAYS: Final = 60
NAAM_DAYS: Final = 400
MAX_LISTED: Final = 500
"""Concepten and names of one partij that are read for a list: a page shows no more."""

MAX_TEXT: Final = 20_000
"""Characters in one field of a concept."""
Waarden = tuple[Annotated[str, StringConstraints(max_length=MAX_TEXT)], ...]
Velden = Annotated[dict[str, Waarden], Field(max_length=2_000)]


class Conceptinhoud(Model):
    """What was filled in so far, by the names of the fields of its form."""

    soort: Annotated[str, StringConstraints(pattern=r"^[a-z_]{1,40}$")]
    """Of which form it is."""
    leerling: Id | None = None
    """The partij's own reference of the leerling."""
    velden: Velden
    vorige: Velden | None = None
    """As it was before the last change, to put that back."""
    door: Id | None = None
    """Which person of the partij wrote it last."""
    gewijzigd_op: AwareDatetime
    verstuurd_als: Id | None = None
    """The uitwisseling that was made of it."""


class Naaminhoud(Model):
    """What a partij calls its own leerling on its own pages."""

    roepnaam: Annotated[str, StringConstraints(min_length=1, max_length=100)]
    achternaam: Annotated[str, StringConstraints(min_length=1, max_length=100)]
    leerlingid: Annotated[str, StringConstraints(min_length=1, max_length=200)]

    @property
    def kort(self) -> str:
        """The name and an initial, as staff sees it."""
        return f"{self.roepnaam} {self.achternaam[:1]}."


@dataclass(frozen=True, slots=True)
class Concept:
    """A concept as it is kept. `versie` rises with each change."""

    id: str
    versie: int
    inhoud: Conceptinhoud


@dataclass(frozen=True, slots=True)
class Concepten:
    storage: Storage
    vault: Vault
    clock: Clock

    async def begin(
        self,
        partij: PartijId,
        soort: str,
        leerling: str | None,
        velden: Mapping[str, Waarden],
        door: str | None,
    ) -> str:
        """A new concept; gives its id. Durable."""
        now = self.clock.now()
        made = Conceptinhoud(soort=soort, leerling=leerling, velden=dict(velden), door=door, gewijzigd_op=now)
        ident = new_id()
        await self.storage.keep(self._row(partij, ident, made, 0), None)
        return ident

    async def lees(self, partij: PartijId, ident: str) -> Concept:
        """Raises NotFound when there is none, or it is of another partij."""
        row = await self.storage.kept(Keepsoort.CONCEPT, ident)
        now = self.clock.now()
        if row is None or row.groep != partij or (row.verloopt is not None and row.verloopt <= now):
            raise NotFound
        return Concept(row.id, row.versie, opened(self.vault, row, Conceptinhoud))

    async def van(self, partij: PartijId) -> tuple[Concept, ...]:
        """Those of a partij, the last changed first."""
        rows = await self.storage.kept_in(Keepsoort.CONCEPT, partij, "", MAX_LISTED)
        now = self.clock.now()
        there = [r for r in rows if r.verloopt is None or r.verloopt > now]
        found = [Concept(r.id, r.versie, opened(self.vault, r, Conceptinhoud)) for r in there]
        return tuple(sorted(found, key=lambda c: c.inhoud.gewijzigd_op, reverse=True))

    async def bewaar(
        self, partij: PartijId, concept: Concept, velden: Mapping[str, Waarden], door: str | None
    ) -> None:
        """What was filled in now. What it was before is kept, once, to be put back. Raises Conflict when
        somebody else changed it meanwhile.
        """
        old = concept.inhoud
        if dict(velden) == old.velden:
            return
        change = {"velden": dict(velden), "vorige": old.velden, "door": door}
        await self._replace(partij, concept, change)

    async def terug(self, partij: PartijId, concept: Concept, door: str | None) -> None:
        """As it was before the last change; once more puts that change back."""
        old = concept.inhoud
        if old.vorige is not None:
            await self._replace(partij, concept, {"velden": old.vorige, "vorige": old.velden, "door": door})

    async def verstuurd(
        self, partij: PartijId, concept: Concept, uitwisseling: str, door: str | None = None
    ) -> None:
        """It was sent, by this person when one is named; else who wrote it last stays named. The text goes:
        from now on the recipient has it, and the record of the exchange says what went.
        """
        change: dict[str, object] = {"velden": {}, "vorige": None, "verstuurd_als": uitwisseling}
        await self._replace(partij, concept, change | ({} if door is None else {"door": door}))

    async def weg(self, partij: PartijId, ident: str) -> None:
        """Throw a concept away. Raises NotFound as `lees` does."""
        await self.lees(partij, ident)
        await self.storage.drop(Keepsoort.CONCEPT, ident)

    async def noem(self, partij: PartijId, leerling: str, naam: Naaminhoud) -> None:
        """What this partij calls its leerling from now on. Raises Conflict when two do so at once."""
        ident = _naam_id(partij, leerling)
        there = await self.storage.kept(Keepsoort.LEERLINGNAAM, ident)
        versie = 0 if there is None else there.versie + 1
        until = self.clock.now() + dt.timedelta(days=NAAM_DAYS)
        inhoud = _Genoemd(leerling=leerling, naam=naam)
        row = sealed(self.vault, Keepsoort.LEERLINGNAAM, ident, partij, inhoud, versie=versie, verloopt=until)
        if not await self.storage.keep(row, None if there is None else there.versie):
            raise Conflict

    async def namen(self, partij: PartijId) -> dict[str, Naaminhoud]:
        """Every name that a partij gave, by its own reference of the leerling."""
        rows = await self.storage.kept_in(Keepsoort.LEERLINGNAAM, partij, "", MAX_LISTED)
        found = [opened(self.vault, r, _Genoemd) for r in rows]
        return {each.leerling: each.naam for each in found}

    async def vergeet(self, partij: PartijId, leerling: str) -> None:
        """Forget what a leerling is called, and what is still being written about him."""
        await self.storage.drop(Keepsoort.LEERLINGNAAM, _naam_id(partij, leerling))
        for concept in await self.van(partij):
            if concept.inhoud.leerling == leerling:
                await self.storage.drop(Keepsoort.CONCEPT, concept.id)

    async def _replace(self, partij: PartijId, concept: Concept, change: Mapping[str, object]) -> None:
        made = concept.inhoud.model_copy(update={**change, "gewijzigd_op": self.clock.now()})
        made = Conceptinhoud.model_validate(made.model_dump())
        row = self._row(partij, concept.id, made, concept.versie + 1)
        if not await self.storage.keep(row, concept.versie):
            raise Conflict

    def _row(self, partij: PartijId, ident: str, inhoud: Conceptinhoud, versie: int) -> Kept:
        until = self.clock.now() + dt.timedelta(days=CONCEPT_DAYS)
        return sealed(self.vault, Keepsoort.CONCEPT, ident, partij, inhoud, versie=versie, verloopt=until)


class _Genoemd(Model):
    leerling: Id
    naam: Naaminhoud


def _naam_id(partij: PartijId, leerling: str) -> str:
    """Both are random or public, so the id tells nobody who it is."""
    return hashlib.sha256(f"{partij}\0{leerling}".encode()).hexdigest()[:32]
