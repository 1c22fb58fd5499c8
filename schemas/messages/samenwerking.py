"""Working together on one case: the plan (X4), the meeting before and after (X5), how it goes (X15)."""

from __future__ import annotations

import datetime as dt
from enum import StrEnum
from typing import Annotated, ClassVar, Literal, Self

from pydantic import Field, model_validator

from schemas.base import PAAR, ZWAAR, Model, VrijeTekst, iets
from schemas.base import Gegevenscategorie as G
from schemas.identifiers import Id
from schemas.messages.bericht import Bericht
from schemas.messages.verwijzingen import (
    Aanspreekpunt,
    Actie,
    Leerlingverwijzing,
    Ondersteuning,
    Partnerrol,
    Plandoel,
)


class Planafspraak(Model):
    """Who does what for which goal."""

    wie: Annotated[Partnerrol, G.JEUGDHULP]
    wat: Annotated[VrijeTekst, G.DOELEN]
    doel: Annotated[int | None, G.DOELEN] = None
    tot: Annotated[dt.date | None, G.DOELEN] = None


class GezamenlijkPlan(Bericht):
    """X4, between all partners, in versions: a new version replaces the former as a whole.

    Least: goals, who does what, the regisseur, the day it is looked at again.
    Must not carry: a partner's internal notes.
    """

    soort: ClassVar[str] = "gezamenlijk_plan"

    zaak: Annotated[Id, G.CONTACT, PAAR]
    planversie: Annotated[int, G.DOELEN, Field(ge=1)]
    leerling: Leerlingverwijzing
    doelen: Annotated[tuple[Plandoel, ...], Field(min_length=1, max_length=20)]
    afspraken: Annotated[tuple[Planafspraak, ...], Field(min_length=1, max_length=50)]
    regisseur: Annotated[Partnerrol, G.JEUGDHULP]
    herzien_op: Annotated[dt.date, G.DOELEN]


class Overlegsoort(StrEnum):
    """Kinds of meeting. The list of a region may be longer: then it is `ander`."""

    ZORGTEAM = "zorgteam"
    MDO = "mdo"
    KNOOPPUNT = "knooppunt"
    ARRANGEERTAFEL = "arrangeertafel"
    ANDER = "ander"


class Overlegset(Bericht):
    """X5 before, organiser to one invited partner: what that partner must know to answer the question.

    Least: the question and the set for this partner. Must not carry: one identical dossier for everybody;
    hence one partner per message, and a set built up from chosen parts.
    """

    soort: ClassVar[str] = "overlegset"

    zaak: Annotated[Id, G.CONTACT, PAAR]
    overlegsoort: Annotated[Overlegsoort, G.CONTACT]
    overlegdatum: Annotated[dt.date, G.CONTACT]
    partner: Annotated[Partnerrol, G.JEUGDHULP]
    # As in a hulpvraag: what people write here is often about health or the family.
    vraag: Annotated[VrijeTekst, G.FACTOREN, ZWAAR]
    contactpersoon: Aanspreekpunt
    leerling: Leerlingverwijzing | None = None
    doelen: Annotated[tuple[Plandoel, ...], Field(max_length=20)] = ()
    factoren: Annotated[tuple[VrijeTekst, ...], G.FACTOREN, Field(max_length=20)] = ()
    ondersteuning: Annotated[tuple[Ondersteuning, ...], Field(max_length=20)] = ()


class AfwijkendStandpunt(Model):
    """Who does not agree with what was decided, and with what instead he would."""

    wie: Annotated[Partnerrol, G.JEUGDHULP]
    standpunt: Annotated[VrijeTekst, G.BESLUITEN]


class Overleguitkomst(Bericht):
    """X5 after, organiser to the partners: least decisions and actions, and who disagrees with them.

    Must not carry: what was said.
    """

    soort: ClassVar[str] = "overleguitkomst"

    zaak: Annotated[Id, G.CONTACT, PAAR]
    overlegdatum: Annotated[dt.date, G.CONTACT]
    beslissingen: Annotated[tuple[VrijeTekst, ...], G.BESLUITEN, Field(max_length=20)] = ()
    acties: Annotated[tuple[Actie, ...], Field(max_length=50)] = ()
    afwijkend: Annotated[tuple[AfwijkendStandpunt, ...], Field(max_length=20)] = ()

    @model_validator(mode="after")
    def _about_something(self) -> Self:
        iets(self.beslissingen, self.acties)
        return self


class Doelstand(Model):
    doel: Annotated[int, G.DOELEN]
    stand: Annotated[Literal["open", "bereikt", "deels_bereikt", "gestopt"], G.DOELEN]


class Bijdrage(Model):
    wie: Annotated[Partnerrol, G.JEUGDHULP]
    gedaan: Annotated[Literal["ja", "deels", "nee"], G.DOELEN]


class Voortgangsbericht(Bericht):
    """X15, every partner to the plan: least how the goals stand, what was contributed, what follows.

    Must not carry: raw observations; there is no free text at all.
    """

    soort: ClassVar[str] = "voortgangsbericht"

    zaak: Annotated[Id, G.CONTACT, PAAR]
    planversie: Annotated[int, G.DOELEN, Field(ge=1)]
    evaluatiedatum: Annotated[dt.date, G.DOELEN]
    doelstanden: Annotated[tuple[Doelstand, ...], Field(min_length=1, max_length=20)]
    bijdragen: Annotated[tuple[Bijdrage, ...], Field(max_length=20)] = ()
    vervolg: Annotated[Literal["doorgaan", "bijstellen", "stoppen"], G.DOELEN]
    deelgenomen: Annotated[tuple[Partnerrol, ...], G.JEUGDHULP, Field(max_length=9)] = ()
    volgende_evaluatie: Annotated[dt.date | None, G.DOELEN] = None
