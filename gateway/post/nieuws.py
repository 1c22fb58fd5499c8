"""Whether something waits for somebody that he was not told of: by the roles and links that he has now."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from gateway.gezin.avgverzoeken import Avgverzoeken
from gateway.gezin.bewijzen import Ik
from gateway.gezin.brieven import Brieven
from gateway.identity.sessies import Persoonsrij
from gateway.ports.clock import Clock
from gateway.ports.storage import Storage
from gateway.post.rijen import Gezien, Postadres
from gateway.register.partijen import Partijen, PartijenReader
from gateway.uitnodigen.uitnodigingen import Uitnodigingen
from schemas.identifiers import Id
from schemas.people.avgverzoek import Avgstatus
from schemas.people.mensen import Mensrol, Zelf

WERKT: Final = frozenset({Mensrol.FG, Mensrol.IB, Mensrol.ONTVANGER})
"""The roles for which the taken of a partij are work."""
LEEST: Final = frozenset({Mensrol.IB, Mensrol.ONTVANGER})
"""The roles that empty a postbus."""
_HEAD: Final = 50
"""So many of the head of a postbus are looked at."""
_PAGE: Final = 500
_PAGES: Final = 10


@dataclass(frozen=True, slots=True)
class Stand:
    """`ergens`: he has a role or a link at all. `gezien` is what he was told of after this."""

    ergens: bool
    iets: bool
    gezien: Gezien


class Nieuws:
    def __init__(
        self,
        storage: Storage,
        partijen: PartijenReader,
        uitnodigingen: Uitnodigingen,
        brieven: Brieven,
        avgverzoeken: Avgverzoeken,
        clock: Clock,
    ) -> None:
        self._storage, self._partijen = storage, partijen
        self._uitnodigingen, self._clock = uitnodigingen, clock
        self._brieven, self._avgverzoeken = brieven, avgverzoeken

    async def links(self, wie: str) -> tuple[Persoonsrij, ...]:
        return await self._uitnodigingen.van(wie)

    async def voor(self, wie: str, adres: Postadres) -> Stand:
        partijen = await self._partijen.current()
        roles = self._roles(partijen, adres)
        links = [link for link in await self.links(wie) if link.partij in partijen.by_id]
        taken: dict[str, int] = {}
        postbus: dict[str, tuple[Id, ...]] = {}
        iets = False
        for partij, rollen in roles.items():
            if rollen & WERKT:
                before = adres.gezien.taken.get(partij, 0)
                taken[partij] = await self._last_taak(partij, before)
                iets |= taken[partij] > before
            if rollen & LEEST and partijen.by_id[partij].aflevering is not None:
                head = await self._storage.postbus(partij, None, self._clock.now(), _HEAD)
                postbus[partij] = tuple(v.id for v in head)
                iets |= not set(adres.gezien.postbus.get(partij, ())).issuperset(postbus[partij])
        gevraagd: list[str] = []
        for link in links:
            zelf = Zelf(link.leerling, link.leerling_ref, link.persoon_id, link.leeftijd)
            gevraagd += (t for t, _ in await self._uitnodigingen.gevraagd(link.partij, zelf))
            gevraagd += await self._himself(Ik(partijen.by_id[link.partij], zelf, link.rol))
        iets |= not set(adres.gezien.gevraagd).issuperset(gevraagd)
        seen = Gezien(taken=taken, postbus=postbus, gevraagd=tuple(dict.fromkeys(gevraagd)))
        return Stand(bool(roles or links), iets, seen)

    async def _himself(self, ik: Ik) -> list[str]:
        """What this partij has ready for him, and what it answered to a request of his: each answer once."""
        letters = [v.id for v in await self._brieven.voor(ik)]
        asked = await self._avgverzoeken.van(ik)
        return letters + [f"{v.id}:{len(v.stappen)}" for v in asked if v.status is Avgstatus.BEANTWOORD]

    async def _last_taak(self, partij: str, before: int) -> int:
        last = before
        for _ in range(_PAGES):
            page = await self._storage.taken(partij, last, _PAGE)
            if not page:
                break
            last = page[-1][0]
        return last

    @staticmethod
    def _roles(partijen: Partijen, adres: Postadres) -> dict[str, frozenset[Mensrol]]:
        claims = {name: list(values) for name, values in adres.claims.items()}
        found = partijen.mensen.van(adres.uitgever, adres.sub, claims)
        return {p: rollen for p, rollen in sorted(found.items()) if p in partijen.by_id and rollen}
