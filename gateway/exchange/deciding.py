"""Step 3 of an exchange: from what is asked and what is recorded to one decision per recipient.

`consent` decides. This file gathers what it decides on, both for a message that comes in and for a levering
that exists already. An existing levering is decided again at its hand-over, when a fact is recorded, when a
day or a new register asks for it, and when its sender offers it again.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import replace
from typing import Final

from consent.decide import decide as decide_request
from consent.decide import decide_as_if_agreed, decide_zonder_persoon
from consent.leeftijd import day
from consent.minimise import ordinary
from consent.plek import Plek
from consent.request import Request
from consent.voorwaarden import Feiten
from consent.zelf import mens
from gateway.account.leaves import new_id
from gateway.case.case import Case
from gateway.exchange.intake.intake import Intake
from gateway.exchange.ports import Ports
from gateway.exchange.tegenhouden import blocked
from gateway.register.plekken import acts_as, reads, sends
from gateway.register.regels import Regels
from schemas.decision.decision import Decision, Reden
from schemas.errors import StateBroken
from schemas.exchange.uitwisseling import Levering, Leveringstatus, Uitwisseling, Verzending
from schemas.messages.onderwerp import Onderwerpsoort
from schemas.people.hoedanigheden import MENSEN, richting_van
from schemas.people.overstap import Overstapsoort, lopend
from schemas.people.partij import Besluitsoort, Partij, Partijsoort
from schemas.people.toestemming import Ontvanger, Richting

_BESLUITEN: Final = frozenset(Besluitsoort)
"""Types of message that tell a decision, which may be taken in the name of another."""


def asked(
    case: Case, intake: Intake, ontvanger: Ontvanger, verzending: Verzending, sender: Partij, regels: Regels
) -> Request:
    """What a message that comes in asks for one of its recipients."""
    partij = regels.partijen.get(ontvanger.partij)
    las_als = None if intake.answers is None else intake.answers.rol
    said = verzending.namens
    van = sends(sender, las_als) if said is None else _person(case, sender.id, said)
    return Request(
        decision_id=new_id(),
        eigenaar=case.row.owner,
        afzender=sender.id,
        ontvanger=ontvanger,
        partij=partij,
        doel=verzending.doel,
        richting=_direction(sender, partij, van, intake.onderwerp),
        bericht=intake.soort,
        gevraagd=verzending.categorieen,
        velden=intake.velden,
        weggelaten=intake.weggelaten,
        alles_of_niets=verzending.alles_of_niets,
        vrije_tekst_nagekeken=verzending.vrije_tekst_nagekeken,
        vrije_tekst_gewoon=plain(intake, verzending),
        consent_epoch=case.row.epoch,
        leerling=case.row.owner_ref,
        van=van,
        aan=_reads(case, sender.id, partij, ontvanger),
    )


def _direction(
    sender: Partij, partij: Partij | None, van: Plek | None, onderwerp: Onderwerpsoort
) -> Richting:
    """What is about nobody keeps nobody's secret: it only counts whether a school sends it."""
    if onderwerp is not Onderwerpsoort.LEERLING:
        return Richting.S2J if sender.soort is Partijsoort.SCHOOL else Richting.J2S
    return richting_van(sender, partij, None if van is None else van.als)


def _person(case: Case, bij: str, persoon: str) -> Plek | None:
    """What an ouder or leerling is now, by the record of the partij that stands between him and the line."""
    found = mens(case.authorities, bij, persoon)
    return None if found is None else Plek(found)


def _sent(case: Case, uitwisseling: Uitwisseling, sender: Partij | None) -> Plek | None:
    """In which capacity it was sent, as it is kept, or else as its sender is registered."""
    if uitwisseling.namens is not None:
        return _person(case, uitwisseling.afzender, uitwisseling.namens)
    if uitwisseling.van is not None:
        return Plek(uitwisseling.van, werkgever=None if sender is None else sender.werkgever)
    return sends(sender)


def _reads(case: Case, afzender: str, partij: Partij | None, ontvanger: Ontvanger) -> Plek | None:
    """In which capacity it is read."""
    if ontvanger.persoon_id is not None:
        return _person(case, afzender, ontvanger.persoon_id)
    return reads(partij, ontvanger.rol)


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
    request = replace(request, bekend=_known(request, case, regels, now))
    weighing = case.gewogen.offered(request, levering, now)
    if weighing is not None:
        # Systems sign in here and not people, so the weighing itself says for which person at the recipient
        # it is.
        request = replace(request, ontvanger_persoon=weighing.afweging.ontvanger_persoon)
    found = decide_request(
        request,
        case.consents,
        case.authorities,
        case.gronden,
        weighing,
        regels.beleid,
        now,
        case.omstandigheden,
    )
    return blocked(found, request, case, weighing, regels.beleid, now)


def as_if_agreed(request: Request, case: Case, regels: Regels, now: dt.datetime) -> Decision:
    """What would go if everybody who is asked agreed. For a preview only."""
    request = replace(request, bekend=_known(request, case, regels, now))
    return decide_as_if_agreed(
        request, case.authorities, regels.beleid, now, case.gronden, case.omstandigheden
    )


def _known(request: Request, case: Case, regels: Regels, now: dt.datetime) -> Feiten:
    """What the register and the overstap say of this flow. What people stated of it is among the facts."""
    going = lopend(case.overstappen, request.ontvanger.partij)
    boards = [
        None if p is None or p.kenmerken is None else p.kenmerken.bestuursnummer
        for p in (
            None if p is None else p.genummerd_op(day(now))
            for p in (regels.partijen.get(request.afzender), request.partij)
        )
    ]
    return Feiten(
        gaat_over=None if going is None else going.soort is Overstapsoort.VERTREK,
        aangemeld=None if going is None else going.soort is Overstapsoort.AANMELDING,
        vo_naar_mbo=None if going is None else going.vo_naar_mbo,
        zelfde_bevoegd_gezag=None if None in boards else boards[0] == boards[1],
        eigen_gegevens=_own(request),
        mandaat=_mandated(request, regels, day(now) if request.gestuurd is None else request.gestuurd),
        convenant_geldt=regels.beleid.afspraken.geldt(
            request.afzender, request.ontvanger.partij, request.doel, request.bericht, day(now)
        ),
    )


def _mandated(request: Request, regels: Regels, op: dt.date) -> bool | None:
    """Whether the register let who sends decide in the name of another, on the day on which he sent it.

    Not known of a message that tells no decision. In whose name he decided stands in the sealed message
    alone: that this mandaat is of that one is asked when it comes in (intake/wie.py).
    """
    if request.bericht not in _BESLUITEN:
        return None
    return any(m.nemer == request.afzender and m.holds(request.bericht, op) for m in regels.mandaten)


def _own(request: Request) -> bool | None:
    """Whether somebody sends what is about himself, or about the child that he represents."""
    van = None if request.van is None else request.van.als
    return van in MENSEN if van is not None else None


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
    ontvanger = levering.aan
    partij = regels.partijen.get(levering.ontvanger)
    sender = regels.partijen.get(levering.afzender)
    van = _sent(case, uitwisseling, sender)
    request = Request(
        decision_id=new_id(),
        eigenaar=case.row.owner,
        afzender=levering.afzender,
        ontvanger=ontvanger,
        partij=partij,
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
        van=van,
        aan=_reads(case, levering.afzender, partij, levering.aan),
        nummer_mag=acts_as(sender, van),
        gestuurd=day(uitwisseling.ontvangen_op),
    )
    return decide(request, case, regels, as_of, levering.id)
