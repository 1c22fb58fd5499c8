"""A message in our own schema. Its envelope names the leerling, or for jeugdhulp the levering it answers."""

from __future__ import annotations

import datetime as dt

from consent.minimise import present
from gateway.case.case import Identity
from gateway.exchange.intake.answered import answered
from gateway.exchange.intake.eigen import birth_date, check_key, odd, validated
from gateway.exchange.intake.intake import Intake
from gateway.exchange.intake.wie import own_name_faults
from gateway.ports.storage import Storage
from gateway.register.regels import Regels
from schemas.errors import Fault, InvalidMessage
from schemas.exchange.uitwisseling import EigenBericht, Verzending
from schemas.messages.samenwerking import Overlegset
from schemas.people.partij import Partij, Partijsoort
from schemas.people.toestemming import Richting


async def own(
    storage: Storage,
    sender: Partij,
    verzending: Verzending,
    gestuurd: EigenBericht,
    regels: Regels,
    op: dt.date,
) -> Intake:
    """A message in our own schema, checked against it with all faults at once. The envelope names the
    leerling.

    `op`: the day on which an arrangement is held to its principles; what it lacks is a finding.
    """
    bericht = validated(gestuurd)
    if faults := tuple(own_name_faults(sender, bericht, regels, op)):
        raise InvalidMessage(faults)
    if isinstance(bericht, Overlegset):
        _check_overleg(sender, verzending, bericht, regels)
    inhoud = bericht.inhoud()
    # The provenance is only for the sender's own eyes, so no decision is made about it.
    herkomst = inhoud.data.pop("herkomst", {})
    identity = levering = None
    place, born = birth_date(bericht)
    if sender.soort is Partijsoort.SCHOOL:
        assert verzending.leerling is not None
        assert sender.brin is not None
        assert sender.vestigingscode is not None
        leerlingid = verzending.leerling.leerlingid
        check_key(bericht, leerlingid)
        identity = Identity(sender.brin, sender.vestigingscode, leerlingid, born)
    else:
        levering = await answered(storage, sender, verzending)
    richting = Richting.S2J if levering is None else Richting.J2S
    velden = present(inhoud)
    return Intake(
        inhoud.soort,
        inhoud,
        velden,
        {},
        richting,
        identity,
        levering,
        odd(bericht, op, "/bericht/inhoud"),
        herkomst,
        geboortedatum=born if levering is not None else None,
        geboren_op=place,
    )


def _check_overleg(sender: Partij, verzending: Verzending, bericht: Overlegset, regels: Regels) -> None:
    """Raises InvalidMessage when partijen meet in a way their convenant does not name."""
    known = regels.beleid.afspraken.knows_overleg
    if not all(known(sender.id, o.partij, bericht.overlegsoort) for o in verzending.ontvangers):
        text = "Het convenant met deze ontvanger noemt dit soort overleg niet."
        raise InvalidMessage((Fault("convenant.overleg", "/bericht/inhoud/overlegsoort", text),))
