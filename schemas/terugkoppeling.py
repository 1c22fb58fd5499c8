"""Terugkoppeling: what a school hears back on a hulpvraag (exchange X3). Coded; no place for care content."""

from __future__ import annotations

import datetime as dt
from enum import StrEnum
from typing import Annotated, ClassVar

from pydantic import Field

from schemas.base import Gegevenscategorie as G
from schemas.base import Tekst
from schemas.bericht import Bericht
from schemas.onderdelen import Contactpersoon


class Hulpstatus(StrEnum):
    ONTVANGEN = "ontvangen"
    IN_BEHANDELING = "in_behandeling"
    GESTART = "gestart"
    LOOPT = "loopt"
    GEPAUZEERD = "gepauzeerd"
    GESTOPT = "gestopt"
    NIET_GESTART = "niet_gestart"


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
    soort: ClassVar[str] = "terugkoppeling"

    # That there is help, or that it ended, is a fact about jeugdhulp.
    status: Annotated[Hulpstatus, G.JEUGDHULP]
    sinds: Annotated[dt.date | None, G.JEUGDHULP] = None
    contactpersoon: Annotated[Contactpersoon | None, G.CONTACT] = None
    adviezen: Annotated[tuple[Klassenadvies, ...], G.DOELEN, Field(max_length=5)] = ()
    volgend_contact: Annotated[dt.date | None, G.CONTACT] = None
    verwijzing: Annotated[Tekst | None, G.HERKOMST] = None
    """The sender's own reference; stays home."""
