"""A copy is read for the organisation that sent or received the message, and held to its leerling.

The gateway does this as verwerker of that organisation alone. So every message must name it, and what another
controller of the same case gave is laid beside it only when that one gave a machtiging for it
(docs/decisions/0054-ijw-beside-the-line.md). The number of the client lives as long as the call.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from consent.leeftijd import day
from gateway.exchange.intake.wie import own_number_faults
from gateway.follow_up.facts import Facts
from gateway.ports.standards import Copies
from gateway.register.regels import Regels
from gateway.runtime.aside import FROM_BYTES, Aside
from schemas.errors import Fault, InvalidMessage
from schemas.identifiers import Id
from schemas.messages.terugkoppeling import Terugkoppeling
from schemas.messages.vertaling import Kopievertaling
from schemas.people.partij import Partij, Partijsoort, Scope
from schemas.people.partijcodes import Partijhoedanigheid

IJW: Final = frozenset(
    {Partijsoort.JEUGDHULPAANBIEDER, Partijsoort.GECERTIFICEERDE_INSTELLING, Partijsoort.GEMEENTE}
)
"""Between whom the messages go."""


@dataclass(frozen=True, slots=True)
class Mede:
    """Copies that come from the other side of the case, by the place each came from."""

    partij: str
    berichten: Mapping[str, bytes]


@dataclass(frozen=True, slots=True)
class Gelezen:
    """What copies came to, and our id of the leerling whom they were held to."""

    vertaling: Kopievertaling
    leerling: Id


@dataclass(frozen=True, slots=True)
class Kopieen:
    facts: Facts
    translate: Copies
    aside: Aside

    async def read(
        self,
        partij: Partij,
        berichten: Mapping[str, bytes],
        levering: str,
        verteld: Terugkoppeling | None,
        mede: Mede | None = None,
        *,
        afgewacht: bool,
    ) -> Gelezen:
        """What these copies, by the place each came from, come to for the leerling of this levering, put
        together with those of the other side where that one lets them be.

        Raises InvalidMessage with all faults, NotFound for a levering that this partij did not send or take.
        """
        toegang = partij.hoedanigheid in (None, Partijhoedanigheid.TOEGANG)
        if partij.soort not in IJW or (partij.soort is Partijsoort.GEMEENTE and not toegang):
            text = "Kopieën geeft wie zulke berichten zelf stuurt of krijgt: jeugdhulp of de toegang."
            raise InvalidMessage((Fault("afzender.geenJeugdhulp", "", text),))
        _, case = await self.facts.by_levering(partij, levering)
        regels, now = await self.facts.ports.regels.current(), self.facts.ports.clock.now()
        today = day(now)
        rows = list(berichten.items())
        if mede is not None:
            if faults := tuple(mede_faults(partij, mede.partij, regels, now)):
                raise InvalidMessage(faults)
            rows += mede.berichten.items()
        if sum(len(raw) for _, raw in rows) < FROM_BYTES:
            found = self.translate(rows, verteld, afgewacht=afgewacht, today=today)
        else:
            found = await self.aside(self.translate, rows, verteld, afgewacht=afgewacht, today=today)
        first = next(iter(berichten))
        sides = ((first, found.aanbieder),), ((first, found.gemeente),)
        if faults := tuple(own_number_faults(partij.genummerd_op(today), *sides, regels)):
            raise InvalidMessage(faults)
        if mede is not None:
            other = next(iter(mede.berichten))
            sides = ((other, found.aanbieder),), ((other, found.gemeente),)
            ander = regels.partijen[mede.partij].genummerd_op(today)
            if faults := tuple(own_number_faults(ander, *sides, regels)):
                raise InvalidMessage(faults)
        if found.geboortedatum not in (None, case.authorities.geboortedatum):
            text = "Deze berichten gaan over iemand anders dan de levering die u noemt."
            raise InvalidMessage((Fault("leerling.andereGeboortedatum", first, text),))
        return Gelezen(found, case.row.id)


def mede_faults(partij: Partij, ander: str, regels: Regels, now: dt.datetime) -> Iterator[Fault]:
    """Why copies of that other partij may not be laid beside those of this one: it must be the other side,
    and must have let the systems of this organisation work with its messages, today.

    The same whether there is no such partij, no machtiging or one of other days.
    """
    found = regels.partijen.get(ander)
    sides = {p.soort is Partijsoort.GEMEENTE for p in (partij, found) if p is not None and p.soort in IJW}
    may = regels.machtigingen.scopes(partij.organisatie or partij.id, ander, now)
    if len(sides) != len((partij, ander)) or Scope.VERZENDEN not in may:
        text = "De andere kant heeft uw organisatie daar vandaag niet voor gemachtigd."
        yield Fault("afzender.geenMachtiging", "/mede/partij", text)
