"""Onderwijs-zorgarrangement: one approach of school and jeugdhulp for one leerling, or for a group.

How it is organised stands in `inrichting.py`, who take part in `deelnemers.py`, what must hold of it in
`beginselen.py`. Deelnemers have keys (`p1`) and are named once, in the list of their kind: so a goal can say
who does what without telling who that is. Content is kept in five lists by what it is about, because a list
has one Gegevenscategorie:

    doelen      agreed in plain words, shared by nature      doelen
    factoren    what helps and hinders at school             factoren
    gezin       home and safety                              gezin_veiligheid
    gezondheid  health                                       gezondheid
    hulp        what the care side owns                      jeugdhulp
"""

from __future__ import annotations

import datetime as dt
from enum import StrEnum
from typing import Annotated, ClassVar, Final, Literal, Self

from pydantic import Field, StringConstraints, model_validator
from pydantic_core import PydanticCustomError

from schemas.base import PAAR, Model, Tekst, VrijeTekst
from schemas.base import Gegevenscategorie as G
from schemas.identifiers import Gemeentecode, Id
from schemas.messages.bericht import Bericht
from schemas.messages.deelnemers import (
    Auteur,
    Auteursleutel,
    Deelnemer,
    Fase,
    Ouderrol,
    Overleglid,
    Partnerafspraak,
    Persoon,
    Regieafspraak,
    Regieperiode,
)
from schemas.messages.herkomst import Herkomst
from schemas.messages.inrichting import (
    Aantal,
    Deelnemersleutel,
    Inrichting,
    Leeftijdsspanne,
    geordend,
    precies_een,
)
from schemas.messages.onderdelen import Code, GevoeligLeefgebied, Leefgebied, LeerlingGegevens
from schemas.messages.opp import Doelstatus, Overlegresultaat
from schemas.messages.toewijzing import Toewijzing

Onderdeelsleutel = Annotated[str, StringConstraints(pattern=r"^o[0-9]{1,4}$")]
"""Names an item inside one arrangement."""


class Arrangementstatus(StrEnum):
    CONCEPT = "concept"
    ACTIEF = "actief"
    OPGEVOLGD = "opgevolgd"
    """A later version took its place."""
    AFGESLOTEN = "afgesloten"


class Kern(Model):
    """Which arrangement this is, which version, and for how long."""

    id: Annotated[Id, PAAR]
    """The same for every version."""
    versie: Annotated[int, Field(ge=1)] = 1
    vorige_versie: Annotated[int, Field(ge=1)] | None = None
    status: Arrangementstatus
    ingangsdatum: dt.date | None = None
    einddatum: dt.date | None = None
    herzien_op: dt.date | None = None
    """The day by which partners decide whether it goes on."""

    @model_validator(mode="after")
    def _whole(self) -> Self:
        geordend(self.ingangsdatum, self.einddatum)
        if (self.vorige_versie or 0) >= self.versie:
            raise PydanticCustomError("versie", "de vorige versie heeft een lager nummer")
        return self


# --- for whom


class Individueel(Model):
    """Exactly one leerling."""

    leerling: LeerlingGegevens
    # The gemeente that is responsible says where parents live, also when their address is secret.
    gemeente: Annotated[Gemeentecode | None, G.GEZIN_VEILIGHEID] = None
    aan_tafel: Annotated[bool | None, G.DOELEN] = None
    """The leerling takes part in the talks. No legal consent, only a seat."""
    niet_aan_tafel_reden: Annotated[VrijeTekst | None, G.LEERLINGSTEM] = None


class Schoolpopulatie(Model):
    """Everybody at these schools."""

    scholen: tuple[Deelnemersleutel, ...] = ()
    omvang: Annotated[int, Field(ge=1)] | None = None


class Groep(Model):
    """One class or group."""

    scholen: tuple[Deelnemersleutel, ...] = ()
    omvang: Annotated[int, Field(ge=1)] | None = None
    leeftijd: Leeftijdsspanne | None = None


class Aanwezigheid(Model):
    """Helpers who are present in a school for so much time, for whoever comes."""

    scholen: tuple[Deelnemersleutel, ...] = ()
    fte: Aantal | None = None
    uren_per_week: Aantal | None = None


class Preventief(Model):
    """Help before there is a case: no leerling is identified."""

    scholen: tuple[Deelnemersleutel, ...] = ()
    vormen: tuple[
        Literal["observatie", "consultatie", "training", "groepsactiviteit", "oudercontact"], ...
    ] = ()


class Collectief(Model):
    """A population, a group, presence or prevention: exactly one of them."""

    schoolpopulatie: Annotated[Schoolpopulatie | None, G.BESLUITEN] = None
    groep: Annotated[Groep | None, G.BESLUITEN] = None
    aanwezigheid: Annotated[Aanwezigheid | None, G.BESLUITEN] = None
    preventief: Annotated[Preventief | None, G.BESLUITEN] = None
    # "autiklas": the name of a class can tell a diagnosis of everybody in it.
    aanduiding: Annotated[Tekst | None, G.GEZONDHEID] = None

    @model_validator(mode="after")
    def _one_kind(self) -> Self:
        precies_een(self, "schoolpopulatie", "groep", "aanwezigheid", "preventief")
        return self


# --- the content


class Onderdeelsoort(StrEnum):
    KRACHT = "kracht"
    BELEMMERING = "belemmering"
    BEHOEFTE = "behoefte"
    DOEL = "doel"
    ACTIE = "actie"
    EVALUATIE = "evaluatie"


class Publiek(StrEnum):
    """For whom an item is meant. It narrows: what was not agreed to does not leave because of it."""

    LEERLING = "leerling"
    OUDERS = "ouders"
    SCHOOL = "school"
    JEUGDHULP = "jeugdhulp"
    GEMEENTE = "gemeente"


class Grondslagverwijzing(Model):
    """On what this item may be shared: a recorded toestemming, or another ground by its code."""

    toestemming: Id | None = None
    grond: Tekst | None = None

    @model_validator(mode="after")
    def _one(self) -> Self:
        precies_een(self, "toestemming", "grond")
        return self


class Onderdeel(Model):
    """One thing that is written down, by one organisation, with everything that decides who may read it."""

    sleutel: Onderdeelsleutel
    soort: Onderdeelsoort
    leefgebied: GevoeligLeefgebied
    omschrijving: VrijeTekst
    over: Literal["leerling", "groep", "omgeving"] = "leerling"
    """Whom it is about; `omgeving` is the class, the teacher, the team."""
    eigenaar: Deelnemersleutel
    auteur: Auteursleutel | None = None
    datum: dt.date
    bron: Tekst | None = None
    publiek: tuple[Publiek, ...] = ()
    grondslag: Grondslagverwijzing | None = None
    gevoeligheid: Literal["gewoon", "gevoelig", "bijzonder"] = "gevoelig"
    versie: Annotated[int, Field(ge=1)] = 1
    bij: Onderdeelsleutel | None = None
    """The item it belongs to: the goal of an action or evaluation."""
    streefdatum: dt.date | None = None
    status: Doelstatus | None = None


_OVERAL: Final = frozenset(Leefgebied)
_GEWOON: Final = frozenset({Leefgebied.SCHOOL, Leefgebied.THUIS_GEZIN, Leefgebied.VRIJE_TIJD})
LEEFGEBIEDEN: Final[dict[str, frozenset[Leefgebied]]] = {
    "doelen": _GEWOON,
    "factoren": frozenset({Leefgebied.SCHOOL, Leefgebied.VRIJE_TIJD}),
    "gezin": frozenset({Leefgebied.THUIS_GEZIN, Leefgebied.VEILIGHEID}),
    "gezondheid": frozenset({Leefgebied.GEZONDHEID}),
    "hulp": _OVERAL,
}
"""Which leefgebieden a list may hold, so that health or safety is never filed under a milder category."""


# --- plan, evaluation, end


class Oppverwijzing(Model):
    """The ontwikkelingsperspectief this arrangement serves, with what must be known of it and no more."""

    plan: Id | None = None
    versie: Annotated[int, Field(ge=1)] | None = None
    vastgesteld_op: dt.date | None = None
    bestemming: Literal["verwacht", "voorlopig"] | None = None
    """Whether it names an uitstroombestemming; `voorlopig` where that cannot be said yet."""
    onderbouwd: bool = False
    ondersteuning_beschreven: bool = False
    overleg_op: dt.date | None = None
    overleg_resultaat: Overlegresultaat | None = None
    evaluaties: tuple[dt.date, ...] = ()
    """Days on which it was evaluated with parents."""
    inzage_ouders: bool = False


class Deelname(Model):
    """Whether somebody took part, and if not why."""

    nam_deel: bool
    reden: VrijeTekst | None = None


class Betrokkenheid(Model):
    # How parents and child take part says something about the family.
    ouders: Annotated[Deelname | None, G.GEZIN_VEILIGHEID] = None
    leerling: Annotated[Deelname | None, G.LEERLINGSTEM] = None


class Evaluatiebesluit(StrEnum):
    VOORTZETTEN = "voortzetten"
    WIJZIGEN = "wijzigen"
    STOPPEN = "stoppen"


class Arrangementevaluatie(Model):
    datum: Annotated[dt.date, G.DOELEN]
    betrokken: Betrokkenheid | None = None
    besluit: Annotated[Evaluatiebesluit | None, G.DOELEN] = None
    toelichting: Annotated[VrijeTekst | None, G.DOELEN] = None
    herzien_op: Annotated[dt.date | None, G.DOELEN] = None


class Terugkeerdoel(StrEnum):
    """Where it should end."""

    BASISONDERSTEUNING = "basisondersteuning"
    REGULIER_ONDERWIJS = "regulier_onderwijs"
    SPECIAAL_ONDERWIJS = "speciaal_onderwijs"
    LEERWERKROUTE = "leerwerkroute"
    ARBEID = "arbeid"
    DAGBESTEDING = "dagbesteding"


class Overdracht(Model):
    """What was told to the next place: on which day, about which leefgebieden. The content is a message."""

    datum: dt.date
    leefgebieden: tuple[Leefgebied, ...] = ()


class Overgang(Model):
    """One step to another place."""

    naar: Terugkeerdoel | None = None
    datum: dt.date
    naar_deelnemer: Deelnemersleutel | None = None
    begeleider: Deelnemersleutel | None = None
    overdracht: Overdracht | None = None


class Plaatsing(Model):
    """Where the leerling goes next, and that the next place has confirmed it."""

    soort: Terugkeerdoel
    deelnemer: Deelnemersleutel | None = None
    bevestigd_op: dt.date | None = None


class Afsluiting(Model):
    datum: dt.date
    reden: Code | None = None
    plaatsing: Plaatsing | None = None


class Arrangement(Bericht):
    """One version of one arrangement."""

    soort: ClassVar[str] = "arrangement"

    kern: Annotated[Kern, G.BESLUITEN]
    individueel: Individueel | None = None
    collectief: Collectief | None = None
    inrichting: Inrichting = Inrichting()

    scholen: Annotated[tuple[Deelnemer, ...], G.CONTACT] = ()
    # Which organisations stand beside the school shows what kind of help there is.
    partners: Annotated[tuple[Deelnemer, ...], G.JEUGDHULP] = ()
    personen: Annotated[tuple[Persoon, ...], G.DERDEN] = ()
    auteurs: Annotated[tuple[Auteur, ...], G.DERDEN] = ()
    ouderrol: Annotated[Ouderrol | None, G.DOELEN] = None
    # A key says nothing without the list that names it.
    regie: Annotated[tuple[Regieperiode, ...], G.DOELEN] = ()
    # The name of a phase can tell of care: "in dagbesteding".
    fasen: Annotated[tuple[Fase, ...], G.JEUGDHULP] = ()
    regieafspraken: Annotated[tuple[Regieafspraak, ...], G.DOELEN] = ()
    beslisoverleg: Annotated[tuple[Overleglid, ...], G.JEUGDHULP] = ()
    afspraken: tuple[Partnerafspraak, ...] = ()

    opp: Annotated[Oppverwijzing | None, G.BESLUITEN] = None
    terugkeerdoel: Annotated[Terugkeerdoel | None, G.ONDERWIJSPOSITIE] = None
    tekort_basisondersteuning: Annotated[VrijeTekst | None, G.FACTOREN] = None
    """Why what every school offers does not do."""
    # Care leads for children who never went to school: the reason lies in their health.
    zorg_leidt_reden: Annotated[VrijeTekst | None, G.GEZONDHEID] = None

    doelen: Annotated[tuple[Onderdeel, ...], G.DOELEN] = ()
    factoren: Annotated[tuple[Onderdeel, ...], G.FACTOREN] = ()
    gezin: Annotated[tuple[Onderdeel, ...], G.GEZIN_VEILIGHEID] = ()
    gezondheid: Annotated[tuple[Onderdeel, ...], G.GEZONDHEID] = ()
    hulp: Annotated[tuple[Onderdeel, ...], G.JEUGDHULP] = ()

    bij_ontwerp: Betrokkenheid | None = None
    bij_uitvoering: Betrokkenheid | None = None
    evaluaties: tuple[Arrangementevaluatie, ...] = ()
    # Where a leerling goes next (dagbesteding) tells of care.
    overgangen: Annotated[tuple[Overgang, ...], G.JEUGDHULP] = ()
    afsluiting: Annotated[Afsluiting | None, G.JEUGDHULP] = None
    toewijzingen: Annotated[tuple[Toewijzing, ...], G.JEUGDHULP] = ()
    herkomst: Annotated[Herkomst | None, G.HERKOMST] = None

    @model_validator(mode="after")
    def _shape(self) -> Self:
        precies_een(self, "individueel", "collectief")
        sleutels = [d.sleutel for d in self.deelnemers()] + [p.sleutel for p in self.personen]
        if len(set(sleutels)) != len(sleutels):
            raise PydanticCustomError("sleutel", "twee deelnemers hebben dezelfde sleutel")
        onderdelen = [o.sleutel for _, o in self.onderdelen()]
        if len(set(onderdelen)) != len(onderdelen):
            raise PydanticCustomError("sleutel", "twee onderdelen hebben dezelfde sleutel")
        for lijst, onderdeel in self.onderdelen():
            if onderdeel.leefgebied not in LEEFGEBIEDEN[lijst]:
                raise PydanticCustomError("leefgebied", "dit leefgebied hoort in een andere lijst")
        return self

    def onderdelen(self) -> tuple[tuple[str, Onderdeel], ...]:
        """Every item with the name of its list, lists in the order of `LEEFGEBIEDEN`."""
        return tuple((lijst, o) for lijst in LEEFGEBIEDEN for o in getattr(self, lijst))

    def deelnemers(self) -> tuple[Deelnemer, ...]:
        """The organisations: schools first."""
        return (*self.scholen, *self.partners)
