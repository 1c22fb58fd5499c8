"""What a partner is shown of a zaak: by what he needs to know, and never of a partner he does not know of.

It is built up from what he may see and never cut down from the whole. A field follows the category that it
has in the messages: a decision is `besluiten`, a day to look back `doelen`, a level `gezondheid`.
"""

from __future__ import annotations

import datetime as dt
from typing import Final

from schemas.base import Gegevenscategorie as G
from schemas.base import Model
from schemas.identifiers import Id, PartijId
from schemas.messages.arrangement import Evaluatiebesluit, Terugkeerdoel
from schemas.messages.inrichting import Functie, Ondersteuningsniveau
from schemas.messages.onderwerp import Onderwerpsoort
from schemas.messages.vertaling import Kopiestand
from schemas.people.partijcodes import Partijfunctie, Partijhoedanigheid
from schemas.zaak import stappen as s
from schemas.zaak.verloop import Partner, Zaakstand, Zaakstatus

_WEG: Final = frozenset({G.DERDEN, G.NUMMER, G.HERKOMST})
"""What never leaves the gateway is nobody's to know."""


class GetoondePartner(Model):
    partij: PartijId
    hoedanigheid: Partijhoedanigheid | None
    functie: Partijfunctie
    wettelijke_taak: s.Wettelijketaak
    cellen: tuple[G, ...] | None
    """Only for himself, and for who brought him in."""
    van: dt.date
    tot: dt.date | None


class GetoondeActie(Model):
    id: Id
    code: s.Actiecode
    eigenaar: PartijId | None
    """Null: a partner of whom you do not know."""
    uiterlijk: dt.date
    gedaan_op: dt.date | None


class GetoondBesluit(Model):
    code: s.Besluitcode
    wetten: tuple[s.Zaakwet, ...]
    door: PartijId | None
    namens: PartijId | None
    op: dt.date
    geldig_vanaf: dt.date
    geldig_tot_en_met: dt.date | None


class GetoondeRegie(Model):
    partij: PartijId | None
    van: dt.date
    tot: dt.date | None
    fase: int | None


class GetoondeEvaluatie(Model):
    datum: dt.date
    uitkomst: Evaluatiebesluit
    herzien_op: dt.date | None


class GetoondePlaatsing(Model):
    bestemming: Terugkeerdoel
    bevestigd_op: dt.date


class GetoondOverleg(Model):
    datum: dt.date
    gehouden: bool


class GetoondeHulp(Model):
    stand: Kopiestand
    maand: dt.date | None


class Zaakbeeld(Model):
    """A zaak as one partner sees it. What is not for him is absent, and is not counted either."""

    onderwerp: Onderwerpsoort
    vorm: str
    status: Zaakstatus
    u_bent_regisseur: bool
    regie_voor_u: bool
    """The regie is offered to you: confirm it or refuse it."""
    regie_aangeboden_aan: PartijId | None
    regie: tuple[GetoondeRegie, ...]
    partners: tuple[GetoondePartner, ...]
    functies: tuple[Functie, ...] | None
    niveau: Ondersteuningsniveau | None
    woonplaats: s.Zaakwoonplaats | None
    herzien_op: dt.date | None
    ingangsdatum: dt.date | None
    acties: tuple[GetoondeActie, ...]
    besluiten: tuple[GetoondBesluit, ...]
    evaluaties: tuple[GetoondeEvaluatie, ...]
    overleggen: tuple[GetoondOverleg, ...]
    plaatsing: GetoondePlaatsing | None
    slotreden: s.Slotreden | None
    hulp: GetoondeHulp | None
    """By your own copies only."""


def zaakbeeld(z: Zaakstand, wie: str, op: dt.date) -> Zaakbeeld:
    """What this partner is shown on that day. He is a partner, which the caller looked at."""
    kent, zelf = z.kent(wie), z.partners[wie]
    regisseur = wie == z.regisseur
    mag = zelf.cellen - _WEG
    aanbod = z.aanbod

    def naam(partij: str) -> str | None:
        return partij if partij in kent else None

    besluiten = G.BESLUITEN in mag
    doelen = G.DOELEN in mag
    return Zaakbeeld(
        onderwerp=z.geopend.onderwerp,
        vorm=z.geopend.vorm,
        status=z.status,
        u_bent_regisseur=regisseur,
        regie_voor_u=aanbod is not None and aanbod.aan == wie,
        regie_aangeboden_aan=aanbod.aan if aanbod is not None and regisseur else None,
        regie=tuple(
            GetoondeRegie(
                partij=naam(r.partij),
                van=r.van_dag,
                tot=r.tot_dag,
                fase=r.fase,
            )
            for r in z.regie
            if regisseur or r.partij in kent
        ),
        partners=tuple(_partner(p, wie) for p in z.partners_op(op) if p.partij in kent),
        functies=z.geopend.functies if besluiten else None,
        niveau=z.geopend.niveau if G.GEZONDHEID in mag else None,
        woonplaats=z.woonplaats if besluiten else None,
        herzien_op=z.herzien_op if doelen else None,
        ingangsdatum=z.ingangsdatum if besluiten else None,
        acties=tuple(
            GetoondeActie(
                id=a.id,
                code=a.actie.code,
                eigenaar=naam(a.actie.eigenaar),
                uiterlijk=a.actie.uiterlijk,
                gedaan_op=a.gedaan_op,
            )
            for a in z.acties.values()
            if regisseur or wie in (a.door, a.actie.eigenaar)
        ),
        besluiten=tuple(
            GetoondBesluit(
                code=g.besluit.code,
                wetten=g.besluit.wetten,
                door=naam(g.door),
                namens=g.besluit.namens if g.door in kent else None,
                op=g.op,
                geldig_vanaf=g.besluit.geldig_vanaf,
                geldig_tot_en_met=g.besluit.geldig_tot_en_met,
            )
            for g in z.besluiten
            if g.door == wie or (besluiten and (regisseur or g.door in kent))
        ),
        evaluaties=tuple(
            GetoondeEvaluatie(datum=e.datum, uitkomst=e.uitkomst, herzien_op=e.herzien_op)
            for e in z.evaluaties
            if doelen
        ),
        overleggen=tuple(
            GetoondOverleg(datum=datum, gehouden=gehouden)
            for datum, gehouden in sorted(
                [*((d, False) for d in z.gepland.values()), *((o.datum, True) for o in z.gehouden)]
            )
            if regisseur
        ),
        plaatsing=_plaatsing(z) if G.ONDERWIJSPOSITIE in mag or wie == _bij(z) else None,
        slotreden=None if z.gesloten is None or not regisseur else z.gesloten.reden,
        hulp=GetoondeHulp(stand=hulp.stand, maand=hulp.maand) if (hulp := z.hulp.get(wie)) else None,
    )


def _partner(p: Partner, wie: str) -> GetoondePartner:
    zijn = wie == p.partij or wie in p.bekend_bij
    van, cellen = p.volgens.get(wie, (p.van, p.cellen))
    return GetoondePartner(
        partij=p.partij,
        hoedanigheid=p.hoedanigheid,
        functie=p.functie,
        wettelijke_taak=p.taak,
        cellen=tuple(sorted(cellen - _WEG)) if zijn else None,
        van=van,
        tot=p.tot,
    )


def _bij(z: Zaakstand) -> str | None:
    return None if z.plaatsing is None else z.plaatsing.bij


def _plaatsing(z: Zaakstand) -> GetoondePlaatsing | None:
    p = z.plaatsing
    return None if p is None else GetoondePlaatsing(bestemming=p.bestemming, bevestigd_op=p.bevestigd_op)
