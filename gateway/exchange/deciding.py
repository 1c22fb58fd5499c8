"""Step 3 of an exchange: from what is asked and what is recorded to one decision per recipient.

`consent` decides. This file gathers what it decides on, both for a message that comes in and for a levering
that exists already. An existing levering is decided again at its hand-over, when a fact is recorded, when a
day or a new register asks for it, and when its sender offers it again.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import replace

from consent.decide import decide as decide_request
from consent.decide import decide_zonder_persoon
from consent.minimise import ordinary
from consent.request import Request
from gateway.account.leaves import new_id
from gateway.case.case import Case
from gateway.exchange.intake.intake import Intake
from gateway.exchange.ports import Ports
from gateway.exchange.tegenhouden import blocked
from gateway.register.regels import Regels
from schemas.decision.decision import Decision, Reden
from schemas.errors import StateBroken
from schemas.exchange.uitwisseling import Levering, Leveringstatus, Uitwisseling, Verzending
from schemas.people.partij import Partij
from schemas.people.toestemming import Ontvanger


def asked(
    case: Case, intake: Intake, ontvanger: Ontvanger, verzending: Verzending, sender: Partij, regels: Regels
) -> Request:
    """What a message that comes in asks for one of its recipients."""
    return Request(
        decision_id=new_id(),
        eigenaar=case.row.owner,
        afzender=sender.id,
        ontvanger=ontvanger,
        partij=regels.partijen.get(ontvanger.partij),
        doel=verzending.doel,
        richting=intake.richting,
        bericht=intake.soort,
        gevraagd=verzending.categorieen,
        velden=intake.velden,
        weggelaten=intake.weggelaten,
        alles_of_niets=verzending.alles_of_niets,
        vrije_tekst_nagekeken=verzending.vrije_tekst_nagekeken,
        vrije_tekst_gewoon=plain(intake, verzending),
        consent_epoch=case.row.epoch,
        leerling=case.row.owner_ref,
    )


def plain(intake: Intake, verzending: Verzending) -> frozenset[str]:
    """What does not count as level 3: texts that a person marked so, codes of which the value says so."""
    return frozenset(verzending.vrije_tekst_gewoon) | ordinary(intake.inhoud)


def decide(
    request: Request, case: Case, regels: Regels, now: dt.datetime, levering: str | None = None
) -> Decision:
    """One decision under the recorded facts. `levering` is the id of an existing levering that is decided
    again.
    """
    if not case.over_leerling:
        return decide_zonder_persoon(request, regels.beleid, now)
    weighing = case.gewogen.offered(request, levering, now)
    if weighing is not None:
        # Systems sign in here and not people, so the weighing itself says for which person at the recipient
        # it is.
        request = replace(request, ontvanger_persoon=weighing.afweging.ontvanger_persoon)
    found = decide_request(
        request, case.consents, case.authorities, case.gronden, weighing, regels.beleid, now
    )
    return blocked(found, request, case, weighing, regels.beleid, now)


async def redecide(
    ports: Ports, levering: Levering, case: Case, regels: Regels, now: dt.datetime
) -> Decision:
    """The decision on an existing levering, from the content it still holds and the facts that are recorded
    now.

    Raises StateBroken when the levering or its uitwisseling is not as the gateway wrote it.
    """
    found = await ports.storage.uitwisseling(levering.uitwisseling)
    if found is None:
        raise StateBroken("uitwisseling", levering.uitwisseling)
    ports.stamps.check_levering(levering)
    ports.stamps.check_uitwisseling(found[0])
    velden = levering.inhoudsvelden
    there = frozenset(velden)
    home = {p: r for r, paden in levering.besluit.withheld.items() for p in paden if p not in there}
    return decide_again(levering, found[0], case, regels, now, velden, home, levering.status)


def decide_again(
    levering: Levering,
    uitwisseling: Uitwisseling,
    case: Case,
    regels: Regels,
    as_of: dt.datetime,
    velden: tuple[str, ...],
    weggelaten: Mapping[str, Reden],
    was: Leveringstatus | None,
) -> Decision:
    """The decision on a levering whose message has these `velden`. `was` is its state before, None for a new
    levering.
    """
    request = Request(
        decision_id=new_id(),
        eigenaar=case.row.owner,
        afzender=levering.afzender,
        ontvanger=Ontvanger(partij=levering.ontvanger, rol=levering.rol),
        partij=regels.partijen.get(levering.ontvanger),
        doel=levering.doel,
        richting=levering.richting,
        bericht=levering.berichtsoort,
        gevraagd=uitwisseling.gevraagd,
        velden=velden,
        weggelaten=weggelaten,
        alles_of_niets=uitwisseling.alles_of_niets,
        vrije_tekst_nagekeken=uitwisseling.vrije_tekst_nagekeken,
        vrije_tekst_gewoon=frozenset(uitwisseling.vrije_tekst_gewoon),
        eerder_toegestaan=was not in (None, Leveringstatus.AANGEHOUDEN),
        wacht=was is Leveringstatus.AANGEHOUDEN,
        consent_epoch=case.row.epoch,
        leerling=case.row.owner_ref,
    )
    return decide(request, case, regels, as_of, levering.id)
