"""Not at school: the signal (X14), and what was agreed on hours and transport (X18)."""

from __future__ import annotations

import datetime as dt
from enum import StrEnum
from typing import Annotated, ClassVar, Self

from pydantic import Field, model_validator

from schemas.base import Gegevenscategorie as G
from schemas.base import Model, iets
from schemas.messages.bericht import Bericht
from schemas.messages.inrichting import geordend
from schemas.messages.nummer import Persoonsnummer
from schemas.messages.verwijzingen import Aanspreekpunt, Leerlingverwijzing, Schoolverwijzing
from schemas.people.thuiszitten import Verzuimsoort


class Verzuimactie(StrEnum):
    GESPREK_LEERLING = "gesprek_leerling"
    GESPREK_OUDERS = "gesprek_ouders"
    HUISBEZOEK = "huisbezoek"
    MELDING_LEERPLICHT = "melding_leerplicht"
    JEUGDARTS_GEVRAAGD = "jeugdarts_gevraagd"
    OVERLEG_GEPLAND = "overleg_gepland"
    GEEN = "geen"


class Verzuimsignaal(Bericht):
    """X14, school to leerplicht, samenwerkingsverband, jeugdarts or jeugdhulp.

    Least: the period, the kind, what was done, days without a fitting place. Must not carry: the cause of
    illness.
    """

    soort: ClassVar[str] = "verzuimsignaal"

    leerling: Leerlingverwijzing
    persoonsnummer: Persoonsnummer | None = None
    school: Schoolverwijzing
    verzuim_van: Annotated[dt.date, G.VERZUIM]
    verzuim_tot: Annotated[dt.date | None, G.VERZUIM] = None
    verzuimsoort: Annotated[Verzuimsoort, G.VERZUIM]
    # That somebody is ill is about health, also without the cause: apart, so that it can stay home.
    ziekgemeld: Annotated[bool | None, G.GEZONDHEID] = None
    ondernomen: Annotated[tuple[Verzuimactie, ...], G.VERZUIM, Field(max_length=7)] = ()
    dagen_zonder_aanbod: Annotated[int | None, G.VERZUIM, Field(ge=0)] = None
    contactpersoon: Aanspreekpunt

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        geordend(self.verzuim_van, self.verzuim_tot)
        return self


class Leerplichtafspraak(Model):
    """Hours agreed or an exemption. Which article it rests on would tell the ground, so that is not here."""

    vrijgesteld: Annotated[bool, G.BESLUITEN]
    uren_per_week: Annotated[int | None, G.BESLUITEN, Field(ge=0, le=40)] = None
    van: Annotated[dt.date, G.BESLUITEN]
    tot: Annotated[dt.date | None, G.BESLUITEN] = None


class Vervoerafspraak(Model):
    vervoer: Annotated[bool, G.BESLUITEN]
    begeleiding: Annotated[bool, G.BESLUITEN] = False
    van: Annotated[dt.date, G.BESLUITEN]
    tot: Annotated[dt.date | None, G.BESLUITEN] = None


class Voorwaarden(Bericht):
    """X18, gemeente to school and back: least exemption or hours, transport yes or no, dates.

    Must not carry: the medical ground.
    """

    soort: ClassVar[str] = "voorwaarden"

    leerling: Leerlingverwijzing
    leerplicht: Leerplichtafspraak | None = None
    leerlingenvervoer: Vervoerafspraak | None = None

    @model_validator(mode="after")
    def _about_something(self) -> Self:
        iets(self.leerplicht, self.leerlingenvervoer)
        return self
