"""The levering that a message from jeugdhulp answers. It tells which leerling is meant, so the message need
not.
"""

from __future__ import annotations

from gateway.ports.storage import Storage
from schemas.errors import Fault, InvalidMessage
from schemas.exchange.uitwisseling import Levering, Verzending
from schemas.people.partij import Partij


async def answered(storage: Storage, sender: Partij, verzending: Verzending) -> Levering:
    """The levering that this answers.

    The sender must have taken it, and everything in the answer goes to the partij that sent it.
    """
    levering = await storage.levering_for(verzending.in_antwoord_op or "", sender.id)
    if levering is None or not levering.opgehaald:
        text = "Deze levering is er niet, of is niet door u opgehaald."
        raise InvalidMessage((Fault("inAntwoordOp.onbekend", "/inAntwoordOp", text),))
    if any(o.partij != levering.afzender for o in verzending.ontvangers):
        text = "Een antwoord gaat alleen naar de partij die de vraag stuurde."
        raise InvalidMessage((Fault("ontvanger.nietBetrokken", "/ontvangers", text),))
    return levering
