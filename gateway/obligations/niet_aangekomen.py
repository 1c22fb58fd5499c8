"""A levering did not arrive, and nobody decided that: its sender is told, for it is he who can do something.

The recipient refused it or could not read it, never signed for it, or what we kept of it is lost. A levering
that a decision refuses has no taak: its sender reads the reasons that he may know with the levering itself.
Each time that it does not arrive is an occasion of its own, with a taak of its own.
"""

from __future__ import annotations

import datetime as dt
from typing import Final

from gateway.account.leaves import new_id
from gateway.obligations.werkdagen import einde_van_werkdag
from schemas.exchange.taak import Taak, Taaksoort
from schemas.exchange.uitwisseling import Levering, Weigergrond
from schemas.storage.storage import TaakWrite

WERKDAGEN: Final = 5
"""The term in which the sender looks at it, an agreement of OZlijn. It is late after that, and nothing else
happens.
"""


def not_arrived(v: Levering, grond: Weigergrond | None, now: dt.datetime) -> TaakWrite:
    """The taak for the sender of `v`, which is the version that did not arrive. `grond` is what the recipient
    said.

    `Verzoeken` ends it when the levering goes on or ends; the sender can also say that he looked at it.
    """
    soort = Taaksoort.LEVERING_BEKIJKEN
    return TaakWrite(
        Taak(
            id=new_id(),
            soort=soort,
            partij=v.afzender,
            leerling=v.leerling,
            sleutel=f"{soort}:{v.id}:{v.versie}",
            ontstaan_op=now,
            sinds=now,
            uiterlijk=einde_van_werkdag(now, WERKDAGEN),
            levering=v.id,
            doel=v.doel,
            richting=v.richting,
            ontvanger=v.aan,
            redenen=v.redenen,
            grond=grond,
        )
    )
