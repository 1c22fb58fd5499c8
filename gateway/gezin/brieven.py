"""What a partij has ready for this person himself (`rol: zelf`): found by his own id, and nobody else's."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from gateway.exchange.ports import Ports
from gateway.gezin.bewijzen import Ik
from schemas.exchange.uitwisseling import Levering, Leveringstatus
from schemas.people.mensen import Mensrol

_HERE: Final = frozenset({Leveringstatus.KLAAR, Leveringstatus.AFGELEVERD})


@dataclass(frozen=True, slots=True)
class Brieven:
    ports: Ports

    async def voor(self, ik: Ik) -> tuple[Levering, ...]:
        """What waits for him or was opened and not signed for, in order of acceptance.

        Whether it may go is decided again when he opens it. An ouder of who is grown up gets nothing new.
        """
        if ik.rol is Mensrol.OUDER and ik.zelf.volwassen:
            return ()
        return tuple(
            v
            for v in await self.ports.open_leveringen(ik.zelf.leerling)
            if (v.ontvanger, v.persoon) == (ik.partij.id, ik.zelf.persoon_id) and v.status in _HERE
        )
