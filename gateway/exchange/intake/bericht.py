"""A message in our own schema. Its envelope names what it is about, or the levering that it answers."""

from __future__ import annotations

import datetime as dt

from consent.minimise import bound, present
from gateway.case.case import Identity
from gateway.exchange.intake.answered import answered
from gateway.exchange.intake.eigen import birth_date, check_key, odd, validated
from gateway.exchange.intake.intake import Intake, own_leerling
from gateway.exchange.intake.onderwerp import about, count_faults, inside_faults, small_counts
from gateway.exchange.intake.wie import own_name_faults
from gateway.ports.storage import Storage
from gateway.register.regels import Regels
from schemas.decision.decision import Reden
from schemas.errors import Fault, InvalidMessage
from schemas.exchange.uitwisseling import EigenBericht, Verzending
from schemas.messages.onderwerp import Onderwerpsoort
from schemas.messages.samenwerking import Overlegset
from schemas.people.partij import Partij, Partijsoort


async def own(
    storage: Storage,
    sender: Partij,
    verzending: Verzending,
    gestuurd: EigenBericht,
    regels: Regels,
    op: dt.date,
) -> Intake:
    """A message in our own schema, checked against it with all faults at once. The envelope names what it is
    about, or the levering that it answers does.

    `op`: the day on which an arrangement is held to its principles; what it lacks is a finding.
    """
    bericht, onderwerp = validated(gestuurd), about(sender, verzending)
    levering = None
    if verzending.in_antwoord_op is not None:
        levering = await answered(storage, sender, verzending)
        onderwerp = levering.onderwerp
    if faults := tuple(inside_faults(sender, bericht, onderwerp)):
        raise InvalidMessage(faults)
    if faults := tuple(count_faults(bericht, regels.kleinste_aantal)):
        raise InvalidMessage(faults)
    if faults := tuple(own_name_faults(sender, bericht, regels, op)):
        raise InvalidMessage(faults)
    if isinstance(bericht, Overlegset):
        _check_overleg(sender, verzending, bericht, regels)
    inhoud = bericht.inhoud()
    # The provenance is only for the sender's own eyes, so no decision is made about it.
    herkomst = inhoud.data.pop("herkomst", {})
    identity = None
    place, born = birth_date(bericht)
    small: tuple[str, ...] = ()
    if onderwerp is not Onderwerpsoort.LEERLING:
        small = small_counts(bericht, regels.kleinste_aantal)
        inhoud = bound(inhoud, frozenset(present(inhoud)) - frozenset(small))
        key = "" if verzending.groep is None else verzending.groep.sleutel
        if levering is None:
            identity = Identity.of_no_person(onderwerp, key, "/groep/sleutel")
    elif levering is None:
        assert verzending.leerling is not None
        leerlingid = verzending.leerling.leerlingid
        if sender.soort is Partijsoort.SCHOOL:
            check_key(bericht, leerlingid)
        identity = own_leerling(sender, leerlingid, born)
    return Intake(
        inhoud.soort,
        inhoud,
        present(inhoud),
        dict.fromkeys(small, Reden.FIELD_NOT_IN_PROFILE),
        identity,
        levering,
        odd(bericht, op, "/bericht/inhoud"),
        herkomst,
        geboortedatum=born if levering is not None else None,
        geboren_op=place,
        onderwerp=onderwerp,
    )


def _check_overleg(sender: Partij, verzending: Verzending, bericht: Overlegset, regels: Regels) -> None:
    """Raises InvalidMessage when partijen meet in a way their convenant does not name."""
    known = regels.beleid.afspraken.knows_overleg
    if not all(known(sender.id, o.partij, bericht.overlegsoort) for o in verzending.ontvangers):
        text = "Het convenant met deze ontvanger noemt dit soort overleg niet."
        raise InvalidMessage((Fault("convenant.overleg", "/bericht/inhoud/overlegsoort", text),))
