"""What a zaak comes to by its steps, and which step somebody may take next. Pure: no clock, no register.

There is one regisseur at any moment, by construction: who opens is it, and he stays it until the very step
with which another confirms. Who was brought in by somebody is known to that one; no partner knows of another
otherwise.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Any, Final

from schemas.base import Gegevenscategorie
from schemas.errors import Fault
from schemas.messages.onderwerp import Onderwerpsoort
from schemas.people.partijcodes import Partijfunctie, Partijhoedanigheid
from schemas.zaak import stappen as s
from schemas.zaak.stappen import Gezet, Wettelijketaak


class Zaakstatus(StrEnum):
    VOORBEREIDING = "voorbereiding"
    IN_UITVOERING = "in_uitvoering"
    GESLOTEN = "gesloten"


@dataclass(frozen=True, slots=True)
class Partner:
    partij: str
    hoedanigheid: Partijhoedanigheid | None
    functie: Partijfunctie
    taak: Wettelijketaak
    cellen: frozenset[Gegevenscategorie]
    """What he needs to know."""
    bekend_bij: frozenset[str]
    """Who brought him in: they know of him, and he of them."""
    van: dt.date
    tot: dt.date | None = None
    volgens: Mapping[str, tuple[dt.date, frozenset[Gegevenscategorie]]] = field(default_factory=dict)
    """By who brought him in: since when, and what he needs to know by him. Nobody sees by that what another
    did.
    """


@dataclass(frozen=True, slots=True)
class Regie:
    """Who is regisseur from one moment to the next; None: he still is."""

    partij: str
    van: dt.datetime
    van_dag: dt.date
    tot: dt.datetime | None = None
    tot_dag: dt.date | None = None
    fase: int | None = None


@dataclass(frozen=True, slots=True)
class Actiestand:
    id: str
    door: str
    actie: s.Zaakactie
    gedaan_op: dt.date | None = None


@dataclass(frozen=True, slots=True)
class Aanbod:
    door: str
    aan: str
    fase: int | None


@dataclass(frozen=True, slots=True)
class Genomen:
    """A decision, and who took it."""

    door: str
    op: dt.date
    besluit: s.Zaakbesluit


@dataclass(frozen=True, slots=True)
class Zaakstand:
    """Where a zaak stands after all of its steps."""

    geopend: s.Geopend
    opener: str
    status: Zaakstatus
    partners: Mapping[str, Partner]
    regie: tuple[Regie, ...]
    versie: int = 1
    """The number of its last step."""
    aanbod: Aanbod | None = None
    acties: Mapping[str, Actiestand] = field(default_factory=dict)
    besluiten: tuple[Genomen, ...] = ()
    evaluaties: tuple[s.Zaakevaluatie, ...] = ()
    opp: s.Ontwikkelingsperspectiefstand | None = None
    woonplaats: s.Zaakwoonplaats | None = None
    getoetst: s.Getoetst | None = None
    plaatsing: s.Zaakplaatsing | None = None
    ingangsdatum: dt.date | None = None
    herzien_op: dt.date | None = None
    opgeschaald: s.Opgeschaald | None = None
    hulp: Mapping[str, s.Hulpstand] = field(default_factory=dict)
    """By who gave the copies: those of one are never laid beside those of another."""
    gepland: Mapping[str, dt.date] = field(default_factory=dict)
    oproepen: Mapping[str, dt.date] = field(default_factory=dict)
    """Of what is planned: until when its participants are called."""
    gehouden: tuple[s.OverlegGehouden, ...] = ()
    volgend_overleg: dt.date | None = None
    """The day agreed for the next one, until one is planned."""
    gesloten: s.Gesloten | None = None
    gesloten_op: dt.datetime | None = None

    @property
    def regisseur(self) -> str:
        return self.regie[-1].partij

    def doet_mee(self, partij: str, dag: dt.date) -> bool:
        """Whether he is a partner on that day. The regisseur is one for as long as he is regisseur."""
        found = self.partners.get(partij)
        return found is not None and (found.tot is None or dag <= found.tot or partij == self.regisseur)

    def partners_op(self, dag: dt.date) -> tuple[Partner, ...]:
        return tuple(p for p in self.partners.values() if self.doet_mee(p.partij, dag))

    def kent(self, wie: str) -> frozenset[str]:
        """The partners of whom `wie` knows: himself, whom he brought in, and who brought him in."""
        zelf = self.partners.get(wie)
        ingebracht = frozenset() if zelf is None else zelf.bekend_bij
        anderen = (p.partij for p in self.partners.values() if wie in p.bekend_bij)
        return frozenset({wie, *anderen}) | ingebracht

    def open_acties(self) -> tuple[Actiestand, ...]:
        return tuple(a for a in self.acties.values() if a.gedaan_op is None)


# ── the fold


def stand_van(gezet: Iterable[Gezet]) -> Zaakstand:
    """Where the zaak stands. The first step opens it, which holds of everything that the gateway wrote."""
    eerste, *verder = gezet
    stap = eerste.stap
    assert isinstance(stap, s.Geopend)
    partner = Partner(
        eerste.door,
        eerste.hoedanigheid,
        stap.functie,
        stap.wettelijke_taak,
        frozenset(Gegevenscategorie),
        frozenset(),
        eerste.dag,
    )
    stand = Zaakstand(
        stap,
        eerste.door,
        Zaakstatus.VOORBEREIDING,
        {eerste.door: partner},
        (Regie(eerste.door, eerste.op, eerste.dag),),
        herzien_op=stap.herzien_op,
    )
    for g in verder:
        stand = na(stand, g)
    return stand


def na(stand: Zaakstand, g: Gezet) -> Zaakstand:
    """Where it stands after one more step."""
    return replace(_DOE[type(g.stap)](stand, g, g.stap), versie=g.nummer)


def _erbij(z: Zaakstand, g: Gezet, stap: Any) -> Zaakstand:
    was = z.partners.get(stap.partij)
    nog = was is not None and z.doet_mee(stap.partij, g.dag)
    bekend = was.bekend_bij if was is not None and nog else frozenset[str]()
    cellen = was.cellen if was is not None and nog else frozenset[Gegevenscategorie]()
    volgens = was.volgens if was is not None and nog else {}
    partner = Partner(
        stap.partij,
        g.hoedanigheid,
        stap.functie,
        stap.wettelijke_taak,
        cellen | frozenset(stap.cellen),
        bekend | {g.door},
        was.van if was is not None and nog else g.dag,
        stap.tot,
        {**volgens, g.door: (g.dag, frozenset(stap.cellen))},
    )
    return replace(z, partners={**z.partners, stap.partij: partner})


def _eraf(z: Zaakstand, g: Gezet, stap: Any) -> Zaakstand:
    """He was a partner up to the day before, so today he sees nothing any more."""
    weg = replace(z.partners[stap.partij], tot=g.dag - dt.timedelta(days=1))
    aanbod = None if z.aanbod is not None and z.aanbod.aan == stap.partij else z.aanbod
    return replace(z, partners={**z.partners, stap.partij: weg}, aanbod=aanbod)


def _aangeboden(z: Zaakstand, g: Gezet, stap: Any) -> Zaakstand:
    return replace(z, aanbod=Aanbod(g.door, stap.aan, stap.fase))


def _over(z: Zaakstand, g: Gezet, _: Any) -> Zaakstand:
    assert z.aanbod is not None
    was = replace(z.regie[-1], tot=g.op, tot_dag=g.dag)
    nu = Regie(g.door, g.op, g.dag, fase=z.aanbod.fase)
    return replace(z, regie=(*z.regie[:-1], was, nu), aanbod=None)


def _niet_over(z: Zaakstand, _: Gezet, __: Any) -> Zaakstand:
    return replace(z, aanbod=None)


def _gepland(z: Zaakstand, _: Gezet, stap: Any) -> Zaakstand:
    oproepen = z.oproepen if stap.oproep_tot is None else {**z.oproepen, stap.overleg: stap.oproep_tot}
    gepland = {**z.gepland, stap.overleg: stap.datum}
    return replace(z, gepland=gepland, oproepen=oproepen, volgend_overleg=None)


def _gehouden(z: Zaakstand, _: Gezet, stap: Any) -> Zaakstand:
    nog, oproepen = _zonder(z.gepland, stap.overleg), _zonder(z.oproepen, stap.overleg)
    verder = stap.volgende if not nog else z.volgend_overleg
    gehouden = (*z.gehouden, stap)
    return replace(z, gepland=nog, oproepen=oproepen, gehouden=gehouden, volgend_overleg=verder)


def _afgezegd(z: Zaakstand, _: Gezet, stap: Any) -> Zaakstand:
    return replace(z, gepland=_zonder(z.gepland, stap.overleg), oproepen=_zonder(z.oproepen, stap.overleg))


def _zonder(dagen: Mapping[str, dt.date], overleg: str) -> dict[str, dt.date]:
    return {o: d for o, d in dagen.items() if o != overleg}


def _actie(z: Zaakstand, g: Gezet, stap: Any) -> Zaakstand:
    return replace(z, acties={**z.acties, g.id: Actiestand(g.id, g.door, stap)})


def _gedaan(z: Zaakstand, g: Gezet, stap: Any) -> Zaakstand:
    return replace(z, acties={**z.acties, stap.actie: replace(z.acties[stap.actie], gedaan_op=g.dag)})


def _besluit(z: Zaakstand, g: Gezet, stap: Any) -> Zaakstand:
    return replace(z, besluiten=(*z.besluiten, Genomen(g.door, g.dag, stap)))


def _evaluatie(z: Zaakstand, _: Gezet, stap: Any) -> Zaakstand:
    return replace(z, evaluaties=(*z.evaluaties, stap), herzien_op=stap.herzien_op)


def _in_uitvoering(z: Zaakstand, _: Gezet, stap: Any) -> Zaakstand:
    return replace(z, status=Zaakstatus.IN_UITVOERING, ingangsdatum=stap.ingangsdatum)


def _heropend(z: Zaakstand, _: Gezet, __: Any) -> Zaakstand:
    """It is prepared anew: a placement of before says nothing of where it will end now."""
    return replace(z, status=Zaakstatus.VOORBEREIDING, gesloten=None, gesloten_op=None, plaatsing=None)


def _gesloten(z: Zaakstand, g: Gezet, stap: Any) -> Zaakstand:
    return replace(z, status=Zaakstatus.GESLOTEN, gesloten=stap, gesloten_op=g.op, aanbod=None)


def _hulp(z: Zaakstand, g: Gezet, stap: Any) -> Zaakstand:
    return replace(z, hulp={**z.hulp, g.door: stap})


def _zet(veld: str) -> Callable[[Zaakstand, Gezet, Any], Zaakstand]:
    def zet(z: Zaakstand, _: Gezet, stap: Any) -> Zaakstand:
        return replace(z, **{veld: stap})

    return zet


_DOE: Final[Mapping[type[Any], Callable[[Zaakstand, Gezet, Any], Zaakstand]]] = {
    s.PartnerErbij: _erbij,
    s.PartnerEraf: _eraf,
    s.RegieAangeboden: _aangeboden,
    s.RegieOver: _over,
    s.RegieNietOver: _niet_over,
    s.OverlegGepland: _gepland,
    s.OverlegGehouden: _gehouden,
    s.OverlegAfgezegd: _afgezegd,
    s.Zaakactie: _actie,
    s.ZaakactieGedaan: _gedaan,
    s.Zaakbesluit: _besluit,
    s.Ontwikkelingsperspectiefstand: _zet("opp"),
    s.Woonplaatsbepaald: lambda z, _, stap: replace(z, woonplaats=stap.antwoord),
    s.Getoetst: _zet("getoetst"),
    s.InUitvoering: _in_uitvoering,
    s.Zaakevaluatie: _evaluatie,
    s.Opgeschaald: _zet("opgeschaald"),
    s.Zaakplaatsing: _zet("plaatsing"),
    s.Hulpstand: _hulp,
    s.Heropend: _heropend,
    s.Gesloten: _gesloten,
}


# ── who may do what next


_REGISSEUR: Final = "Dit kan alleen de regisseur."
_GEEN_PARTNER: Final = "Deze partij is geen partner van wie u in deze zaak weet."
_ALLEEN_REGISSEUR: Final = (
    s.PartnerErbij,
    s.RegieAangeboden,
    s.Ontwikkelingsperspectiefstand,
    s.Getoetst,
    s.InUitvoering,
    s.Zaakevaluatie,
    s.Heropend,
    s.Gesloten,
)


def bezwaren(z: Zaakstand, stap: Any, door: str, dag: dt.date) -> tuple[Fault, ...]:
    """Why this partner may not take this step now. None: he may. He is a partner, which the caller looked at.

    Nothing in it tells him of a partner of whom he does not know.
    """
    dicht = z.status is Zaakstatus.GESLOTEN
    if dicht and not isinstance(stap, s.Heropend):
        return (Fault("zaak.gesloten", "", "Deze zaak is gesloten; heropen haar eerst."),)
    found = [*_wie(z, stap, door), *_kijk(stap)(z, stap, door, dag)]
    if z.versie >= s.MEEST_STAPPEN:
        found.append(Fault("zaak.vol", "", "Deze zaak heeft te veel stappen; open een nieuwe."))
    return tuple(found)


def _wie(z: Zaakstand, stap: Any, door: str) -> Iterator[Fault]:
    if isinstance(stap, _ALLEEN_REGISSEUR) and door != z.regisseur:
        yield Fault("zaak.regisseur", "/soort", _REGISSEUR)


def _niets(_: Zaakstand, __: Any, ___: str, ____: dt.date) -> Iterator[Fault]:
    return iter(())


def _bekend(z: Zaakstand, door: str, partij: str, place: str, dag: dt.date) -> Iterator[Fault]:
    if partij not in z.kent(door) or not z.doet_mee(partij, dag):
        yield Fault("zaak.partner", place, _GEEN_PARTNER)


def _mag_erbij(z: Zaakstand, stap: s.PartnerErbij, door: str, dag: dt.date) -> Iterator[Fault]:
    if stap.partij == door or (stap.partij in z.kent(door) and z.doet_mee(stap.partij, dag)):
        yield Fault("zaak.alPartner", "/partij", "Deze partij doet al mee.")
    if stap.tot is not None and stap.tot < dag:
        yield Fault("datum.volgorde", "/tot", "Deze datum is voorbij.")


def _mag_eraf(z: Zaakstand, stap: s.PartnerEraf, door: str, dag: dt.date) -> Iterator[Fault]:
    if stap.partij != door:
        if door != z.regisseur:
            yield Fault("zaak.regisseur", "/soort", _REGISSEUR)
        yield from _bekend(z, door, stap.partij, "/partij", dag)
    elif door == z.regisseur:
        yield Fault("zaak.regieEerst", "/partij", "Draag eerst de regie over: er is altijd één regisseur.")


def _mag_aanbieden(z: Zaakstand, stap: s.RegieAangeboden, door: str, dag: dt.date) -> Iterator[Fault]:
    if z.aanbod is not None:
        yield Fault("zaak.alAangeboden", "/aan", "De regie is al aangeboden; neem dat eerst terug.")
    if stap.aan == z.regisseur:
        yield Fault("zaak.alRegisseur", "/aan", "Deze partij is de regisseur al.")
    yield from _bekend(z, door, stap.aan, "/aan", dag)


def _mag_over(z: Zaakstand, _: s.RegieOver, door: str, __: dt.date) -> Iterator[Fault]:
    if z.aanbod is None or z.aanbod.aan != door:
        yield Fault("zaak.nietAangeboden", "/soort", "Aan u is de regie niet aangeboden.")


def _mag_niet_over(z: Zaakstand, _: s.RegieNietOver, door: str, __: dt.date) -> Iterator[Fault]:
    if z.aanbod is None or door not in (z.aanbod.aan, z.regisseur):
        yield Fault("zaak.nietAangeboden", "/soort", "Aan u is de regie niet aangeboden.")


def _mag_actie(z: Zaakstand, stap: s.Zaakactie, door: str, dag: dt.date) -> Iterator[Fault]:
    yield from _bekend(z, door, stap.eigenaar, "/eigenaar", dag)
    if stap.uiterlijk < dag:
        yield Fault("datum.volgorde", "/uiterlijk", "Deze datum is voorbij.")


def _mag_gedaan(z: Zaakstand, stap: s.ZaakactieGedaan, door: str, _: dt.date) -> Iterator[Fault]:
    found = z.acties.get(stap.actie)
    mine = found is not None and door in (found.actie.eigenaar, found.door, z.regisseur)
    if found is None or not mine or found.gedaan_op is not None:
        yield Fault("zaak.actie", "/actie", "Deze actie staat niet bij u open.")


def _mag_besluit(_: Zaakstand, stap: s.Zaakbesluit, door: str, dag: dt.date) -> Iterator[Fault]:
    if stap.namens == door:
        yield Fault("zaak.namens", "/namens", "Wie in eigen naam beslist, laat dit veld weg.")
    if stap.geldig_tot_en_met is not None and stap.geldig_tot_en_met < dag:
        yield Fault("datum.volgorde", "/geldigTotEnMet", "Deze datum is voorbij.")


def _mag_opschalen(z: Zaakstand, stap: s.Opgeschaald, door: str, dag: dt.date) -> Iterator[Fault]:
    yield from _bekend(z, door, stap.aan, "/aan", dag)


def _mag_evalueren(_: Zaakstand, stap: s.Zaakevaluatie, __: str, dag: dt.date) -> Iterator[Fault]:
    if stap.datum > dag:
        yield Fault("datum.toekomst", "/datum", "Deze datum ligt in de toekomst.")
    if stap.herzien_op is not None and stap.herzien_op <= dag:
        yield Fault("datum.volgorde", "/herzienOp", "Deze datum is voorbij.")


def _mag_plaatsen(z: Zaakstand, stap: s.Zaakplaatsing, door: str, dag: dt.date) -> Iterator[Fault]:
    """The next place says it itself. One that is not connected cannot: then the regisseur has heard it."""
    if stap.bevestigd_op > dag:
        yield Fault("datum.toekomst", "/bevestigdOp", "Deze datum ligt in de toekomst.")
    if stap.bij is None and door != z.regisseur:
        yield Fault("zaak.regisseur", "/soort", _REGISSEUR)
    if stap.bij not in (None, door):
        yield Fault("zaak.plaatsing", "/bij", "De volgende plek bevestigt dit zelf.")


def _mag_starten(z: Zaakstand, _: s.InUitvoering, __: str, ___: dt.date) -> Iterator[Fault]:
    if z.status is Zaakstatus.IN_UITVOERING:
        yield Fault("zaak.alGestart", "/soort", "Deze zaak is al in uitvoering.")


def _mag_heropenen(z: Zaakstand, _: s.Heropend, __: str, ___: dt.date) -> Iterator[Fault]:
    if z.status is not Zaakstatus.GESLOTEN:
        yield Fault("zaak.nietGesloten", "/soort", "Deze zaak is niet gesloten.")


def _mag_sluiten(z: Zaakstand, _: s.Gesloten, __: str, ___: dt.date) -> Iterator[Fault]:
    """What ran for a leerling ends only when the next place has him (P19)."""
    liep = z.ingangsdatum is not None and z.geopend.onderwerp is Onderwerpsoort.LEERLING
    if liep and z.plaatsing is None:
        yield Fault("P19", "/soort", "De school laat los terwijl een volgende plek niet is bevestigd.")


Kijk = Callable[[Zaakstand, Any, str, dt.date], Iterator[Fault]]


def _kijk(stap: Any) -> Kijk:
    return _KIJK.get(type(stap), _niets)


_KIJK: Final[Mapping[type[Any], Kijk]] = {
    s.PartnerErbij: _mag_erbij,
    s.PartnerEraf: _mag_eraf,
    s.RegieAangeboden: _mag_aanbieden,
    s.RegieOver: _mag_over,
    s.RegieNietOver: _mag_niet_over,
    s.Zaakactie: _mag_actie,
    s.ZaakactieGedaan: _mag_gedaan,
    s.Zaakbesluit: _mag_besluit,
    s.Opgeschaald: _mag_opschalen,
    s.Zaakevaluatie: _mag_evalueren,
    s.Zaakplaatsing: _mag_plaatsen,
    s.InUitvoering: _mag_starten,
    s.Heropend: _mag_heropenen,
    s.Gesloten: _mag_sluiten,
}
