"""Toewijzing: that a gemeente grants one jeugdhulpvoorziening, and what became of it.

What an iJw 301 becomes, with its start (305) and stop (307): coded, without the number of the client and
without remarks. Everything in it is `jeugdhulp`, so a school never gets it unless that was agreed to.
"""

from __future__ import annotations

import datetime as dt
from enum import StrEnum
from typing import Annotated, Self

from pydantic import Field, model_validator

from schemas.base import Model, Tekst
from schemas.identifiers import Agb, Gemeentecode
from schemas.inrichting import geordend
from schemas.onderdelen import Code


class Toewijzingstatus(StrEnum):
    """How the grant itself stands."""

    TOEGEWEZEN = "toegewezen"
    GEWIJZIGD = "gewijzigd"
    INGETROKKEN = "ingetrokken"
    """Ended earlier than was granted."""
    VERWIJDERD = "verwijderd"
    """Counts as never sent."""


class Leveringstand(StrEnum):
    """How the help itself stands (iJw 3.2 §2.5)."""

    NIET_GESTART = "niet_gestart"
    GESTART = "gestart"
    TIJDELIJK_GESTOPT = "tijdelijk_gestopt"
    GESTOPT = "gestopt"


class Toewijzingsomvang(Model):
    volume: Annotated[int, Field(ge=0)]
    eenheid: Code
    frequentie: Code


class Voortgang(Model):
    """One start or stop of the help, in the order in which it happened."""

    stand: Leveringstand
    op: dt.date
    reden: Code | None = None


class Toewijzing(Model):
    """One allocated product of one client. A later version has the same `nummer`, later `besloten_op`."""

    nummer: Tekst
    referentie_aanbieder: Tekst | None = None
    gemeente: Gemeentecode
    aanbieder: Agb | None = None
    productcategorie: Code | None = None
    product: Code | None = None
    besloten_op: dt.date
    ingangsdatum: dt.date
    einddatum: dt.date | None = None
    status: Toewijzingstatus
    wijzigingsreden: Code | None = None
    omvang: Toewijzingsomvang | None = None
    budget: Annotated[int, Field(ge=0)] | None = None
    """Whole units as the gemeente sent it; the standard says which per product."""
    voortgang: tuple[Voortgang, ...] = ()

    @model_validator(mode="after")
    def _whole(self) -> Self:
        geordend(self.ingangsdatum, self.einddatum)
        return self

    @property
    def leveringstand(self) -> Leveringstand:
        """As the last start or stop says; nothing reported is not started."""
        return self.voortgang[-1].stand if self.voortgang else Leveringstand.NIET_GESTART
