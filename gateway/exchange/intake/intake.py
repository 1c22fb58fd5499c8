"""What every kind of message has become by the end of step 2, translation."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from gateway.case.case import Identity
from schemas.decision.decision import Reden
from schemas.errors import Fault, InvalidMessage
from schemas.exchange.uitwisseling import Levering
from schemas.messages.bericht import Inhoud
from schemas.messages.onderwerp import Onderwerpsoort
from schemas.messages.vertaling import Bevinding
from schemas.people.partij import Partij


@dataclass(frozen=True, slots=True)
class Intake:
    """A translated message with what its source keeps home: the end of step 2.

    `velden` are the field paths in `inhoud`, `weggelaten` those the source withholds, with their reason.
    """

    soort: str
    inhoud: Inhoud
    velden: tuple[str, ...]
    weggelaten: Mapping[str, Reden]
    identity: Identity | None
    """The leerling in the sender's own system; None when the message answers a levering."""
    answers: Levering | None
    bevindingen: tuple[Bevinding, ...]
    herkomst: Mapping[str, Any]
    geboortedatum: dt.date | None = None
    """The birth date that an answer gives, if any. It must be that of the leerling of the levering."""
    geboren_op: str = "/dossier"
    """The place of the birth date in the sender's document, for the text of a fault."""
    onderwerp: Onderwerpsoort = Onderwerpsoort.LEERLING


def own_leerling(sender: Partij, leerlingid: str, geboortedatum: dt.date | None) -> Identity:
    """A leerling by the sender's own key for him. Raises InvalidMessage for who has none of his own."""
    found = Identity.of(sender, leerlingid, geboortedatum)
    if found is None:
        text = (
            "Een school noemt een leerling met haar BRIN en vestigingscode; die staan niet in het register."
        )
        raise InvalidMessage((Fault("afzender.geenSchool", "/leerling", text),))
    return found
