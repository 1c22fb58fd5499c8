"""The levering that a message answers. It tells which leerling is meant, so the message need not."""

from __future__ import annotations

from gateway.ports.storage import Storage
from schemas.errors import Fault, InvalidMessage
from schemas.exchange.uitwisseling import Levering, Verzending
from schemas.people.partij import Partij


async def answered(storage: Storage, sender: Partij, verzending: Verzending) -> Levering:
    """The levering that this answers.

    The sender must have taken it. Whether the answer may go to whom it names is decided as of any message,
    by what is recorded about that leerling.
    """
    levering = await storage.levering_for(verzending.in_antwoord_op or "", sender.id)
    if levering is None or not levering.opgehaald:
        text = "Deze levering is er niet, of is niet door u opgehaald."
        raise InvalidMessage((Fault("inAntwoordOp.onbekend", "/inAntwoordOp", text),))
    return levering
