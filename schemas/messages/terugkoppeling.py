"""Terugkoppeling: what who helps and a school tell each other (exchange X3). Coded, without care content."""

from __future__ import annotations

import datetime as dt
from enum import StrEnum
from typing import Annotated, ClassVar, Literal, Self

from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError

from schemas.base import Gegevenscategorie as G
from schemas.base import Tekst
from schemas.messages.bericht import Bericht
from schemas.messages.verwijzingen import Aanspreekpunt
from schemas.people.partij import Rol


class Hulpstatus(StrEnum):
    ONTVANGEN = "ontvangen"
    IN_BEHANDELING = "in_behandeling"
    GESTART = "gestart"
    LOOPT = "loopt"
    GEPAUZEERD = "gepauzeerd"
    GESTOPT = "gestopt"
    NIET_GESTART = "niet_gestart"
    HERROEPEN = "herroepen"
    """What was told before does not hold any more."""


class Afloop(StrEnum):
    """How help ended, coarser than any care code on purpose: not who ended it, and not why."""

    AFGEROND = "afgerond"
    EERDER_GESTOPT = "eerder_gestopt"
    GAAT_ELDERS_VERDER = "gaat_elders_verder"


class Klassenadvies(StrEnum):
    """What a teacher can do on Monday: a fixed list, because free text from care to school is the riskiest
    field there is.
    """

    VASTE_PLEK = "vaste_plek"
    VASTE_CONTACTPERSOON = "vaste_contactpersoon"
    KORTE_INSTRUCTIE = "korte_instructie"
    VOORSPELBARE_DAGINDELING = "voorspelbare_dagindeling"
    RUSTMOMENTEN = "rustmomenten"
    POSITIEVE_BEKRACHTIGING = "positieve_bekrachtiging"
    PAUZES_BEGELEIDEN = "pauzes_begeleiden"
    OVERGANGEN_AANKONDIGEN = "overgangen_aankondigen"
    NEEM_CONTACT_OP = "neem_contact_op"


class Terugkoppeling(Bericht):
    """X3, jeugdhulp to school, or a school to who helps the same child elsewhere.

    Least: status, whom to call, advice for the class, addressed to the teacher and not only to the intern
    begeleider. Must not carry: diagnosis, content of the treatment, family matters. How help stands says who
    helps, and must; a school says nothing of it, but what works with her (gateway/exchange/intake).
    """

    soort: ClassVar[str] = "terugkoppeling"

    # That there is help, or that it ended, is a fact about jeugdhulp.
    status: Annotated[Hulpstatus | None, G.JEUGDHULP] = None
    sinds: Annotated[dt.date | None, G.JEUGDHULP] = None
    afloop: Annotated[Afloop | None, G.JEUGDHULP] = None
    contactpersoon: Aanspreekpunt | None = None
    adviezen: Annotated[tuple[Klassenadvies, ...], G.DOELEN, Field(max_length=5)] = ()
    adviezen_voor: Annotated[Literal[Rol.LEERKRACHT] | None, G.DOELEN] = None
    volgend_contact: Annotated[dt.date | None, G.CONTACT] = None
    verwijzing: Annotated[Tekst | None, G.HERKOMST] = None
    """The sender's own reference; stays home."""

    @model_validator(mode="after")
    def _says_something(self) -> Self:
        if self.status is None and not self.adviezen:
            raise PydanticCustomError("leeg", "een terugkoppeling noemt een status, of adviezen")
        return self

    @model_validator(mode="after")
    def _only_what_ended_has_an_end(self) -> Self:
        if self.afloop is not None and self.status is not Hulpstatus.GESTOPT:
            raise PydanticCustomError("afloop", "een afloop hoort bij hulp die gestopt is")
        return self
