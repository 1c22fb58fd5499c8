"""The small parts the messages between partners share: who it is about, who to call, who does what.

A field that stands in more than one message has one category everywhere: the policy knows one per path.
"""

from __future__ import annotations

import datetime as dt
from enum import StrEnum
from typing import Annotated, Literal

from pydantic import StringConstraints

from schemas.base import Gegevenscategorie as G
from schemas.base import Model, Tekst, VrijeTekst
from schemas.identifiers import Brin, Vestigingscode
from schemas.messages.onderdelen import GevoeligLeefgebied, Naamdelen

Naam = Annotated[str, StringConstraints(pattern=r"^[^0-9\r\n@:;]{1,100}$")]
"""A name and nothing beside it: too short and too plain to tell a story in."""
Telefoon = Annotated[str, StringConstraints(pattern=r"^[0-9+() -]{6,20}$")]
Email = Annotated[str, StringConstraints(pattern=r"^[^\s@]{1,64}@[^\s@]{1,185}$")]
Postcode = Annotated[str, StringConstraints(pattern=r"^[1-9][0-9]{3}[A-Z]{2}$")]
Arrangementcode = Annotated[str, StringConstraints(pattern=r"^[a-z0-9-]{3,80}$")]
"""How a region calls an arrangement. Chosen so that it names no group: "autiklas" would be a diagnosis."""


class Partnerrol(StrEnum):
    """In which part somebody takes part in a plan or a meeting. Not the Rol in which a recipient reads."""

    LEERLING = "leerling"
    OUDERS = "ouders"
    SCHOOL = "school"
    JEUGDHULP = "jeugdhulp"
    GEMEENTE = "gemeente"
    SAMENWERKINGSVERBAND = "samenwerkingsverband"
    JEUGDGEZONDHEIDSZORG = "jeugdgezondheidszorg"
    LEERPLICHT = "leerplicht"
    ANDER = "ander"


class Contactrol(StrEnum):
    """In which function somebody who can be called works, as it is promised to who reads a message.

    The roles of before: a reader that knows these must not find another one here (docs/schemas.md). Who has
    another function is named without it.
    """

    JEUGDHULPVERLENER = "jeugdhulpverlener"
    GEDRAGSWETENSCHAPPER = "gedragswetenschapper"
    ADMINISTRATIE = "administratie"
    INTERN_BEGELEIDER = "intern_begeleider"
    LEERKRACHT = "leerkracht"
    TOEGANGSMEDEWERKER = "toegangsmedewerker"
    JEUGDBESCHERMER = "jeugdbeschermer"
    LEERPLICHTAMBTENAAR = "leerplichtambtenaar"
    MELDPUNTMEDEWERKER = "meldpuntmedewerker"


class Leerlingverwijzing(Model):
    """Who it is about, for a recipient that has to find him. The link itself stands in the envelope."""

    naamdelen: Annotated[Naamdelen, G.CONTACT]
    geboortedatum: Annotated[dt.date | None, G.CONTACT] = None
    # With name and birth date these let a gemeente find its own number for him: no number goes along.
    geslacht: Annotated[Literal["man", "vrouw", "onbekend"] | None, G.CONTACT] = None
    postcode: Annotated[Postcode | None, G.CONTACT] = None
    woonplaats: Annotated[Tekst | None, G.CONTACT] = None
    woonadres: Annotated[Tekst | None, G.CONTACT] = None
    """Street and number. A secret address is not written here."""


class Schoolverwijzing(Model):
    """A place of education; a farm or an institution without BRIN has a name only."""

    naam: Annotated[Naam, G.CONTACT]
    brin: Annotated[Brin | None, G.CONTACT] = None
    vestigingscode: Annotated[Vestigingscode | None, G.CONTACT] = None


class Aanspreekpunt(Model):
    """Who to call, without room for a story: what care tells a school goes through here too."""

    naam: Annotated[Naam, G.CONTACT]
    functie: Annotated[Contactrol | None, G.CONTACT] = None
    telefoon: Annotated[Telefoon | None, G.CONTACT] = None
    email: Annotated[Email | None, G.CONTACT] = None


class Plandoel(Model):
    """A goal in plain words, numbered so that progress can be told without repeating it."""

    nummer: Annotated[int, G.DOELEN]
    leefgebied: Annotated[GevoeligLeefgebied, G.DOELEN]
    omschrijving: Annotated[VrijeTekst, G.DOELEN]
    streefdatum: Annotated[dt.date | None, G.DOELEN] = None


class Actie(Model):
    # That jeugdhulp does something is a fact about jeugdhulp.
    wie: Annotated[Partnerrol, G.JEUGDHULP]
    wat: Annotated[VrijeTekst, G.DOELEN]
    gereed_op: Annotated[dt.date | None, G.DOELEN] = None


class Ondersteuning(Model):
    """Support that runs or ran, in terms of what is done and never of why."""

    wat: Annotated[VrijeTekst, G.DOELEN]
    van: Annotated[dt.date | None, G.DOELEN] = None
    tot: Annotated[dt.date | None, G.DOELEN] = None
