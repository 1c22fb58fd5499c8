"""The parts that more than one message shares: a code with its list, names, addresses, school, leerling."""

from __future__ import annotations

import datetime as dt
from enum import StrEnum
from typing import Annotated, Literal, Self

from pydantic import model_validator
from pydantic_core import PydanticCustomError

from schemas.base import Gegevenscategorie as G
from schemas.base import Model, Tekst, Zwaar
from schemas.identifiers import Brin, Bsn, Onderwijsnummer, Vestigingscode


class Leefgebied(StrEnum):
    SCHOOL = "school"
    THUIS_GEZIN = "thuis_gezin"
    VRIJE_TIJD = "vrije_tijd"
    GEZONDHEID = "gezondheid"
    VEILIGHEID = "veiligheid"


GevoeligLeefgebied = Annotated[Leefgebied, Zwaar(frozenset({Leefgebied.GEZONDHEID, Leefgebied.VEILIGHEID}))]
"""That a goal or factor is about health or safety is itself of level 3."""


class Code(Model):
    """A code with the list it comes from; the same code means different things in different lists."""

    code: Tekst
    stelsel: Tekst
    omschrijving: Tekst | None = None


class Adres(Model):
    soort: Literal["bezoek", "post", "gba"] | None = None
    straat: Tekst
    huisnummer: Tekst
    toevoeging: Tekst | None = None
    aanduiding: Tekst | None = None
    locatie: Tekst | None = None
    postcode: Tekst
    plaats: Tekst
    gemeente: Tekst | None = None
    land: Code | None = None


class Communicatie(Model):
    """A telephone number or e-mail address that is not secret; secret ones are dropped at the adapter."""

    soort: Literal["telefoon", "e-mail"]
    aanduiding: Literal["werk", "prive", "overig"] | None = None
    waarde: Tekst
    noodnummer: bool | None = None


class Contactpersoon(Model):
    naam: Tekst
    functie: Tekst | None = None
    telefoon: Tekst | None = None
    email: Tekst | None = None


class School(Model):
    naam: Annotated[Tekst, G.CONTACT]
    brin: Annotated[Brin, G.CONTACT]
    vestigingscode: Annotated[Vestigingscode, G.CONTACT]
    soort: Annotated[Tekst | None, G.ONDERWIJSPOSITIE] = None
    # "REC3" names the kind of special education, and so a limitation.
    type: Annotated[Tekst | None, G.GEZONDHEID] = None
    website: Annotated[Tekst | None, G.CONTACT] = None
    adressen: Annotated[tuple[Adres, ...], G.CONTACT] = ()
    communicatie: Annotated[tuple[Communicatie, ...], G.CONTACT] = ()
    contactpersoon: Annotated[Contactpersoon | None, G.CONTACT] = None


class Naamdelen(Model):
    voornamen: tuple[Tekst, ...] = ()
    voorletters: Tekst | None = None
    voorvoegsel: Tekst | None = None
    achternaam: Tekst
    roepnaam: Tekst | None = None


class BronId(Model):
    """The key in the sending system. Of no use to a recipient, and it joins files: it stays home."""

    leerlingid: Annotated[Tekst, G.HERKOMST]


class Registernaam(Model):
    """Name in the BRP. It can differ from the name in use for reasons of safety."""

    voornamen: tuple[Tekst, ...] = ()
    voorvoegsel: Tekst | None = None
    achternaam: Tekst
    geboortedatum: Tekst
    """As sent (DD-MM-YYYY): unknown parts can be 00, so it is not always a date."""


class LeerlingGegevens(Model):
    bron_id: BronId | None = None
    bsn: Annotated[Bsn | None, G.NUMMER] = None
    onderwijsnummer: Annotated[Onderwijsnummer | None, G.NUMMER] = None
    naamdelen: Annotated[Naamdelen, G.CONTACT]
    geboortedatum: Annotated[dt.date, G.CONTACT]
    geslacht: Annotated[Code | None, G.CONTACT] = None
    leerjaar: Annotated[Code | None, G.ONDERWIJSPOSITIE] = None
    # That an address is secret is itself a fact about safety.
    geheimadres: Annotated[bool | None, G.GEZIN_VEILIGHEID] = None
    adressen: Annotated[tuple[Adres, ...], G.CONTACT] = ()
    adres_buitenland: Annotated[tuple[Tekst, ...], G.CONTACT] = ()
    communicatie: Annotated[tuple[Communicatie, ...], G.CONTACT] = ()
    gba: Annotated[Registernaam | None, G.GEZIN_VEILIGHEID] = None
    onderwijs_sinds: Annotated[dt.date | None, G.ONDERWIJSPOSITIE] = None
    start_huidig_onderwijs: Annotated[dt.date | None, G.ONDERWIJSPOSITIE] = None
    datum_inschrijving: Annotated[dt.date | None, G.ONDERWIJSPOSITIE] = None
    datum_uitschrijving: Annotated[dt.date | None, G.ONDERWIJSPOSITIE] = None


class Verzorger(Model):
    """A caretaker as the school system knows him: another person, so nobody else can release him."""

    persoon: Annotated[Naamdelen, G.DERDEN]
    geslacht: Annotated[Code | None, G.DERDEN] = None
    geheimadres: Annotated[bool | None, G.DERDEN] = None
    adressen: Annotated[tuple[Adres, ...], G.DERDEN] = ()
    communicatie: Annotated[tuple[Communicatie, ...], G.DERDEN] = ()
    overleden: Annotated[bool | None, G.DERDEN] = None
    rol: Annotated[Code | None, G.DERDEN] = None
    wettelijk_vertegenwoordiger: Annotated[bool | None, G.DERDEN] = None
    """The source's own signal. Never gezag: it knows no joint or sole, no measure and no date."""
    bron: Annotated[Tekst | None, G.DERDEN] = None
    peildatum: Annotated[dt.date | None, G.DERDEN] = None
    onbekend: Annotated[bool | None, G.DERDEN] = None
    """The source says itself that it does not know who represents the leerling."""

    @model_validator(mode="after")
    def _not_both(self) -> Self:
        if self.onbekend and self.wettelijk_vertegenwoordiger is not None:
            raise PydanticCustomError("gezag", "onbekend gaat niet samen met een antwoord")
        return self
