"""A meeting about a zaak: who is asked for what, when it may be known whom it is about, and what came of it.

Kinds of overleg differ in data only (schemas/people/regio_delen.py). It begins anoniem: nothing that names
anybody goes to the table. To become bekend the family must be asked, with the purpose told first, and from
twelve the leerling himself. A seat opens nothing: what somebody puts in is a message to each other, and
each of these is decided by itself.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Annotated, Any, Final, Literal

from pydantic import AwareDatetime, Field, StringConstraints, TypeAdapter

from schemas.base import Gegevenscategorie, Model
from schemas.errors import Fault
from schemas.identifiers import Id, PartijId
from schemas.people.partijcodes import Partijfunctie, Partijhoedanigheid
from schemas.people.regio_delen import Deelcode, Overlegregel
from schemas.people.toestemming import Gebruiksdoel
from schemas.zaak.stappen import MEEST_STAPPEN, Wettelijketaak, Zaakactie, Zaakdeelname


class Overlegfase(StrEnum):
    ANONIEM = "anoniem"
    BEKEND = "bekend"
    GEHOUDEN = "gehouden"
    AFGEZEGD = "afgezegd"

    @property
    def voorbij(self) -> bool:
        return self in {Overlegfase.GEHOUDEN, Overlegfase.AFGEZEGD}


class Genodigde(StrEnum):
    OUDERS = "ouders"
    LEERLING = "leerling"


# ── the steps


class Overlegopening(Model):
    """It is planned. Who plans it has the chair."""

    soort: Literal["gepland"] = "gepland"
    overlegsoort: Deelcode
    datum: dt.date
    doel: Gebruiksdoel
    functie: Partijfunctie
    wettelijke_taak: Wettelijketaak
    convenant: Annotated[str, StringConstraints(pattern=r"^[a-z0-9-]{3,80}$")] | None = None
    dpia: Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9._:/-]{3,100}$")] | None = None
    """The reference of the data protection impact assessment; a convenant is not used without one."""


class DeelnemerErbij(Model):
    soort: Literal["deelnemer_erbij"] = "deelnemer_erbij"
    partij: PartijId
    functie: Partijfunctie
    wettelijke_taak: Wettelijketaak
    cellen: Annotated[tuple[Gegevenscategorie, ...], Field(max_length=15)]
    """What he needs to know at this table. The question itself is a message to him."""


class DeelnemerEraf(Model):
    soort: Literal["deelnemer_eraf"] = "deelnemer_eraf"
    partij: PartijId


class Uitgenodigd(Model):
    """Ouders or the leerling are asked to the table, after they heard what it is for."""

    soort: Literal["uitgenodigd"] = "uitgenodigd"
    wie: Genodigde
    doel_verteld_op: dt.date


class Deelnemerantwoord(Model):
    """Whether a participant comes. He says it himself, and may say it anew."""

    soort: Literal["antwoord"] = "antwoord"
    komt: bool


class Bekend(Model):
    soort: Literal["bekend"] = "bekend"


class Ingebracht(Model):
    """Somebody put something in: the uitwisselingen that came of it, one for each whom it reached for."""

    soort: Literal["ingebracht"] = "ingebracht"
    uitwisselingen: Annotated[tuple[Id, ...], Field(max_length=20)]
    wachtte: Id | None = None
    """What waited, and went when the table opened."""


class Wachtend(Model):
    """Somebody put something in while the overleg waits. It is kept sealed, beside these steps, and decided
    when the table opens.
    """

    soort: Literal["wachtend"] = "wachtend"
    inbreng: Id
    vervalt_op: AwareDatetime


class InbrengVervallen(Model):
    """What waited does not go any more: the overleg is over, its term is, or who put it in has left."""

    soort: Literal["inbreng_vervallen"] = "inbreng_vervallen"
    inbreng: Id


class Overlegverslag(Model):
    """It was held. One record: who was there, who does what by when, who disagrees. No minutes."""

    soort: Literal["gehouden"] = "gehouden"
    datum: dt.date
    aanwezig: Annotated[tuple[PartijId, ...], Field(max_length=50)]
    ouders: Zaakdeelname
    leerling: Zaakdeelname
    acties: Annotated[tuple[Zaakactie, ...], Field(max_length=50)] = ()
    oneens: Annotated[tuple[PartijId, ...], Field(max_length=50)] = ()
    volgende: dt.date | None = None


class Afgezegd(Model):
    soort: Literal["afgezegd"] = "afgezegd"


Overlegstap = Annotated[
    DeelnemerErbij | DeelnemerEraf | Deelnemerantwoord | Uitgenodigd | Bekend | Overlegverslag | Afgezegd,
    Field(discriminator="soort"),
]
ElkeOverlegstap = Annotated[
    Overlegopening
    | DeelnemerErbij
    | DeelnemerEraf
    | Deelnemerantwoord
    | Uitgenodigd
    | Bekend
    | Ingebracht
    | Wachtend
    | InbrengVervallen
    | Overlegverslag
    | Afgezegd,
    Field(discriminator="soort"),
]


class OverlegGezet(Model):
    """One step as it was recorded."""

    nummer: Annotated[int, Field(ge=1, le=MEEST_STAPPEN)]
    op: AwareDatetime
    door: PartijId
    stap: ElkeOverlegstap
    hoedanigheid: Partijhoedanigheid | None = None


class Overlegrij(Model):
    """What is stored of an overleg: the zaak it is about, by our own id, and its steps."""

    zaak: Id
    regel: Overlegregel
    """The kind of overleg as it was when this one was planned."""
    gezet: tuple[OverlegGezet, ...]


OVERLEGRIJ: TypeAdapter[Overlegrij] = TypeAdapter(Overlegrij)


# ── what it comes to


@dataclass(frozen=True, slots=True)
class Deelnemer:
    partij: str
    hoedanigheid: Partijhoedanigheid | None
    functie: Partijfunctie
    taak: Wettelijketaak
    cellen: frozenset[Gegevenscategorie]
    komt: bool | None = None
    """Whether he comes, as he said it; None while he did not. Of who convenes it is not asked."""


@dataclass(frozen=True, slots=True)
class Inbreng:
    door: str
    uitwisselingen: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Wachter:
    """Something that waits until the table opens, and whose it is."""

    door: str
    vervalt_op: dt.datetime
    vervallen: bool = False


@dataclass(frozen=True, slots=True)
class Overlegstand:
    opening: Overlegopening
    voorzitter: str
    regel: Overlegregel
    deelnemers: Mapping[str, Deelnemer]
    gevraagd: frozenset[Partijhoedanigheid | None]
    """In which capacities somebody was asked, also who left since."""
    fase: Overlegfase = Overlegfase.ANONIEM
    versie: int = 1
    uitgenodigd: frozenset[Genodigde] = frozenset()
    inbreng: tuple[Inbreng, ...] = ()
    wacht: Mapping[str, Wachter] = field(default_factory=dict)
    """What waits, by the id under which it is kept."""
    was_bekend: bool = False
    """It was known whom it is about, also after it was held."""
    verslag: Overlegverslag | None = None
    voorbij_op: dt.datetime | None = None


@dataclass(frozen=True, slots=True)
class Overlegfeiten:
    """What must be known beside the steps."""

    leerling_aan_tafel: bool = False
    """The leerling is old enough to sit there."""
    wacht: tuple[str, ...] = ()
    """What keeps it waiting: the convenant that does not hold, a participant who did not join it."""


def overlegstand(rij: Overlegrij) -> Overlegstand:
    eerste, *verder = rij.gezet
    stap = eerste.stap
    assert isinstance(stap, Overlegopening)
    zelf = Deelnemer(
        eerste.door, eerste.hoedanigheid, stap.functie, stap.wettelijke_taak, frozenset(Gegevenscategorie)
    )
    stand = Overlegstand(stap, eerste.door, rij.regel, {eerste.door: zelf}, frozenset({zelf.hoedanigheid}))
    for g in verder:
        stand = na_stap(stand, g)
    return stand


def na_stap(stand: Overlegstand, g: OverlegGezet) -> Overlegstand:
    """Where it stands after one more step."""
    return replace(_DOE[type(g.stap)](stand, g, g.stap), versie=g.nummer)


def _erbij(o: Overlegstand, g: OverlegGezet, stap: Any) -> Overlegstand:
    nieuw = Deelnemer(stap.partij, g.hoedanigheid, stap.functie, stap.wettelijke_taak, frozenset(stap.cellen))
    deelnemers = {**o.deelnemers, stap.partij: nieuw}
    return replace(o, deelnemers=deelnemers, gevraagd=o.gevraagd | {g.hoedanigheid})


def _eraf(o: Overlegstand, _: OverlegGezet, stap: Any) -> Overlegstand:
    return replace(o, deelnemers={p: d for p, d in o.deelnemers.items() if p != stap.partij})


def _antwoord(o: Overlegstand, g: OverlegGezet, stap: Any) -> Overlegstand:
    zelf = replace(o.deelnemers[g.door], komt=stap.komt)
    return replace(o, deelnemers={**o.deelnemers, g.door: zelf})


def _uitgenodigd(o: Overlegstand, _: OverlegGezet, stap: Any) -> Overlegstand:
    return replace(o, uitgenodigd=o.uitgenodigd | {stap.wie})


def _bekend(o: Overlegstand, _: OverlegGezet, __: Any) -> Overlegstand:
    return replace(o, fase=Overlegfase.BEKEND, was_bekend=True)


def _ingebracht(o: Overlegstand, g: OverlegGezet, stap: Any) -> Overlegstand:
    nog = {i: w for i, w in o.wacht.items() if i != stap.wachtte}
    return replace(o, inbreng=(*o.inbreng, Inbreng(g.door, stap.uitwisselingen)), wacht=nog)


def _wachtend(o: Overlegstand, g: OverlegGezet, stap: Any) -> Overlegstand:
    return replace(o, wacht={**o.wacht, stap.inbreng: Wachter(g.door, stap.vervalt_op)})


def _vervallen(o: Overlegstand, _: OverlegGezet, stap: Any) -> Overlegstand:
    return replace(o, wacht={**o.wacht, stap.inbreng: replace(o.wacht[stap.inbreng], vervallen=True)})


def _gehouden(o: Overlegstand, g: OverlegGezet, stap: Any) -> Overlegstand:
    return replace(o, fase=Overlegfase.GEHOUDEN, verslag=stap, voorbij_op=g.op)


def _afgezegd(o: Overlegstand, g: OverlegGezet, _: Any) -> Overlegstand:
    return replace(o, fase=Overlegfase.AFGEZEGD, voorbij_op=g.op)


_DOE: Final[Mapping[type[Any], Callable[[Overlegstand, OverlegGezet, Any], Overlegstand]]] = {
    DeelnemerErbij: _erbij,
    DeelnemerEraf: _eraf,
    Deelnemerantwoord: _antwoord,
    Uitgenodigd: _uitgenodigd,
    Bekend: _bekend,
    Ingebracht: _ingebracht,
    Wachtend: _wachtend,
    InbrengVervallen: _vervallen,
    Overlegverslag: _gehouden,
    Afgezegd: _afgezegd,
}


# ── who may do what next


WACHT: Final[Mapping[str, str]] = {
    "overleg.convenant": "Het convenant van dit overleg geldt vandaag niet; het wacht tot er een nieuw is.",
    "overleg.toegetreden": "Een deelnemer is niet toegetreden tot het convenant; het wacht tot dat zo is.",
}
"""Why an overleg waits, in words."""


VOL: Final = Fault("overleg.vol", "", "Dit overleg heeft te veel stappen; plan een nieuw.")
UITKOMST: Final = "overleguitkomst"
"""What the chair may send to the table after it was held: what was decided, for each who sat there."""


def inbreng_bezwaren(
    o: Overlegstand, door: str, soort: str | None, inhoud: Mapping[str, Any]
) -> Iterator[Fault]:
    """Why this participant may not put in a message of this kind now."""
    na_afloop = o.fase is Overlegfase.GEHOUDEN and soort == UITKOMST and door == o.voorzitter
    if o.fase.voorbij and not na_afloop:
        text = "Dit overleg is gehouden of afgezegd. Alleen wie bijeenriep stuurt nog de overleguitkomst."
        yield Fault("overleg.voorbij", "", text)
    if o.versie >= MEEST_STAPPEN:
        yield VOL
    if soort == UITKOMST and o.verslag is not None and o.verslag.oneens and not inhoud.get("afwijkend"):
        text = "Volgens het verslag was iemand het oneens: neem zijn standpunt op."
        yield Fault("overleg.oneens", "/verzending/bericht/inhoud/afwijkend", text)


def opening_bezwaren(
    opening: Overlegopening, regel: Overlegregel, hoedanigheid: Partijhoedanigheid
) -> Iterator[Fault]:
    if hoedanigheid not in regel.roept_bijeen:
        text = "Deze soort overleg roept u in deze hoedanigheid niet bijeen."
        yield Fault("overleg.bijeenroepen", "/overleg/functie", text)
    if opening.convenant is not None and opening.dpia is None:
        text = "Met een convenant hoort een verwijzing naar de DPIA."
        yield Fault("overleg.dpia", "/overleg/dpia", text)


def overleg_bezwaren(
    o: Overlegstand,
    stap: Any,
    door: str,
    dag: dt.date,
    feiten: Overlegfeiten,
    hoedanigheid: Partijhoedanigheid | None = None,
) -> tuple[Fault, ...]:
    """Why this participant may not take this step now. `hoedanigheid`: of who comes by it."""
    if o.fase.voorbij:
        return (Fault("overleg.voorbij", "", "Dit overleg is gehouden of afgezegd."),)
    if o.versie >= MEEST_STAPPEN:
        return (VOL,)
    antwoord = isinstance(stap, Deelnemerantwoord)
    if antwoord and door == o.voorzitter:
        return (Fault("overleg.voorzitter", "/soort", "Wie het overleg bijeenriep, geeft geen antwoord."),)
    zelf_weg = isinstance(stap, DeelnemerEraf) and stap.partij == door
    if door != o.voorzitter and not zelf_weg and not antwoord:
        return (Fault("overleg.voorzitter", "/soort", "Dit kan alleen wie het overleg bijeenriep."),)
    return tuple(_kijk(o, stap, dag, feiten, hoedanigheid))


def _kijk(
    o: Overlegstand,
    stap: Any,
    dag: dt.date,
    feiten: Overlegfeiten,
    hoedanigheid: Partijhoedanigheid | None,
) -> Iterator[Fault]:
    if isinstance(stap, DeelnemerErbij):
        yield from _mag_erbij(o, stap, hoedanigheid)
    elif isinstance(stap, DeelnemerEraf):
        if stap.partij == o.voorzitter or stap.partij not in o.deelnemers:
            yield Fault("overleg.deelnemer", "/partij", "Deze partij zit niet aan tafel.")
    elif isinstance(stap, Uitgenodigd):
        if stap.doel_verteld_op > dag:
            yield Fault("datum.toekomst", "/doelVerteldOp", "Deze datum ligt in de toekomst.")
    elif isinstance(stap, Bekend):
        yield from _mag_bekend(o, feiten)
    elif isinstance(stap, Overlegverslag):
        yield from _mag_houden(o, stap, dag)


def _mag_erbij(
    o: Overlegstand, stap: DeelnemerErbij, hoedanigheid: Partijhoedanigheid | None
) -> Iterator[Fault]:
    """Nobody watches: who is there has a function and a task of the law, in a capacity of this kind."""
    if stap.partij in o.deelnemers:
        yield Fault("overleg.alDeelnemer", "/partij", "Deze partij zit al aan tafel.")
    if hoedanigheid not in o.regel.kring:
        text = "In deze hoedanigheid hoort niemand aan een tafel van deze soort."
        yield Fault("overleg.kring", "/functie", text)
    if not _aan_de_beurt(o, hoedanigheid):
        text = "Deze soort overleg gaat in stappen: vraag eerst iemand van elke eerdere stap."
        yield Fault("overleg.stap", "/functie", text)


def _aan_de_beurt(o: Overlegstand, hoedanigheid: Partijhoedanigheid | None) -> bool:
    """Whether somebody of each step before his was asked. Whoever stands in no step may be asked at any."""
    stappen = o.regel.stappen
    zijn = next((n for n, stap in enumerate(stappen) if hoedanigheid in stap), 0)
    return not any(o.gevraagd.isdisjoint(stap) for stap in stappen[:zijn])


def _mag_bekend(o: Overlegstand, feiten: Overlegfeiten) -> Iterator[Fault]:
    if o.fase is Overlegfase.BEKEND:
        yield Fault("overleg.alBekend", "/soort", "Over wie dit gaat is al bekend.")
    if Genodigde.OUDERS not in o.uitgenodigd:
        text = "Nodig eerst de ouders uit, nadat u vertelde waarvoor het is."
        yield Fault("overleg.ouders", "/soort", text)
    if feiten.leerling_aan_tafel and Genodigde.LEERLING not in o.uitgenodigd:
        text = "Nodig eerst de leerling uit: hij is oud genoeg om aan tafel te zitten."
        yield Fault("overleg.leerling", "/soort", text)
    yield from (Fault(code, "/soort", WACHT[code]) for code in feiten.wacht)


def _mag_houden(o: Overlegstand, stap: Overlegverslag, dag: dt.date) -> Iterator[Fault]:
    if stap.datum > dag:
        yield Fault("datum.toekomst", "/datum", "Deze datum ligt in de toekomst.")
    if stap.volgende is not None and stap.volgende <= dag:
        yield Fault("datum.volgorde", "/volgende", "Deze datum is voorbij.")
    named = {*stap.aanwezig, *stap.oneens, *(a.eigenaar for a in stap.acties)}
    if not named <= o.deelnemers.keys():
        yield Fault("overleg.deelnemer", "/aanwezig", "Deze partij zit niet aan tafel.")
    er = {d.hoedanigheid for p, d in o.deelnemers.items() if p in stap.aanwezig or p == o.voorzitter}
    if not er.issuperset(o.regel.moet):
        text = "Wie er bij deze soort overleg moet zijn, was er niet."
        yield Fault("overleg.moet", "/aanwezig", text)
    if o.fase is Overlegfase.ANONIEM and not o.regel.anoniem_eerst:
        text = "Deze soort overleg is er niet zonder dat bekend is over wie: maak het eerst bekend."
        yield Fault("overleg.bekend", "/soort", text)
    if o.fase is Overlegfase.ANONIEM and stap.acties:
        text = "Zolang het anoniem is, zijn er geen acties over iemand."
        yield Fault("overleg.anoniem", "/acties", text)


# ── what is shown


class GetoondeDeelnemer(Model):
    partij: PartijId
    hoedanigheid: Partijhoedanigheid | None
    functie: Partijfunctie
    wettelijke_taak: Wettelijketaak
    cellen: tuple[Gegevenscategorie, ...] | None
    komt: bool | None


class GetoondeInbreng(Model):
    nummer: int
    voor_u: bool
    """False: this item is not for you. Nothing more is said of it."""
    van_u: bool


class GetoondeWachter(Model):
    """What this participant put in, and waits."""

    stand: Literal["wacht", "vervallen"]
    vervalt_op: AwareDatetime


class GetoondVerslag(Model):
    datum: dt.date
    acties: tuple[Zaakactie, ...]
    oneens: bool
    """Whether somebody disagreed."""
    volgende: dt.date | None


class Overlegbeeld(Model):
    """An overleg as one participant sees it. Who sits at one table knows who sits there."""

    overlegsoort: Deelcode
    datum: dt.date
    doel: Gebruiksdoel
    fase: Overlegfase
    u_bent_voorzitter: bool
    wacht_op: tuple[str, ...]
    uitgenodigd: tuple[Genodigde, ...]
    deelnemers: tuple[GetoondeDeelnemer, ...]
    inbreng: tuple[GetoondeInbreng, ...]
    wachtend: tuple[GetoondeWachter, ...]
    """What you put in and waits until the table opens. Of others it is not told."""
    verslag: GetoondVerslag | None


def overlegbeeld(o: Overlegstand, wie: str, feiten: Overlegfeiten, voor_hem: Iterable[str]) -> Overlegbeeld:
    """What this participant is shown. `voor_hem`: the uitwisselingen of which something came for him."""
    bereikt, voorzitter = frozenset(voor_hem), wie == o.voorzitter
    v = o.verslag
    return Overlegbeeld(
        overlegsoort=o.opening.overlegsoort,
        datum=o.opening.datum,
        doel=o.opening.doel,
        fase=o.fase,
        u_bent_voorzitter=voorzitter,
        wacht_op=feiten.wacht,
        uitgenodigd=tuple(sorted(o.uitgenodigd)),
        deelnemers=tuple(
            GetoondeDeelnemer(
                partij=d.partij,
                hoedanigheid=d.hoedanigheid,
                functie=d.functie,
                wettelijke_taak=d.taak,
                cellen=tuple(sorted(d.cellen)) if wie == d.partij or voorzitter else None,
                komt=d.komt,
            )
            for d in o.deelnemers.values()
        ),
        inbreng=tuple(
            GetoondeInbreng(
                nummer=n,
                voor_u=not bereikt.isdisjoint(i.uitwisselingen),
                van_u=i.door == wie,
            )
            for n, i in enumerate(o.inbreng, 1)
        ),
        wachtend=tuple(
            GetoondeWachter(stand="vervallen" if w.vervallen else "wacht", vervalt_op=w.vervalt_op)
            for w in o.wacht.values()
            if w.door == wie
        ),
        verslag=None
        if v is None
        else GetoondVerslag(
            datum=v.datum,
            acties=tuple(a for a in v.acties if voorzitter or a.eigenaar == wie),
            oneens=bool(v.oneens),
            volgende=v.volgende,
        ),
    )
