"""Who take part in an arrangement: organisations, persons, the regisseur, and what was agreed with each."""

from __future__ import annotations

import datetime as dt
from enum import StrEnum
from typing import Annotated, Final, Literal, Self

from pydantic import StringConstraints, model_validator
from pydantic_core import PydanticCustomError

from schemas.base import Gegevenscategorie as G
from schemas.base import Model, Tekst, VrijeTekst
from schemas.messages.inrichting import Aantal, Deelnemersleutel, Mandaat, geordend, precies_een
from schemas.messages.onderdelen import Contactpersoon, Naamdelen
from schemas.people.toestemming import Hoedanigheid

Auteursleutel = Annotated[str, StringConstraints(pattern=r"^a[0-9]{1,3}$")]


class Deelnemersoort(StrEnum):
    SCHOOL = "school"
    SAMENWERKINGSVERBAND = "samenwerkingsverband"
    JEUGDHULPAANBIEDER = "jeugdhulpaanbieder"
    GEMEENTE = "gemeente"
    WIJKTEAM = "wijkteam"
    JEUGDGEZONDHEIDSZORG = "jeugdgezondheidszorg"
    SCHOOLMAATSCHAPPELIJK_WERK = "schoolmaatschappelijk_werk"
    GECERTIFICEERDE_INSTELLING = "gecertificeerde_instelling"
    CLIENTONDERSTEUNING = "clientondersteuning"
    ZORGBOERDERIJ = "zorgboerderij"
    DAGBESTEDING = "dagbesteding"
    HUISARTS = "huisarts"
    LEERPLICHT = "leerplicht"
    GELDVERSTREKKER = "geldverstrekker"
    """Zorgkantoor, verzekeraar, province."""
    WERKGEVER = "werkgever"
    ANDERS = "anders"


ZORG: Final = frozenset(
    {
        Deelnemersoort.JEUGDHULPAANBIEDER,
        Deelnemersoort.WIJKTEAM,
        Deelnemersoort.JEUGDGEZONDHEIDSZORG,
        Deelnemersoort.SCHOOLMAATSCHAPPELIJK_WERK,
        Deelnemersoort.GECERTIFICEERDE_INSTELLING,
        Deelnemersoort.CLIENTONDERSTEUNING,
        Deelnemersoort.ZORGBOERDERIJ,
        Deelnemersoort.DAGBESTEDING,
    }
)
"""Kinds that give or carry care: without one of them there is no onderwijs-zorgarrangement."""


class Deelnemerrol(StrEnum):
    INITIATIEFNEMER = "initiatiefnemer"
    UITVOERDER = "uitvoerder"
    HOOFDAANBIEDER = "hoofdaanbieder"
    ONDERAANBIEDER = "onderaanbieder"
    TOELEIDER = "toeleider"
    FINANCIER = "financier"
    COORDINATOR = "coordinator"
    ADVISEUR = "adviseur"
    ONTVANGENDE_SCHOOL = "ontvangende_school"


class Identificatie(Model):
    """One identifier of an organisation; a farm may have none but a KvK number."""

    soort: Literal["brin", "agb", "oin", "kvk", "gemeentecode", "swv_nummer", "intern"]
    waarde: Annotated[str, StringConstraints(pattern=r"^[0-9A-Za-z-]{2,40}$")]


class Deelnemer(Model):
    """An organisation that takes part."""

    sleutel: Deelnemersleutel
    soort: Deelnemersoort
    naam: Tekst
    rollen: tuple[Deelnemerrol, ...] = ()
    identificaties: tuple[Identificatie, ...] = ()
    contactpersoon: Contactpersoon | None = None
    van: dt.date | None = None
    tot_en_met: dt.date | None = None

    @model_validator(mode="after")
    def _whole(self) -> Self:
        geordend(self.van, self.tot_en_met)
        return self


class Persoon(Model):
    """Somebody from the child's own circle who takes part, as a key for the rest of the arrangement."""

    sleutel: Deelnemersleutel
    hoedanigheid: Hoedanigheid
    naam: Naamdelen | None = None


class Auteur(Model):
    """Who wrote an item. A person of another organisation: the name stays home, the key goes along."""

    sleutel: Auteursleutel
    naam: Tekst
    functie: Tekst | None = None


class Ouderrol(StrEnum):
    """What parents are in this arrangement, from telling what they know to keeping it together."""

    INFORMANT = "informant"
    MEEDENKER = "meedenker"
    PARTNER = "partner"
    UITVOERDER = "uitvoerder"
    REGISSEUR = "regisseur"


class Regieperiode(Model):
    """Who is regisseur from one day up to and including another; open at the end when it still is."""

    regisseur: Deelnemersleutel
    van: dt.date
    tot_en_met: dt.date | None = None

    @model_validator(mode="after")
    def _whole(self) -> Self:
        geordend(self.van, self.tot_en_met)
        return self


class Fase(Model):
    """A part of the road, with who keeps it together there."""

    naam: Tekst
    van: dt.date
    tot_en_met: dt.date | None = None
    regisseur: Deelnemersleutel | None = None

    @model_validator(mode="after")
    def _whole(self) -> Self:
        geordend(self.van, self.tot_en_met)
        return self


class Regieafspraak(StrEnum):
    """What the regisseur sees to."""

    INFORMATIE = "informatie"
    DOELEN = "doelen"
    INSPANNING = "inspanning"
    VOORTGANG = "voortgang"
    EVALUATIES = "evaluaties"
    RESULTATEN = "resultaten"


class Overleglid(Model):
    """A member of the meeting that decides, with the mandate to do so."""

    deelnemer: Deelnemersleutel
    mandaat: Mandaat | None = None


class Inbreng(Model):
    """What a partner puts in: a text, or `geen`, said out loud."""

    geen: Literal[True] | None = None
    wat: VrijeTekst | None = None
    aantal: Aantal | None = None
    hoogstens: Aantal | None = None
    eenheid: (
        Literal["uur_per_week", "dagdeel_per_week", "nacht_per_week", "fte", "euro_per_jaar", "euro"] | None
    ) = None

    @model_validator(mode="after")
    def _whole(self) -> Self:
        precies_een(self, "geen", "wat")
        if (self.aantal is None) != (self.eenheid is None) or (self.geen and self.aantal is not None):
            raise PydanticCustomError("aantal", "een aantal heeft een eenheid en hoort bij een inbreng")
        return self


class Partnerafspraak(Model):
    """What one partner contributes, and the money, hours and means that were agreed with it."""

    deelnemer: Annotated[Deelnemersleutel, G.DOELEN]
    bijdrage: Annotated[VrijeTekst | None, G.DOELEN] = None
    # How much care somebody puts in tells how heavy the help is.
    geld: Annotated[Inbreng | None, G.JEUGDHULP] = None
    uren: Annotated[Inbreng | None, G.JEUGDHULP] = None
    middelen: Annotated[Inbreng | None, G.JEUGDHULP] = None
