"""How an onderwijs-zorgarrangement is organised: who decides, where, with whose money, for whom.

Regions differ on every one of these axes, so each is a value and none is a rule in the code. A value that a
region has not stated stays absent: it is never filled in from what others do.
"""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from enum import StrEnum
from typing import Annotated, Any, Final, Literal, Self

from pydantic import Field, StringConstraints, model_validator
from pydantic_core import PydanticCustomError

from schemas.base import Gegevenscategorie as G
from schemas.base import Model, Tekst
from schemas.identifiers import Gemeentecode

Deelnemersleutel = Annotated[str, StringConstraints(pattern=r"^p[0-9]{1,3}$")]
"""Names a deelnemer inside one arrangement. Opaque on purpose: it may leave where the name may not."""
Aantal = Annotated[Decimal, Field(ge=0, max_digits=12, decimal_places=2)]


def precies_een(model: Any, *velden: str) -> None:
    """Raises unless exactly one of `velden` is filled, so that alternatives are neither said twice nor left
    out.
    """
    if sum(getattr(model, veld) not in (None, ()) for veld in velden) != 1:
        namen = ", ".join(type(model).model_fields[veld].alias or veld for veld in velden)
        raise PydanticCustomError("precies_een", f"vul precies één van deze velden: {namen}")


def geordend(van: dt.date | None, tot_en_met: dt.date | None) -> None:
    if van is not None and tot_en_met is not None and tot_en_met < van:
        raise PydanticCustomError("periode", "het einde ligt voor het begin")


class Functie(StrEnum):
    """What an arrangement does for a leerling (D2); one or more."""

    VERSTERKEN = "versterken"
    TERUGLEIDEN = "terugleiden"
    OPBOUWEN = "opbouwen"
    AANPASSEN = "aanpassen"
    DOORLEIDEN = "doorleiden"


class Ondersteuningsniveau(StrEnum):
    BASIS = "basis"
    BREEDTE = "breedte"
    DIEPTE = "diepte"
    VSO = "vso"
    OPNAME = "opname"


class Sector(StrEnum):
    KINDEROPVANG = "kinderopvang"
    PO = "po"
    SBO = "sbo"
    SO = "so"
    VSO = "vso"
    VO = "vo"
    PRO = "pro"
    OPDC = "opdc"
    TUSSENVOORZIENING = "tussenvoorziening"
    BOVENSCHOOLS = "bovenschools"
    MBO = "mbo"


class Beslisser(StrEnum):
    """Who decides that this help is given."""

    SCHOOL_EN_AANBIEDER_MET_OUDERS = "school_en_aanbieder_met_ouders"
    SCHOOL = "school"
    HULPVERLENER_OP_SCHOOL = "hulpverlener_op_school"
    WIJKTEAM = "wijkteam"
    SCHOOL_EN_WIJKTEAM = "school_en_wijkteam"
    SPECIALIST_MET_MANDAAT = "specialist_met_mandaat"
    OVERLEG_MET_MANDAAT = "overleg_met_mandaat"
    GEMEENTE = "gemeente"
    HUISARTS = "huisarts"
    JEUGDARTS = "jeugdarts"
    GECERTIFICEERDE_INSTELLING = "gecertificeerde_instelling"
    SAMENWERKINGSVERBAND = "samenwerkingsverband"


class Besluitvorm(StrEnum):
    """In what form that decision exists."""

    BESCHIKKINGSVRIJ = "beschikkingsvrij"
    INDIVIDUELE_BESCHIKKING = "individuele_beschikking"
    TOEKENNING_OP_MANDAAT = "toekenning_op_mandaat"
    PLAATSING = "plaatsing"
    """Being placed brings the help with it."""
    VERWIJZING = "verwijzing"
    TOELAATBAARHEIDSVERKLARING = "toelaatbaarheidsverklaring"


class Adviseur(StrEnum):
    """Who advises and does not decide."""

    COMMISSIE_VOOR_DE_BEGELEIDING = "commissie_voor_de_begeleiding"
    ZORG_EN_ADVIESTEAM = "zorg_en_adviesteam"
    ONDERWIJSCONSULENT = "onderwijsconsulent"


class Hulpplaats(StrEnum):
    SCHOOL = "school"
    KLAS = "klas"
    THUIS = "thuis"
    VOORZIENING = "voorziening"
    """A place of the care side: treatment, dagbesteding, a farm."""
    ONLINE = "online"


class UitgeslotenZorg(StrEnum):
    JEUGD_GGZ = "jeugd_ggz"
    VERBLIJF = "verblijf"
    HULP_THUIS = "hulp_thuis"


class Aanbiedersmodel(StrEnum):
    HOOFDAANBIEDER = "hoofdaanbieder"
    """One per school, with or without onderaanbieders."""
    TEAM = "team"
    RAAMOVEREENKOMST = "raamovereenkomst"
    PERCELEN = "percelen"
    STADSBREED = "stadsbreed"
    SCHOOL_KIEST = "school_kiest"
    """The school picks the aanbieder and pays."""
    VASTE_FTE = "vaste_fte"


class Geldhouder(StrEnum):
    AANBIEDER = "aanbieder"
    SCHOOL = "school"
    GEMEENTE = "gemeente"
    GEMEENTE_MET_TREKKINGSRECHT = "gemeente_met_trekkingsrecht"
    INTEGRAAL_SCHOOLBUDGET = "integraal_schoolbudget"


class Geldstroom(StrEnum):
    JEUGDWET = "jeugdwet"
    LUMPSUM = "lumpsum"
    SAMENWERKINGSVERBAND = "samenwerkingsverband"
    WLZ = "wlz"
    ZVW = "zvw"
    WMO = "wmo"
    PARTICIPATIEWET = "participatiewet"
    AWBZ = "awbz"
    """Until 2015. It stays for what was recorded about that time."""
    PGB = "pgb"
    ANDERS = "anders"


class Bekostiging(StrEnum):
    POPULATIE = "populatiebekostiging"
    FUNCTIE = "functiebekostiging"
    PRODUCTIE = "productiebekostiging"
    RESULTAAT = "resultaatbekostiging"


class Uitvoeringsvariant(StrEnum):
    TAAKGERICHT = "taakgericht"
    INSPANNINGSGERICHT = "inspanningsgericht"
    OUTPUTGERICHT = "outputgericht"


UITVOERING_BIJ: Final[dict[Bekostiging, Uitvoeringsvariant]] = {
    Bekostiging.POPULATIE: Uitvoeringsvariant.TAAKGERICHT,
    Bekostiging.FUNCTIE: Uitvoeringsvariant.TAAKGERICHT,
    Bekostiging.PRODUCTIE: Uitvoeringsvariant.INSPANNINGSGERICHT,
    Bekostiging.RESULTAAT: Uitvoeringsvariant.OUTPUTGERICHT,
}
"""The variant that goes with a way of paying, where an arrangement does not state one itself (D2)."""


class Rechtsvorm(StrEnum):
    SUBSIDIE = "subsidie"
    INKOOP = "inkoop"

    @property
    def afdwingbaar(self) -> bool:
        """Whether what was promised can be enforced."""
        return self is Rechtsvorm.INKOOP


class Woonplaatssoort(StrEnum):
    """For whom help counts as paid, by where the leerling lives."""

    ALLEEN_INGEZETENEN = "alleen_ingezetenen"
    GROEPSAANBOD_VOOR_ALLEN = "groepsaanbod_voor_allen"
    """Residents; others may use what is offered to a group."""
    ALLEN_ONDER_SCHOOLTIJD = "allen_onder_schooltijd"
    """Everybody during school time; at home the own gemeente."""
    GEEN_ONDERSCHEID = "geen_onderscheid"
    VOORFINANCIEREN_EN_VERREKENEN = "voorfinancieren_en_verrekenen"
    PER_GEVAL = "per_geval"
    """Found out together with the gezin."""


class Woonplaatsregel(Model):
    """What one gemeente agreed about leerlingen who live there. Without `gemeente`: all other gemeenten."""

    gemeente: Gemeentecode | None = None
    gemeente_peildatum: dt.date | None = None
    """The day on which that code was looked up: gemeenten merge."""
    regel: Woonplaatssoort
    van: dt.date
    tot_en_met: dt.date | None = None

    @model_validator(mode="after")
    def _whole(self) -> Self:
        geordend(self.van, self.tot_en_met)
        if (self.gemeente is None) != (self.gemeente_peildatum is None):
            raise PydanticCustomError("gemeente", "een gemeentecode heeft een peildatum, en andersom")
        return self

    def geldt(self, op: dt.date) -> bool:
        return self.van <= op and (self.tot_en_met is None or op <= self.tot_en_met)


def woonplaatsregel(
    regels: tuple[Woonplaatsregel, ...], gemeente: Gemeentecode | None, op: dt.date
) -> Woonplaatsregel | None:
    """The rule for somebody of `gemeente` on that day; the own rule goes before the one for all others.

    With `gemeente` None (unknown, or none of those named) only the rule for all others. When two rules of one
    gemeente hold on the same day the one that began last counts.
    """
    geldig = sorted((r for r in regels if r.geldt(op)), key=lambda r: r.van)
    eigen = [r for r in geldig if r.gemeente is not None and r.gemeente == gemeente]
    anderen = [r for r in geldig if r.gemeente is None]
    return (anderen + eigen)[-1] if anderen or eigen else None


class Mandaat(Model):
    """The right to decide for an organisation: who gave it, what it covers, how long."""

    kenmerk: Tekst
    namens: Deelnemersleutel
    grens: Tekst | None = None
    van: dt.date
    tot_en_met: dt.date | None = None

    @model_validator(mode="after")
    def _whole(self) -> Self:
        geordend(self.van, self.tot_en_met)
        return self


class Toeleidingsroute(Model):
    """One way in. Several stand side by side: school time and home, education and care."""

    beslisser: Beslisser | None = None
    besluitvorm: Besluitvorm | None = None
    voor_plaatsen: tuple[Hulpplaats, ...] = ()
    """Empty: for all places of the arrangement."""
    bij_tekort: bool = False
    """This route only counts when the first one does not give enough."""
    adviseur: Adviseur | None = None
    mandaat: Mandaat | None = None


class Plaatsafspraak(Model):
    plaats: Hulpplaats
    alleen_schooltijd: bool = False
    alleen_met_beschikking: bool = False


class Leeftijdsspanne(Model):
    """Ages the offer is for, birthdays included: 4 up to and including 7 is 4-7; 2½ is 2 and 6 months."""

    vanaf: Annotated[int, Field(ge=0, le=27)]
    vanaf_maanden: Annotated[int, Field(ge=0, le=11)] = 0
    tot_en_met: Annotated[int, Field(ge=0, le=27)]

    @model_validator(mode="after")
    def _whole(self) -> Self:
        if self.tot_en_met < self.vanaf:
            raise PydanticCustomError("leeftijd", "de hoogste leeftijd ligt onder de laagste")
        return self


class Aanbieders(Model):
    model: Aanbiedersmodel
    aantal: Annotated[int, Field(ge=1)] | None = None
    """How many aanbieders, or how many percelen."""
    fte: Aantal | None = None
    onderaanbieders: bool | None = None


class Inrichting(Model):
    """All axes together. Says how a region works, not how a leerling is, with the exceptions marked."""

    praktijk: Annotated[Tekst | None, G.BESLUITEN] = None
    """What the region calls it."""
    functies: Annotated[tuple[Functie, ...], G.BESLUITEN] = ()
    sectoren: Annotated[tuple[Sector, ...], G.ONDERWIJSPOSITIE] = ()
    # A cluster names a kind of limitation.
    clusters: Annotated[tuple[Literal[1, 2, 3, 4], ...], G.GEZONDHEID] = ()
    # "opname" tells of an admission.
    niveau: Annotated[Ondersteuningsniveau | None, G.GEZONDHEID] = None
    leeftijd: Annotated[Leeftijdsspanne | None, G.BESLUITEN] = None
    # Who decided (a GI, a wijkteam) tells about the help, and a GI about the family.
    toeleiding: Annotated[tuple[Toeleidingsroute, ...], G.JEUGDHULP] = ()
    # Where help is given shows that there is help.
    plaatsen: Annotated[tuple[Plaatsafspraak, ...], G.JEUGDHULP] = ()
    uitgesloten: Annotated[tuple[UitgeslotenZorg, ...], G.BESLUITEN] = ()
    aanbieders: Annotated[Aanbieders | None, G.BESLUITEN] = None
    geldhouder: Annotated[Geldhouder | None, G.BESLUITEN] = None
    # Wlz or Zvw money tells how heavy and how lasting the need is.
    geldstromen: Annotated[tuple[Geldstroom, ...], G.GEZONDHEID] = ()
    bekostiging: Annotated[Bekostiging | None, G.BESLUITEN] = None
    uitvoeringsvariant: Annotated[Uitvoeringsvariant | None, G.BESLUITEN] = None
    rechtsvorm: Annotated[Rechtsvorm | None, G.BESLUITEN] = None
    # A rule says where others live; which rule was used for this leerling is not in here.
    woonplaatsregels: Annotated[tuple[Woonplaatsregel, ...], G.BESLUITEN] = ()
    leidend: Annotated[Literal["school", "jeugdhulp"] | None, G.BESLUITEN] = None
    """Whose side leads; `jeugdhulp` is the exception for who never went to school."""

    @property
    def taakgericht(self) -> bool:
        """Paid for a task: nobody accounts per leerling."""
        variant = self.uitvoeringsvariant
        if variant is None and self.bekostiging is not None:
            variant = UITVOERING_BIJ[self.bekostiging]
        return variant is Uitvoeringsvariant.TAAKGERICHT
