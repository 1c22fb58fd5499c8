"""The leerling whom a message is about: found by the sender's own id for him, or made in this change."""

from __future__ import annotations

from typing import Final

from consent.zelf import mens
from gateway.account.leaves import new_id
from gateway.case.case import Case, Identity, seal_identity
from gateway.exchange.intake.intake import Intake
from gateway.exchange.ports import Ports
from schemas.errors import Fault, InvalidMessage, NotFound
from schemas.identifiers import ODDITIES, oddities
from schemas.messages.onderwerp import Onderwerpsoort
from schemas.messages.toeleiding import AanvraagVoorziening, Aanvrager
from schemas.people.hoedanigheden import Partijhoedanigheid
from schemas.people.partij import Partij
from schemas.storage.storage import LeerlingRow, NewLeerling

_AANVRAGER: Final = {
    Partijhoedanigheid.OUDER: Aanvrager.OUDERS,
    Partijhoedanigheid.LEERLING: Aanvrager.LEERLING,
}
"""Who may speak for himself, and what he is called where he asks for something."""
Found = tuple[NewLeerling | None, Case]
"""A leerling with what is recorded about him. When he is new, the first of the two is what the change must
store.
"""


async def about(ports: Ports, sender: Partij, intake: Intake) -> Found:
    """The leerling of this message. Raises InvalidMessage when it gives another birth date than is on
    record.
    """
    if intake.answers is not None:
        ports.stamps.check_levering(intake.answers)
        if intake.answers.ontvanger != sender.id:
            raise NotFound
        case = await ports.cases.load(await ports.leerling(intake.answers.leerling))
        if case.onderwerp is not intake.onderwerp:
            text = "Dit gaat over een ander soort onderwerp dan de levering die u beantwoordt."
            raise InvalidMessage((Fault("onderwerp.anders", "/inAntwoordOp", text),))
        if intake.geboortedatum not in (None, case.authorities.geboortedatum):
            text = "Dit gaat over iemand anders dan de levering die u beantwoordt."
            raise InvalidMessage((Fault("leerling.andereGeboortedatum", intake.geboren_op, text),))
        return None, case
    identity = intake.identity
    assert identity is not None
    new, case = await find_or_new(ports, sender, identity)
    born = identity.geboortedatum
    if born is not None and case.authorities.geboortedatum != born:
        text = "Eerder is een andere geboortedatum vastgelegd; leg eerst nieuwe gezagsgegevens vast."
        raise InvalidMessage((Fault("leerling.andereGeboortedatum", intake.geboren_op, text),))
    return new, case


async def find_or_new(ports: Ports, partij: Partij, identity: Identity) -> Found:
    """The leerling by the partij's own id for him, or a new one that the caller's change must store.

    Raises InvalidMessage for somebody new without a birth date, or with an id that may not be new.
    """
    index = ports.vault.blind_index(partij.id, identity.index_text())
    row = await ports.storage.leerling_by_index(partij.id, index)
    if row is not None:
        return None, await ports.cases.load(row)
    if odd := oddities(identity.leerlingid):
        raise InvalidMessage(tuple(Fault(code, identity.plaats, ODDITIES[code]) for code in odd))
    if identity.geboortedatum is None and identity.onderwerp is Onderwerpsoort.LEERLING:
        text = (
            "Deze leerling is hier nog niet bekend, en het bericht noemt geen geboortedatum. "
            "Leg eerst gezagsgegevens vast."
        )
        raise InvalidMessage((Fault("leerling.onbekend", "/leerling/leerlingid", text),))
    leerling, key = new_id(), ports.vault.new_leerling_key()
    sealed = seal_identity(ports.vault, key, leerling, identity)
    lookalike = identity.lookalike(ports.vault, partij.id)
    new = NewLeerling(leerling, partij.id, index, new_id(), key, sealed, lookalike)
    row = LeerlingRow(new.id, partij.id, new.ref, new.ref, new.key, new.identity, 0, 0, 0, index)
    return new, await ports.cases.related(Case.fresh(row, identity, lookalike))


def speaker(case: Case, partij: str, persoon: str | None, intake: Intake) -> Partijhoedanigheid | None:
    """What the person is in whose name a partij sends this; None when it speaks for itself.

    Raises InvalidMessage for whom its own record of gezag does not name as an ouder with gezag or the
    leerling.
    """
    if persoon is None:
        return None
    found = mens(case.authorities, partij, persoon)
    if found not in _AANVRAGER:
        text = "Deze persoon is volgens uw eigen gezagsgegevens geen ouder met gezag en niet de leerling."
        raise InvalidMessage((Fault("mens.onbekend", "/namens", text),))
    asks = intake.inhoud.data.get("aanvrager") if intake.soort == AanvraagVoorziening.soort else None
    if asks is not None and asks != _AANVRAGER[found]:
        text = "Het bericht noemt een andere aanvrager dan namens wie het gaat."
        raise InvalidMessage((Fault("mens.ander", "/bericht/inhoud/aanvrager", text),))
    return found
